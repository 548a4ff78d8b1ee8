package rulesql

import (
	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
)

// expr appends a condition; enclosed asks for parentheses around what several parts make up.
func (s writer) expr(e *rule.Expr, enclosed bool) {
	switch e.Kind {
	case rule.TrueExpr:
		s.w.Text(s.w.D.True)
	case rule.FalseExpr:
		s.w.Text(s.w.D.False)
	case rule.AndExpr:
		s.joined(e, " AND ", enclosed)
	case rule.OrExpr:
		s.joined(e, " OR ", enclosed)
	default:
		s.comparison(e)
	}
}

func (s writer) joined(e *rule.Expr, by string, enclosed bool) {
	if enclosed {
		s.w.Text("(")
	}
	for i, kid := range e.Kids {
		if i > 0 {
			s.w.Text(by)
		}
		s.expr(kid, true)
	}
	if enclosed {
		s.w.Text(")")
	}
}

// comparison appends a comparison for the joined row and, unless one match suffices, that no value of
// its operands violates it.
func (s writer) comparison(e *rule.Expr) {
	if e.Any || !e.L.Multi && !e.R.Multi {
		s.compare(e, outer, outer)
		return
	}
	s.w.Text("(")
	s.compare(e, outer, outer)
	s.w.Text(" AND NOT EXISTS (SELECT 1 FROM (SELECT 1) AS m")
	l := s.values(e.L, "m")
	r := s.values(e.R, "n")
	s.w.Text(" WHERE NOT ")
	s.compare(e, l, r)
	s.w.Text("))")
}

// values appends the joins to all values of an operand, if it may have several.
func (s writer) values(o *rule.Operand, letter string) side {
	if !o.Multi {
		return outer
	}
	at := side{letter: letter, scope: s.b.Joins[o.Join].Scope}
	s.path(o.Join, at)
	return at
}

// compare appends one comparison in parentheses.
func (s writer) compare(e *rule.Expr, l, r side) {
	s.w.Text("(")
	like, equal, infix := s.like, s.equal, s.infix
	if s.w.D.Typed != nil {
		like, equal, infix = s.typedLike, s.typedEqual, s.typedOrder
	}
	switch e.Op {
	case rule.Like:
		like(e, s.w.D.Like, l, r)
	case rule.NotLike:
		like(e, s.w.D.NotLike, l, r)
	case rule.Eq, rule.Ne:
		equal(e, l, r)
	default:
		infix(e, symbols[e.Op], l, r)
	}
	s.w.Text(")")
}

var symbols = [...]string{rule.Eq: " = ", rule.Gt: " > ", rule.Ge: " >= ", rule.Lt: " < ", rule.Le: " <= "}

func (s writer) equal(e *rule.Expr, l, r side) {
	op := s.w.D.Differ
	switch form := e.Form(); {
	case form == rule.EmptyForm:
		s.empty(e, l, r)
		return
	case form == rule.CoalesceForm:
		if e.Op == rule.Eq {
			op = symbols[rule.Eq]
		}
		s.coalesced(e.L, l)
		s.w.Text(op)
		s.coalesced(e.R, r)
		return
	case e.Op == rule.Eq && form == rule.ExactForm:
		op = s.w.D.Same
	case e.Op == rule.Eq:
		op = symbols[rule.Eq]
	}
	s.infix(e, op, l, r)
}

// empty asks whether the uncertain side is, or is not, empty.
func (s writer) empty(e *rule.Expr, l, r side) {
	o, at := e.L, l
	if e.Uncertain() == e.R {
		o, at = e.R, r
	}
	if e.Op == rule.Eq {
		s.operand(o, at)
		s.w.Text(" = '' OR ")
		s.operand(o, at)
		s.w.Text(" IS NULL")
		return
	}
	s.operand(o, at)
	s.w.Text(s.w.D.Differ, "'' AND ")
	s.operand(o, at)
	s.w.Text(" IS NOT NULL")
}

func (s writer) coalesced(o *rule.Operand, at side) {
	s.w.Text("COALESCE(")
	s.operand(o, at)
	s.w.Text(", '')")
}

// infix appends both sides as they are, with an affinity where a constant has one that matters.
func (s writer) infix(e *rule.Expr, op string, l, r side) {
	plain := e.Op == rule.Eq || e.Op == rule.Ne
	filled := plain && e.Form() == rule.PlainForm
	s.operandBeside(e.L, e.R, filled, l)
	s.w.Text(op)
	s.operandBeside(e.R, e.L, filled, r)
}

func (s writer) operandBeside(o, other *rule.Operand, filled bool, at side) {
	switch {
	case filled && o.Class == rule.Empty:
		s.w.Text("''")
	case o.Kind == rule.ConstOperand && o.Aff == rule.TextAffinity && other.Aff == rule.NoAffinity:
		s.w.Text("CAST(").Arg(o.Value).Text(" AS ", s.w.D.AsText, ")")
	case o.Kind == rule.ConstOperand && o.Aff == rule.NumberAffinity && other.Aff != rule.NumberAffinity:
		s.w.Text("CAST(").Arg(o.Value).Text(" AS ", s.w.D.AsNumber, ")")
	default:
		s.operand(o, at)
	}
}

// like appends a match; a pattern that is a column is wrapped as it is.
func (s writer) like(e *rule.Expr, op string, l, r side) {
	s.operand(e.L, l)
	s.w.Text(op)
	if e.R.Pattern {
		s.w.Arg(e.R.Value)
	} else {
		s.w.Text("('%' || ")
		s.operand(e.R, r)
		s.w.Text(" || '%')")
	}
	s.w.Text(s.w.D.Escape)
}

// operand appends one operand.
func (s writer) operand(o *rule.Operand, at side) {
	switch o.Kind {
	case rule.ConstOperand:
		s.w.Arg(o.Value)
	case rule.EachOperand:
		s.w.Text(s.alias(o.Join, at), ".value")
	case rule.LowerOperand:
		s.call("LOWER", o.Args, at)
	case rule.TimeOperand:
		s.call(s.w.D.Strftime, o.Args, at)
	case rule.DistanceOperand:
		s.distance(o, at)
	case rule.ChangedOperand:
		s.w.Text("(")
		s.expr(o.Test, false)
		s.w.Text(")")
	default:
		s.column(o, at)
	}
}

func (s writer) column(o *rule.Operand, at side) {
	c := ref(s.alias(o.Join, at), o.Table, o.Ord)
	switch {
	case o.Kind == rule.PathOperand:
		s.w.D.JSON(s.w, c, o.Path)
	case o.Kind == rule.LengthOperand:
		s.w.D.Length(s.w, c, o.Column().Kind)
	case o.Bare:
		s.w.D.Bare(s.w, c)
	default:
		s.w.Ref(c)
	}
}

func ref(alias string, t *rule.Table, ord int) dialect.Ref {
	return dialect.Ref{Table: alias, Column: t.Columns[ord].Name}
}

func (s writer) call(name string, args []*rule.Operand, at side) {
	each := s.text
	if s.w.D.Typed == nil {
		each = func(t term) { s.operand(t.o, at) }
	}
	s.arguments(name, args, at, each)
}

// distance is the great circle between two points; rounding must not carry the cosine beyond one.
func (s writer) distance(o *rule.Operand, at side) {
	if s.w.D.Typed != nil {
		s.arguments(s.w.D.Typed.Distance, o.Args, at, s.number)
		return
	}
	lonA, latA, lonB, latB := o.Args[0], o.Args[1], o.Args[2], o.Args[3]
	s.w.Text("(6371 * acos(max(-1, min(1, cos(")
	s.radians(latA, at)
	s.w.Text(") * cos(")
	s.radians(latB, at)
	s.w.Text(") * cos(")
	s.radians(lonB, at)
	s.w.Text(" - ")
	s.radians(lonA, at)
	s.w.Text(") + sin(")
	s.radians(latA, at)
	s.w.Text(") * sin(")
	s.radians(latB, at)
	s.w.Text(")))))")
}

func (s writer) radians(o *rule.Operand, at side) {
	s.w.Text("radians(")
	s.operand(o, at)
	s.w.Text(")")
}
