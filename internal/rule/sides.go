package rule

// Sides are the two sides of a comparison as one request sees them, and the joins that they may lie in. They are
// for explaining: nothing is decided by them.
type Sides struct {
	L, R  *Operand
	Joins []Join
}

// BindSides resolves the sides of a rule that is one comparison; nil when it is several. Errors are *Error.
func BindSides(q Question, s Scope) (*Sides, error) {
	n, err := Parse(q.Rule)
	if err != nil || len(n.Kids) > 0 {
		return nil, err
	}
	k := &binder{q: q}
	v := &view{start: place{table: q.Base, join: -1, base: true}}
	l, fault := k.operand(v, &n.L)
	if fault != nil {
		return nil, fault
	}
	r, fault := k.operand(v, &n.R)
	if fault != nil {
		return nil, fault
	}
	f := folder{scope: s}
	return &Sides{L: f.operand(l), R: f.operand(r), Joins: f.joins(&Bound{Joins: k.joins})}, nil
}

// Lies is the join that an operand is read in, -1 for the base row and for constants. ok is false when it is made
// of several.
func (o *Operand) Lies() (join int, ok bool) {
	switch o.Kind {
	case ConstOperand:
		return -1, true
	case LowerOperand:
		return o.Args[0].Lies()
	case DistanceOperand, TimeOperand, ChangedOperand:
		for _, arg := range o.Args {
			if j, ok := arg.Lies(); !ok || j >= 0 {
				return -1, false
			}
		}
		return -1, true
	}
	return o.Join, true
}

// Read is the value of an operand for a row of the join that it lies in; sure is false for what only a database
// computes.
func (o *Operand) Read(row Row) (v Value, sure bool) {
	j := judge{b: &Bound{}, row: row}
	d := j.value(o.here())
	return d.Value, !d.unsure
}

// here is o as if it lay in the base row.
func (o *Operand) here() *Operand {
	if o.Kind == ConstOperand {
		return o
	}
	p := *o
	switch o.Kind {
	case ColumnOperand, PathOperand, LengthOperand:
		p.Join = -1
	case LowerOperand:
		p.Args = []*Operand{o.Args[0].here()}
	}
	return &p
}

// Elements are the values of a list that is kept as JSON text.
func Elements(v Value) []Value {
	list, _ := elements(v)
	return list
}
