package rule

// compared makes a comparison, decided at once when both sides are known.
func compared(op Op, any bool, l, r *Operand) *Expr {
	if l.open() || r.open() {
		return &Expr{Kind: CompareExpr, Op: op, Any: any, L: l, R: r, open: true}
	}
	return settle(Expr{Kind: CompareExpr, Op: op, Any: any, L: l, R: r})
}

// both joins conditions by &&, either by ||. Constants disappear.
func both(kids []*Expr) *Expr   { return joined(AndExpr, kids) }
func either(kids []*Expr) *Expr { return joined(OrExpr, kids) }

func joined(kind ExprKind, kids []*Expr) *Expr {
	neutral, decisive := TrueExpr, FalseExpr
	if kind == OrExpr {
		neutral, decisive = FalseExpr, TrueExpr
	}
	var only *Expr
	left := 0
	for _, kid := range kids {
		switch {
		case kid.Kind == decisive:
			return kid
		case kid.Kind != neutral:
			only = kid
			left++
		}
	}
	switch left {
	case 0:
		return constant(kind == AndExpr)
	case 1:
		return only
	}
	e := &Expr{Kind: kind, Kids: make([]*Expr, 0, left)}
	for _, kid := range kids {
		switch kid.Kind {
		case neutral:
			continue
		case kind:
			e.Kids = append(e.Kids, kid.Kids...)
		default:
			e.Kids = append(e.Kids, kid)
		}
		e.open = e.open || kid.open
	}
	return e
}

// open reports whether the request is part of an operand.
func (o *Operand) open() bool {
	if o.Kind == requestOperand || o.Test != nil && o.Test.open {
		return true
	}
	for _, arg := range o.Args {
		if arg.open() {
			return true
		}
	}
	return false
}

// settle takes a comparison without request values as far as it goes without a row.
func settle(e Expr) *Expr {
	if (e.Op == Like || e.Op == NotLike) && e.R.Kind == ConstOperand && !e.R.Pattern {
		e.R = pattern(e.R)
	}
	if e.L.Kind == ConstOperand && e.R.Kind == ConstOperand {
		if t := e.judge(e.L.datum(), e.R.datum()); t != unsure {
			return constant(t == yes)
		}
	} else if e.Op != Eq && e.Op != Ne && (e.L.isNull() || e.R.isNull()) {
		return never
	} else {
		e.L, e.R = e.L.plainFor(&e, e.R), e.R.plainFor(&e, e.L)
	}
	kept := new(Expr)
	*kept = e
	return kept
}

func (o *Operand) isNull() bool { return o.Kind == ConstOperand && o.Value.Type == Null }

func (o *Operand) datum() datum { return datum{Value: o.Value, aff: o.Aff} }

// plainFor is o, a constant that came from a column, as a literal when that means the same beside other:
// an index serves column = ? and not COALESCE(column, ”) = COALESCE(?, ”).
func (o *Operand) plainFor(e *Expr, other *Operand) *Operand {
	if o.Kind != ConstOperand || o.Class != Plain || other.Class != Plain || e.Op != Eq && e.Op != Ne {
		return o
	}
	p := *o
	switch {
	case o.Value.isEmpty():
		p.Class = Empty
	case other.Multi && !e.Any, other.Kind != ColumnOperand || other.Bare:
		return o
	case o.Value.Type == Txt && other.Aff == TextAffinity, o.Value.Type != Txt && other.Aff == NumberAffinity:
		p.Class, p.Aff = Known, NoAffinity
	default:
		return o
	}
	return &p
}

// folder puts a request into a question.
type folder struct {
	scope Scope
	timed bool // the clock was looked at
}

// Fold returns the question with the request put in: no @request and no macro is left.
func (b *Bound) Fold(s Scope) *Bound {
	if !b.open {
		return b
	}
	f := folder{scope: s}
	out := &Bound{Base: b.Base, Keys: b.Keys, Joins: b.Joins}
	if b.Where != nil {
		out.Where = f.expr(b.Where)
	}
	if out.Where != nil && out.Where.Kind == FalseExpr {
		out.Joins, out.Keys, out.timed = nil, nil, f.timed
		return out
	}
	out.Keys = f.keys(b.Keys)
	out.Joins = f.joins(b)
	out.timed = f.timed
	out.use()
	if out.Where != nil {
		out.settleLists()
	}
	return out
}

func (f *folder) expr(e *Expr) *Expr {
	if !e.open {
		return e
	}
	if e.Kind == CompareExpr {
		return settle(Expr{Kind: CompareExpr, Op: e.Op, Any: e.Any, L: f.operand(e.L), R: f.operand(e.R)})
	}
	decisive := FalseExpr
	if e.Kind == OrExpr {
		decisive = TrueExpr
	}
	var room [8]*Expr
	kids := room[:0]
	for _, kid := range e.Kids {
		kid = f.expr(kid)
		if kid.Kind == decisive {
			return kid
		}
		kids = append(kids, kid)
	}
	return joined(e.Kind, kids)
}

func (f *folder) operand(o *Operand) *Operand {
	switch {
	case !o.open():
		return o
	case o.Kind == requestOperand:
		return f.value(o)
	}
	p := *o
	if o.Test != nil {
		p.Test = f.expr(o.Test)
		if p.Test.Kind == TrueExpr || p.Test.Kind == FalseExpr {
			return &Operand{Kind: ConstOperand, Class: Exact, Join: -1, Value: BoolValue(p.Test.Kind == TrueExpr)}
		}
	}
	if o.Args != nil {
		p.Args = make([]*Operand, len(o.Args))
		for i, arg := range o.Args {
			p.Args[i] = f.operand(arg)
		}
	}
	if p.Kind == LowerOperand {
		return p.lowerConst()
	}
	return &p
}

// lowerConst computes :lower of a constant.
func (o *Operand) lowerConst() *Operand {
	arg := o.Args[0]
	if arg.Kind != ConstOperand {
		return o
	}
	if arg.Value.Type == Null {
		return arg
	}
	s, sure := textOf(arg.Value)
	if !sure {
		return o
	}
	return &Operand{Kind: ConstOperand, Join: -1, Value: TextValue(lowerText(s))}
}

// value is a request value as a constant of its class.
func (f *folder) value(o *Operand) *Operand {
	r := o.ask
	f.timed = f.timed || r.from == fromMacro
	v, set := r.value(f.scope)
	switch {
	case r.aspect == isSet:
		return word(BoolValue(set))
	case r.aspect == count, r.aspect == asMember:
		return &Operand{Kind: ConstOperand, Join: -1, Value: v}
	case r.from == fromAuth:
		return r.columnValue(o, v)
	}
	return literal(v)
}

// columnValue is the value of a column of the signed-in record. It stays what the column is to
// comparisons, but for the affinity of lists and points: their text looks like no number.
func (r *request) columnValue(o *Operand, v Value) *Operand {
	p := &Operand{Kind: ConstOperand, Join: -1, Class: o.Class, Aff: o.Aff, Bare: o.Bare, Value: v}
	if o.Class == Exact {
		p.Value, _ = extract(v, r.steps)
	}
	if p.Value.Type == Txt && p.Aff == NumberAffinity {
		p.Aff = NoAffinity
	}
	return p
}

// keys drops sort keys that are the same for every record.
func (f *folder) keys(keys []Key) []Key {
	changed := false
	for _, key := range keys {
		changed = changed || key.Operand != nil && key.Operand.open()
	}
	if !changed {
		return keys
	}
	var out []Key
	for _, key := range keys {
		if key.Operand != nil {
			if key.Operand = f.operand(key.Operand); key.Operand.Kind == ConstOperand {
				continue
			}
		}
		out = append(out, key)
	}
	return out
}

// joins puts the request into what rows are joined by.
func (f *folder) joins(b *Bound) []Join {
	out := b.Joins
	for i := range b.Joins {
		from := b.Joins[i].From
		if from == nil || !from.open() {
			continue
		}
		if &out[0] == &b.Joins[0] {
			out = append([]Join(nil), b.Joins...)
		}
		out[i].From = f.operand(from)
		if out[i].Kind == EachJoin {
			out[i].From = asArray(out[i].From)
		}
	}
	return out
}

// asArray makes JSON text of a list of a constant.
func asArray(o *Operand) *Operand {
	if _, ok := array(o.Value); ok || o.Value.Type == Null {
		return o
	}
	list, _ := elements(o.Value)
	return &Operand{Kind: ConstOperand, Join: -1, Value: TextValue(listText(list))}
}
