package rulesql_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/rule/rulesql"

	"github.com/holdall-dev/holdall/internal/dialect"
)

// example is one paragraph of a script in testdata: lines of a word and what it says.
//
//	on     the base collection; posts unless told
//	as     super (unless told), guest, or the id of a user
//	rule, filter, sort, body (JSON), query k=v, header k=v
//	list   a table and the list rule that it has in this example
//	rows   the ids that match, in any order, or "all", or "none"
//	order  the ids that match, in this order
//	where  the condition in SQL; joins likewise; postgres is the condition in PostgreSQL's
//	folds  always, or never
//	error, locked @request, locked-sort @request
type example struct {
	where string
	line  map[string]string
}

func examples(t *testing.T) []example {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	var out []example
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for paragraph := range strings.SplitSeq(string(data), "\n\n") {
			if e := parseExample(paragraph); len(e.line) > 0 {
				e.where = filepath.Base(name) + ": " + paragraph
				out = append(out, e)
			}
		}
	}
	return out
}

func parseExample(paragraph string) example {
	e := example{line: map[string]string{}}
	for l := range strings.SplitSeq(paragraph, "\n") {
		if l == "" || l[0] == '#' {
			continue
		}
		word, rest, _ := strings.Cut(l, " ")
		e.line[word] = strings.ReplaceAll(strings.TrimLeft(rest, " "), "⏎", "\n")
	}
	return e
}

// TestScripts plays every example on SQLite, and on Eval wherever that does not ask.
func TestScripts(t *testing.T) {
	t.Parallel()
	l := newWorld(t, postgres(t))
	judged := 0
	for _, e := range examples(t) {
		if e.line["rows"] == "" && e.line["order"] == "" && e.line["where"] == "" && e.line["joins"] == "" && e.line["postgres"] == "" && e.line["folds"] == "" && !e.fails() {
			t.Errorf("%s\nexpects nothing", e.where)
		}
		judged += l.play(t, e)
	}
	if judged < 300 {
		t.Errorf("Eval judged %d rows only", judged)
	}
}

func (e example) fails() bool {
	for _, word := range [...]string{"error", "locked", "locked-sort"} {
		if _, ok := e.line[word]; ok {
			return true
		}
	}
	return false
}

func (l *lab) play(t *testing.T, e example) (judged int) {
	if name, text, ok := strings.Cut(e.line["list"], " "); ok {
		table := l.tables[name]
		defer func(kept *string) { table.ListRule = kept }(table.ListRule)
		table.ListRule = &text
	}
	q, scope := l.question(t, e)
	b, err := rule.Bind(q)
	if e.fails() {
		checkError(t, e, err)
		return 0
	}
	if err != nil {
		t.Errorf("%s\nBind: %v", e.where, err)
		return 0
	}
	b = b.Fold(scope)
	checkShape(t, e, b)
	got, err := l.query(statement(dialect.SQLite, b))
	if err != nil {
		t.Errorf("%s\n%s\n%v", e.where, statement(dialect.SQLite, b), err)
		return 0
	}
	l.checkRows(t, e, b, got)
	l.checkPostgres(t, e, b, got)
	for _, row := range l.rows[b.Base.Name] {
		id := row[0].S
		switch v := b.Eval(row); {
		case v == rule.Ask:
			continue
		case (v == rule.Yes) != slices.Contains(got, id):
			t.Errorf("%s\nEval(%s) = %v, SQLite says %v", e.where, id, v, got)
		}
		judged++
	}
	return judged
}

// checkPostgres wants of PostgreSQL what SQLite said, in the same order.
func (l *lab) checkPostgres(t *testing.T, e example, b *rule.Bound, want []string) {
	w := statement(dialect.Postgres, b)
	got, err := l.queryPostgres(w)
	if strings.Contains(e.line["sort"], "@random") {
		got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%s\nPostgreSQL says %v, SQLite %v: %v\n%s %v", e.where, got, want, err, w, w.Args())
	}
}

func (l *lab) question(t *testing.T, e example) (rule.Question, request) {
	base := l.tables["posts"]
	if on := e.line["on"]; on != "" {
		base = l.tables[on]
	}
	q := rule.Question{Schema: l, Base: base, Rule: e.line["rule"], Filter: e.line["filter"], Sort: e.line["sort"]}
	_, q.Given = e.line["given"]
	scope := request{query: pair(e.line["query"]), headers: pair(e.line["header"])}
	if body := e.line["body"]; body != "" {
		if err := json.Unmarshal([]byte(body), &scope.body); err != nil {
			t.Fatal(err)
		}
	}
	switch as := e.line["as"]; as {
	case "", "super":
		q.Super, q.Auth = true, l.tables["users"]
		scope.auth = l.rows["users"][0]
	case "guest":
	default:
		q.Auth = l.tables["users"]
		for _, row := range l.rows["users"] {
			if row[0].S == as {
				scope.auth = row
			}
		}
	}
	return q, scope
}

func pair(s string) map[string]string {
	k, v, ok := strings.Cut(s, "=")
	if !ok {
		return nil
	}
	return map[string]string{k: v}
}

func checkError(t *testing.T, e example, err error) {
	var fault *rule.Error
	if !errors.As(err, &fault) {
		t.Errorf("%s\nBind = %v, want an error", e.where, err)
		return
	}
	locked, inSort := e.line["locked"], false
	if s := e.line["locked-sort"]; s != "" {
		locked, inSort = s, true
	}
	if fault.Locked != locked || fault.InSort != inSort {
		t.Errorf("%s\nlocked %q, in sort %v: %v", e.where, fault.Locked, fault.InSort, err)
	}
}

func checkShape(t *testing.T, e example, b *rule.Bound) {
	w := dialect.SQLite.New()
	rulesql.Where(w, b, "base")
	if want := e.line["where"]; want != "" && w.String() != want {
		t.Errorf("%s\nwhere %s", e.where, w.String())
	}
	w.Reset()
	rulesql.Joins(w, b, "base")
	if want, ok := e.line["joins"]; ok && strings.TrimSpace(w.String()) != want {
		t.Errorf("%s\njoins %s", e.where, w.String())
	}
	second := dialect.Postgres.New()
	rulesql.Where(second, b, "base")
	if want := e.line["postgres"]; want != "" && second.String() != want {
		t.Errorf("%s\npostgres %s", e.where, second.String())
	}
	if want := e.line["folds"]; want != "" && (b.Always() != (want == "always") || b.Never() != (want == "never")) {
		t.Errorf("%s\nalways %v, never %v", e.where, b.Always(), b.Never())
	}
}

func (l *lab) checkRows(t *testing.T, e example, b *rule.Bound, got []string) {
	want := strings.Fields(e.line["rows"] + e.line["order"])
	switch e.line["rows"] {
	case "all":
		want = nil
		for _, row := range l.rows[b.Base.Name] {
			want = append(want, row[0].S)
		}
	case "none":
		want = nil
	case "":
		if e.line["order"] == "" {
			return
		}
	}
	if e.line["order"] == "" {
		slices.Sort(want)
		got = slices.Sorted(slices.Values(got))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\nrows %v, want %v\n%s %v", e.where, got, want, statement(dialect.SQLite, b), statement(dialect.SQLite, b).Args())
	}
}
