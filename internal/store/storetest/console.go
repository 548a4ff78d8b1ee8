package storetest

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// console is the console of a store, which a wrapper may hide.
func console(t *testing.T, st store.Store) store.Console {
	t.Helper()
	if g, ok := st.(Gapped); ok {
		st = g.Store
	}
	c, ok := st.(store.Console)
	if !ok {
		t.Fatal("the store has no console")
	}
	return c
}

// secrets are what the console of these tests must not read.
func secrets(table, column string) bool {
	return strings.EqualFold(table, "_params") || strings.EqualFold(table, "posts") && strings.EqualFold(column, "slug")
}

func query(t *testing.T, c store.Console, sql string) (*store.Answer, error) {
	t.Helper()
	return c.Ask(t.Context(), store.Question{SQL: sql, Rows: 3, Bytes: 1 << 20, Secret: secrets})
}

func testConsole(t *testing.T, open Open) {
	st, posts := open(t), Posts()
	reshape(t, st, schema.Plan{Create: []*schema.Collection{posts}})
	for _, id := range []string{"a", "b", "c", "d"} {
		apply(t, st, made(Rec(posts, map[string]any{"id": id, "slug": "s" + id, "title": "T" + id, "views": 3})))
	}
	view := &schema.Collection{ID: "view00000000000", Name: "leak", Type: schema.View, ViewQuery: "SELECT id, slug FROM posts"}
	view.Fields = []field.Field{newField(textField("id")), newField(textField("slug"))}
	reshape(t, st, schema.Plan{Create: []*schema.Collection{view.Seal()}})
	c := console(t, st)
	t.Run("Answers", func(t *testing.T) { testConsoleAnswers(t, c) })
	t.Run("Refuses", func(t *testing.T) { testConsoleRefuses(t, c) })
	t.Run("Ends", func(t *testing.T) { testConsoleEnds(t, c) })
	if n, err := st.Count(t.Context(), store.Query{From: posts}); err != nil || n != 4 {
		t.Errorf("the console left %d records, %v; want 4", n, err)
	}
}

func testConsoleAnswers(t *testing.T, c store.Console) {
	for _, test := range []struct {
		sql  string
		want store.Answer
	}{
		{"SELECT id, views AS v, NULL AS n FROM posts WHERE id < 'c' ORDER BY id", store.Answer{Columns: []string{"id", "v", "n"}, Rows: [][]any{{"a", 3.0, nil}, {"b", 3.0, nil}}}},
		{"SELECT id FROM posts ORDER BY id DESC;\n", store.Answer{Columns: []string{"id"}, Rows: [][]any{{"d"}, {"c"}, {"b"}}, More: true}},
		{"SELECT a.id, b.id FROM posts a, posts b WHERE a.id = 'a' AND b.id = 'b'", store.Answer{Columns: []string{"id", "id"}, Rows: [][]any{{"a", "b"}}}},
		{"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i FROM n", store.Answer{Columns: []string{"i"}, Rows: [][]any{{int64(1)}, {int64(2)}, {int64(3)}}}},
		{"SELECT count(*) AS n FROM posts", store.Answer{Columns: []string{"n"}, Rows: [][]any{{int64(4)}}}},
		{"SELECT id FROM posts WHERE id = 'nobody'", store.Answer{Columns: []string{"id"}}},
	} {
		got, err := query(t, c, test.sql)
		if err != nil {
			t.Errorf("%s: %v", test.sql, err)
			continue
		}
		for _, row := range got.Rows { // a number of a record may be kept as either
			for i, v := range row {
				if n, ok := v.(int64); ok && got.Columns[i] == "v" {
					row[i] = float64(n)
				}
			}
		}
		if !reflect.DeepEqual(*got, test.want) {
			t.Errorf("%s: got %v, want %v", test.sql, *got, test.want)
		}
	}
}

// testConsoleRefuses: nothing is written, and a secret is not read wherever it stands.
func testConsoleRefuses(t *testing.T, c store.Console) {
	for _, sql := range []string{
		"", "-- nothing", "SELEC 1", "SELECT nope FROM posts",
		"INSERT INTO posts (id) VALUES ('x')", "UPDATE posts SET title = 'x'", "DELETE FROM posts", "DROP TABLE posts", "CREATE TABLE x (y int)",
		"SELECT 1; DELETE FROM posts", "BEGIN", "COMMIT", "VACUUM", "ATTACH 'x' AS y", "PRAGMA query_only = 0", "SET default_transaction_read_only = off",
		"WITH x AS (DELETE FROM posts RETURNING id) SELECT * FROM x", "COPY posts TO 'x'", "SELECT * INTO y FROM posts",
		"SELECT * FROM _params", "SELECT count(*) FROM _params", "SELECT * FROM posts", "SELECT slug FROM posts", "SELECT p.slug FROM posts AS p",
		"SELECT id FROM posts WHERE slug LIKE 's%'", "SELECT id FROM posts ORDER BY slug", "SELECT count(slug) FROM posts",
		"SELECT (SELECT slug FROM posts LIMIT 1) AS x", "WITH x AS (SELECT slug AS y FROM posts) SELECT y FROM x", "SELECT slug FROM leak",
		"SELECT id FROM leak WHERE slug = 'sa'", "SELECT posts FROM posts", "SELECT x.* FROM (SELECT * FROM posts) AS x",
		"select 1) a, posts, (select 2", "SELECT 1 FROM posts) AS q; DROP TABLE posts; --",
		"SELECT * FROM sqlite_stat1", "SELECT data FROM sqlite_dbpage", "SELECT * FROM pg_stats", "SELECT query_to_xml('SELECT * FROM _params', true, true, '')",
		"SELECT table_to_xml('_params', true, true, '')", "SELECT set_config('role', 'x', false)", "SELECT pg_read_file('PG_VERSION')", "SELECT load_extension('x')",
		"SELECT id FROM posts AS a JOIN (SELECT slug FROM posts) AS b ON true",
	} {
		got, err := query(t, c, sql)
		if _, ok := errors.AsType[*store.SQLError](err); !ok {
			t.Errorf("%q: got %v, %v; want a sentence", sql, got, err)
		}
	}
	_, err := query(t, c, "SELECT 'é' FRM posts")
	if e, ok := errors.AsType[*store.SQLError](err); !ok || e.At != 15 {
		t.Errorf("got %+v, want an error at 15", err)
	}
}

// testConsoleEnds: a statement that never ends by itself ends with its context.
func testConsoleEnds(t *testing.T, c store.Console) {
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := c.Ask(ctx, store.Question{
		SQL:  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
		Rows: 1, Bytes: 1 << 20, Secret: secrets,
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want the end of the context", err)
	}
}
