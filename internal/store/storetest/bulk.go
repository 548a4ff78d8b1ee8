package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

func bulk(t *testing.T, st store.Store) store.Bulk {
	t.Helper()
	if g, ok := st.(Gapped); ok {
		st = g.Store
	}
	b, ok := st.(store.Bulk)
	if !ok {
		t.Fatalf("%T is no store.Bulk", st)
	}
	return b
}

// lines are the rows of a part above a place.
func lines(t *testing.T, b store.Source, p store.Part, after int64) (list []store.Line) {
	t.Helper()
	for l, err := range b.Dump(t.Context(), p, after) {
		if err != nil {
			t.Fatalf("dump %s: %v", p.Name, err)
		}
		l.Values = slices.Clone(l.Values)
		list = append(list, l)
	}
	return list
}

func yielded(list []store.Line, end error) store.Lines {
	return func(yield func(store.Line, error) bool) {
		for _, l := range list {
			if !yield(l, nil) {
				return
			}
		}
		if end != nil {
			yield(store.Line{}, end)
		}
	}
}

// moved fills an empty store with all of another.
func moved(t *testing.T, from, to store.Bulk, records *schema.Collection) {
	t.Helper()
	for _, p := range []store.Part{store.RecordsOf(records), store.Changes} {
		list := lines(t, from, p, 0)
		for chunk := range slices.Chunk(list, 2) {
			if err := to.Load(t.Context(), p, yielded(chunk, nil)); err != nil {
				t.Fatalf("load %s: %v", p.Name, err)
			}
		}
	}
	for _, p := range []store.Part{store.Cursors, store.Params, store.Definitions} {
		if err := to.Replace(t.Context(), p, from.Dump(t.Context(), p, 0)); err != nil {
			t.Fatalf("replace %s: %v", p.Name, err)
		}
	}
	if err := to.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// furnished is a store with some of everything.
func furnished(t *testing.T, open Open) (store.Bulk, *schema.Collection) {
	t.Helper()
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	for _, v := range []map[string]any{
		{"id": "b"}, {"id": "c", "views": -1e300, "meta": field.JSON("5"), "tags": []string{"blue"}},
		{"id": "d", "views": 1e15, "meta": field.JSON(`0.30000000000000004`), "place": field.Geo{Lon: 1e-7, Lat: 89.999999}},
		{"id": "e", "views": 0.1, "meta": field.JSON(`{"b":[1.50],"a":"\\"}`), "title": "x\x00\x01y\\N\t\r\n"},
		{"id": "a9", "title": `\N`, "meta": field.JSON(`1e300`)},
	} {
		apply(t, st, made(Rec(c, v)))
	}
	apply(t, st, made(full(c, "a")), gone(Rec(c, map[string]any{"id": "b"})), saved(Rec(c, map[string]any{"id": "c", "title": "now"})))
	if err := st.Log().Trim(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if _, err := st.Cursors().Claim(t.Context(), "mail", "n1", time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := st.Cursors().Advance(t.Context(), "mail", "n1", 3); err != nil {
		t.Fatal(err)
	}
	_, err := st.Update(t.Context(), func(tx store.Tx) error {
		var errs []error
		for key, v := range map[string]string{"settings": `{"a":1}`, "secret": "AAAA+/==", "empty": "", "n": "12.5", store.MoveMark: "x"} {
			errs = append(errs, tx.SetParam(t.Context(), key, []byte(v)))
		}
		return errors.Join(errs...)
	})
	if err != nil {
		t.Fatal(err)
	}
	return bulk(t, st), c
}

// testBulk: a store that is filled from another one holds what that holds, in the same order, and goes on behind
// it.
func testBulk(t *testing.T, open Open) {
	from, c := furnished(t, open)
	to, empty := bulk(t, open(t)), Posts()
	reshape(t, to, schema.Plan{Create: []*schema.Collection{empty}})
	moved(t, from, to, c)
	for _, p := range []store.Part{store.RecordsOf(c), store.Changes, store.Cursors, store.Params, store.Definitions} {
		want, got := fmt.Sprint(lines(t, from, p, 0)), fmt.Sprint(lines(t, to, p, 0))
		if got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", p.Name, got, want)
		}
		rows, last, err := to.Extent(t.Context(), p)
		if all := lines(t, to, p, 0); err != nil || rows != int64(len(all)) || last != all[len(all)-1].Place {
			t.Errorf("Extent of %s = %d, %d, %v", p.Name, rows, last, err)
		}
	}
	list, err := to.Collections(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("Collections = %v, %v", list, err)
	}
	bulkGoesOn(t, from, to, c, list[0])
}

// bulkGoesOn: records are read as they were, and what is new comes behind.
func bulkGoesOn(t *testing.T, from, to store.Bulk, was, is *schema.Collection) {
	t.Helper()
	want := ids(t, from, store.Query{From: was})
	if got := ids(t, to, store.Query{From: is}); !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
	for _, id := range want {
		if got, want := text(one(t, to, is, id)), text(one(t, from, was, id)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	head, err := from.Log().Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := to.Log().Head(t.Context()); err != nil || got != head {
		t.Errorf("head %d, %v; want %d", got, err, head)
	}
	if at := apply(t, to, made(Rec(is, map[string]any{"id": "new"}))); at.First <= head {
		t.Errorf("a new record has the sequence %d, and the head was %d", at.First, head)
	}
	if got := ids(t, to, store.Query{From: is}); got[len(got)-1] != "new" {
		t.Errorf("a new record is not the last: %v", got)
	}
	if at, err := to.Cursors().Claim(t.Context(), "mail", "n2", time.Hour); at != 3 || err != nil {
		t.Errorf("the consumer stands at %d, %v", at, err)
	}
	if v, err := to.Param(t.Context(), store.MoveMark); v != nil || err != nil {
		t.Errorf("the mark came along: %q, %v", v, err)
	}
	list, err := to.Log().Read(t.Context(), 2, 3)
	if err != nil || len(list) != 3 || list[0].Seq != 3 || list[0].Op != change.Create || list[0].ID == "" {
		t.Errorf("the log says %+v, %v", list, err)
	}
}

// testBulkUndone: what fails half way leaves nothing, and what was there stays.
func testBulkUndone(t *testing.T, open Open) {
	from, c := furnished(t, open)
	before, broken := fmt.Sprint(lines(t, from, store.Params, 0)), errors.New("broken")
	p := store.RecordsOf(c)
	all := lines(t, from, p, 0)
	for i := range all {
		all[i].Place += 100
		all[i].Values[c.IDOrd()].S += "2"
		all[i].Values[c.Ord("slug")] = rule.TextValue("")
	}
	if err := from.Load(t.Context(), p, yielded(all, broken)); !errors.Is(err, broken) {
		t.Errorf("Load = %v", err)
	}
	if err := from.Replace(t.Context(), store.Params, yielded(nil, broken)); !errors.Is(err, broken) {
		t.Errorf("Replace = %v", err)
	}
	if err := from.Load(t.Context(), p, yielded(lines(t, from, p, 0), nil)); err == nil {
		t.Error("the same rows were loaded twice")
	}
	if rows, _, err := from.Extent(t.Context(), p); err != nil || rows != int64(len(all)) {
		t.Errorf("%d rows, %v; want %d", rows, err, len(all))
	}
	if after := fmt.Sprint(lines(t, from, store.Params, 0)); after != before {
		t.Errorf("settings were %s and are %s", before, after)
	}
	if got := lines(t, from, p, all[2].Place-100); len(got) != len(all)-3 {
		t.Errorf("%d rows behind the third, want %d", len(got), len(all)-3)
	}
}
