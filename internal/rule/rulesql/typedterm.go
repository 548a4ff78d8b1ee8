package rulesql

import (
	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
)

// plain appends a side as it is stored.
func (s writer) plain(t term) {
	if t.class == textual {
		s.text(t)
		return
	}
	s.operand(t.o, t.at)
}

// text appends the text of a side, to be compared byte by byte. Columns of text are so by themselves.
func (s writer) text(t term) {
	d, o := s.w.D.Typed, t.o
	t.class = classOf(o)
	switch t.class {
	case textual:
		s.ownText(o, t.at)
		return
	case numeric:
		if o.Kind == rule.ConstOperand {
			s.w.Text("CAST(").Arg(o.Value.Textual()).Text(" AS ", d.Text, ")")
			break
		}
		spell := d.NumberText
		if o.Kind == rule.DistanceOperand {
			spell = d.RealText
		}
		s.w.Text(spell)
		s.number(t)
		s.w.Text(")")
	case boolean:
		s.w.Text(d.NumberText)
		s.number(t)
		s.w.Text(")")
	case jsonic:
		if len(o.Path) == 0 {
			s.w.Text(d.JSONWholeText)
		} else {
			s.w.Text(d.JSONText)
		}
		s.operand(o, t.at)
		s.w.Text(")")
	default:
		s.w.Text("CAST(NULL AS ", d.Text, ")")
	}
	s.w.Text(d.Collate)
}

// ownText appends an operand that is a text.
func (s writer) ownText(o *rule.Operand, at side) {
	switch o.Kind {
	case rule.ColumnOperand, rule.LowerOperand:
		s.operand(o, at)
	case rule.ConstOperand:
		s.w.Text("CAST(").Arg(o.Value).Text(" AS ", s.w.D.Typed.Text, ")", s.w.D.Typed.Collate)
	default:
		s.operand(o, at)
		s.w.Text(s.w.D.Typed.Collate)
	}
}

// number appends the number of a side; of what is no number NULL.
func (s writer) number(t term) {
	d := s.w.D.Typed
	switch {
	case t.o.Kind == rule.ConstOperand:
		s.constNumber(t.o.Value)
	case t.class == boolean:
		s.w.Text("CAST(")
		s.operand(t.o, t.at)
		s.w.Text(" AS ", d.Int, ")")
	case t.class == jsonic:
		s.w.Text(d.JSONNumber)
		s.operand(t.o, t.at)
		s.w.Text(")")
	case t.class == textual:
		s.w.Text(d.Number)
		s.text(t)
		s.w.Text(")")
	default:
		s.operand(t.o, t.at)
	}
}

func (s writer) constNumber(v rule.Value) {
	d := s.w.D.Typed
	switch v = v.Numeric(); v.Type {
	case rule.Int:
		v = rule.RealValue(float64(v.I))
	case rule.Real:
	default:
		s.w.Text("CAST(NULL AS ", d.Float, ")")
		return
	}
	s.w.Text("CAST(").Arg(v).Text(" AS ", d.Float, ")")
}

// key appends the key of a side.
func (s writer) key(t term) {
	d := s.w.D.Typed
	switch {
	case t.class == nothing:
		s.w.Text("CAST(NULL AS ", d.Text, ")")
	case t.o.Kind == rule.ConstOperand:
		s.w.Text("CAST(").Arg(rule.TextValue(d.Key(t.o.Value))).Text(" AS ", d.Text, ")")
	case t.class == textual && t.as == numbers:
		s.w.Text(d.NumericKey)
		s.text(t)
		s.w.Text(")")
	case t.class == textual:
		s.w.Text("('", dialect.TextKey, "' || ")
		s.text(t)
		s.w.Text(")")
	case t.class == jsonic && t.as == numbers:
		s.w.Text(d.JSONNumericKey)
		s.operand(t.o, t.at)
		s.w.Text(")")
	case t.class == jsonic:
		s.w.Text(d.JSONKey)
		s.operand(t.o, t.at)
		s.w.Text(")")
	default:
		s.w.Text(d.NumberKey)
		s.number(t)
		s.w.Text(")")
	}
	s.w.Text(d.Collate)
}

// sorted appends what rows are sorted by. A condition has no smallest one, so when rows are grouped it is a
// number.
func (s writer) sorted(o *rule.Operand, grouped bool) {
	t := term{o: o, at: outer, class: classOf(o)}
	switch {
	case s.w.D.Typed == nil:
		s.operand(o, outer)
	case t.class == jsonic:
		s.key(t)
	case t.class == boolean && grouped:
		s.number(t)
	default:
		s.plain(t)
	}
}

// arguments appends what a function takes, each by the method that gives it its type.
func (s writer) arguments(name string, args []*rule.Operand, at side, each func(term)) {
	s.w.Text(name, "(")
	for i, arg := range args {
		if i > 0 {
			s.w.Text(", ")
		}
		each(term{o: arg, at: at, class: classOf(arg)})
	}
	s.w.Text(")")
}
