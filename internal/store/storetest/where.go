package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// guest is the scope of a request that says nothing.
type guest struct{}

func (guest) Now() time.Time               { return time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC) }
func (guest) Context() string              { return "default" }
func (guest) Method() string               { return "GET" }
func (guest) Query(string) (string, bool)  { return "", false }
func (guest) Header(string) (string, bool) { return "", false }
func (guest) Body(string) (any, bool)      { return nil, false }
func (guest) AuthValue(int) rule.Value     { return rule.Value{} }

func ask(t *testing.T, cat *schema.Catalog, c *schema.Collection, filter, sort string) *rule.Bound {
	t.Helper()
	b, err := rule.Bind(rule.Question{Schema: cat, Base: c.Table(), Filter: filter, Sort: sort, Super: true})
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	return b.Fold(guest{})
}

func relation(name, target string, most int) string {
	return fmt.Sprintf(`{"id":"f_%s","name":%q,"type":"relation","collectionId":%q,"maxSelect":%d}`, name, name, target, most)
}

// testWhere: the stored table, a record given in its place, and memory agree on what an expression matches.
func testWhere(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	records := []*record.Record{
		full(c, "a"), Rec(c, map[string]any{"id": "b"}),
		Rec(c, map[string]any{"id": "c", "title": "12.5", "slug": "12", "views": 12, "meta": field.JSON("12"), "tags": []string{"blue"}}),
		Rec(c, map[string]any{"id": "d", "title": "true", "slug": "d", "views": -1, "public": true, "meta": field.JSON(`"x"`), "due": "2024-01-01 00:00:00.000Z"}),
	}
	for _, r := range records {
		apply(t, st, made(r))
	}
	cat := schema.NewCatalog([]*schema.Collection{c})
	for _, filter := range []string{
		`title = "12.5"`, `title = 12.5`, `title ~ "12"`, `slug > "1"`, `slug = views`, `views >= 12`, `views = "12"`, `views < title`,
		`public = true`, `public = 1`, `public != false`, `tags = "blue"`, `tags ?= "red"`, `tags:each = "blue"`, `tags:length > 1`,
		`tags:length = 0`, `mood = null`, `mood != ""`, `meta = 12`, `meta = "x"`, `meta.a != null`, `meta > 5`, `place.lon > 12`, `place.lat = 0`,
		`due > "2024-01-15"`, `due = ""`, `due < @now`, `title = "" && views = 0 || public = true`, `tags > "a"`, `meta = null`, `place = ""`,
	} {
		b := ask(t, cat, c, filter, "")
		got := ids(t, st, store.Query{From: c, Where: b})
		var want []string
		for _, r := range records {
			given := ids(t, st, store.Query{From: c, Where: b, Given: r})
			if stored := slices.Contains(got, r.ID()); stored != (len(given) == 1) {
				t.Errorf("%s: stored %s matches: %v, given: %v", filter, r.ID(), stored, given)
			}
			switch b.Eval(r) {
			case rule.Yes:
				want = append(want, r.ID())
			case rule.Ask:
				want = append(want, given...)
			}
		}
		if !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("%s: the store finds %v, memory %v", filter, got, want)
		}
		if n, err := st.Count(t.Context(), store.Query{From: c, Where: b, Limit: 1}); err != nil || n != int64(len(got)) {
			t.Errorf("%s: Count = %d, %v; want %d", filter, n, err, len(got))
		}
	}
}

// testSort: sort keys order rows, and joins that find a record twice show it once.
func testSort(t *testing.T, open Open) {
	st, c := open(t), Posts()
	notes := Collection("notes00000000id", "notes", nil, textField("id"), relation("post", c.ID, 1), relation("all", c.ID, 9))
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c, notes}})
	for i, id := range []string{"a", "b", "c"} {
		apply(t, st, made(Rec(c, map[string]any{"id": id, "slug": id, "views": i % 2})))
		apply(t, st, made(Rec(notes, map[string]any{"id": "n" + id, "post": "b", "all": []string{"a", "b"}[:i]})))
	}
	cat := schema.NewCatalog([]*schema.Collection{c, notes})
	for _, test := range []struct {
		from         *schema.Collection
		filter, sort string
		want         []string
	}{
		{c, "", "-views,-id", []string{"b", "c", "a"}},
		{c, "", "-@rowid", []string{"c", "b", "a"}},
		{c, `views = 0`, "-slug", []string{"c", "a"}},
		{c, `notes_via_post.id ?!= ""`, "", []string{"b"}},
		{c, `@collection.notes.id ?!= ""`, "-id", []string{"c", "b", "a"}},
		{notes, `all.views ?>= 0`, "-all.views", []string{"nc", "nb"}},
		{notes, `post.slug = "b"`, "", []string{"na", "nb", "nc"}},
	} {
		b := ask(t, cat, test.from, test.filter, test.sort)
		q := store.Query{From: test.from, Where: b}
		if got := ids(t, st, q); !slices.Equal(got, test.want) {
			t.Errorf("%s by %s: got %v, want %v", test.filter, test.sort, got, test.want)
		}
		if n, err := st.Count(t.Context(), q); err != nil || n != int64(len(test.want)) {
			t.Errorf("%s: Count = %d, %v; want %d", test.filter, n, err, len(test.want))
		}
	}
}
