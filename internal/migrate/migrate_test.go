package migrate_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/migrate"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/postgres"
	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/internal/store/storetest"
	"github.com/holdall-dev/holdall/schema"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const records = 95

// file is a path of a database with collections, views that read each other, records, a log and settings.
func file(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.db")
	st := lite(t, path)
	posts, other := storetest.Posts(), storetest.Collection("other0000000id", "Other things", nil,
		`{"id":"o_id","name":"id","type":"text","system":true,"required":true,"primaryKey":true}`, `{"id":"o_n","name":"Größe \"x\"","type":"number"}`)
	early, late := view("early000000000", "early", "SELECT id, title FROM posts"), view("late0000000000", "late", "SELECT id, title FROM posts WHERE public")
	earlier := view("early000000000", "early", "SELECT id, title FROM late")
	update(t, st, func(tx store.Tx) error {
		return errors.Join(tx.Reshape(t.Context(), schema.Plan{Create: []*schema.Collection{early, posts, late, other}}),
			tx.Reshape(t.Context(), schema.Plan{Change: []schema.Pair{{Old: early, New: earlier}}}),
			tx.SetParam(t.Context(), "settings", []byte(`{"a":"b"}`)), tx.SetParam(t.Context(), "@outbox/1", []byte(`{"to":"x"}`)))
	})
	fill(t, st, posts, other)
	if _, err := st.Cursors().Claim(t.Context(), "mail", "n", time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(st.Cursors().Advance(t.Context(), "mail", "n", 17), st.Log().Trim(t.Context(), 9), st.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func fill(t *testing.T, st store.Store, posts, other *schema.Collection) {
	t.Helper()
	for i := range records {
		values := map[string]any{
			"id": fmt.Sprintf("r%03d", (i*37)%100), "title": strings.Repeat("t\x00ä\n", i%4), "views": float64(i) / 3, "public": i%2 == 0,
			"tags": []string{"red", "a b"}[:i%3], "meta": field.JSON([]string{"", "5", "1.50", `{"b":1,"a":[null]}`, `"x"`, "1e300"}[i%6]),
			"place": field.Geo{Lon: float64(i) / 7, Lat: 1}, "secret": field.Password{Hash: "$2a$10$x"},
		}
		ms := []store.Mutation{{Op: change.Create, Rec: storetest.Rec(posts, values)}, {Op: change.Create, Rec: storetest.Rec(other, map[string]any{"id": values["id"]})}}
		if _, err := st.Apply(t.Context(), ms...); err != nil {
			t.Fatal(err)
		}
	}
	gone := storetest.Rec(posts, map[string]any{"id": "r037"})
	if _, err := st.Apply(t.Context(), store.Mutation{Op: change.Delete, Rec: gone}); err != nil {
		t.Fatal(err)
	}
}

func view(id, name, query string) *schema.Collection {
	c := storetest.Collection(id, name, nil, `{"id":"`+name+`1","name":"id","type":"text","system":true,"required":true,"primaryKey":true}`,
		`{"id":"`+name+`2","name":"title","type":"text"}`).Clone()
	c.Type, c.ViewQuery = schema.View, query
	return c.Seal()
}

func update(t *testing.T, st store.Store, fn func(store.Tx) error) {
	t.Helper()
	if _, err := st.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func lite(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	return opened(t, func() (store.Store, error) { return sqlite.Open(t.Context(), sqlite.Options{Path: path}) }).(*sqlite.Store)
}

func big(t *testing.T, dsn string) *postgres.Store {
	t.Helper()
	return opened(t, func() (store.Store, error) { return postgres.Open(t.Context(), postgres.Options{DSN: dsn}) }).(*postgres.Store)
}

func opened(t *testing.T, open func() (store.Store, error)) store.Store {
	t.Helper()
	st, err := open()
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

func source(t *testing.T, path string) *sqlite.Source {
	t.Helper()
	src, err := sqlite.OpenSource(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	})
	return src
}

func move(t *testing.T, from store.Source, to store.Bulk) *migrate.Report {
	t.Helper()
	r, err := migrate.Run(t.Context(), migrate.Move{From: from, To: to, Chunk: 10})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// everything is all rows of a database, a line each.
func everything(t *testing.T, from store.Source) (all []string) {
	t.Helper()
	list, err := from.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	parts := []store.Part{store.Changes, store.Cursors, store.Params, store.Definitions}
	for _, c := range list {
		if !c.IsView() {
			parts = append(parts, store.RecordsOf(c))
		}
	}
	for _, p := range parts {
		for l, err := range from.Dump(t.Context(), p, 0) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, fmt.Sprintf("%s %d %q", p.Name, l.Place, fmt.Sprint(l.Values)))
		}
	}
	return all
}

// TestThereAndBack: SQLite, PostgreSQL and SQLite again hold the same, views work on the way, and nothing of the
// source changed, down to the names of its files.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	path := file(t)
	before := snapshot(t, filepath.Dir(path))
	src, pg, back := source(t, path), big(t, pgtest.DSN(t)), lite(t, filepath.Join(t.TempDir(), "data.db"))
	want := everything(t, src)
	there := move(t, src, pg)
	if got := everything(t, pg); !slices.Equal(got, want) {
		t.Errorf("PostgreSQL:\ngot  %v\nwant %v", got, want)
	}
	home := move(t, pg, back)
	if got := everything(t, back); !slices.Equal(got, want) {
		t.Errorf("back:\ngot  %v\nwant %v", got, want)
	}
	if !slices.Equal(there.Tables, home.Tables) || there.Rows != int64(len(want)) {
		t.Errorf("%d rows %v there, %d rows %v back; want %d", there.Rows, there.Tables, home.Rows, home.Tables, len(want))
	}
	for _, st := range []store.Store{pg, back} {
		checkUsable(t, st)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
	if after := snapshot(t, filepath.Dir(path)); after != before {
		t.Error("the directory of the source changed")
	}
}

func checkUsable(t *testing.T, st store.Store) {
	t.Helper()
	list, err := st.Collections(t.Context())
	if err != nil || len(list) != 4 || list[0].Name != "early" || list[2].Name != "late" {
		t.Fatalf("collections %v, %v", list, err)
	}
	for _, c := range list {
		n, err := st.Count(t.Context(), store.Query{From: c})
		if want := map[string]int64{"posts": records - 1, "Other things": records, "early": 48, "late": 48}[c.Name]; err != nil || n != want {
			t.Errorf("%s has %d records, %v; want %d", c.Name, n, err, want)
		}
	}
	if err := migrate.Finished(t.Context(), st); err != nil {
		t.Error(err)
	}
	twin := store.Mutation{Op: change.Create, Rec: storetest.Rec(list[1], map[string]any{"id": "new", "slug": "s"})}
	if _, err := st.Apply(t.Context(), twin); err != nil {
		t.Error(err)
	}
	twin.Rec = storetest.Rec(list[1], map[string]any{"id": "new2", "slug": "s"})
	if _, err := st.Apply(t.Context(), twin); err == nil {
		t.Error("the unique index is not there")
	}
}

// snapshot is all files of a directory and what is in them.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "%s %d %q\n", e.Name(), len(raw), raw)
	}
	return all.String()
}

// TestLeftLog: what a killed server left in the write-ahead log is moved, and the log stays as it is.
func TestLeftLog(t *testing.T) {
	t.Parallel()
	path := file(t)
	st := lite(t, path)
	update(t, st, func(tx store.Tx) error { return tx.SetParam(t.Context(), "late", []byte("1")) })
	dir := t.TempDir()
	for _, suffix := range []string{"", "-wal"} {
		raw, err := os.ReadFile(path + suffix)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "data.db"+suffix), raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	before := contents(t, dir, "data.db", "data.db-wal")
	src, to := source(t, filepath.Join(dir, "data.db")), big(t, pgtest.DSN(t))
	move(t, src, to)
	if v, err := to.Param(t.Context(), "late"); string(v) != "1" || err != nil {
		t.Errorf("the last write is %q, %v", v, err)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
	if contents(t, dir, "data.db", "data.db-wal") != before {
		t.Error("the source changed")
	}
}

func contents(t *testing.T, dir string, names ...string) (all string) {
	t.Helper()
	for _, name := range names {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all += string(raw)
	}
	return all
}

// TestInterrupted: however often a move is interrupted, wherever, it goes on and copies no row twice.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	path := file(t)
	src := source(t, path)
	want := everything(t, src)
	for name, to := range map[string]store.Bulk{"postgres": big(t, pgtest.DSN(t)), "sqlite": lite(t, filepath.Join(t.TempDir(), "data.db"))} {
		runs, done := 0, false
		for ; !done && runs < 200; runs++ {
			done = interrupted(t, src, to, runs)
		}
		if got := everything(t, to); !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %v\nwant %v", name, got, want)
		}
		if runs < 10 {
			t.Errorf("%s: done after %d runs: nothing was interrupted", name, runs)
		}
		checkUsable(t, to)
	}
}

// interrupted lets a move go on until it was heard of so often, and reports whether it ended before.
func interrupted(t *testing.T, from store.Source, to store.Bulk, after int) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	before, heard := count(t, from, to), 0
	r, err := migrate.Run(ctx, migrate.Move{From: from, To: to, Chunk: 7, Progress: func(migrate.Progress) {
		if heard++; heard > after/2 {
			cancel()
		}
	}})
	switch {
	case err == nil:
		if missing := count(t, from, from) - before; r.Copied != missing {
			t.Errorf("the last run copied %d rows and %d were missing", r.Copied, missing)
		}
		return true
	case !errors.Is(err, context.Canceled):
		t.Fatal(err)
	}
	if err := migrate.Finished(t.Context(), to); !errors.Is(err, migrate.ErrUnfinished) && heard > 0 {
		t.Errorf("a half-done move is taken for a whole one: %v", err)
	}
	return false
}

// count is how many rows of records and changes are there.
func count(t *testing.T, from, in store.Source) (n int64) {
	t.Helper()
	list, err := from.Collections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	parts := []store.Part{store.Changes}
	for _, c := range list {
		if !c.IsView() {
			parts = append(parts, store.RecordsOf(c))
		}
	}
	for _, p := range parts {
		if rows, _, err := in.Extent(t.Context(), p); err == nil { // no table before the first run
			n += rows
		}
	}
	return n
}

// TestRefused: a target with other data, or with half of another source or of another state of this one, is left
// alone.
func TestRefused(t *testing.T) {
	t.Parallel()
	path := file(t)
	src := source(t, path)
	full := lite(t, file(t))
	before := everything(t, full)
	if _, err := migrate.Run(t.Context(), migrate.Move{From: src, To: full}); !errors.Is(err, migrate.ErrOccupied) {
		t.Errorf("a full target: %v", err)
	}
	if after := everything(t, full); !slices.Equal(after, before) {
		t.Error("a refused target was changed")
	}
	half := big(t, pgtest.DSN(t))
	interrupted(t, src, half, 6)
	if err := src.Close(); err != nil {
		t.Fatal(err)
	}
	st := lite(t, path)
	update(t, st, func(tx store.Tx) error { return tx.SetParam(t.Context(), "late", []byte("1")) })
	if _, err := migrate.Run(t.Context(), migrate.Move{From: st, To: half}); !errors.Is(err, migrate.ErrOther) {
		t.Errorf("a source that changed since: %v", err)
	}
}

// lossy is a source that loses something on the way the first time a table is read.
type lossy struct {
	store.Source
	part string
	lose func(*store.Line) (keep bool)
	read bool
}

func (l *lossy) Dump(ctx context.Context, p store.Part, after int64) store.Lines {
	all := l.Source.Dump(ctx, p, after)
	if p.Name != l.part || l.read {
		return all
	}
	l.read = true
	return func(yield func(store.Line, error) bool) {
		for line, err := range all {
			if (err != nil || l.lose(&line)) && !yield(line, err) {
				return
			}
		}
	}
}

// TestCompared: a row that is lost on the way, and a value that is another one, are found, and the target stays
// unfinished.
func TestCompared(t *testing.T) {
	t.Parallel()
	src := source(t, file(t))
	for want, lose := range map[string]func(*store.Line) bool{
		"has 95 rows in the source and 94": func(l *store.Line) bool { return l.Place != 30 },
		"not the same ones": func(l *store.Line) bool {
			if l.Place == 30 {
				l.Values[1].I++
			}
			return true
		},
	} {
		to := lite(t, filepath.Join(t.TempDir(), "data.db"))
		_, err := migrate.Run(t.Context(), migrate.Move{From: &lossy{Source: src, part: "Other things", lose: lose}, To: to})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
		if err := migrate.Finished(t.Context(), to); !errors.Is(err, migrate.ErrUnfinished) {
			t.Errorf("it counts as finished: %v", err)
		}
	}
}
