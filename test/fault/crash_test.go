package faulttest_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	faulttest "github.com/holdall-dev/holdall/test/fault"
)

// binary builds the server under test, or takes the one that $HOLDALL_BIN names.
func binary(t *testing.T) string {
	t.Helper()
	if bin := os.Getenv("HOLDALL_BIN"); bin != "" {
		return bin
	}
	bin := filepath.Join(t.TempDir(), "holdall")
	cmd := exec.Command("go", "build", "-o", bin, "../../cmd/holdall")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, text)
	}
	return bin
}

// TestCrash is the short form of the programme: what was acknowledged survives kill -9.
func TestCrash(t *testing.T) {
	t.Parallel()
	c := faulttest.Crash{Bin: binary(t), Dir: t.TempDir(), Rounds: 4, Seed: uint64(time.Now().UnixNano()), Files: true,
		Shortest: 50 * time.Millisecond, Longest: 800 * time.Millisecond}
	r, err := c.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() {
		t.Errorf("seed %d: %+v", c.Seed, r)
	}
	if r.Acked == 0 || r.Cycles != c.Rounds {
		t.Errorf("seed %d: nothing was tried: %+v", c.Seed, r)
	}
}

// TestLedger shows that the judge sees what the programme looks for: it must be able to fail.
func TestLedger(t *testing.T) {
	t.Parallel()
	one, two := faulttest.State{Version: 1, Sum: "one"}, faulttest.State{Version: 1, Sum: "two"}
	begin := func() *faulttest.Ledger {
		l := faulttest.NewLedger(io.Discard)
		in := &faulttest.Intent{Writes: []faulttest.Write{{ID: "kept", After: one}}}
		if err := l.Sent(in); err != nil {
			t.Fatal(err)
		}
		if err := l.Acked(in); err != nil {
			t.Fatal(err)
		}
		open := &faulttest.Intent{Writes: []faulttest.Write{{ID: "a", After: one}, {ID: "b", After: two}}}
		if err := l.Sent(open); err != nil {
			t.Fatal(err)
		}
		return l
	}
	tests := []struct {
		name                string
		present             map[string]faulttest.State
		lost, torn, phantom int
	}{
		{"in doubt, not done", map[string]faulttest.State{"kept": one}, 0, 0, 0},
		{"in doubt, done", map[string]faulttest.State{"kept": one, "a": one, "b": two}, 0, 0, 0},
		{"half a batch", map[string]faulttest.State{"kept": one, "a": one}, 1, 1, 0},
		{"lost", map[string]faulttest.State{}, 1, 0, 0},
		{"another version", map[string]faulttest.State{"kept": two}, 1, 0, 0},
		{"never sent", map[string]faulttest.State{"kept": one, "x": one}, 0, 0, 1},
	}
	for _, tt := range tests {
		f := begin().Judge(tt.present)
		if len(f.Lost) != tt.lost || len(f.Torn) != tt.torn || len(f.Phantom) != tt.phantom {
			t.Errorf("%s: got %+v; want %d lost, %d torn, %d phantom", tt.name, f, tt.lost, tt.torn, tt.phantom)
		}
	}
}
