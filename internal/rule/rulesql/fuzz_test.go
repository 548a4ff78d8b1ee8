package rulesql_test

import (
	"context"
	"errors"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
)

// FuzzStatement takes a text from a client, a superuser and a rule to SQL: nothing panics, errors are
// *rule.Error, the databases accept what comes out, and Eval agrees with them. While it fuzzes, PostgreSQL is
// asked only with HOLDALL_RULE_POSTGRES=1: it makes every round slower by far.
func FuzzStatement(f *testing.F) {
	for _, seed := range []string{
		"title = 'P1' && (n > 3 || tags.name ?= 'red')", "@request.auth.boss.name:lower ~ 'x%' || @request.body.sm:each != 'c'",
		"geoDistance(g.lon, g.lat, 1, @request.query.q) < 5", "strftime('%Y', d, '+1 day') = '2024'", "j.a.0:lower ?!~ null",
		"@collection.comments:x.posts_many.author.name = author.name", "comments_via_posts_many.post.tags.w >= tags.w", "-@rowid,+title,tags.w",
		"@request.body.tags.owner.name = @now", "@request.body.title:changed = b", "s:each = true // x", `"\'" !~ '\\%'`,
	} {
		f.Add(seed, "-n,tags.w", `x`)
	}
	var pg *pgx.Conn
	if flag.Lookup("test.fuzz").Value.String() == "" || os.Getenv("HOLDALL_RULE_POSTGRES") != "" {
		pg = postgres(f)
	}
	l := newWorld(f, pg)
	f.Fuzz(func(t *testing.T, text, sort, value string) {
		scope := request{auth: l.rows["users"][0], query: map[string]string{"q": value}, body: map[string]any{
			"title": value, "sm": []string{value, "a"}, "n": 5.0, "tags": []any{"tagred", value}, "j": map[string]any{"a": value}, "author": nil}}
		for _, q := range []rule.Question{{Rule: text, Sort: sort, Super: true}, {Filter: text, Sort: sort}, {Rule: text}, {Filter: text}, {Rule: text, Given: true}} {
			q.Schema, q.Base, q.Auth = l, l.tables["posts"], l.tables["users"]
			b, err := rule.Bind(q)
			if err != nil {
				var fault *rule.Error
				if !errors.As(err, &fault) || fault.Pos > len(q.Rule+q.Filter+q.Sort) {
					t.Fatalf("%q: %#v", text, err)
				}
				continue
			}
			l.prepare(t, b.Fold(scope), text)
		}
	})
}

func (l *lab) prepare(t *testing.T, b *rule.Bound, from string) {
	w := statement(dialect.SQLite, b)
	if strings.Count(w.String(), "?") != len(w.Args()) {
		t.Fatalf("%q: %d parameters for %s", from, len(w.Args()), w)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	l.conn.SetInterrupt(ctx)
	got, err := l.query(w)
	if err != nil {
		t.Fatalf("%q: %v\n%s", from, err, w)
	}
	valid := utf8.ValidString(from) && !strings.Contains(from, "\x00")
	if l.pg != nil {
		again, err := l.queryPostgres(statement(dialect.Postgres, b))
		if err != nil {
			t.Fatalf("%q: %v\n%s", from, err, statement(dialect.Postgres, b))
		}
		if valid && !slices.Equal(slices.Sorted(slices.Values(again)), slices.Sorted(slices.Values(got))) && !strings.Contains(from, "geoDistance") {
			t.Fatalf("%q: PostgreSQL says %v, SQLite %v\n%s", from, again, got, w)
		}
	}
	if !valid {
		return
	}
	matched := map[string]bool{}
	for _, id := range got {
		if matched[id] {
			t.Fatalf("%q: %s twice\n%s", from, id, w)
		}
		matched[id] = true
	}
	for _, row := range l.rows["posts"] {
		if v := b.Eval(row); v != rule.Ask && (v == rule.Yes) != matched[row[0].S] {
			t.Fatalf("%q: Eval(%s) = %v\n%s %v", from, row[0].S, v, w, w.Args())
		}
	}
}
