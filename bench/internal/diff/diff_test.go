package diff_test

import (
	"context"
	"os"
	"testing"

	"github.com/holdall-dev/holdall/bench/internal/diff"
	"github.com/holdall-dev/holdall/bench/internal/server"
)

func TestMain(m *testing.M) {
	code := m.Run()
	server.Forget()
	os.Exit(code)
}

// TestOracle shows that the scripts expect nothing that PocketBase does not say of itself: whatever differs
// between two of its kind is no fault of ours.
func TestOracle(t *testing.T) {
	t.Parallel()
	run(t, diff.Options{Dir: t.TempDir(), Self: true})
}

// TestDifferential shows that Holdall, on the imported directory and with the tokens from before, answers as
// PocketBase does.
func TestDifferential(t *testing.T) {
	t.Parallel()
	for _, u := range run(t, diff.Options{Dir: t.TempDir()}).Unused {
		t.Errorf("nothing differs there any more, take it off the list: %s", u)
	}
}

func run(t *testing.T, o diff.Options) *diff.Report {
	t.Helper()
	r, err := diff.Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Differences {
		t.Error(d)
	}
	if r.Steps < 500 {
		t.Errorf("%d steps were played; there are more", r.Steps)
	}
	return r
}
