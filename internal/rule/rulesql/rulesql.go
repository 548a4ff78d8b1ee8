// Package rulesql says a bound question in SQL.
package rulesql

import (
	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
)

// The parts of a statement are appended in the order of the text, so that parameters stay in order.
// base is the alias of the base table in the statement; joins are named j1, j2, …

// Joins appends " LEFT JOIN …" for every join of b, or nothing.
func Joins(w *dialect.SQL, b *rule.Bound, base string) { panic("to be built") }

// Where appends the condition without the word WHERE; b must be folded. For a question that always
// matches it appends "1".
func Where(w *dialect.SQL, b *rule.Bound, base string) { panic("to be built") }

// OrderBy appends the sort keys without the words ORDER BY; nothing when there are none. When joins
// multiply, the statement must say GROUP BY base.id: a key that lies beyond the base row is then the
// smallest (ascending) or largest (descending) of the record's values, so no record repeats and the
// order is the same on every page. The caller adds a tie-breaker of its own, such as the row number.
func OrderBy(w *dialect.SQL, b *rule.Bound, base string) { panic("to be built") }

// Multiplies reports whether joins may repeat base rows, so that the statement needs GROUP BY base.id
// (not DISTINCT: see OrderBy) and a count COUNT(DISTINCT base.id).
func Multiplies(b *rule.Bound) bool { panic("to be built") }
