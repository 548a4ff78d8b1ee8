package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/internal/store/storetest"
	"github.com/holdall-dev/holdall/schema"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, filepath.Join(t.TempDir(), "data.db")) })
}

func open(t *testing.T, path string) store.Store {
	t.Helper()
	st, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// TestEveryTableMoves: whoever adds a table of ours says whether it is moved with the rest.
func TestEveryTableMoves(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data.db")
	open(t, path)
	c, err := sqlite3.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, _, err := c.Prepare("SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name)")
	if err != nil || !s.Step() {
		t.Fatal(err, s.Err())
	}
	defer s.Close()
	moved := strings.Join([]string{store.Changes.Name, store.Definitions.Name, store.Cursors.Name, store.Params.Name}, " ")
	if got := s.ColumnText(0); got != moved {
		t.Errorf("there are the tables %s, and these are moved: %s (sqlbase/bulk.go)", got, moved)
	}
}

// TestReopen: everything is there again after closing, numbers go on even after the log was trimmed, and no
// write-ahead log stays behind.
func TestReopen(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b%20c.db")
	st, c := open(t, path), storetest.Posts()
	create(t, st, c)
	for _, id := range []string{"a", "b"} {
		if _, err := st.Apply(t.Context(), mutation(c, id)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(st.Log().Trim(t.Context(), 2), st.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the write-ahead log is still there: %v", err)
	}
	st = open(t, path)
	list, err := st.Collections(t.Context())
	if err != nil || len(list) != 1 || list[0].Name != "posts" || len(list[0].Fields) != len(c.Fields) {
		t.Fatalf("collections: %v, %v", list, err)
	}
	at, err := st.Apply(t.Context(), mutation(list[0], "c"))
	if err != nil || at.First != 3 {
		t.Errorf("the next write is %d, %v; want 3", at.First, err)
	}
}

// TestTwoProcesses: a second process may write while the first is open; numbers stay without gaps.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data.db")
	one, c := open(t, path), storetest.Posts()
	create(t, one, c)
	two := open(t, path)
	list, err := two.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 6 {
		st, c := one, c
		if i%2 == 1 {
			st, c = two, list[0]
		}
		at, err := st.Apply(t.Context(), mutation(c, string(rune('a'+i))))
		if err != nil || at.First != change.Seq(i)+1 {
			t.Errorf("write %d is change %d, %v", i+1, at.First, err)
		}
	}
	if log, err := two.Log().Read(t.Context(), 0, 10); err != nil || len(log) != 6 {
		t.Errorf("the log has %d changes, %v; want 6", len(log), err)
	}
}

// TestBackup: a backup is a sound database of one moment, made while writers go on.
func TestBackup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	st, c := open(t, filepath.Join(dir, "data.db")), storetest.Posts()
	create(t, st, c)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var written atomic.Int64
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				if _, err := st.Apply(context.Background(), mutation(c, fmt.Sprintf("w%di%d", w, i))); err != nil {
					t.Error(err)
					return
				}
				written.Add(1)
			}
		})
	}
	for i := range 3 {
		least := written.Load()
		path := filepath.Join(dir, fmt.Sprintf("copy%d.db", i))
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(st.Backup(t.Context(), f), f.Close()); err != nil {
			t.Fatal(err)
		}
		rows := checkCopy(t, path)
		if rows < least || rows > written.Load()+4 {
			t.Errorf("the copy has %d records; there were %d before", rows, least)
		}
	}
	cancel()
	wg.Wait()
	left, _ := filepath.Glob(filepath.Join(dir, ".backup-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	done, stop := context.WithCancel(t.Context())
	stop()
	if err := st.Backup(done, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("a backup that nobody waits for: %v", err)
	}
}

func checkCopy(t *testing.T, path string) (rows int64) {
	t.Helper()
	st := open(t, path)
	defer st.Close()
	list, err := st.Collections(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("collections: %v, %v", list, err)
	}
	rows, err = st.Count(t.Context(), store.Query{From: list[0]})
	if err != nil {
		t.Fatal(err)
	}
	if head, err := st.Log().Head(t.Context()); head != rows || err != nil {
		t.Errorf("the copy has %d records and %d changes, %v", rows, head, err)
	}
	return rows
}

// TestInterrupted: a query ends with its context, and the connection is as good as before.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	st := open(t, filepath.Join(t.TempDir(), "data.db"))
	v := &schema.Collection{ID: "vvvvvvvvvvvvvvv", Name: "endless", Type: schema.View,
		ViewQuery: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT max(i) AS id FROM n"}
	v.Fields = storetest.Posts().Fields[:1]
	create(t, st, v.Seal())
	for range 8 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		_, err := st.Count(ctx, store.Query{From: v})
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the deadline", err)
		}
	}
	if _, err := st.Param(t.Context(), "k"); err != nil {
		t.Error(err)
	}
}

// TestRefused: what is no database of ours is refused with a reason.
func TestRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{garbage, filepath.Join(dir, "nowhere", "data.db")} {
		if st, err := sqlite.Open(t.Context(), sqlite.Options{Path: path}); err == nil {
			t.Errorf("%s was opened: %v", path, st.Close())
		}
	}
}

// TestOldSQLite: versions are compared by number, and the oldest accepted one has the fix for the log's reset.
func TestOldSQLite(t *testing.T) {
	t.Parallel()
	for version, old := range map[string]bool{
		"3.51.2": true, "3.9.9": true, "3.51": true, "2.99.99": true, "3.51.3": false, "3.51.10": false, "3.53.0": false, "4.0": false,
	} {
		if got := sqlite.VersionLess(version, sqlite.Oldest); got != old {
			t.Errorf("%s is too old: %v, want %v", version, got, old)
		}
	}
}
