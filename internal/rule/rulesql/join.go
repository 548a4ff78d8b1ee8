package rulesql

import (
	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
)

// join appends one join for a side.
func (s writer) join(i int, at side) {
	j := &s.b.Joins[i]
	name := s.alias(i, at)
	s.w.Text(" LEFT JOIN ")
	switch {
	case j.Kind == rule.EachJoin:
		s.elements(j, at)
		s.w.Text(" AS ", name, " ON ", s.w.D.True)
		return
	case j.Kind == rule.ListJoin && s.w.D.Typed != nil && at == outer:
		s.listed(j, name, at)
		return
	}
	s.w.Ident(j.Table.Name).Text(" AS ", name, " ON ")
	switch j.Kind {
	case rule.OneJoin:
		s.w.Text(name, ".").Ident("id").Text(" = ")
		s.from(j.From, at)
	case rule.IDsJoin:
		s.w.Text(name, ".").Ident("id")
		s.w.D.OneOf(s.w, j.From.Value)
	case rule.BackJoin:
		s.w.Text(name, ".").Ident(j.Table.Columns[j.Ord].Name).Text(" = ")
		s.from(j.From, at)
	case rule.ListJoin:
		if s.w.D.Typed != nil {
			s.mayHold(ref(name, j.Table, j.Ord), j.From, at)
		}
		s.from(j.From, at)
		s.w.Text(" IN (SELECT value FROM ")
		s.w.D.Each(s.w, ref(name, j.Table, j.Ord))
		s.w.Text(")")
	default:
		s.w.Text(s.w.D.True)
	}
}

// mayHold appends a condition that spares most lists the opening: the text is in the list's, or the list's has
// an escape and could hold any.
func (s writer) mayHold(list dialect.Ref, o *rule.Operand, at side) {
	s.w.Text("(strpos(").Ref(list).Text(", ")
	s.from(o, at)
	s.w.Text(") > 0 OR strpos(").Ref(list).Text(`, '\') > 0) AND `)
}

// listed appends the rows whose list holds what the join looks for, once for each time that it does. Lists are
// opened before they are compared, so that the join can be made by hashing: the other way each pair of rows
// would open one.
func (s writer) listed(j *rule.Join, name string, at side) {
	s.w.Text("(").Ident(j.Table.Name).Text(" AS ", name, " CROSS JOIN LATERAL ")
	s.w.D.Each(s.w, ref(name, j.Table, j.Ord))
	s.w.Text(" AS ", name, "e) ON ", name, "e.value = ")
	s.from(j.From, at)
}

// from appends the id, or the text, that a join looks for.
func (s writer) from(o *rule.Operand, at side) {
	if s.w.D.Typed != nil {
		s.text(term{o: o, at: at})
		return
	}
	s.operand(o, at)
}

// elements appends the table of a list's elements.
func (s writer) elements(j *rule.Join, at side) {
	if j.From.Kind == rule.ConstOperand {
		s.w.D.EachOf(s.w, j.From.Value)
		return
	}
	s.w.D.Each(s.w, ref(s.alias(j.From.Join, at), j.From.Table, j.From.Ord))
}

// path appends the joins that lead to a row of a sub-check, from the first that there are several rows of.
func (s writer) path(join int, at side) {
	j := &s.b.Joins[join]
	if !j.Multi || j.Scope != at.scope {
		return
	}
	if j.From != nil && j.From.Join >= 0 {
		s.path(j.From.Join, at)
	}
	s.join(join, at)
}
