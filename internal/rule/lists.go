package rule

// settleLists decides comparisons with the elements of lists that the request brought along, so that
// @request.auth.roles:each ?= 'admin' costs no join. All comparisons with one list speak of the same element
// (filter.md §8.4): they can be decided one by one only where no && stands between two of them.
func (b *Bound) settleLists() {
	var apart []bool
	for i := range b.Joins {
		j := &b.Joins[i]
		if b.Used[i] && j.Kind == EachJoin && j.From.Kind == ConstOperand && b.separable(b.Where, i) {
			if apart == nil {
				apart = make([]bool, len(b.Joins))
			}
			apart[i] = true
		}
	}
	if apart != nil {
		b.Where = b.settled(b.Where, apart)
		b.use()
	}
}

// separable reports whether no two comparisons that e joins by && depend on a join.
func (b *Bound) separable(e *Expr, join int) bool {
	users := 0
	for _, kid := range e.Kids {
		if !b.depends(kid, join) {
			continue
		}
		if users++; users > 1 && e.Kind == AndExpr || !b.separable(kid, join) {
			return false
		}
	}
	return true
}

func (b *Bound) depends(e *Expr, join int) bool {
	for _, kid := range e.Kids {
		if b.depends(kid, join) {
			return true
		}
	}
	return e.Kind == CompareExpr && (b.reaches(e.L, join) || b.reaches(e.R, join))
}

func (b *Bound) reaches(o *Operand, join int) bool {
	for i := o.Join; i >= 0; i = b.Joins[i].parent() {
		if i == join {
			return true
		}
	}
	for _, arg := range o.Args {
		if b.reaches(arg, join) {
			return true
		}
	}
	return false
}

// settled is e with the comparisons decided that see nothing but constants and lists that are apart.
func (b *Bound) settled(e *Expr, apart []bool) *Expr {
	if e.Kind != CompareExpr {
		if len(e.Kids) == 0 {
			return e
		}
		kids := make([]*Expr, len(e.Kids))
		for i, kid := range e.Kids {
			kids[i] = b.settled(kid, apart)
		}
		return joined(e.Kind, kids)
	}
	used := make([]bool, len(b.Joins))
	for _, o := range [...]*Operand{e.L, e.R} {
		switch {
		case o.Kind == EachOperand && apart[o.Join]:
			used[o.Join] = true
		case o.Kind != ConstOperand:
			return e
		}
	}
	j := judge{b: &Bound{Joins: b.Joins, Used: used, Where: e}}
	if !j.lists() {
		return e
	}
	if t := j.any(0); t != unsure {
		return constant(t == yes)
	}
	return e
}
