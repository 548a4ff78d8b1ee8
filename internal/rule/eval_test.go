package rule_test

import (
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/rule"
)

// notes is a schema of one table.
type notes struct{ table *rule.Table }

func (n notes) Table(name string) (*rule.Table, bool) { return n.table, name == n.table.ID }

func newNotes() notes {
	open := ""
	return notes{(&rule.Table{ID: "notes_id", Name: "notes", Auth: true, ListRule: &open, Columns: []rule.Column{
		{Name: "id"}, {Name: "title"}, {Name: "n", Kind: rule.Number}, {Name: "list", Kind: rule.List, Items: true},
		{Name: "data", Kind: rule.JSON}, {Name: "owner", Items: true, Target: "notes_id"},
	}}).Seal()}
}

type row []rule.Value

func (r row) Value(ord int) rule.Value { return r[ord] }

// quiet is a request that says nothing but who signed in.
type quiet struct{ auth row }

func (quiet) Now() time.Time                 { return time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC) }
func (quiet) Context() string                { return "default" }
func (quiet) Method() string                 { return "GET" }
func (quiet) Query(string) (string, bool)    { return "", false }
func (quiet) Header(string) (string, bool)   { return "", false }
func (quiet) Body(string) (any, bool)        { return nil, false }
func (q quiet) AuthValue(ord int) rule.Value { return q.auth[ord] }

func note(id, title string, n float64, list, data, owner string) row {
	d := rule.Value{}
	if data != "" {
		d = rule.TextValue(data)
	}
	return row{rule.TextValue(id), rule.TextValue(title), rule.NumberValue(n), rule.TextValue(list), d, rule.TextValue(owner)}
}

func bound(t testing.TB, text string, auth *row) *rule.Bound {
	s := newNotes()
	q := rule.Question{Schema: s, Base: s.table, Rule: text}
	scope := quiet{}
	if auth != nil {
		q.Auth, scope.auth = s.table, *auth
	}
	b, err := rule.Bind(q)
	if err != nil {
		t.Fatalf("Bind(%q): %v", text, err)
	}
	return b.Fold(scope)
}

// TestLike is the table of patterns of filter.md §7, by what they find.
func TestLike(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, title string
		want           rule.Verdict
	}{
		{`abc`, "xABCx", rule.Yes},
		{`ab%c`, "ab--c", rule.Yes},
		{`ab%c`, "xab--c", rule.No},
		{`ab\\%c`, "xab%cx", rule.Yes},
		{`ab\\%c`, "abxc", rule.No},
		{`%ab\\%c`, "xab%c", rule.Yes},
		{`%ab\\%c`, "xab%cx", rule.No},
		{`ab\\\\%c`, `ab\xc`, rule.Yes},
		{`ab_c`, "xab_cx", rule.Yes},
		{`ab_c`, "abxc", rule.No},
		{`ab\\_c`, "xab_cx", rule.Yes},
		{`%ab_c`, "xabyc", rule.Yes},
		{`ab\\c`, `xab\cx`, rule.Yes},
		{`ab\\c%`, "abcx", rule.Yes},
		{`É`, "é", rule.No},
		{`_%`, "日", rule.Yes},
		{`_%`, "", rule.No},
		{``, "", rule.Yes},
		{`%a%b%c%`, "xxaxxbxxcxx", rule.Yes},
		{`%aab`, "aaab", rule.Yes},
		{`%a_%b`, "aab", rule.Yes},
		{`%\\`, "a", rule.No},
	} {
		b := bound(t, "title ~ '"+c.pattern+"'", nil)
		if got := b.Eval(note("x", c.title, 0, "[]", "", "")); got != c.want {
			t.Errorf("%q ~ '%s' = %v, want %v", c.title, c.pattern, got, c.want)
		}
	}
}

// TestEvalAsks tells which questions a row alone answers.
func TestEvalAsks(t *testing.T) {
	t.Parallel()
	r := note("a", "t", 5, `["x","y"]`, `{"k":[1,"two"]}`, "b")
	for text, want := range map[string]rule.Verdict{
		"owner.title = 'x'":                          rule.Ask,
		"n = 4 && owner.title = 'x'":                 rule.No,
		"owner.title = 'x' || n = 5":                 rule.Yes,
		"owner.title = 'x' && n = 5":                 rule.Ask,
		"@collection.notes_id.n = 5":                 rule.Ask,
		"notes_id_via_owner.n = 5":                   rule.Ask,
		"strftime('%Y', title) = ''":                 rule.Ask,
		"owner.id = 'b' && data.k.1 = 'two'":         rule.Yes,
		"list:each ?= 'x' && list:each ?= 'y'":       rule.No,
		"list:each ?= 'x' || list:each ?= 'z'":       rule.Yes,
		"list:each = 'x'":                            rule.No,
		"list:each ~ 'x' || list:each != 'z'":        rule.Yes,
		"list:length = 2 && title:lower = 'T'":       rule.No,
		"geoDistance(0,0,0,1) > 111":                 rule.Yes,
		"geoDistance(0,0,0,n) < 111":                 rule.No,
		"geoDistance(0,0,0,0) = 0":                   rule.Ask,
		"title > 0.30000000000000004":                rule.Ask,
		"title > 0.3":                                rule.Yes,
		"'x' ?= list:each && owner.title:each ?= ''": rule.Ask,
	} {
		if got := bound(t, text, nil).Eval(r); got != want {
			t.Errorf("Eval(%s) = %v, want %v", text, got, want)
		}
	}
}

// TestFold tells what is decided before any row is looked at.
func TestFold(t *testing.T) {
	t.Parallel()
	me := note("me", "boss", 3, `["admin"]`, `{"k":1}`, "")
	for text, want := range map[string]string{
		"":                                           "always",
		"1 = 1":                                      "always",
		"@request.auth.id = 'me'":                    "always",
		"@request.auth.n > 2 && n = 1":               "open",
		"@request.auth.n > 3 && n = 1":               "never",
		"@request.auth.list:length = 1":              "always",
		"@request.auth.list:each ?= 'admin'":         "always",
		"@request.auth.list:each ?= 'x'":             "never",
		"@request.auth.list:each = 'admin' || n = 1": "always",
		"@request.auth.list:each ?= 'a' && @request.auth.list:each ?= 'b'": "open",
		"@request.auth.list:each ?= 'a' || @request.auth.list:each ?= 'b'": "never",
		"@request.auth.list:each ?= list:each":                             "open",
		"@request.auth.data.k = 1":                                         "always",
		"title ~ null":                                                     "never",
		"n > @request.query.x":                                             "never",
		"@day = 6 && @weekday = 1":                                         "always",
	} {
		b := bound(t, text, &me)
		got := "open"
		if b.Always() {
			got = "always"
		} else if b.Never() {
			got = "never"
		}
		if got != want {
			t.Errorf("%q folds to %s, want %s", text, got, want)
		}
	}
}

// TestFoldKeeps proves that folding leaves the bound question for the next request.
func TestFoldKeeps(t *testing.T) {
	t.Parallel()
	s := newNotes()
	b, err := rule.Bind(rule.Question{Schema: s, Base: s.table, Auth: s.table, Rule: "@request.auth.title ~ 'bo' && owner = @request.auth.id && @request.auth.owner.title = 'x'"})
	if err != nil {
		t.Fatal(err)
	}
	boss, other := note("me", "boss", 3, "[]", "", "b"), note("you", "none", 0, "[]", "", "c")
	if f := b.Fold(quiet{boss}); f.Never() || f.Joins[0].From.Value.S != "b" {
		t.Errorf("fold for the boss: %+v", f)
	}
	if !b.Fold(quiet{other}).Never() {
		t.Error("fold for the other is not never")
	}
	if f := b.Fold(quiet{boss}); f.Never() || f.Joins[0].From.Value.S != "b" {
		t.Errorf("second fold for the boss: %+v", f)
	}
}

func TestGiven(t *testing.T) {
	t.Parallel()
	s := newNotes()
	for text, want := range map[string]bool{
		"notes_id_via_owner.n = 1":               false,
		"owner.notes_id_via_owner.n = 1":         false,
		"@request.auth.notes_id_via_owner.n = 1": true,
		"owner.title = 'x'":                      true,
	} {
		_, err := rule.Bind(rule.Question{Schema: s, Base: s.table, Auth: s.table, Rule: text, Given: true})
		if (err == nil) != want {
			t.Errorf("Bind(%q) of a record that is not stored: %v", text, err)
		}
	}
}

func TestClientLimits(t *testing.T) {
	t.Parallel()
	s := newNotes()
	long := func(n int) string { return "title = '" + strings.Repeat("x", n-len("title = ''")) + "'" }
	for _, super := range []bool{false, true} {
		if _, err := rule.Bind(rule.Question{Schema: s, Base: s.table, Filter: long(rule.MaxFilter), Super: super}); err != nil {
			t.Errorf("a filter of %d bytes: %v", rule.MaxFilter, err)
		}
		if _, err := rule.Bind(rule.Question{Schema: s, Base: s.table, Filter: long(rule.MaxFilter + 1), Super: super}); err == nil {
			t.Errorf("a filter of %d bytes is accepted", rule.MaxFilter+1)
		}
	}
	if _, err := rule.Bind(rule.Question{Schema: s, Base: s.table, Rule: long(1 << 20)}); err != nil {
		t.Errorf("a long rule: %v", err)
	}
}
