package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// testViewQueries: queries of views are written in SQLite's words, and every engine knows the usual ones. The
// column x is what a view shows.
func testViewQueries(t *testing.T, open Open) {
	st, c := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{c}})
	apply(t, st,
		made(Rec(c, map[string]any{"id": "a", "slug": "s", "title": "Ann", "views": 3, "public": true, "tags": []string{"red", "blue"}, "mood": "good",
			"meta": field.JSON(`{"z":1,"a":{"b":5},"l":[1,"x",1.50]}`), "due": "2024-05-06 07:08:09.123Z"})),
		made(Rec(c, map[string]any{"id": "b", "title": "bob", "views": 4.5})))
	for i, test := range []struct{ kind, query, want string }{
		{"number", "SELECT id, json_array_length(tags) AS x FROM posts", "2 0"},
		{"json", "SELECT id, json_extract(meta, '$.a.b') AS x FROM posts", "5 null"},
		{"json", "SELECT id, json_extract(meta, '$.l[1]') AS x FROM posts", `"x" null`},
		{"json", "SELECT id, meta AS x FROM posts", `{"z":1,"a":{"b":5},"l":[1,"x",1.50]} null`},
		{"json", "SELECT id, views * 2 AS x FROM posts", "6 9"},
		{"json", "SELECT id, public AND views > 1 AS x FROM posts", "1 0"},
		{"json", "SELECT id, lower(title) AS x FROM posts", `"ann" "bob"`},
		{"bool", "SELECT id, public AS x FROM posts", "true false"},
		{"text", "SELECT id, strftime('%Y-%m', due) AS x FROM posts WHERE public = 1", `"2024-05"`},
		{"text", "SELECT id, date(due, '+1 day') AS x FROM posts WHERE due != ''", `"2024-05-07"`},
		{"text", "SELECT id, datetime(due) AS x FROM posts WHERE public = true", `"2024-05-06 07:08:09"`},
		{"number", "SELECT id, unixepoch(due) AS x FROM posts WHERE public", "1714979289"},
		{"text", "SELECT id, ifnull(nullif(mood, ''), 'none') AS x FROM posts", `"good" "none"`},
		{"text", "SELECT id, iif(public, 'yes', 'no') AS x FROM posts", `"yes" "no"`},
		{"number", "SELECT id, round(views * 1.5, 1) AS x FROM posts", "4.5 6.8"},
		{"text", "SELECT 'all' AS id, group_concat(title, ';') AS x FROM (SELECT title FROM posts ORDER BY id) AS p", `"Ann;bob"`},
		{"text", "SELECT 'all' AS id, group_concat(views) AS x FROM (SELECT views FROM posts ORDER BY id) AS p", `"3,4.5"`},
		{"number", "SELECT 'all' AS id, sum(public) AS x FROM posts", "1"},
		{"text", "SELECT p.id || '-' || e.value AS id, e.value AS x FROM posts AS p, json_each(p.tags) AS e", `"red" "blue"`},
		{"text", "SELECT (ROW_NUMBER() OVER (ORDER BY title)) AS id, title AS x FROM posts", `"Ann" "bob"`},
		{"number", "SELECT mood AS id, COUNT(id) AS x FROM `posts` GROUP BY mood HAVING COUNT(id) > 0 ORDER BY mood", "1 1"},
		{"text", "SELECT [id], \"title\" AS x FROM Posts WHERE title LIKE 'an%'", `"Ann"`},
		{"json", "SELECT id, (SELECT COUNT(*) FROM posts q WHERE q.views >= posts.views) AS x FROM posts", "2 1"},
	} {
		v := &schema.Collection{ID: fmt.Sprintf("view%011d", i), Name: fmt.Sprintf("view%d", i), Type: schema.View, ViewQuery: test.query}
		v.Fields = []field.Field{newField(textField("id")), newField(fmt.Sprintf(`{"id":"f_x","name":"x","type":%q}`, test.kind))}
		v.Seal()
		if _, err := st.Update(t.Context(), func(tx store.Tx) error { return tx.Reshape(t.Context(), schema.Plan{Create: []*schema.Collection{v}}) }); err != nil {
			t.Errorf("%s: %v", test.query, err)
			continue
		}
		if got := shown(t, st, v); got != test.want {
			t.Errorf("%s: %s, want %s", test.query, got, test.want)
		}
		filterView(t, st, v)
	}
}

// shown is the column x of a view's rows, by id.
func shown(t *testing.T, st store.Store, v *schema.Collection) string {
	t.Helper()
	var rows []string
	b := ask(t, schema.NewCatalog([]*schema.Collection{v}), v, "", "id")
	err := st.Select(t.Context(), store.Query{From: v, Where: b}, func(r store.Row) error {
		text := string(r.AppendJSON(nil, record.NewView(v, true, func(name string) bool { return name == "x" })))
		rows = append(rows, strings.TrimSuffix(strings.TrimPrefix(text, `{"x":`), "}"))
		return nil
	})
	if err != nil {
		t.Errorf("%s: %v", v.ViewQuery, err)
	}
	if strings.Contains(v.ViewQuery, "json_each") {
		slices.Reverse(rows) // the ids are in the order of the values
	}
	return strings.Join(rows, " ")
}

// filterView asks the view as clients do: no expression fails for what type a column has.
func filterView(t *testing.T, st store.Store, v *schema.Collection) {
	t.Helper()
	for _, filter := range []string{"x = 1", "x = 'a' || x ~ 'a'", "x > 'a'", "x != null", "x:lower = 'ann'"} {
		b := ask(t, schema.NewCatalog([]*schema.Collection{v}), v, filter, "-x")
		err := st.Select(t.Context(), store.Query{From: v, Where: b}, func(r store.Row) error {
			if b.Eval(r) == rule.No {
				t.Errorf("%s: %s matches %s, memory says no", v.ViewQuery, filter, r.ID())
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %s: %v", v.ViewQuery, filter, err)
		}
	}
}
