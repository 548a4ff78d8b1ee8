package dashboard

import (
	"context"
	"strings"

	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
)

// hidden stands for what nobody is shown.
const hidden = "•••"

// sides finds what the two sides of a comparison are for the first subject.
func (t *trial) sides(ctx context.Context, c *Clause, text string, n *rule.Node) error {
	c.Left = &Side{Text: text[n.L.Pos:n.L.End], Values: []any{}}
	c.Right = &Side{Text: text[n.R.Pos:n.R.End], Values: []any{}}
	if len(t.asked) == 0 || t.asked[0].rec == nil {
		return nil
	}
	s := t.asked[0]
	w := t.want(&c.Text, s)
	found, err := t.gate.Sides(t.by, t.c, w)
	if err != nil || found == nil {
		return nil //nolint:nilerr // the clause itself has said so
	}
	l := &look{trial: t, joins: found.Joins, base: s.rec}
	if err := l.fill(ctx, c.Left, found.L); err != nil {
		return err
	}
	return l.fill(ctx, c.Right, found.R)
}

// look reads what operands are for one record. Related records are read as the joins lead to them, a few at most.
type look struct {
	*trial
	joins []rule.Join
	base  *record.Record
}

func (l *look) fill(ctx context.Context, s *Side, o *rule.Operand) error {
	values, ok, err := l.values(ctx, o)
	if err != nil || !ok {
		return err
	}
	s.Known = true
	if len(values) > maxValues {
		values, s.More = values[:maxValues], true
	}
	secret := l.secret(s.Text, o)
	for _, v := range values {
		s.Values = append(s.Values, shown(v, o, secret))
	}
	return nil
}

// secret reports whether a side names a password or the key of tokens: not even superusers are shown those.
func (l *look) secret(text string, o *rule.Operand) bool {
	if o.Table != nil && o.Kind != rule.ConstOperand {
		text = o.Column().Name
	}
	name, _, _ := strings.Cut(text[strings.LastIndexByte(text, '.')+1:], ":")
	return name == "password" || name == "tokenKey"
}

func shown(v rule.Value, o *rule.Operand, secret bool) any {
	switch {
	case v.Type == rule.Null:
		return nil
	case secret:
		return hidden
	case v.Type == rule.Int && o.Kind == rule.ColumnOperand && o.Column().Kind == rule.Bool:
		return v.I != 0
	case v.Type == rule.Int:
		return v.I
	case v.Type == rule.Real:
		return v.F
	}
	return v.S
}

// values are those of an operand; ok is false where only the database knows.
func (l *look) values(ctx context.Context, o *rule.Operand) (out []rule.Value, ok bool, err error) {
	at, ok := o.Lies()
	if !ok {
		return nil, false, nil
	}
	if o.Kind == rule.EachOperand {
		return l.elements(ctx, at)
	}
	rows, ok, err := l.rows(ctx, at)
	if err != nil || !ok {
		return nil, false, err
	}
	for _, row := range rows {
		v, sure := o.Read(row)
		if !sure {
			return nil, false, nil
		}
		out = append(out, v)
	}
	return out, true, nil
}

// elements are those of the lists that a join walks.
func (l *look) elements(ctx context.Context, at int) (out []rule.Value, ok bool, err error) {
	if at < 0 || l.joins[at].From == nil {
		return nil, false, nil
	}
	lists, ok, err := l.values(ctx, l.joins[at].From)
	for _, list := range lists {
		out = append(out, rule.Elements(list)...)
	}
	return out, ok, err
}

// rows are the records at a join.
func (l *look) rows(ctx context.Context, at int) ([]*record.Record, bool, error) {
	if at < 0 {
		return []*record.Record{l.base}, true, nil
	}
	j := l.joins[at]
	if j.Table == nil || j.From == nil {
		return nil, false, nil
	}
	c, there := l.cat.ByID(j.Table.ID)
	from, ok, err := l.values(ctx, j.From)
	if err != nil || !ok || !there {
		return nil, false, err
	}
	q := store.Query{From: c, Limit: maxValues + 1}
	switch texts := texts(from, j.Kind == rule.IDsJoin); j.Kind {
	case rule.OneJoin, rule.IDsJoin:
		q.IDs = texts
	default:
		q.By = &store.By{Ord: j.Ord, Values: texts}
	}
	found, err := l.records(ctx, q)
	return found, err == nil, err
}

// texts are values as ids; those of lists when they are lists.
func texts(from []rule.Value, lists bool) []string {
	out := []string{}
	for _, v := range from {
		each := []rule.Value{v}
		if lists {
			each = rule.Elements(v)
		}
		for _, v := range each {
			if v.Type == rule.Txt && v.S != "" {
				out = append(out, v.S)
			}
		}
	}
	return out
}
