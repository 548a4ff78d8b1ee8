package rulesql_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
)

// TestWhereEnginesDiffer pins every known difference of meaning: docs/reference/engines.md lists them, and
// whoever removes one finds it here.
func TestWhereEnginesDiffer(t *testing.T) {
	t.Parallel()
	table := &rule.Table{ID: "t0_id", Name: "t0", Columns: []rule.Column{{Name: "id"}, {Name: "f"}, {Name: "n", Kind: rule.Number},
		{Name: "l", Kind: rule.List, Items: true}, {Name: "j", Kind: rule.JSON}}}
	l := newLab(t, postgres(t), table)
	l.insert("t0", text("r0"), text(""), number(20240506), text(`[1,true]`), text(`{"a":1,"a":2}`))
	for name, test := range map[string]struct {
		filter           string
		sqlite, postgres bool
	}{
		"the first of two equal keys, or the last": {"j.a = 1", true, false},
		"elements that are no texts":               {"l:each ?= 1", true, false},
		"such elements as texts":                   {"l:each ?= '1'", false, true},
		"the time zone of a number that is none":   {"strftime('%Y', n, 'localtime') = '2000'", true, false},
	} {
		b, err := rule.Bind(rule.Question{Schema: l, Base: table, Rule: test.filter})
		if err != nil {
			t.Fatal(err)
		}
		b = b.Fold(request{})
		one, err := l.query(statement(dialect.SQLite, b))
		if err != nil {
			t.Fatal(err)
		}
		two, err := l.queryPostgres(statement(dialect.Postgres, b))
		if err != nil {
			t.Fatal(err)
		}
		if got := slices.Contains(one, "r0"); got != test.sqlite {
			t.Errorf("%s: SQLite says %v, want %v", name, got, test.sqlite)
		}
		if got := slices.Contains(two, "r0"); got != test.postgres {
			t.Errorf("%s: PostgreSQL says %v, want %v", name, got, test.postgres)
		}
	}
}

// TestLongPatterns: SQLite refuses patterns of more than 50,000 bytes, PostgreSQL takes them.
func TestLongPatterns(t *testing.T) {
	t.Parallel()
	l := newWorld(t, postgres(t))
	b, err := rule.Bind(rule.Question{Schema: l, Base: l.tables["posts"], Rule: "title ~ @request.query.q"})
	if err != nil {
		t.Fatal(err)
	}
	b = b.Fold(request{query: map[string]string{"q": strings.Repeat("x", 50_001)}})
	if _, err := l.query(statement(dialect.SQLite, b)); err == nil {
		t.Error("SQLite takes the pattern")
	}
	if got, err := l.queryPostgres(statement(dialect.Postgres, b)); err != nil || len(got) > 0 {
		t.Errorf("PostgreSQL says %v, %v; want nothing", got, err)
	}
}
