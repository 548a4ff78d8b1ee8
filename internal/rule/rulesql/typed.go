package rulesql

import (
	"strings"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
)

// Comparisons for engines that want both sides of one type (see dialect.Typed). Values whose types are
// known to be the same are compared as they are, so that indexes serve; all others by their keys.

// class is what type the SQL of an operand has.
type class uint8

const (
	nothing class = iota // a constant that is NULL
	textual
	numeric
	boolean
	jsonic // JSON: of any type
)

// change is what a comparison makes of a side first, because of the other side's affinity.
type change uint8

const (
	asIs    change = iota
	numbers        // texts that look like numbers become numbers
	texts          // numbers become texts
)

// term is one side of a comparison.
type term struct {
	o     *rule.Operand
	at    side
	class class
	as    change
}

func classOf(o *rule.Operand) class {
	switch o.Kind {
	case rule.ConstOperand:
		return classes[o.Value.Type]
	case rule.LengthOperand, rule.DistanceOperand:
		return numeric
	case rule.ChangedOperand:
		return boolean
	case rule.PathOperand:
		return jsonic
	case rule.ColumnOperand:
		return columns[o.Column().Kind]
	}
	return textual
}

var (
	classes = [...]class{rule.Null: nothing, rule.Int: numeric, rule.Real: numeric, rule.Txt: textual}
	columns = [...]class{rule.Text: textual, rule.Number: numeric, rule.Bool: boolean, rule.List: textual, rule.JSON: jsonic, rule.Geo: textual}
)

// terms are both sides, with SQLite's conversions: those of constants made, those of all others noted.
func terms(e *rule.Expr, l, r side, convert bool) (a, b term) {
	a, b = term{o: e.L, at: l}, term{o: e.R, at: r}
	if convert {
		switch p, q := e.L.Aff, e.R.Aff; {
		case p == rule.NumberAffinity && q != rule.NumberAffinity:
			b.as = numbers
		case q == rule.NumberAffinity && p != rule.NumberAffinity:
			a.as = numbers
		case p == rule.TextAffinity && q == rule.NoAffinity:
			b.as = texts
		case q == rule.TextAffinity && p == rule.NoAffinity:
			a.as = texts
		}
	}
	return a.settled(), b.settled()
}

func (t term) settled() term {
	if t.o.Kind == rule.ConstOperand && t.as != asIs {
		if t.as == numbers {
			t.o = constant(t.o.Value.Numeric())
		} else {
			t.o = constant(t.o.Value.Textual())
		}
		t.as = asIs
	}
	t.class = classOf(t.o)
	switch {
	case t.as == texts && t.class != textual:
		t.class = textual
	case t.as == numbers && (t.class == numeric || t.class == boolean):
		t.as = asIs
	}
	return t
}

func constant(v rule.Value) *rule.Operand {
	return &rule.Operand{Kind: rule.ConstOperand, Join: -1, Value: v}
}

// typedEqual appends = or != of a comparison.
func (s writer) typedEqual(e *rule.Expr, l, r side) {
	form, same := e.Form(), e.Op == rule.Eq
	op := s.w.D.Differ
	switch {
	case form == rule.EmptyForm:
		s.typedEmpty(e, l, r)
		return
	case form == rule.CoalesceForm:
		a, b := terms(e, l, r, false)
		s.typedCoalesced(a, b, same)
		return
	case form == rule.ExactForm && same:
		op = s.w.D.Same
	case same:
		op = symbols[rule.Eq]
	}
	if form == rule.PlainForm {
		e = filled(e)
	}
	a, b := terms(e, l, r, true)
	s.typedInfix(op, a, b)
}

// filled puts an empty text in the place of an Empty constant.
func filled(e *rule.Expr) *rule.Expr {
	if e.L.Class != rule.Empty && e.R.Class != rule.Empty {
		return e
	}
	out := *e
	for _, o := range [...]**rule.Operand{&out.L, &out.R} {
		if (*o).Class == rule.Empty {
			*o = constant(rule.TextValue(""))
		}
	}
	return &out
}

func (s writer) typedEmpty(e *rule.Expr, l, r side) {
	o, at := e.L, l
	if e.Uncertain() == e.R {
		o, at = e.R, r
	}
	t := term{o: o, at: at, class: classOf(o)}
	if t.class == textual {
		s.text(t)
		if e.Op == rule.Eq {
			s.w.Text(" = '' OR ")
		} else {
			s.w.Text(" <> '' AND ")
		}
	}
	s.plain(t)
	if e.Op == rule.Eq {
		s.w.Text(" IS NULL")
	} else {
		s.w.Text(" IS NOT NULL")
	}
}

// typedCoalesced compares where an empty text and NULL are the same, and numbers are no texts.
func (s writer) typedCoalesced(a, b term, same bool) {
	op := s.w.D.Differ
	if same {
		op = symbols[rule.Eq]
	}
	switch {
	case a.class == textual && b.class == textual:
		s.w.Text("COALESCE(")
		s.text(a)
		s.w.Text(", '')", op, "COALESCE(")
		s.text(b)
		s.w.Text(", '')")
	case a.countable() && b.countable():
		if same {
			op = s.w.D.Same
		}
		s.countable(a, b, op)
	default:
		empty := ", '" + dialect.TextKey + "')"
		s.w.Text("COALESCE(")
		s.key(a)
		s.w.Text(empty, op, "COALESCE(")
		s.key(b)
		s.w.Text(empty)
	}
}

// typedOrder appends a comparison by order.
func (s writer) typedOrder(e *rule.Expr, op string, l, r side) {
	a, b := terms(e, l, r, true)
	s.typedInfix(op, a, b)
}

// typedInfix appends both sides with an operator between them.
func (s writer) typedInfix(op string, a, b term) {
	switch {
	case a.class == textual && b.class == textual && a.as != numbers && b.as != numbers:
		s.text(a)
		s.w.Text(op)
		s.text(b)
	case a.countable() && b.countable():
		s.countable(a, b, op)
	default:
		s.key(a)
		s.w.Text(op)
		s.key(b)
	}
}

// countable reports whether a side is a number, or 1 or 0, that a double holds.
func (t term) countable() bool {
	if t.class == numeric && t.o.Kind == rule.ConstOperand && t.o.Value.Type == rule.Int {
		i := t.o.Value.I
		return i > -1<<53 && i < 1<<53
	}
	return t.class == numeric || t.class == boolean
}

// countable appends two such sides. A condition beside 1 or 0 stays one.
func (s writer) countable(a, b term, op string) {
	switch {
	case a.class == boolean && b.class == boolean, a.class == boolean && b.isBit(), b.class == boolean && a.isBit():
		s.condition(a)
		s.w.Text(op)
		s.condition(b)
	default:
		s.number(a)
		s.w.Text(op)
		s.number(b)
	}
}

func (t term) isBit() bool {
	v := t.o.Value
	return t.o.Kind == rule.ConstOperand && (v == rule.IntValue(0) || v == rule.IntValue(1) || v == rule.RealValue(0) || v == rule.RealValue(1))
}

func (s writer) condition(t term) {
	switch {
	case t.o.Kind != rule.ConstOperand:
		s.operand(t.o, t.at)
	case t.o.Value.I == 1 || t.o.Value.F == 1:
		s.w.Text(s.w.D.True)
	default:
		s.w.Text(s.w.D.False)
	}
}

// typedLike appends a match.
func (s writer) typedLike(e *rule.Expr, op string, l, r side) {
	left, right := term{o: e.L, at: l, class: classOf(e.L)}, term{o: e.R, at: r, class: classOf(e.R)}
	if e.R.Pattern && openEscape(e.R.Value.S) {
		// A pattern that ends within an escape matches nothing; PostgreSQL would fail.
		none := " <> "
		if e.Op == rule.NotLike {
			none = " = "
		}
		s.text(left)
		s.w.Text(none)
		s.text(left)
		return
	}
	s.text(left)
	s.w.Text(op)
	if e.R.Pattern {
		s.text(right)
	} else {
		s.w.Text("('%' || ")
		s.text(right)
		s.w.Text(" || '%')")
	}
	s.w.Text(s.w.D.Escape)
}

// openEscape reports whether a pattern ends with a backslash that is not itself escaped.
func openEscape(p string) bool {
	return (len(p)-len(strings.TrimRight(p, `\`)))%2 == 1
}
