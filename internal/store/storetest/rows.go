package storetest

import (
	"testing"

	"github.com/holdall-dev/holdall/field"
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
func testRows(t *testing.T, open func(*testing.T) store.Store) {
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
