package rule

import (
	"slices"
	"strings"
)

// join returns the place of a joined row; the same join is made only once.
func (k *binder) join(key joinKey, j Join, t *Term) (int, *Error) {
	if i, ok := k.keys[key]; ok {
		return i, nil
	}
	if len(k.joins) >= MaxJoins {
		return 0, fail(t.Pos, "more than %d joins", MaxJoins)
	}
	if k.keys == nil {
		k.keys = make(map[joinKey]int)
	}
	j.Scope, j.Ord = key.scope, key.ord
	k.joins = append(k.joins, j)
	k.keys[key] = len(k.joins) - 1
	return len(k.joins) - 1, nil
}

// table joins a table and remembers it when a client's words pass through it.
func (k *binder) table(v *view, key joinKey, j Join, t *Term) (int, *Error) {
	i, err := k.join(key, j, t)
	if err != nil || !v.client {
		return i, err
	}
	if slices.Contains(k.touched, i) {
		return i, nil
	}
	if len(k.touched) >= MaxClientJoins {
		return 0, fail(t.Pos, "a filter reaches into more than %d tables", MaxClientJoins)
	}
	k.touched = append(k.touched, i)
	return i, nil
}

// relation goes from a row to the rows that its relation column names.
func (k *binder) relation(v *view, p place, ord int, t *Term) (place, *Error) {
	target, ok := k.q.Schema.Table(p.table.Columns[ord].Target)
	if !ok {
		return p, fail(t.Pos, "%q leads to a missing collection", t.Text)
	}
	from, multi := column(p, ord), p.multi
	if p.table.Columns[ord].Kind == List {
		i, err := k.elements(v, p, ord, t)
		if err != nil {
			return p, err
		}
		from, multi = element(i, true), true
	}
	return k.one(v, p, from, multi, target, joinKey{kind: OneJoin, ord: ord, tag: p.tag}, t)
}

// one joins the row whose id is from.
func (k *binder) one(v *view, p place, from *Operand, multi bool, target *Table, key joinKey, t *Term) (place, *Error) {
	key.parent, key.table, key.scope = from.Join, target, v.scope
	i, err := k.table(v, key, Join{Kind: key.kind, Table: target, From: from, Multi: multi}, t)
	return place{table: target, join: i, multi: multi, base: p.base, soft: p.soft}, err
}

// elements joins the elements of a list column.
func (k *binder) elements(v *view, p place, ord int, t *Term) (int, *Error) {
	key := joinKey{kind: EachJoin, parent: p.join, ord: ord, tag: p.tag, scope: v.scope}
	return k.join(key, Join{Kind: EachJoin, From: column(p, ord), Multi: true}, t)
}

// back goes from a row to the rows whose relation column names it: comments_via_post.
func (k *binder) back(v *view, p place, seg string, last bool, t *Term) (next place, ok bool, err *Error) {
	for at := strings.LastIndex(seg, "_via_"); at > 0; at = strings.LastIndex(seg[:at], "_via_") {
		from, found := k.q.Schema.Table(seg[:at])
		if !found {
			continue
		}
		ord := from.Ord(seg[at+len("_via_"):])
		if ord < 0 || from.Columns[ord].Target != p.table.ID || from.Columns[ord].Hidden && v.blind {
			continue
		}
		if last || p.base && k.q.Given {
			return p, false, fail(t.Pos, "back relation %q cannot be asked here", seg)
		}
		next, err = k.via(v, p, from, ord, t)
		return next, true, err
	}
	return p, false, nil
}

func (k *binder) via(v *view, p place, from *Table, ord int, t *Term) (place, *Error) {
	kind, multi := BackJoin, true
	switch c := &from.Columns[ord]; {
	case c.Kind == List:
		kind = ListJoin
	case c.Unique:
		multi = p.multi
	}
	id := column(p, p.table.Ord("id"))
	key := joinKey{kind: kind, parent: p.join, ord: ord, table: from, tag: p.tag, scope: v.scope}
	i, err := k.table(v, key, Join{Kind: kind, Table: from, From: id, Multi: multi}, t)
	return place{table: from, join: i, multi: multi, base: p.base, soft: p.soft}, err
}

// collection is @collection.name[:alias].path: every row of a collection.
func (k *binder) collection(v *view, t *Term, rest string) (*Operand, *Error) {
	segments := strings.Split(rest, ".")
	name, alias, aliased := strings.Cut(segments[0], ":")
	table, ok := k.q.Schema.Table(name)
	if !ok || len(segments) < 2 || aliased && !isAlias(alias) {
		return nil, fail(t.Pos, "unknown name %q", t.Text)
	}
	key := joinKey{kind: WholeJoin, parent: -1, table: table, tag: alias, scope: v.scope}
	i, err := k.table(v, key, Join{Kind: WholeJoin, Table: table, Multi: true}, t)
	if err != nil {
		return nil, err
	}
	return k.path(v, place{table: table, join: i, multi: true}, segments[1:], t)
}

func isAlias(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isWord(s[i]) {
			return false
		}
	}
	return s != ""
}
