package faulttest_test

import (
	"context"
	"io"
	"os"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/test/built"
	faulttest "github.com/holdall-dev/holdall/test/fault"
)

func TestMain(m *testing.M) { os.Exit(built.Run(m)) }

// TestCrash is the short form of the programme: what was acknowledged survives kill -9.
func TestCrash(t *testing.T) {
	t.Parallel()
	c := faulttest.Crash{Bin: built.Binary(t), Dir: t.TempDir(), Rounds: 4, Seed: uint64(time.Now().UnixNano()), Files: true,
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

// TestCrashOfFiles kills a server that does nothing but store files and remove them.
func TestCrashOfFiles(t *testing.T) {
	t.Parallel()
	c := faulttest.Crash{Bin: built.Binary(t), Dir: t.TempDir(), Rounds: 6, Seed: uint64(time.Now().UnixNano()), Only: true,
		Shortest: 100 * time.Millisecond, Longest: 900 * time.Millisecond}
	r, err := c.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK() || r.Acked == 0 || r.Cycles != c.Rounds {
		t.Errorf("seed %d: %+v", c.Seed, r)
	}
}

// TestMove kills what moves files to an object store and back.
func TestMove(t *testing.T) {
	t.Parallel()
	m := faulttest.Move{Bin: built.Binary(t), Dir: t.TempDir(), Files: 40, Kills: 3, Seed: uint64(time.Now().UnixNano())}
	r, err := m.Run(context.Background())
	if err != nil {
		t.Fatalf("seed %d: %v", m.Seed, err)
	}
	if !r.OK() || r.Kills == 0 || r.Checked == 0 {
		t.Errorf("seed %d: %+v", m.Seed, r)
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
