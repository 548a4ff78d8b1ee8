package rule

import (
	"slices"
	"strings"
)

// asked is the operand of a request value; its class is known when it is folded.
func asked(r *request) *Operand {
	return &Operand{Kind: requestOperand, Join: -1, Literal: true, ask: r}
}

// request resolves what follows "@request.".
func (k *binder) request(v *view, t *Term, rest string) (*Operand, *Error) {
	segments := strings.Split(rest, ".")
	if slices.Contains(segments, "") {
		return nil, fail(t.Pos, "incomplete name %q", t.Text)
	}
	if segments[0] == "auth" && len(segments) > 1 {
		return k.auth(v, t, segments[1:])
	}
	if segments[0] == "body" && len(segments) > 1 {
		return k.body(v, t, segments[1:])
	}
	return k.flat(t, segments)
}

// flat are the values without fields of their own: context, method, query and headers.
func (k *binder) flat(t *Term, segments []string) (*Operand, *Error) {
	last := len(segments) - 1
	name, mod := cutModifier(segments[last])
	segments[last] = name
	r := &request{from: fromContext, number: k.isNumber(name)}
	switch segments[0] {
	case "context":
		r.path = segments[1:]
	case "method":
		r.from, r.path = fromMethod, segments[1:]
	case "query", "headers":
		if len(segments) < 2 {
			return nil, fail(t.Pos, "incomplete name %q", t.Text)
		}
		r.from, r.name, r.path = fromQuery, segments[1], segments[2:]
		if segments[0] == "headers" {
			r.from = fromHeader
		}
	default:
		return nil, fail(t.Pos, "unknown name %q", t.Text)
	}
	return modified(r, mod, t)
}

// modified applies the modifiers that every request value has.
func modified(r *request, mod string, t *Term) (*Operand, *Error) {
	switch mod {
	case "":
		return asked(r), nil
	case "lower":
		return lowered(asked(r)), nil
	case "isset":
		r.aspect = isSet
		return asked(r), nil
	}
	return nil, fail(t.Pos, "unknown modifier in %q", t.Text)
}

// isNumber reports whether the collection has a number field of the name, so that text becomes a number.
func (k *binder) isNumber(name string) bool {
	ord := k.q.Base.Ord(name)
	return ord >= 0 && k.q.Base.Columns[ord].Kind == Number
}

// own are the columns of the signed-in record that are plain values.
var own = map[string]bool{"id": true, "email": true, "emailVisibility": true, "verified": true}

// auth resolves a path from the signed-in record; everything is NULL for guests.
func (k *binder) auth(v *view, t *Term, segments []string) (*Operand, *Error) {
	name, mod := cutModifier(segments[len(segments)-1])
	if !modifiers[mod] || mod == "changed" {
		return nil, fail(t.Pos, "unknown modifier in %q", t.Text)
	}
	table := k.q.Auth
	if table == nil {
		return word(Value{}), nil
	}
	if len(segments) == 1 {
		if o := ownValue(table, name); o != nil {
			if mod == "lower" {
				o = lowered(o)
			}
			return o, nil
		}
	}
	return k.path(v, place{table: table, join: -1, auth: true, tag: "auth", soft: true}, segments, t)
}

func ownValue(table *Table, name string) *Operand {
	switch name {
	case "collectionId":
		return literal(TextValue(table.ID))
	case "collectionName":
		return literal(TextValue(table.Name))
	}
	if ord := table.Ord(name); ord >= 0 && own[name] {
		return asked(&request{from: fromAuthOwn, ord: ord})
	}
	return nil
}

// body resolves a path into what was submitted.
func (k *binder) body(v *view, t *Term, segments []string) (*Operand, *Error) {
	last := len(segments) - 1
	plain, mod := cutModifier(segments[last])
	name := segments[0]
	if last == 0 {
		name = plain
	}
	ord := k.q.Base.Ord(name)
	if last > 0 && ord >= 0 && k.q.Base.Columns[ord].Target != "" {
		return k.submitted(v, ord, segments, t)
	}
	r := &request{from: fromBody, name: name, number: k.isNumber(plain)}
	if last > 0 {
		r.path = append(append(r.path, segments[1:last]...), plain)
	}
	switch mod {
	case "changed":
		if ord >= 0 && last == 0 {
			return k.changed(v, r, ord)
		}
	case "length":
		if ord >= 0 && last == 0 && k.q.Base.Columns[ord].Items {
			r.aspect = count
			return asked(r), nil
		}
	case "each":
		if ord >= 0 && last == 0 && k.q.Base.Columns[ord].Items {
			return k.eachSubmitted(v, r, ord, t)
		}
	default:
		return modified(r, mod, t)
	}
	return nil, fail(t.Pos, "%q cannot have this modifier", t.Text)
}

// changed is body.f:isset = true && body.f != f.
func (k *binder) changed(v *view, r *request, ord int) (*Operand, *Error) {
	sent := *r
	sent.aspect = isSet
	row := stored(place{table: k.q.Base, join: -1}, ord)
	test := both([]*Expr{
		compared(Eq, true, asked(&sent), word(BoolValue(true))),
		compared(Ne, true, asked(r), row),
	})
	return &Operand{Kind: ChangedOperand, Class: Exact, Join: -1, Test: test}, nil
}

// eachSubmitted is one element of a submitted list.
func (k *binder) eachSubmitted(v *view, r *request, ord int, t *Term) (*Operand, *Error) {
	if k.q.Base.Columns[ord].Kind != List {
		r.aspect = asMember
		return asked(r), nil
	}
	r.aspect = asList
	key := joinKey{kind: EachJoin, parent: -1, ord: ord, tag: "body", scope: v.scope}
	i, err := k.join(key, Join{Kind: EachJoin, From: asked(r), Multi: true}, t)
	if err != nil {
		return nil, err
	}
	return element(i, true), nil
}

// submitted walks on from the records whose ids were submitted for a relation.
func (k *binder) submitted(v *view, ord int, segments []string, t *Term) (*Operand, *Error) {
	c := &k.q.Base.Columns[ord]
	target, ok := k.q.Schema.Table(c.Target)
	if !ok {
		return nil, fail(t.Pos, "%q leads to a missing collection", t.Text)
	}
	from := asked(&request{from: fromBody, name: c.Name})
	kind := OneJoin
	if c.Kind == List {
		kind, from.ask.aspect = IDsJoin, asIDs
	}
	start := place{soft: true}
	key := joinKey{kind: kind, ord: ord, tag: "body"}
	p, err := k.one(v, start, from, c.Kind == List, target, key, t)
	if err != nil {
		return nil, err
	}
	return k.path(v, p, segments[1:], t)
}
