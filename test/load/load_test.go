package loadtest_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/test/built"
	loadtest "github.com/holdall-dev/holdall/test/load"
)

func TestMain(m *testing.M) { os.Exit(built.Run(m)) }

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// TestRealtime plays the short forms of all programmes.
func TestRealtime(t *testing.T) {
	t.Parallel()
	bin, seed := built.Binary(t), uint64(time.Now().UnixNano())
	t.Run("missed", func(t *testing.T) {
		t.Parallel()
		o := loadtest.Order{Bin: bin, Dir: t.TempDir(), Seed: seed, Only: "events", Changes: 1000, Writers: 4, Subscribers: 20, Cuts: 200}
		r, err := o.Run(within(t, time.Minute))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !r.OK() || r.Gaps > 0 || r.Cuts == 0 || r.Deliveries < 1000*20*9/10 {
			t.Errorf("got %+v; want nothing missing, and no gap", r)
		}
	})
	t.Run("order", func(t *testing.T) {
		t.Parallel()
		o := loadtest.Order{Bin: bin, Dir: t.TempDir(), Seed: seed, Changes: 1500, Writers: 8, Subscribers: 24, Cuts: 100, Kills: 1}
		r, err := o.Run(within(t, time.Minute))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !r.OK() || r.Cuts == 0 || r.Kills != 1 || r.Deliveries == 0 {
			t.Errorf("got %+v; want nothing missing, forbidden or out of order", r)
		}
	})
	t.Run("stalled", func(t *testing.T) {
		t.Parallel()
		o := loadtest.Stalled{Bin: bin, Dir: t.TempDir(), Stalled: 10, Healthy: 5, Events: 5000, PerSecond: 2000}
		r, err := o.Run(within(t, time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if !r.OK() {
			t.Errorf("got %+v; want all that stalled cut, and nothing missing", r)
		}
	})
	t.Run("revoke", func(t *testing.T) {
		t.Parallel()
		r, err := loadtest.Revoke{Bin: bin, Dir: t.TempDir()}.Run(within(t, time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if !r.OK() {
			t.Errorf("got %+v; want nothing a second after the right was taken", r)
		}
	})
}
