package rule_test

import (
	"testing"

	"github.com/holdall-dev/holdall/internal/rule"
)

const ownerRule = "@request.auth.id != '' && owner = @request.auth.id && (n > 1 || title ~ 'x')"

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rule.Parse(ownerRule); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBind(b *testing.B) {
	s := newNotes()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rule.Bind(rule.Question{Schema: s, Base: s.table, Auth: s.table, Rule: ownerRule}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	me, r := note("me", "t", 0, "[]", "", ""), note("a", "text with an x", 1, `["x","y"]`, `{"k":[1,"two"]}`, "me")
	for name, text := range map[string]string{"owner": ownerRule, "json": "data.k.1 = 'two'", "each": "list:each ?= 'y'"} {
		q := bound(b, text, &me)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if q.Eval(r) != rule.Yes {
					b.Fatal("no match")
				}
			}
		})
	}
}
