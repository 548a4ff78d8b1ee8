// Package rulesql says a bound question in SQL.
package rulesql

import (
	"strconv"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
)

// The parts of a statement are appended in the order of the text, so that parameters stay in order.
// base is the alias of the base table in the statement; joins are named j1, j2, …, and m and n followed
// by a number within the sub-checks of match-all comparisons.

// Joins appends " LEFT JOIN …" for every join that b needs, or nothing; b must be folded.
func Joins(w *dialect.SQL, b *rule.Bound, base string) {
	s := writer{w, b, base}
	for i := range b.Joins {
		if b.Used[i] {
			s.join(i, outer)
		}
	}
}

// Where appends the condition without the word WHERE; b must be folded. For a question that always
// matches it appends "1".
func Where(w *dialect.SQL, b *rule.Bound, base string) {
	s := writer{w, b, base}
	if b.Where == nil {
		w.Text(w.D.True)
		return
	}
	s.expr(b.Where, false)
}

// OrderBy appends the sort keys without the words ORDER BY; nothing when there are none. When joins
// multiply, the statement must say GROUP BY base.id: a key that lies beyond the base row is then the
// smallest (ascending) or largest (descending) of the record's values, so no record repeats and the
// order is the same on every page. The caller adds a tie-breaker of its own, such as the row number.
func OrderBy(w *dialect.SQL, b *rule.Bound, base string) {
	s := writer{w, b, base}
	grouped := Multiplies(b)
	for i, key := range b.Keys {
		if i > 0 {
			w.Text(", ")
		}
		s.sortKey(key, grouped)
	}
}

// Multiplies reports whether joins may repeat base rows, so that the statement needs GROUP BY base.id
// (not DISTINCT: see OrderBy) and a count COUNT(DISTINCT base.id).
func Multiplies(b *rule.Bound) bool {
	for i := range b.Joins {
		if b.Used[i] && b.Joins[i].Kind != rule.OneJoin {
			return true
		}
	}
	return false
}

// writer appends the parts of a question to a statement.
type writer struct {
	w    *dialect.SQL
	b    *rule.Bound
	base string
}

// side is which rows an operand is written for: those of the statement, or those of a sub-check.
type side struct {
	letter string
	scope  int
}

var outer = side{letter: "j"}

// alias is the name of a joined row. In a sub-check, rows before the first that there are several of are
// the statement's.
func (s writer) alias(join int, at side) string {
	if join < 0 {
		return s.base
	}
	letter := outer.letter
	if j := &s.b.Joins[join]; j.Multi && j.Scope == at.scope {
		letter = at.letter
	}
	return aliases[letter][join]
}

// aliases are the names of joined rows by side.
var aliases = map[string][]string{"j": numbered("j"), "m": numbered("m"), "n": numbered("n")}

func numbered(letter string) []string {
	names := make([]string, rule.MaxJoins)
	for i := range names {
		names[i] = letter + strconv.Itoa(i+1)
	}
	return names
}

func (s writer) sortKey(key rule.Key, grouped bool) {
	switch key.Kind {
	case rule.RandomKey:
		s.w.Text(s.w.D.Random)
		return
	case rule.RowKey:
		s.w.Col(s.base, s.w.D.RowID)
	default:
		s.keyOperand(key, grouped && (key.Operand.Join >= 0 || s.b.Base.View))
	}
	if key.Desc {
		s.w.Text(s.w.D.Desc)
	} else {
		s.w.Text(s.w.D.Asc)
	}
}

func (s writer) keyOperand(key rule.Key, grouped bool) {
	switch {
	case !grouped:
		s.sorted(key.Operand, false)
		return
	case key.Desc:
		s.w.Text("max(")
	default:
		s.w.Text("min(")
	}
	s.sorted(key.Operand, true)
	s.w.Text(")")
}
