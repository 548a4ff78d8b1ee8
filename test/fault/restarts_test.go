package faulttest_test

import (
	"testing"
	"time"

	"github.com/holdall-dev/holdall/test/built"
	faulttest "github.com/holdall-dev/holdall/test/fault"
)

// TestRestarts is the short form of the programme: PostgreSQL crashes, restarts and crashes under a server that goes on.
func TestRestarts(t *testing.T) {
	t.Parallel()
	s := faulttest.Restarts{Bin: built.Binary(t), Dir: t.TempDir(), Rounds: 3, Writers: 16, Seed: uint64(time.Now().UnixNano()), Recovery: 10 * time.Second}
	r, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() || r.Cycles != s.Rounds {
		t.Errorf("seed %d: %+v", s.Seed, r)
	}
	if r.Acked == 0 || r.Refused == 0 {
		t.Errorf("seed %d: nothing was tried: %+v", s.Seed, r)
	}
}
