package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// testUnique: a taken value is named by the columns of its index.
func testUnique(t *testing.T, open Open) {
	st := open(t)
	c := Collection("accounts000000", "accounts", []string{
		"CREATE UNIQUE INDEX one ON accounts (a)",
		"CREATE UNIQUE INDEX two ON accounts (b, c)",
		"CREATE UNIQUE INDEX three ON accounts (lower(d)) WHERE d != ''",
	}, textField("id"), textField("a"), textField("b"), textField("c"), textField("d"))
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	apply(t, st, made(Rec(c, map[string]any{"id": "1", "a": "A", "b": "B", "c": "C", "d": "D"})))
	apply(t, st, made(Rec(c, map[string]any{"id": "2"})))
	for _, test := range []struct {
		values map[string]any
		want   []string
	}{
		{map[string]any{"id": "1", "a": "x", "b": "x"}, []string{"id"}},
		{map[string]any{"id": "3", "a": "A", "b": "x"}, []string{"a"}},
		{map[string]any{"id": "3", "a": "y", "b": "B", "c": "C"}, []string{"b", "c"}},
		{map[string]any{"id": "3", "a": "z", "b": "z", "d": "d"}, nil},
	} {
		_, err := st.Apply(t.Context(), made(Rec(c, test.values)))
		u, ok := errors.AsType[*store.Unique](err)
		if !ok || u.Collection != c.ID || !slices.Equal(u.Columns, test.want) {
			t.Errorf("%v: %v (%+v), want Unique %v", test.values, err, u, test.want)
		}
	}
	_, err := st.Apply(t.Context(), saved(Rec(c, map[string]any{"id": "2", "a": "A"})))
	if _, ok := errors.AsType[*store.Unique](err); !ok {
		t.Errorf("an update to a taken value: %v, want Unique", err)
	}
	if n, _ := st.Count(t.Context(), store.Query{From: c}); n != 2 {
		t.Errorf("%d records, want 2", n)
	}
}

func textField(name string) string {
	return fmt.Sprintf(`{"id":"f_%s","name":%q,"type":"text"}`, name, name)
}

// testGuards: what a guard asks for is proved, and a mutation whose guard fails does nothing.
func testGuards(t *testing.T, open Open) {
	st, c := open(t), Posts()
	other := Collection("others00000000", "others", nil, textField("id"))
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c, other}})
	a := Rec(c, map[string]any{"id": "a"})
	apply(t, st, made(a))
	first := a.Seq()
	apply(t, st, saved(a))
	if a.Seq() != first+1 {
		t.Errorf("after two writes the sequence is %d, want %d", a.Seq(), first+1)
	}
	apply(t, st, made(Rec(other, map[string]any{"id": "o"})))
	missing := store.Ref{Collection: other, ID: "none", Ord: 7}
	there := store.Ref{Collection: other, ID: "o"}
	b := Rec(c, map[string]any{"id": "b"})
	for _, test := range []struct {
		name string
		m    store.Mutation
		ok   func(error) bool
	}{
		{"update of an older version", store.Mutation{Op: change.Update, Rec: a, If: store.Guard{Versioned: true, Seq: first}}, is(store.ErrConflict)},
		{"delete of an older version", store.Mutation{Op: change.Delete, Rec: a, If: store.Guard{Versioned: true, Seq: first}}, is(store.ErrConflict)},
		{"update of nothing", saved(b), is(store.ErrGone)},
		{"delete of nothing", gone(b), is(store.ErrGone)},
		{"guarded update of nothing", store.Mutation{Op: change.Update, Rec: b, If: store.Guard{Versioned: true, Seq: 1}}, is(store.ErrGone)},
		{"a missing record", store.Mutation{Op: change.Create, Rec: b, If: store.Guard{Exists: []store.Ref{there, missing}}}, func(err error) bool {
			m, ok := errors.AsType[*store.MissingRef](err)
			return ok && m.Ref == missing
		}},
		{"a taken record", store.Mutation{Op: change.Create, Rec: b, If: store.Guard{Absent: []store.Ref{missing, there}}}, func(err error) bool {
			m, ok := errors.AsType[*store.Taken](err)
			return ok && m.Ref == there
		}},
	} {
		if _, err := st.Apply(t.Context(), test.m); !test.ok(err) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if got := ids(t, st, store.Query{From: c}); !slices.Equal(got, []string{"a"}) {
		t.Errorf("records are %v, want a alone", got)
	}
	apply(t, st, store.Mutation{Op: change.Create, Rec: b, If: store.Guard{Exists: []store.Ref{there}, Absent: []store.Ref{missing}}})
	apply(t, st, store.Mutation{Op: change.Delete, Rec: a, If: store.Guard{Versioned: true, Seq: a.Seq()}})
	checkLog(t, st)
}

// testOld: an update stores the whole record, whether what it was made from is still stored or not.
func testOld(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	a := full(c, "a")
	apply(t, st, made(a))
	old := a.Clone()
	for i, title := range []string{"fresh", "stale", "stale again"} {
		next := old.Clone()
		_ = next.Set("title", title)
		_ = next.Set("views", old.Number("views")+float64(i%2))
		apply(t, st, store.Mutation{Op: change.Update, Rec: next, Old: old})
		if got := one(t, st, c, "a"); text(got) != text(next) || got.Seq() != next.Seq() {
			t.Errorf("%s: stored %s, want %s", title, text(got), text(next))
		}
	}
	b := Rec(c, map[string]any{"id": "b", "slug": "taken"})
	apply(t, st, made(b))
	bad := old.Clone()
	_ = bad.Set("slug", "taken")
	_, err := st.Apply(t.Context(), store.Mutation{Op: change.Update, Rec: bad, Old: one(t, st, c, "a")})
	if u, ok := errors.AsType[*store.Unique](err); !ok || !slices.Equal(u.Columns, []string{"slug"}) {
		t.Errorf("to a taken value: %v", err)
	}
	apply(t, st, gone(b))
	if _, err := st.Apply(t.Context(), store.Mutation{Op: change.Update, Rec: b, Old: b.Clone()}); !errors.Is(err, store.ErrGone) {
		t.Errorf("of nothing: %v, want ErrGone", err)
	}
}

func is(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }

// testBatch: mutations of one call are committed all or none, in order.
func testBatch(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	a, b := Rec(c, map[string]any{"id": "a", "slug": "s"}), Rec(c, map[string]any{"id": "b"})
	at := apply(t, st, made(a), made(b), gone(b), made(b))
	if at.Last != at.First+3 || a.Seq() != at.First || b.Seq() != at.Last {
		t.Errorf("commit %+v, sequences %d and %d", at, a.Seq(), b.Seq())
	}
	head, _ := st.Log().Head(t.Context())
	_, err := st.Apply(t.Context(), gone(a), made(Rec(c, map[string]any{"id": "x"})), made(Rec(c, map[string]any{"id": "b"})))
	if _, ok := errors.AsType[*store.Unique](err); !ok {
		t.Errorf("third of three fails: %v, want Unique", err)
	}
	if got := ids(t, st, store.Query{From: c}); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("records are %v, want a and b", got)
	}
	if now, _ := st.Log().Head(t.Context()); now != head {
		t.Errorf("a failed batch moved the log from %d to %d", head, now)
	}
	if at := apply(t, st); at != (store.Commit{}) {
		t.Errorf("nothing to write: %+v", at)
	}
	checkLog(t, st)
}

// testGroup: many writers at once, a third of which fail, do not disturb each other.
func testGroup(t *testing.T, open Open) {
	const writers, each = 32, 12
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	apply(t, st, made(Rec(c, map[string]any{"id": "first", "slug": "taken"})))
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		seqs = map[change.Seq]string{}
	)
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				r := Rec(c, map[string]any{"id": fmt.Sprintf("w%di%d", w, i), "slug": fmt.Sprintf("w%di%d", w, i)})
				if i%3 == 2 {
					_ = r.Set("slug", "taken")
				}
				ms := []store.Mutation{made(r)}
				if i%4 == 3 {
					ms = append(ms, saved(r))
				}
				at, err := st.Apply(context.Background(), ms...)
				if failed := i%3 == 2; failed != (err != nil) {
					t.Errorf("%s: %v", r.ID(), err)
					return
				}
				if err == nil {
					mu.Lock()
					seqs[at.First] = r.ID()
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if n, _ := st.Count(t.Context(), store.Query{From: c}); n != writers*each*2/3+1 {
		t.Errorf("%d records, want %d", n, writers*each*2/3+1)
	}
	for _, ch := range checkLog(t, st) {
		if id, ok := seqs[ch.Seq]; ok && id != ch.ID {
			t.Errorf("change %d is of %s, its writer was told of %s", ch.Seq, ch.ID, id)
		}
	}
}

// testUpdate: the exclusive lane reads what it wrote, and commits it.
func testUpdate(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	a := Rec(c, map[string]any{"id": "a", "slug": "s"})
	at, err := st.Update(t.Context(), func(tx store.Tx) error {
		if err := tx.Apply(t.Context(), made(a)); err != nil {
			return err
		}
		if n, err := tx.Count(t.Context(), store.Query{From: c}); n != 1 || err != nil {
			t.Errorf("inside: Count = %d, %v", n, err)
		}
		err := tx.Apply(t.Context(), made(Rec(c, map[string]any{"id": "b"})), made(Rec(c, map[string]any{"id": "c", "slug": "s"})))
		if _, ok := errors.AsType[*store.Unique](err); !ok {
			t.Errorf("inside: %v, want Unique", err)
		}
		return tx.Apply(t.Context(), made(Rec(c, map[string]any{"id": "d"})))
	})
	_, gaps := st.(Gapped)
	if err != nil || at.First != a.Seq() || at.Last != at.First+1 && !gaps || at.Last <= at.First {
		t.Errorf("commit %+v, %v; record %d", at, err, a.Seq())
	}
	if got := ids(t, st, store.Query{From: c}); !slices.Equal(got, []string{"a", "d"}) {
		t.Errorf("records are %v, want a and d", got)
	}
	if at, err := st.Update(t.Context(), func(store.Tx) error { return nil }); at != (store.Commit{}) || err != nil {
		t.Errorf("nothing written: %+v, %v", at, err)
	}
	checkLog(t, st)
}

// testPart: a part that fails takes back its own writes alone, of records, settings and the log.
func testPart(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	boom := errors.New("boom")
	ctx := t.Context()
	_, err := st.Update(ctx, func(tx store.Tx) error {
		make := func(id string) error {
			return errors.Join(tx.Apply(ctx, made(Rec(c, map[string]any{"id": id, "slug": id}))), tx.SetParam(ctx, "k", []byte(id)))
		}
		undone := tx.Part(ctx, func() error {
			return errors.Join(make("a"), tx.Part(ctx, func() error { return make("inner") }), boom)
		})
		if !errors.Is(undone, boom) {
			t.Errorf("got %v, want %v", undone, boom)
		}
		kept := tx.Part(ctx, func() error {
			if err := tx.Part(ctx, func() error { return errors.Join(make("c"), boom) }); !errors.Is(err, boom) {
				t.Errorf("got %v, want %v", err, boom)
			}
			return make("b")
		})
		return kept
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(t, st, store.Query{From: c}); !slices.Equal(got, []string{"b"}) {
		t.Errorf("records are %v, want b alone", got)
	}
	if v, err := st.Param(ctx, "k"); string(v) != "b" || err != nil {
		t.Errorf("Param = %s, %v; want b", v, err)
	}
	apply(t, st, made(Rec(c, map[string]any{"id": "d", "slug": "a"})))
	checkLog(t, st)
}

// testUpdateUndone: an error and a panic leave nothing behind, and the lane goes on.
func testUpdateUndone(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	boom := errors.New("boom")
	write := func(tx store.Tx) {
		if err := tx.Apply(t.Context(), made(Rec(c, map[string]any{"id": "a"}))); err != nil {
			t.Error(err)
		}
		if err := tx.SetParam(t.Context(), "k", []byte("v")); err != nil {
			t.Error(err)
		}
	}
	if _, err := st.Update(t.Context(), func(tx store.Tx) error { write(tx); return boom }); !errors.Is(err, boom) {
		t.Errorf("got %v, want %v", err, boom)
	}
	func() {
		defer func() {
			if p := recover(); p != boom { //nolint:errorlint // a panic's value comes back as it is
				t.Errorf("recovered %v, want %v", p, boom)
			}
		}()
		_, _ = st.Update(t.Context(), func(tx store.Tx) error { write(tx); panic(boom) })
	}()
	if n, _ := st.Count(t.Context(), store.Query{From: c}); n != 0 {
		t.Errorf("%d records, want none", n)
	}
	if v, err := st.Param(t.Context(), "k"); v != nil || err != nil {
		t.Errorf("Param = %s, %v; want nothing", v, err)
	}
	apply(t, st, made(Rec(c, map[string]any{"id": "b"})))
	checkLog(t, st)
}

// testLanes: readers do not wait for the exclusive lane; writers do.
func testLanes(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	var order atomic.Int32
	var wg sync.WaitGroup
	_, err := st.Update(t.Context(), func(tx store.Tx) error {
		if err := tx.Apply(t.Context(), made(Rec(c, map[string]any{"id": "inner"}))); err != nil {
			return err
		}
		for i := range 8 {
			wg.Go(func() {
				if _, err := st.Apply(t.Context(), made(Rec(c, map[string]any{"id": fmt.Sprint("outer", i)}))); err != nil {
					t.Error(err)
				}
				if order.Load() == 0 {
					t.Error("a writer passed the exclusive lane")
				}
			})
		}
		if n, err := st.Count(t.Context(), store.Query{From: c}); n != 0 || err != nil {
			t.Errorf("a reader beside the lane: %d, %v; want 0", n, err)
		}
		order.Store(1)
		return nil
	})
	wg.Wait()
	if n, _ := st.Count(t.Context(), store.Query{From: c}); n != 9 || err != nil {
		t.Errorf("%d records, %v; want 9", n, err)
	}
	checkLog(t, st)
}

// testPatience: who stops waiting for the lane has not written and never will.
func testPatience(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	_, err := st.Update(t.Context(), func(store.Tx) error {
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				_, err := st.Apply(ctx, made(Rec(c, map[string]any{"id": fmt.Sprint(i)})))
				if !errors.Is(err, context.Canceled) {
					t.Errorf("got %v, want the context's error", err)
				}
			})
			wg.Go(func() {
				_, err := st.Update(ctx, func(store.Tx) error { t.Error("it got the lane"); return nil })
				if !errors.Is(err, context.Canceled) {
					t.Errorf("got %v, want the context's error", err)
				}
			})
		}
		cancel()
		wg.Wait()
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	apply(t, st, made(Rec(c, map[string]any{"id": "last"})))
	if got := ids(t, st, store.Query{From: c}); !slices.Equal(got, []string{"last"}) {
		t.Errorf("records are %v, want the last alone", got)
	}
}

// testSnapshot: a snapshot shows one moment, whatever is written meanwhile.
func testSnapshot(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	apply(t, st, made(Rec(c, map[string]any{"id": "a", "title": "old"})))
	err := st.Snapshot(t.Context(), func(rd store.Reader) error {
		apply(t, st, saved(Rec(c, map[string]any{"id": "a", "title": "new"})), made(Rec(c, map[string]any{"id": "b"})))
		for range 2 {
			if got := one(t, rd, c, "a").String("title"); got != "old" {
				t.Errorf("the snapshot reads %q, want old", got)
			}
			if n, _ := rd.Count(t.Context(), store.Query{From: c}); n != 1 {
				t.Errorf("the snapshot counts %d, want 1", n)
			}
		}
		return rd.Select(t.Context(), store.Query{From: c}, func(r store.Row) error {
			if n, err := rd.Count(t.Context(), store.Query{From: c, IDs: []string{r.ID()}}); n != 1 || err != nil {
				t.Errorf("a query within a query: %d, %v", n, err)
			}
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
	if got := one(t, st, c, "a").String("title"); got != "new" {
		t.Errorf("afterwards the title is %q, want new", got)
	}
}

// testStale: a collection that is not the stored one is refused everywhere.
func testStale(t *testing.T, open Open) {
	st, c := open(t), Posts()
	stale := func(when string, c *schema.Collection) {
		t.Helper()
		err := st.Select(t.Context(), store.Query{From: c}, func(store.Row) error { return nil })
		if !errors.Is(err, store.ErrStale) {
			t.Errorf("%s: Select: %v", when, err)
		}
		if _, err := st.Count(t.Context(), store.Query{From: c}); !errors.Is(err, store.ErrStale) {
			t.Errorf("%s: Count: %v", when, err)
		}
		if _, err := st.Apply(t.Context(), made(Rec(c, map[string]any{"id": "x"}))); !errors.Is(err, store.ErrStale) {
			t.Errorf("%s: Apply: %v", when, err)
		}
	}
	stale("unknown", c)
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	next := c.Clone().Seal()
	stale("not yet stored", next)
	reshape(t, st, schema.Plan{Change: []schema.Pair{{Old: c, New: next}}})
	stale("replaced", c)
	apply(t, st, made(Rec(next, map[string]any{"id": "x"})))
	reshape(t, st, schema.Plan{Drop: []*schema.Collection{next}})
	stale("dropped", next)
}

// testClosed: a closed store says so.
func testClosed(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, rec := t.Context(), Rec(c, map[string]any{"id": "a"})
	_, countErr := st.Count(ctx, store.Query{From: c})
	_, applyErr := st.Apply(ctx, made(rec))
	_, updateErr := st.Update(ctx, func(store.Tx) error { return nil })
	_, paramErr := st.Param(ctx, "k")
	_, listErr := st.Collections(ctx)
	_, headErr := st.Log().Head(ctx)
	var followErr error
	for _, err := range st.Log().Follow(ctx, 0) {
		followErr = err
	}
	for name, err := range map[string]error{
		"Select": st.Select(ctx, store.Query{From: c}, nil), "Count": countErr, "Apply": applyErr, "Update": updateErr,
		"Snapshot": st.Snapshot(ctx, func(store.Reader) error { return nil }), "Param": paramErr, "Collections": listErr,
		"Head": headErr, "Follow": followErr,
	} {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s: %v, want ErrClosed", name, err)
		}
	}
	if err := st.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
}
