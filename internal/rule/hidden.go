package rule

import "slices"

// HiddenColumns are the columns, as table.column, that clients cannot name and that the answer depends on all the same.
func (b *Bound) HiddenColumns() []string {
	h := &hiding{}
	if b.Where != nil {
		b.Where.operands(h.operand)
	}
	for i, j := range b.Joins {
		if !b.Used[i] {
			continue
		}
		h.operand(j.From)
		if j.Kind == BackJoin || j.Kind == ListJoin {
			h.column(j.Table, j.Ord)
		}
	}
	return h.found
}

// hiding collects hidden columns, each once.
type hiding struct{ found []string }

func (h *hiding) operand(o *Operand) {
	if o == nil {
		return
	}
	if o.Table != nil {
		h.column(o.Table, o.Ord)
	}
	for _, arg := range o.Args {
		h.operand(arg)
	}
	if o.Test != nil {
		o.Test.operands(h.operand)
	}
}

func (h *hiding) column(t *Table, ord int) {
	name := t.Name + "." + t.Columns[ord].Name
	if t.Columns[ord].Hidden && !slices.Contains(h.found, name) {
		h.found = append(h.found, name)
	}
}
