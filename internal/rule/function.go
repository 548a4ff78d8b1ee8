package rule

// maxTimeArgs is how many arguments strftime takes.
const maxTimeArgs = 10

// function resolves a call.
func (k *binder) function(v *view, t *Term) (*Operand, *Error) {
	switch t.Text {
	case "geoDistance":
		return k.distance(v, t)
	case "strftime":
		return k.strftime(v, t)
	}
	return nil, fail(t.Pos, "unknown function %q", t.Text)
}

// distance takes four numbers or names.
func (k *binder) distance(v *view, t *Term) (*Operand, *Error) {
	if len(t.Args) != 4 {
		return nil, fail(t.Pos, "geoDistance needs lonA, latA, lonB, latB")
	}
	o := &Operand{Kind: DistanceOperand, Class: Exact, Join: -1}
	for i := range t.Args {
		arg := &t.Args[i]
		if arg.Kind != NameTerm && arg.Kind != NumberTerm {
			return nil, fail(arg.Pos, "geoDistance takes numbers and names")
		}
		a, err := k.operand(v, arg)
		if err != nil {
			return nil, err
		}
		o.Args = append(o.Args, a)
	}
	return o, nil
}

// strftime takes a format, a value (now when there is none) and modifiers.
func (k *binder) strftime(v *view, t *Term) (*Operand, *Error) {
	if n := len(t.Args); n == 0 || n > maxTimeArgs {
		return nil, fail(t.Pos, "strftime needs 1 to %d arguments", maxTimeArgs)
	}
	o := &Operand{Kind: TimeOperand, Join: -1}
	for i := range t.Args {
		arg := &t.Args[i]
		if arg.Kind == FuncTerm || i != 1 && arg.Kind != TextTerm {
			return nil, fail(arg.Pos, "strftime takes a text, a value and texts")
		}
		a, err := k.operand(v, arg)
		if err != nil {
			return nil, err
		}
		o.Args = append(o.Args, a)
	}
	if len(o.Args) == 1 {
		o.Args = append(o.Args, asked(&request{from: fromMacro, macro: nowMacro}))
	}
	o.Join, o.Multi = o.Args[1].Join, o.Args[1].Multi
	return o, nil
}
