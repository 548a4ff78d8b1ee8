package rule

import "strconv"

// AppendKey appends what tells a folded question from every other one of the same schema: two with the same
// key answer the same for every row. Sort keys are left out.
func (b *Bound) AppendKey(dst []byte) []byte {
	if b.Where == nil {
		return append(dst, '*')
	}
	dst = b.Where.appendKey(dst)
	for i := range b.Joins {
		if b.Used[i] {
			dst = b.Joins[i].appendKey(append(dst, '|'), i)
		}
	}
	return dst
}

func (j *Join) appendKey(dst []byte, at int) []byte {
	dst = appendInts(dst, at, int(j.Kind), j.Ord, j.Scope, flag(j.Multi))
	dst = appendTable(dst, j.Table)
	if j.From == nil {
		return dst
	}
	return j.From.appendKey(dst)
}

func (e *Expr) appendKey(dst []byte) []byte {
	dst = appendInts(append(dst, '('), int(e.Kind))
	for _, kid := range e.Kids {
		dst = kid.appendKey(dst)
	}
	if e.Kind == CompareExpr {
		dst = appendInts(dst, flag(e.Any), int(e.Op))
		dst = e.R.appendKey(e.L.appendKey(dst))
	}
	return append(dst, ')')
}

func (o *Operand) appendKey(dst []byte) []byte {
	dst = appendInts(append(dst, '['), int(o.Kind), int(o.Class), int(o.Aff), flag(o.Bare), o.Join, flag(o.Multi), o.Ord,
		flag(o.Literal), flag(o.Pattern))
	dst = appendTable(dst, o.Table)
	for _, step := range o.Path {
		dst = appendInts(appendText(dst, step.Key), step.Index)
	}
	if o.Kind == ConstOperand {
		dst = o.Value.appendKey(dst)
	}
	for _, arg := range o.Args {
		dst = arg.appendKey(dst)
	}
	if o.Test != nil {
		dst = o.Test.appendKey(dst)
	}
	return append(dst, ']')
}

func (v Value) appendKey(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, 'v', '0'+byte(v.Type), ' '), v.I, 10)
	dst = strconv.AppendFloat(append(dst, ' '), v.F, 'g', -1, 64)
	return appendText(dst, v.S)
}

func appendInts(dst []byte, list ...int) []byte {
	for _, n := range list {
		dst = append(strconv.AppendInt(dst, int64(n), 10), ' ')
	}
	return dst
}

// appendText is led by the length, so that no text can look like what follows it.
func appendText(dst []byte, s string) []byte {
	return append(append(strconv.AppendInt(dst, int64(len(s)), 10), ':'), s...)
}

func appendTable(dst []byte, t *Table) []byte {
	if t == nil {
		return append(dst, '-')
	}
	return appendText(dst, t.ID)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Equality returns a text column of the row itself and the text that it must have: a row with another one
// does not match. A folded question need not have such a column.
func (b *Bound) Equality() (ord int, text string, ok bool) {
	if b.Where == nil {
		return 0, "", false
	}
	if b.Where.Kind != AndExpr {
		return b.Where.equality()
	}
	for _, kid := range b.Where.Kids {
		if ord, text, ok = kid.equality(); ok {
			return ord, text, true
		}
	}
	return 0, "", false
}

func (e *Expr) equality() (ord int, text string, ok bool) {
	if e.Kind != CompareExpr || e.Op != Eq {
		return 0, "", false
	}
	col, val := e.L, e.R
	if col.Kind == ConstOperand {
		col, val = val, col
	}
	plain := col.Kind == ColumnOperand && col.Join < 0 && col.Table != nil && !col.Multi && !col.Bare && col.Aff == TextAffinity &&
		col.Column().Kind == Text
	if !plain || val.Kind != ConstOperand || val.Value.Type != Txt || val.Value.S == "" || val.Aff == NumberAffinity {
		return 0, "", false
	}
	return col.Ord, val.Value.S, true
}
