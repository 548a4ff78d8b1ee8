package power_test

import (
	"os"
	"strconv"
	"testing"

	"github.com/holdall-dev/holdall/test/fault/power"
	"github.com/holdall-dev/holdall/test/fault/powerfs"
)

// cuts is how many times the power goes per series; POWER_CUTS makes the programme longer.
func cuts(t *testing.T) int {
	t.Helper()
	if s := os.Getenv("POWER_CUTS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return 12
}

func series(t *testing.T, s power.Subject, m powerfs.Model) power.Report {
	t.Helper()
	r, err := power.Run(t.Context(), power.Config{Subject: s, Model: m, Cuts: cuts(t), Writers: 12, Seed: 1, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", r)
	if r.Acked == 0 {
		t.Fatal("nothing was acknowledged: the series proves nothing")
	}
	return r
}

// TestHarness: a plain SQLite loses nothing at FULL and something at NORMAL, or the harness is wrong.
func TestHarness(t *testing.T) {
	t.Parallel()
	for _, m := range []powerfs.Model{powerfs.Dropped, powerfs.Torn} {
		if r := series(t, power.Plain{Synchronous: "FULL"}, m); !r.Clean() {
			t.Errorf("SQLite with FULL is not clean: %+v", r)
		}
		if r := series(t, power.Plain{Synchronous: "NORMAL"}, m); r.Lost == 0 || r.Damaged+r.Phantom > 0 {
			t.Errorf("SQLite with NORMAL must lose commits and nothing else: %+v", r)
		}
	}
}

// TestStore: our engine loses nothing that it acknowledged, and its log has no gap.
func TestStore(t *testing.T) {
	t.Parallel()
	for _, m := range []powerfs.Model{powerfs.Dropped, powerfs.Torn} {
		if r := series(t, power.Store{}, m); !r.Clean() {
			t.Errorf("not clean: %+v", r)
		}
	}
	if r := series(t, power.Store{Normal: true}, powerfs.Torn); r.Lost == 0 || r.Damaged+r.Phantom > 0 {
		t.Errorf("the store with NORMAL must lose commits and nothing else: %+v", r)
	}
}
