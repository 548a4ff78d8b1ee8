package rulesql_test

import (
	"encoding/json"
	"slices"

	"github.com/holdall-dev/holdall/internal/rule"
)

// maxTuples is how many combinations of joined rows the model looks at.
const maxTuples = 3000

// model judges a row by the definition of filter.md §8, with nested loops and nothing clever: all joined
// rows are laid side by side as one wide row, a match needs one such row that satisfies the condition, and
// a comparison with all values one that no value violates. Eval judges single comparisons of wide rows.
func (l *lab) model(b *rule.Bound, base memoryRow) rule.Verdict {
	m := &model{l: l, b: b}
	m.lay()
	rows := []memoryRow{slices.Concat(base, make(memoryRow, 2*m.width-len(base)))}
	for i := range b.Joins {
		if b.Used[i] {
			rows = m.expand(rows, i, 0)
		}
		if len(rows) > maxTuples {
			return rule.Ask
		}
	}
	found := rule.No
	if b.Where == nil {
		return rule.Yes
	}
	for _, row := range rows {
		switch m.expr(b.Where, row) {
		case rule.Yes:
			return rule.Yes
		case rule.Ask:
			found = rule.Ask
		}
	}
	return found
}

type model struct {
	l     *lab
	b     *rule.Bound
	start []int // where the columns of a join begin in a wide row
	width int   // of one side; a wide row has two, for both sides of a comparison
}

func (m *model) lay() {
	m.width = len(m.b.Base.Columns)
	for _, j := range m.b.Joins {
		m.start = append(m.start, m.width)
		if j.Table != nil {
			m.width += len(j.Table.Columns)
		} else {
			m.width++
		}
	}
}

// expand joins every row with the rows of join i, on the side that begins at shift.
func (m *model) expand(rows []memoryRow, i, shift int) []memoryRow {
	j := &m.b.Joins[i]
	at := m.start[i] + shift
	var out []memoryRow
	for _, row := range rows {
		size, found := 1, [][]rule.Value(nil)
		if j.Table != nil {
			size, found = len(j.Table.Columns), m.matches(j, row, shift)
		} else {
			for _, v := range listed(m.from(j, row, shift)) {
				found = append(found, []rule.Value{v})
			}
		}
		if len(found) == 0 {
			found = [][]rule.Value{make([]rule.Value, size)}
		}
		for _, f := range found {
			wide := slices.Clone(row)
			copy(wide[at:], f)
			out = append(out, wide)
		}
	}
	return out
}

func (m *model) matches(j *rule.Join, row memoryRow, shift int) (found [][]rule.Value) {
	for _, r := range m.l.rows[j.Table.Name] {
		from := rule.Value{}
		if j.From != nil {
			from = m.from(j, row, shift)
		}
		ok := true
		switch j.Kind {
		case rule.OneJoin:
			ok = from == r[0]
		case rule.IDsJoin:
			ok = from.Type != rule.Null && slices.Contains(listed(from), r[0])
		case rule.BackJoin:
			ok = from == r[j.Ord]
		case rule.ListJoin:
			ok = slices.Contains(listed(r[j.Ord]), from)
		}
		if ok {
			found = append(found, r)
		}
	}
	return found
}

// from is the value that a join looks for; in the second side only what is joined there lies there.
func (m *model) from(j *rule.Join, row memoryRow, shift int) rule.Value {
	o := j.From
	switch {
	case o.Kind == rule.ConstOperand:
		return o.Value
	case o.Join < 0:
		return row[o.Ord]
	case !m.b.Joins[o.Join].Multi:
		shift = 0
	}
	return row[m.start[o.Join]+shift+o.Ord]
}

func listed(v rule.Value) []rule.Value {
	if v.Type == rule.Null {
		return nil
	}
	var items []string
	if json.Unmarshal([]byte(v.S), &items) != nil {
		return []rule.Value{v}
	}
	out := make([]rule.Value, len(items))
	for i, s := range items {
		out[i] = text(s)
	}
	return out
}

func (m *model) expr(e *rule.Expr, row memoryRow) rule.Verdict {
	switch e.Kind {
	case rule.TrueExpr:
		return rule.Yes
	case rule.FalseExpr:
		return rule.No
	case rule.CompareExpr:
		return m.compare(e, row)
	}
	decisive, out := rule.No, rule.Yes
	if e.Kind == rule.OrExpr {
		decisive, out = rule.Yes, rule.No
	}
	for _, kid := range e.Kids {
		v := m.expr(kid, row)
		if v == decisive {
			return v
		}
		if v == rule.Ask {
			out = v
		}
	}
	return out
}

func (m *model) compare(e *rule.Expr, row memoryRow) rule.Verdict {
	v := m.ask(m.flat(e, 0, 0), row)
	if e.Any || v == rule.No || !e.L.Multi && !e.R.Multi {
		return v
	}
	rows := []memoryRow{row}
	for shift, o := range map[int]*rule.Operand{0: e.L, m.width: e.R} {
		for _, i := range m.chain(o) {
			rows = m.expand(rows, i, shift)
		}
	}
	for _, wide := range rows {
		switch m.violated(e, wide) {
		case rule.Yes:
			return rule.No
		case rule.Ask:
			v = rule.Ask
		}
	}
	return v
}

// chain are the joins from the first that has several rows to the operand's.
func (m *model) chain(o *rule.Operand) []int {
	if !o.Multi {
		return nil
	}
	var out []int
	for i := o.Join; i >= 0 && m.b.Joins[i].Multi; {
		out = append([]int{i}, out...)
		if m.b.Joins[i].From == nil {
			break
		}
		i = m.b.Joins[i].From.Join
	}
	return out
}

var opposite = map[rule.Op]rule.Op{rule.Gt: rule.Le, rule.Le: rule.Gt, rule.Lt: rule.Ge, rule.Ge: rule.Lt, rule.Like: rule.NotLike, rule.NotLike: rule.Like}

// violated reports whether NOT (comparison) is true, and not merely unknown.
func (m *model) violated(e *rule.Expr, row memoryRow) rule.Verdict {
	shift := 0
	if e.R.Multi {
		shift = m.width
	}
	flat := m.flat(e, 0, shift)
	if op, ok := opposite[e.Op]; ok {
		flat.Op = op
		return m.ask(flat, row)
	}
	switch m.ask(flat, row) {
	case rule.Yes:
		return rule.No
	case rule.Ask:
		return rule.Ask
	}
	if e.Op == rule.Eq && e.Form() == rule.PlainForm && (m.isNull(flat.L, row) || m.isNull(flat.R, row)) {
		return rule.No
	}
	return rule.Yes
}

func (m *model) isNull(o *rule.Operand, row memoryRow) bool {
	if o.Class == rule.Empty {
		return false // it counts as an empty text
	}
	exact := *o
	exact.Class = rule.Exact
	none := &rule.Operand{Kind: rule.ConstOperand, Class: rule.Exact, Join: -1}
	return m.ask(&rule.Expr{Kind: rule.CompareExpr, Op: rule.Eq, Any: true, L: &exact, R: none}, row) == rule.Yes
}

func (m *model) ask(e *rule.Expr, row memoryRow) rule.Verdict {
	return (&rule.Bound{Base: m.b.Base, Where: e}).Eval(row)
}

// flat is a comparison over the columns of a wide row.
func (m *model) flat(e *rule.Expr, left, right int) *rule.Expr {
	return &rule.Expr{Kind: rule.CompareExpr, Op: e.Op, Any: true, L: m.wide(e.L, left), R: m.wide(e.R, right)}
}

func (m *model) wide(o *rule.Operand, shift int) *rule.Operand {
	w := *o
	if o.Join >= 0 {
		if !m.b.Joins[o.Join].Multi {
			shift = 0
		}
		w.Join, w.Ord, w.Multi = -1, m.start[o.Join]+shift+o.Ord, false
		if o.Kind == rule.EachOperand {
			w.Kind, w.Table = rule.ColumnOperand, m.b.Base
		}
	}
	w.Args = nil
	for _, arg := range o.Args {
		w.Args = append(w.Args, m.wide(arg, shift))
	}
	return &w
}
