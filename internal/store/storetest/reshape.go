package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// changed returns a sealed copy of c after edit.
func changed(c *schema.Collection, edit func(*schema.Collection)) *schema.Collection {
	d := c.Clone()
	edit(d)
	return d.Seal()
}

// change reshapes c by edit and returns what is stored then.
func alter(t *testing.T, st store.Store, c *schema.Collection, edit func(*schema.Collection)) *schema.Collection {
	t.Helper()
	d := changed(c, edit)
	reshape(t, st, schema.Plan{Change: []schema.Pair{{Old: c, New: d}}})
	return d
}

func newField(text string) field.Field {
	f, err := field.Decode([]byte(text))
	if err != nil {
		panic(err)
	}
	return f
}

func rename(c *schema.Collection, from, to string) {
	c.Fields[slices.IndexFunc(c.Fields, func(f field.Field) bool { return f.Base().Name == from })].Base().Name = to
}

// testReshape: adding, dropping and renaming keeps what is left, and the definitions are kept too.
func testReshape(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	apply(t, st, made(full(c, "a")), made(Rec(c, map[string]any{"id": "b"})))
	before := one(t, st, c, "a")
	c = alter(t, st, c, func(c *schema.Collection) {
		c.Name = "articles"
		rename(c, "title", "headline")
		c.Fields = slices.DeleteFunc(c.Fields, func(f field.Field) bool { return f.Base().Name == "views" })
		c.Fields = append(c.Fields, newField(`{"id":"f_new","name":"views","type":"select","maxSelect":3,"values":["x"]}`))
		c.Indexes = c.Indexes[:1]
	})
	after := one(t, st, c, "a")
	if after.String("headline") != before.String("title") || after.Seq() != before.Seq() {
		t.Errorf("after: %s", text(after))
	}
	if list, _ := after.Get("views").([]string); list == nil || len(list) != 0 {
		t.Errorf("the new field holds %#v, want an empty list", after.Get("views"))
	}
	apply(t, st, made(Rec(c, map[string]any{"id": "c", "slug": "sss"})))
	_, err := st.Apply(t.Context(), made(Rec(c, map[string]any{"id": "d", "slug": "sss"})))
	if u, ok := errors.AsType[*store.Unique](err); !ok || !slices.Equal(u.Columns, []string{"slug"}) {
		t.Errorf("the index is gone: %v", err)
	}
	list, err := st.Collections(t.Context())
	if err != nil || len(list) != 1 || list[0].Name != "articles" || list[0].Ord("headline") < 0 {
		t.Errorf("Collections = %v, %v", list, err)
	}
	c = alter(t, st, c, func(c *schema.Collection) { c.Name = "Articles"; rename(c, "headline", "Headline") })
	if got := one(t, st, c, "a").String("Headline"); got != before.String("title") {
		t.Errorf("after a change of case alone: %q", got)
	}
}

// testReshapeSwap: names of fields and of collections can be swapped.
func testReshapeSwap(t *testing.T, open Open) {
	st := open(t)
	a := Collection("aaaaaaaaaaaaaaa", "left", nil, textField("id"), textField("x"), textField("y"), textField("z"))
	b := Collection("bbbbbbbbbbbbbbb", "right", nil, textField("id"))
	reshape(t, st, schema.Plan{Create: []*schema.Collection{a, b}})
	apply(t, st, made(Rec(a, map[string]any{"id": "1", "x": "X", "y": "Y", "z": "Z"})), made(Rec(b, map[string]any{"id": "2"})))
	a2 := changed(a, func(c *schema.Collection) {
		c.Name = "right"
		c.Fields[1].Base().Name, c.Fields[2].Base().Name, c.Fields[3].Base().Name = "y", "z", "x"
	})
	b2 := changed(b, func(c *schema.Collection) { c.Name = "left" })
	reshape(t, st, schema.Plan{Change: []schema.Pair{{Old: a, New: a2}, {Old: b, New: b2}}})
	r := one(t, st, a2, "1")
	if r.String("y") != "X" || r.String("z") != "Y" || r.String("x") != "Z" {
		t.Errorf("fields after the swap: %s", text(r))
	}
	if got := ids(t, st, store.Query{From: b2}); !slices.Equal(got, []string{"2"}) {
		t.Errorf("the other collection holds %v", got)
	}
	a3 := changed(a2, func(c *schema.Collection) { c.Name = "left" })
	reshape(t, st, schema.Plan{Drop: []*schema.Collection{b2}, Change: []schema.Pair{{Old: a2, New: a3}}, Create: []*schema.Collection{
		Collection("ccccccccccccccc", "right", nil, textField("id")),
	}})
	if got := ids(t, st, store.Query{From: a3}); !slices.Equal(got, []string{"1"}) {
		t.Errorf("after taking the name of a dropped one: %v", got)
	}
}

// testReshapeClass: one value becomes a list of one; a list becomes its last value.
func testReshapeClass(t *testing.T, open Open) {
	st := open(t)
	c := Collection("aaaaaaaaaaaaaaa", "things", nil, textField("id"),
		`{"id":"f_s","name":"s","type":"select","maxSelect":1,"values":["a","b","c"]}`)
	multiple := func(n int64) func(*schema.Collection) {
		return func(c *schema.Collection) { c.Fields[1].(*field.Select).MaxSelect = n }
	}
	v := &schema.Collection{ID: "vvvvvvvvvvvvvvv", Name: "seen", Type: schema.View, ViewQuery: "SELECT id, s FROM things WHERE s = 'b'"}
	v.Fields = []field.Field{newField(textField("id"))}
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c, v.Seal()}})
	defer func() { checkView(t, st, v, `"id":"1"`) }()
	apply(t, st, made(Rec(c, map[string]any{"id": "1", "s": "a"})), made(Rec(c, map[string]any{"id": "2"})))
	c = alter(t, st, c, multiple(3))
	if got := fmt.Sprint(one(t, st, c, "1").Get("s"), one(t, st, c, "2").Get("s")); got != "[a] []" {
		t.Errorf("as lists: %s", got)
	}
	apply(t, st, saved(Rec(c, map[string]any{"id": "1", "s": []string{"c", "b"}})))
	c = alter(t, st, c, multiple(1))
	if got := fmt.Sprintf("%q %q", one(t, st, c, "1").Get("s"), one(t, st, c, "2").Get("s")); got != `"b" ""` {
		t.Errorf("as single values: %s", got)
	}
}

// testReshapeUndone: a reshaping that fails is as if it had never been.
func testReshapeUndone(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	apply(t, st, made(Rec(c, map[string]any{"id": "a", "title": "same"})), made(Rec(c, map[string]any{"id": "b", "title": "same"})))
	bad := changed(c, func(c *schema.Collection) {
		c.Name = "renamed"
		rename(c, "views", "count")
		c.Indexes = append(c.Indexes[:1:1], "CREATE UNIQUE INDEX no ON posts (title)")
	})
	_, err := st.Update(t.Context(), func(tx store.Tx) error {
		return tx.Reshape(t.Context(), schema.Plan{Change: []schema.Pair{{Old: c, New: bad}}})
	})
	ix, ok := errors.AsType[*store.IndexError](err)
	if !ok || ix.Position != 1 || ix.Collection != c.ID {
		t.Errorf("got %v, want IndexError at 1", err)
	}
	good := changed(c, func(c *schema.Collection) { rename(c, "title", "headline") })
	boom := errors.New("boom")
	_, err = st.Update(t.Context(), func(tx store.Tx) error {
		if err := tx.Reshape(t.Context(), schema.Plan{Change: []schema.Pair{{Old: c, New: good}}}); err != nil {
			return err
		}
		if got := one(t, tx, good, "a").String("headline"); got != "same" {
			t.Errorf("inside: %q", got)
		}
		if _, err := tx.Count(t.Context(), store.Query{From: c}); !errors.Is(err, store.ErrStale) {
			t.Errorf("inside, the old collection: %v", err)
		}
		if list, _ := tx.Collections(t.Context()); len(list) != 1 || list[0] != good {
			t.Errorf("inside, Collections = %v", list)
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("got %v, want %v", err, boom)
	}
	if got := one(t, st, c, "a").String("title"); got != "same" {
		t.Errorf("afterwards: %q", got)
	}
	apply(t, st, saved(Rec(c, map[string]any{"id": "a", "title": "x"})))
	if list, _ := st.Collections(t.Context()); len(list) != 1 || list[0] != c {
		t.Errorf("afterwards, Collections = %v", list)
	}
}

// testReshapeRefused: a plan must start from what is stored, and a view that reads a column keeps it.
func testReshapeRefused(t *testing.T, open Open) {
	st, c := open(t), Posts()
	v := &schema.Collection{ID: "vvvvvvvvvvvvvvv", Name: "seen", Type: schema.View, ViewQuery: "SELECT id, mood FROM posts"}
	v.Fields = []field.Field{newField(textField("id"))}
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c, v.Seal()}})
	tags := c.Ord("tags")
	without := func(c *schema.Collection) {
		c.Fields = slices.DeleteFunc(c.Fields, func(f field.Field) bool { return f.Base().Name == "mood" })
	}
	for name, p := range map[string]schema.Plan{
		"a change of what is not stored": {Change: []schema.Pair{{Old: c.Clone().Seal(), New: c.Clone().Seal()}}},
		"a drop of what is not stored":   {Drop: []*schema.Collection{c.Clone().Seal()}},
		"a column in use":                {Change: []schema.Pair{{Old: c, New: changed(c, without)}}},
		"a column in use, and a rebuild": {Change: []schema.Pair{{Old: c, New: changed(c, func(c *schema.Collection) {
			c.Fields[tags].(*field.Select).MaxSelect = 1
			without(c)
		})}}},
	} {
		_, err := st.Update(t.Context(), func(tx store.Tx) error { return tx.Reshape(t.Context(), p) })
		if wantStale := strings.Contains(name, "not stored"); err == nil || wantStale != errors.Is(err, store.ErrStale) {
			t.Errorf("%s: %v", name, err)
		}
	}
	apply(t, st, made(full(c, "a")))
	checkView(t, st, v, `"id":"a"`)
}

// testReshapeUnderReaders: while two fields swap their names again and again, a reader sees the values under
// the names of its own collection or is told that it is stale.
func testReshapeUnderReaders(t *testing.T, open Open) {
	st := open(t)
	c := Collection("aaaaaaaaaaaaaaa", "things", nil, textField("id"), textField("x"), textField("y"))
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	apply(t, st, made(Rec(c, map[string]any{"id": "1", "x": "f_x", "y": "f_y"})))
	var now atomic.Pointer[schema.Collection]
	now.Store(c)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for ctx.Err() == nil {
				c := now.Load()
				err := st.Select(context.Background(), store.Query{From: c}, func(r store.Row) error {
					for i, f := range c.Fields[1:] {
						if got := string(r.Text(i + 1)); got != f.Base().ID {
							return fmt.Errorf("field %s reads %q", f.Base().ID, got)
						}
					}
					return nil
				})
				if err != nil && !errors.Is(err, store.ErrStale) {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 15 {
		next := changed(c, func(c *schema.Collection) {
			c.Fields[1].Base().Name, c.Fields[2].Base().Name = c.Fields[2].Base().Name, c.Fields[1].Base().Name
		})
		reshape(t, st, schema.Plan{Change: []schema.Pair{{Old: c, New: next}}})
		c = next
		now.Store(c)
	}
	cancel()
	wg.Wait()
}

// testViews: a view collection shows the rows of its query and can be examined before it is made.
func testViews(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	apply(t, st, made(Rec(c, map[string]any{"id": "a", "views": 3})), made(Rec(c, map[string]any{"id": "b", "views": 4})))
	v := &schema.Collection{ID: "vvvvvvvvvvvvvvv", Name: "totals", Type: schema.View, ViewQuery: "SELECT 1 AS id, sum(views) AS total FROM posts;"}
	v.Fields = []field.Field{newField(textField("id")), newField(`{"id":"f_t","name":"total","type":"number"}`)}
	v.Seal()
	_, err := st.Update(t.Context(), func(tx store.Tx) error {
		cols, err := tx.Describe(t.Context(), "SELECT p.id, p.views * 2 AS twice FROM posts p -- a comment")
		if err != nil {
			return err
		}
		want := []schema.ViewColumn{{Name: "id", Declared: "TEXT", Table: "posts", Column: "id"}, {Name: "twice"}}
		if !slices.Equal(cols, want) {
			t.Errorf("Describe = %+v, want %+v", cols, want)
		}
		rows, err := tx.Sample(t.Context(), "SELECT id, NULL AS n FROM posts ORDER BY id", 1)
		if err != nil || len(rows) != 1 || *rows[0][0] != "a" || rows[0][1] != nil {
			t.Errorf("Sample = %v, %v", rows, err)
		}
		for _, bad := range []string{
			"DELETE FROM posts", "SELECT 1) ; DELETE FROM posts; --", "SELECT id FROM posts; SELECT 2", "SELECT id FROM nowhere", "",
		} {
			if _, err := tx.Describe(t.Context(), bad); err == nil {
				t.Errorf("Describe(%q) is accepted", bad)
			}
		}
		for name, want := range map[string]bool{"POSTS": true, "totals": false, "_collections": true} {
			if got, err := tx.TableExists(t.Context(), name); got != want || err != nil {
				t.Errorf("TableExists(%s) = %v, %v", name, got, err)
			}
		}
		for name, want := range map[string]string{"IDX_slug": "posts", "none": ""} {
			if got, err := tx.IndexTable(t.Context(), name); got != want || err != nil {
				t.Errorf("IndexTable(%s) = %q, %v", name, got, err)
			}
		}
		return tx.Reshape(t.Context(), schema.Plan{Create: []*schema.Collection{v}})
	})
	if err != nil {
		t.Fatal(err)
	}
	checkView(t, st, v, `"total":7`)
	if _, err := st.Apply(t.Context(), made(record.New(v))); err == nil {
		t.Error("a view took a record")
	}
	v = alter(t, st, v, func(v *schema.Collection) {
		v.Name, v.ViewQuery = "sums", "SELECT id, views AS total FROM posts WHERE views > 3"
	})
	checkView(t, st, v, `"id":"b","total":4`)
	reshape(t, st, schema.Plan{Drop: []*schema.Collection{v}})
}

func checkView(t *testing.T, st store.Store, v *schema.Collection, want string) {
	t.Helper()
	n := 0
	err := st.Select(t.Context(), store.Query{From: v, Limit: 5}, func(r store.Row) error {
		n++
		if got := string(r.AppendJSON(nil, record.NewView(v, true, nil))); !strings.Contains(got, want) || r.Seq() != 0 {
			t.Errorf("row %s, want %s", got, want)
		}
		return nil
	})
	if n != 1 || err != nil {
		t.Errorf("%d rows, %v; want 1", n, err)
	}
	if n, err := st.Count(t.Context(), store.Query{From: v}); n != 1 || err != nil {
		t.Errorf("Count = %d, %v; want 1", n, err)
	}
}
