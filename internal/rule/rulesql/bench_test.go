package rulesql_test

import (
	"testing"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/rule/rulesql"
)

// BenchmarkFoldWhere is what a request costs once its question is bound.
func BenchmarkFoldWhere(b *testing.B) {
	l := newWorld(b, nil)
	scope := request{auth: l.rows["users"][0]}
	for name, text := range map[string]string{
		"owner":    "@request.auth.id != '' && owner = @request.auth.id",
		"relation": "owner = @request.auth.id || author.name = @request.auth.name",
		"matchAll": "tags.name = 'red' && comments_via_post.score > 1",
	} {
		q, err := rule.Bind(rule.Question{Schema: l, Base: l.tables["posts"], Auth: l.tables["users"], Rule: text})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			w := dialect.SQLite.New()
			for b.Loop() {
				w.Reset()
				folded := q.Fold(scope)
				rulesql.Joins(w, folded, "base")
				rulesql.Where(w, folded, "base")
			}
		})
	}
}
