package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/internal/store/storetest"
	"github.com/holdall-dev/holdall/schema"
	"github.com/holdall-dev/holdall/test/fault/powerfs"
)

// onPowerFS opens a store with one collection on a simulated disk.
func onPowerFS(t *testing.T, o sqlite.Options) (store.Store, *schema.Collection, *powerfs.FS) {
	t.Helper()
	fs := powerfs.New(1)
	t.Cleanup(fs.Mount(t.Name()))
	o.Path, o.VFS = filepath.Join(t.TempDir(), "data.db"), t.Name()
	st, err := sqlite.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	c := storetest.Posts()
	create(t, st, c)
	return st, c, fs
}

func create(t *testing.T, st store.Store, c *schema.Collection) {
	t.Helper()
	_, err := st.Update(t.Context(), func(tx store.Tx) error {
		return tx.Reshape(t.Context(), schema.Plan{Create: []*schema.Collection{c}})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func mutation(c *schema.Collection, id string) store.Mutation {
	return store.Mutation{Op: change.Create, Rec: storetest.Rec(c, map[string]any{"id": id, "title": id})}
}

// TestOneFlushPerGroup: an acknowledgement comes after the flush of its group, and a group flushes once.
func TestOneFlushPerGroup(t *testing.T) {
	t.Parallel()
	var tick atomic.Int64
	now := func() time.Time { return time.UnixMicro(tick.Add(1)) } // tells groups apart: each asks once for its time
	st, c, fs := onPowerFS(t, sqlite.Options{Now: now})
	for i := range 5 {
		before := fs.Count().Log
		if _, err := st.Apply(t.Context(), mutation(c, fmt.Sprint("lone", i))); err != nil {
			t.Fatal(err)
		}
		if n := fs.Count().Log - before; n != 1 {
			t.Errorf("a lone write flushed the log %d times, want 1", n)
		}
	}
	head, _ := st.Log().Head(t.Context())
	before := fs.Count()
	var wg sync.WaitGroup
	for w := range 64 {
		wg.Go(func() {
			for i := range 20 {
				if _, err := st.Apply(context.Background(), mutation(c, fmt.Sprintf("w%di%d", w, i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	list, err := st.Log().Read(t.Context(), head, 10000)
	if err != nil || len(list) != 64*20 {
		t.Fatalf("%d changes, %v", len(list), err)
	}
	groups := map[time.Time]bool{}
	for _, ch := range list {
		groups[ch.At] = true
	}
	after := fs.Count()
	// On a machine that is busy with other things writers may pause for long enough that the log is emptied meanwhile.
	tidied := after.Database - before.Database
	if n := after.Log - before.Log; n < len(groups) || n > len(groups)+2*tidied || n >= len(list) {
		t.Errorf("%d writes in %d groups flushed the log %d times, and the database %d times", len(list), len(groups), n, tidied)
	}
	if tidied > 1+len(groups)/100 {
		t.Errorf("the database was flushed %d times in %d groups", tidied, len(groups))
	}
}

// TestFailedFlush: after a flush failed nothing is acknowledged any more, and reading goes on.
func TestFailedFlush(t *testing.T) {
	t.Parallel()
	st, c, fs := onPowerFS(t, sqlite.Options{})
	if _, err := st.Apply(t.Context(), mutation(c, "before")); err != nil {
		t.Fatal(err)
	}
	fs.FailSyncs(func(name string) bool { return strings.HasSuffix(name, "-wal") })
	if _, err := st.Apply(t.Context(), mutation(c, "during")); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("with a failing flush: %v, want ErrReadOnly", err)
	}
	fs.FailSyncs(nil)
	if _, err := st.Apply(t.Context(), mutation(c, "after")); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("after a failed flush: %v, want ErrReadOnly", err)
	}
	_, err := st.Update(t.Context(), func(store.Tx) error { t.Error("it got the lane"); return nil })
	if !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("Update after a failed flush: %v, want ErrReadOnly", err)
	}
	if n, err := st.Count(t.Context(), store.Query{From: c, IDs: []string{"before"}}); n != 1 || err != nil {
		t.Errorf("reading: %d, %v", n, err)
	}
	if head, _ := st.Log().Head(t.Context()); head != 1 {
		t.Errorf("the log's head is %d: it tells of a write that was not acknowledged", head)
	}
}

// TestFullDisk: a full disk refuses writes and loses nothing; with space again the store goes on by itself.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	st, c, fs := onPowerFS(t, sqlite.Options{})
	if _, err := st.Apply(t.Context(), mutation(c, "before")); err != nil {
		t.Fatal(err)
	}
	fs.Limit(40 << 10)
	acked := map[string]bool{"before": true}
	var full error
	for i := 0; full == nil && i < 1000; i++ {
		id := fmt.Sprint("i", i)
		if _, full = st.Apply(t.Context(), mutation(c, id)); full == nil {
			acked[id] = true
		}
	}
	if !errors.Is(full, store.ErrFull) {
		t.Fatalf("with a full disk: %v, want ErrFull", full)
	}
	_, err := st.Update(t.Context(), func(tx store.Tx) error { return tx.Apply(t.Context(), mutation(c, "exclusive")) })
	if !errors.Is(err, store.ErrFull) {
		t.Errorf("Update with a full disk: %v, want ErrFull", err)
	}
	if n, err := st.Count(t.Context(), store.Query{From: c}); int(n) != len(acked) || err != nil {
		t.Errorf("%d records, %v; %d were acknowledged", n, err, len(acked))
	}
	fs.Limit(-1)
	if _, err := st.Apply(t.Context(), mutation(c, "after")); err != nil {
		t.Errorf("with space again: %v", err)
	}
	head, _ := st.Log().Head(t.Context())
	if log, err := st.Log().Read(t.Context(), 0, 2000); int(head) != len(acked)+1 || len(log) != len(acked)+1 || err != nil {
		t.Errorf("the log has %d changes up to %d, %v; want %d", len(log), head, err, len(acked)+1)
	}
}

const crashDir = "HOLDALL_TEST_CRASH_DIR"

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := writeUntilKilled(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writeUntilKilled writes from many goroutines and prints every id once it is acknowledged.
func writeUntilKilled(dir string) error {
	ctx := context.Background()
	st, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(dir, "data.db"), LogPages: 200})
	if err != nil {
		return err
	}
	list, err := st.Collections(ctx)
	if err != nil {
		return err
	}
	c, run := list[0], os.Getpid()
	var out sync.Mutex
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := 0; ; i++ {
				a, b := fmt.Sprintf("r%dw%di%da", run, w, i), fmt.Sprintf("r%dw%di%db", run, w, i)
				if _, err = st.Apply(ctx, mutation(c, a), mutation(c, b)); err != nil {
					return
				}
				out.Lock()
				fmt.Println(a)
				out.Unlock()
			}
		})
	}
	wg.Wait()
	return err
}

// TestKilled: a process that is killed in the middle of writing has lost nothing that it acknowledged, and
// no pair of records was torn.
func TestKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	st := open(t, filepath.Join(dir, "data.db"))
	create(t, st, storetest.Posts())
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	acked := map[string]bool{}
	for round := range 4 {
		killAfter(t, dir, 40+150*round, acked)
	}
	st = open(t, filepath.Join(dir, "data.db"))
	list, err := st.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	present := map[string]change.Seq{}
	err = st.Select(t.Context(), store.Query{From: list[0]}, func(r store.Row) error {
		present[r.ID()] = r.Seq()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for id := range acked {
		if present[id] == 0 {
			t.Errorf("acknowledged and lost: %s", id)
		}
	}
	for id := range present {
		twin := id[:len(id)-1] + map[byte]string{'a': "b", 'b': "a"}[id[len(id)-1]]
		if present[twin] == 0 {
			t.Errorf("%s is there without its twin", id)
		}
	}
	head, _ := st.Log().Head(t.Context())
	log, err := st.Log().Read(t.Context(), 0, int(head)+1)
	if err != nil || len(log) != len(present) || head != change.Seq(len(log)) {
		t.Errorf("%d records, %d changes up to %d, %v", len(present), len(log), head, err)
	}
	for i, ch := range log {
		if ch.Seq != change.Seq(i)+1 || present[ch.ID] != ch.Seq {
			t.Fatalf("change %d: %+v, record %d", i+1, ch, present[ch.ID])
		}
	}
}

// killAfter runs the writer and kills it after some acknowledgements.
func killAfter(t *testing.T, dir string, n int, acked map[string]bool) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for i := 0; lines.Scan(); i++ {
		acked[lines.Text()] = true
		if i == n {
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait() // it was killed
}
