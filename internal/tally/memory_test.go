package tally_test

import (
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/tally"
	"github.com/holdall-dev/holdall/internal/tally/tallytest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	tallytest.Run(t, func(*testing.T) []tally.Counter { return []tally.Counter{tally.NewMemory(time.Now)} })
}
