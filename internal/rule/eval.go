package rule

import "math"

// maxTuples is how many combinations of list elements Eval tries before it leaves the matter to a database.
const maxTuples = 4096

// Eval judges one row of the base table; b must be folded. It answers Ask when the matter depends on other
// rows, or on what only a database computes.
func (b *Bound) Eval(r Row) Verdict {
	if b.Where == nil {
		return Yes
	}
	j := judge{b: b, row: r}
	if !j.lists() {
		return Ask
	}
	return j.any(0).verdict()
}

func (t truth) verdict() Verdict {
	switch t {
	case yes:
		return Yes
	case unsure:
		return Ask
	}
	return No
}

// judge evaluates a condition for one row. Joined list elements make rows of their own: the condition must
// hold for one combination of them.
type judge struct {
	b    *Bound
	row  Row
	rows []listRow // by join; empty when there are no joins
}

// listRow is the elements of a list and the one that is looked at.
type listRow struct {
	values []datum
	at     int
}

// lists reads the lists that are joined; false when there are too many combinations to try.
func (j *judge) lists() bool {
	tuples := 1
	for i := range j.b.Joins {
		join := &j.b.Joins[i]
		if !j.b.Used[i] || join.Kind != EachJoin || join.From.Join >= 0 {
			continue
		}
		if j.rows == nil {
			j.rows = make([]listRow, len(j.b.Joins))
		}
		j.rows[i].values = listValues(j.value(join.From))
		if tuples *= len(j.rows[i].values); tuples > maxTuples {
			return false
		}
	}
	return true
}

// listValues are the elements of a list, or one NULL when there are none.
func listValues(d datum) []datum {
	if d.unsure {
		return []datum{{unsure: true}}
	}
	list, sure := elements(d.Value)
	if len(list) == 0 {
		return []datum{{unsure: !sure}}
	}
	out := make([]datum, len(list))
	for i, v := range list {
		out[i] = datum{Value: v, unsure: !sure}
	}
	return out
}

// any reports whether the condition holds for some combination of the lists from join i on.
func (j *judge) any(i int) truth {
	for i < len(j.rows) && j.rows[i].values == nil {
		i++
	}
	if i >= len(j.rows) {
		return j.expr(j.b.Where)
	}
	found := no
	for at := range j.rows[i].values {
		j.rows[i].at = at
		switch j.any(i + 1) {
		case yes:
			return yes
		case unsure:
			found = unsure
		}
	}
	return found
}

func (j *judge) expr(e *Expr) truth {
	switch e.Kind {
	case TrueExpr:
		return yes
	case FalseExpr:
		return no
	case AndExpr:
		return j.kids(e, no, yes)
	case OrExpr:
		return j.kids(e, yes, no)
	}
	t := e.judge(j.value(e.L), j.value(e.R))
	if t == no || t == null || e.Any || !e.L.Multi && !e.R.Multi {
		return t
	}
	return and(t, j.all(e))
}

// kids joins the verdicts of the kids: one that is decisive is enough.
func (j *judge) kids(e *Expr, decisive, neutral truth) truth {
	out := neutral
	for _, kid := range e.Kids {
		switch t := j.expr(kid); t {
		case decisive:
			return t
		case unsure:
			out = unsure
		case null:
			if out != unsure {
				out = null
			}
		}
	}
	return out
}

func and(a, b truth) truth {
	switch {
	case a == no || b == no:
		return no
	case a == unsure || b == unsure:
		return unsure
	case a == null || b == null:
		return null
	}
	return yes
}

// all reports whether no value of the operands violates a comparison.
func (j *judge) all(e *Expr) truth {
	out := yes
	for _, l := range j.values(e.L) {
		for _, r := range j.values(e.R) {
			switch e.judge(l, r) {
			case no:
				return no
			case unsure:
				out = unsure
			}
		}
	}
	return out
}

// values are all values of an operand that may have several, or the one it has.
func (j *judge) values(o *Operand) []datum {
	if o.Multi && o.Kind == EachOperand && j.listed(o.Join) {
		return j.rows[o.Join].values
	}
	if o.Multi {
		return []datum{{unsure: true}}
	}
	return []datum{j.value(o)}
}

func (j *judge) listed(join int) bool { return j.rows != nil && j.rows[join].values != nil }

// value is an operand for the current row.
func (j *judge) value(o *Operand) datum {
	switch {
	case o.Kind == ConstOperand:
		return o.datum()
	case o.Kind == EachOperand && j.listed(o.Join):
		l := &j.rows[o.Join]
		return l.values[l.at]
	case o.Kind == LowerOperand:
		return lowerDatum(j.value(o.Args[0]))
	case o.Kind == DistanceOperand:
		return j.distance(o)
	case o.Kind == ChangedOperand:
		return changedDatum(j.expr(o.Test))
	case o.Join >= 0 || o.Table == nil:
		return datum{unsure: true}
	}
	v := j.row.Value(o.Ord)
	switch o.Kind {
	case ColumnOperand:
		return datum{Value: v, aff: o.Aff}
	case LengthOperand:
		return datum{Value: IntValue(length(v))}
	case PathOperand:
		out, sure := extract(v, o.Path)
		return datum{Value: out, unsure: !sure}
	}
	return datum{unsure: true}
}

func lowerDatum(d datum) datum {
	if d.unsure || d.Type == Null {
		return datum{unsure: d.unsure}
	}
	s, sure := textOf(d.Value)
	return datum{Value: TextValue(lowerText(s)), unsure: !sure}
}

func changedDatum(t truth) datum {
	if t == null || t == unsure {
		return datum{unsure: t == unsure}
	}
	return datum{Value: BoolValue(t == yes)}
}

// earthRadius is in kilometres.
const earthRadius = 6371

// maxDegrees is where sines of other libraries begin to differ from ours.
const maxDegrees = 1e5

// distance is geoDistance: NULL when an argument is no number. The result is rough.
func (j *judge) distance(o *Operand) datum {
	var deg [4]float64
	for i, arg := range o.Args {
		d := j.value(arg)
		if d.unsure {
			return datum{unsure: true}
		}
		f, ok := d.number()
		if !ok {
			return datum{}
		}
		if math.Abs(f) > maxDegrees {
			return datum{unsure: true}
		}
		deg[i] = f * math.Pi / 180
	}
	lonA, latA, lonB, latB := deg[0], deg[1], deg[2], deg[3]
	c := math.Cos(latA)*math.Cos(latB)*math.Cos(lonB-lonA) + math.Sin(latA)*math.Sin(latB)
	return datum{Value: RealValue(earthRadius * math.Acos(math.Max(-1, math.Min(1, c)))), rough: true}
}

// number is a value that is a number, or a text that looks like one.
func (d datum) number() (float64, bool) {
	v, _ := numeric(d.Value)
	switch v.Type {
	case Int:
		return float64(v.I), true
	case Real:
		return v.F, true
	}
	return 0, false
}
