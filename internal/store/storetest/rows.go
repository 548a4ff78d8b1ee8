package storetest

import (
	"errors"
	"slices"
	"testing"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

func full(c *schema.Collection, id string) *record.Record {
	return Rec(c, map[string]any{
		"id": id, "title": "Größe \"1\"\n", "slug": id, "views": 12.5, "public": true, "tags": []string{"red", "a b"},
		"mood": "good", "meta": field.JSON(`{"a":[1,2,{"b":null}]}`), "place": field.Geo{Lon: 12.25, Lat: -3},
		"due": "2024-02-29 10:00:00.123Z", "secret": field.Password{Hash: "$2a$10$x"},
	})
}

// testRows: what is written is read back, as a record and as JSON.
func testRows(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	records := []*record.Record{
		full(c, "a"), Rec(c, map[string]any{"id": "b"}),
		Rec(c, map[string]any{"id": "c", "views": -1e300, "meta": field.JSON("5"), "tags": []string{"blue"}}),
		Rec(c, map[string]any{"id": "d", "views": 1e15, "meta": field.JSON(`"text"`), "place": field.Geo{Lon: 1e-7, Lat: 89.999999}}),
		Rec(c, map[string]any{"id": "e", "views": 0.1, "meta": field.JSON(`true`), "title": "x\x00y"}),
	}
	for _, r := range records {
		apply(t, st, made(r))
	}
	for _, want := range records {
		got := one(t, st, c, want.ID())
		if got == nil {
			t.Fatalf("%s is not there", want.ID())
		}
		if text(got) != text(want) || got.Seq() != want.Seq() || got.Password("secret") != want.Password("secret") {
			t.Errorf("got  %s (%d)\nwant %s (%d)", text(got), got.Seq(), text(want), want.Seq())
		}
		checkJSON(t, st, want)
	}
	if n, err := st.Count(t.Context(), store.Query{From: c, Limit: 1}); err != nil || n != int64(len(records)) {
		t.Errorf("Count = %d, %v; want %d", n, err, len(records))
	}
}

// checkJSON: AppendJSON, and AppendHead with AppendTail, say what the record says.
func checkJSON(t *testing.T, st store.Store, want *record.Record) {
	t.Helper()
	v := record.NewView(want.Collection(), true, nil)
	err := st.Select(t.Context(), store.Query{From: want.Collection(), IDs: []string{want.ID()}}, func(r store.Row) error {
		if got := string(r.AppendJSON([]byte("x"), v)); got != "x"+text(want) {
			t.Errorf("AppendJSON = %s\nwant %s", got, text(want))
		}
		parts := "{" + string(r.AppendHead(nil, v)) + "," + string(r.AppendTail(nil, v)) + "}"
		if parts != text(want) {
			t.Errorf("AppendHead and AppendTail = %s\nwant %s", parts, text(want))
		}
		for ord := range want.Collection().Fields {
			if got, want := r.Value(ord), want.Value(ord); got != want && want.S != "5" {
				t.Errorf("Value(%d) = %#v, want %#v", ord, got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// testQueries: every part of a query but the rule language, and the order of rows.
func testQueries(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	for i, id := range []string{"z", "y", "x", "w"} {
		apply(t, st, made(Rec(c, map[string]any{
			"id": id, "title": "T" + id, "slug": id, "views": i, "tags": []string{"red", "a b"}[:i%3],
		})))
	}
	by := func(name string, noCase bool, values ...string) *store.By {
		return &store.By{Ord: c.Ord(name), Values: values, NoCase: noCase}
	}
	for _, test := range []struct {
		name string
		q    store.Query
		want []string
	}{
		{"all in order of creation", store.Query{}, []string{"z", "y", "x", "w"}},
		{"limit", store.Query{Limit: 2}, []string{"z", "y"}},
		{"offset", store.Query{Offset: 3}, []string{"w"}},
		{"limit and offset", store.Query{Limit: 2, Offset: 1}, []string{"y", "x"}},
		{"beyond the end", store.Query{Limit: 2, Offset: 9}, []string{}},
		{"one id", store.Query{IDs: []string{"x"}}, []string{"x"}},
		{"some ids", store.Query{IDs: []string{"w", "none", "z"}}, []string{"z", "w"}},
		{"no ids", store.Query{IDs: []string{}}, []string{}},
		{"by text", store.Query{By: by("title", false, "Ty")}, []string{"y"}},
		{"by text in any case", store.Query{By: by("title", true, "tY", "TZ")}, []string{"z", "y"}},
		{"by text in this case", store.Query{By: by("title", false, "ty")}, []string{}},
		{"by list", store.Query{By: by("tags", false, "red")}, []string{"y", "x"}},
		{"by list with a space", store.Query{By: by("tags", false, "a b")}, []string{"x"}},
		{"by list, any of", store.Query{By: by("tags", false, "a b", "red")}, []string{"y", "x"}},
		{"by no part of a value", store.Query{By: by("tags", false, "re")}, []string{}},
		{"by nothing", store.Query{By: by("tags", false)}, []string{}},
		{"by and ids", store.Query{IDs: []string{"x", "w"}, By: by("tags", false, "red")}, []string{"x"}},
	} {
		test.q.From = c
		if got := ids(t, st, test.q); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
		want := int64(len(test.want))
		if test.q.Limit > 0 || test.q.Offset > 0 {
			want = 4
		}
		if n, err := st.Count(t.Context(), test.q); err != nil || n != want {
			t.Errorf("%s: Count = %d, %v; want %d", test.name, n, err, want)
		}
	}
	stop := errors.New("stop")
	rows := 0
	err := st.Select(t.Context(), store.Query{From: c}, func(store.Row) error { rows++; return stop })
	if !errors.Is(err, stop) || rows != 1 {
		t.Errorf("an error of each: %v after %d rows, want it after 1", err, rows)
	}
}

// testGiven: a query may be asked about a record that is not stored.
func testGiven(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	stored, other := full(c, "same"), full(c, "other")
	apply(t, st, made(stored))
	for _, r := range []*record.Record{other, Rec(c, map[string]any{"id": "bare", "meta": field.JSON("1.5")})} {
		for i, q := range []store.Query{{}, {IDs: []string{r.ID()}}} {
			q.From, q.Given = c, r
			var got []string
			err := st.Select(t.Context(), q, func(row store.Row) error {
				rec, err := row.Record()
				got = append(got, text(rec))
				return err
			})
			if err != nil || !slices.Equal(got, []string{text(r)}) {
				t.Errorf("query %d: %v, %v; want %s", i, got, err, text(r))
			}
		}
		if n, err := st.Count(t.Context(), store.Query{From: c, Given: r, IDs: []string{"same"}}); n != 0 || err != nil {
			t.Errorf("Count = %d, %v; the stored record must not be seen", n, err)
		}
	}
	nowhere := Collection("", "nowhere", nil, textField("id"), textField("post"))
	b := given(t, c, nowhere, "@collection.posts.id ?= post")
	for post, want := range map[string]int64{"same": 1, "other": 0} {
		r := Rec(nowhere, map[string]any{"id": "x", "post": post})
		if n, err := st.Count(t.Context(), store.Query{From: nowhere, Given: r, Where: b}); n != want || err != nil {
			t.Errorf("a record of no stored collection: Count = %d, %v; want %d", n, err, want)
		}
	}
	testAlso(t, st, c, nowhere, other)
	if _, err := st.Count(t.Context(), store.Query{From: nowhere}); !errors.Is(err, store.ErrStale) {
		t.Errorf("a collection that is stored nowhere: %v, want %v", err, store.ErrStale)
	}
}

// testAlso: joins find records that are not stored beside those that are.
func testAlso(t *testing.T, st store.Store, posts, nowhere *schema.Collection, also *record.Record) {
	t.Helper()
	for text, want := range map[string]int64{
		"@collection.posts.id ?= 'other'": 1, "@collection.posts.id ?= 'same'": 1, "@collection.posts.id ?= 'none'": 0,
		"@collection.posts.tags:each ?= 'a b' && @collection.posts.slug ?= 'other'": 1, "@collection.posts.views > 12": 1,
		"@collection.posts.meta.a.0 ?= 1 && @collection.posts.due ?> '2024-01-01 00:00:00.000Z'": 1, "@collection.posts.public = false": 0,
	} {
		q := store.Query{From: nowhere, Given: Rec(nowhere, map[string]any{"id": "x"}), Where: given(t, posts, nowhere, text), Also: []*record.Record{also}}
		if n, err := st.Count(t.Context(), q); n != want || err != nil {
			t.Errorf("%s: Count = %d, %v; want %d", text, n, err, want)
		}
		if got := ids(t, st, q); int64(len(got)) != want {
			t.Errorf("%s: Select found %v, want %d", text, got, want)
		}
	}
	stale := Rec(posts.Clone().Seal(), nil)
	q := store.Query{From: nowhere, Given: Rec(nowhere, nil), Also: []*record.Record{stale}}
	if _, err := st.Count(t.Context(), q); !errors.Is(err, store.ErrStale) {
		t.Errorf("a record of another form: %v, want %v", err, store.ErrStale)
	}
}

// given is a rule about a record that is given, folded for a request that says nothing.
func given(t *testing.T, known, base *schema.Collection, text string) *rule.Bound {
	t.Helper()
	b, err := rule.Bind(rule.Question{Schema: schema.NewCatalog([]*schema.Collection{known}), Base: base.Table(), Rule: text, Given: true})
	if err != nil {
		t.Fatal(err)
	}
	return b.Fold(guest{})
}
