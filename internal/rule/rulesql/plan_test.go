package rulesql_test

import (
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/rule/rulesql"
)

// TestPostgresUsesIndexes: what an index can answer, an index does answer.
func TestPostgresUsesIndexes(t *testing.T) {
	t.Parallel()
	l := newWorld(t, postgres(t))
	for _, statement := range []string{
		`CREATE INDEX by_title ON posts (title)`, `CREATE INDEX by_n ON posts (n)`, `CREATE INDEX by_d ON posts (d)`, `CREATE INDEX by_owner ON posts (owner)`,
		`CREATE INDEX by_post ON comments (post)`, `CREATE INDEX by_author ON posts (author)`, `CREATE INDEX by_b ON posts (b)`,
		`SET enable_seqscan TO off`,
	} {
		if _, err := l.pg.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for filter, want := range map[string]string{
		"title = 'P1'":                          "(title = ",
		"title > 'P' && title <= 'Q'":           "(title > ",
		"title = 5":                             "(title = ",
		"n = 5":                                 "(n = ",
		"n = '5'":                               "(n = ",
		"n >= -3":                               "(n >= ",
		"d >= '2024' && d < '2025'":             "(d >= ",
		"b = true":                              "by_b",
		"owner = @request.auth.id":              "(owner = ",
		"@request.auth.boss = owner":            "(owner = ",
		"title = @request.body.title":           "(title = ",
		"@request.body.tags.name ?= 'red'":      "(id = ANY (",
		"author.name = 'Ann' && title = 'P1'":   "(id = base.author)",
		"comments_via_post.msg ?= 'nice'":       "post",
		"author.posts_via_author.title ?= 'P1'": "by_author",
		"title = 'P1' || title = 'P2' || n = 7": "by_title",
	} {
		if plan := l.plan(t, filter); !strings.Contains(plan, want) {
			t.Errorf("%s: no %q in\n%s", filter, want, plan)
		}
	}
}

func (l *lab) plan(t *testing.T, filter string) string {
	q, scope := l.question(t, example{line: map[string]string{"filter": filter, "body": `{"title":"x","tags":["tagred","tagblue"]}`}})
	b, err := rule.Bind(q)
	if err != nil {
		t.Fatalf("%s: %v", filter, err)
	}
	b = b.Fold(scope)
	w := dialect.Postgres.New().Text("EXPLAIN (COSTS OFF) SELECT FROM ").Ident(b.Base.Name).Text(" AS base")
	rulesql.Joins(w, b, "base")
	rulesql.Where(w.Text(" WHERE "), b, "base")
	var args []any
	for _, v := range w.Args() {
		args = append(args, native(v))
	}
	rows, err := l.pg.Query(t.Context(), w.String(), args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, "Index") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
