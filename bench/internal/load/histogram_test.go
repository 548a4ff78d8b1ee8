package load_test

import (
	"testing"
	"time"

	"github.com/holdall-dev/holdall/bench/internal/load"
)

func TestQuantile(t *testing.T) {
	t.Parallel()
	var h load.Histogram
	for i := 1; i <= 10_000; i++ {
		h.Add(time.Duration(i) * time.Microsecond)
	}
	for q, want := range map[float64]time.Duration{0.5: 5 * time.Millisecond, 0.99: 9900 * time.Microsecond, 1: 10 * time.Millisecond} {
		if got := h.Quantile(q); got < want || got > want+want/50 {
			t.Errorf("Quantile(%v) = %v; want %v and at most 2 %% more", q, got, want)
		}
	}
	if got := new(load.Histogram).Quantile(0.5); got != 0 {
		t.Errorf("Quantile of nothing = %v; want 0", got)
	}
}
