package rule

import (
	"cmp"
	"strings"
)

// name resolves a name to an operand.
func (k *binder) name(v *view, t *Term) (*Operand, *Error) {
	name := t.Text
	if m, ok := macros[name]; ok {
		return asked(&request{from: fromMacro, macro: m}), nil
	}
	if rest, ok := strings.CutPrefix(name, "@request."); ok && !v.client {
		return k.request(v, t, rest)
	}
	if rest, ok := strings.CutPrefix(name, "@collection."); ok && !v.client {
		return k.collection(v, t, rest)
	}
	if name[0] == '@' {
		return nil, fail(t.Pos, "unknown name %q", name)
	}
	if v.start.table.Ord(name) < 0 {
		if c, ok := words[strings.ToLower(name)]; ok {
			return c, nil
		}
	}
	return k.path(v, v.start, strings.Split(name, "."), t)
}

var words = map[string]*Operand{"true": word(BoolValue(true)), "false": word(BoolValue(false)), "null": word(Value{})}

// path walks from a row over relations to a value.
func (k *binder) path(v *view, p place, segments []string, t *Term) (*Operand, *Error) {
	steps := 0
	for i, seg := range segments {
		name, mod := seg, ""
		last := i == len(segments)-1
		if last {
			name, mod = cutModifier(seg)
		}
		ord := p.table.Ord(name)
		if ord < 0 {
			next, ok, err := k.back(v, p, name, last, t)
			if err != nil {
				return nil, err
			}
			if !ok {
				return k.unknown(p, mod, t)
			}
			if p = next; steps >= MaxSteps {
				return nil, tooDeep(t)
			}
			steps++
			continue
		}
		c := &p.table.Columns[ord]
		if c.Hidden && v.blind {
			return nil, fail(t.Pos, "unknown name %q", t.Text)
		}
		rest := segments[i+1:]
		switch {
		case last:
			return k.value(v, p, ord, mod, t)
		case c.Kind == JSON || c.Kind == Geo:
			return jsonPath(p, ord, rest, t)
		case c.Target == "":
			return k.unknown(p, "", t)
		}
		if len(rest) == 1 && c.Kind != List {
			if id, mod := cutModifier(rest[0]); id == "id" {
				return k.storedID(p, ord, mod, t)
			}
		}
		if steps++; steps > MaxSteps {
			return nil, tooDeep(t)
		}
		next, err := k.relation(v, p, ord, t)
		if err != nil {
			return nil, err
		}
		p = next
	}
	return nil, fail(t.Pos, "incomplete name %q", t.Text)
}

func tooDeep(t *Term) *Error { return fail(t.Pos, "more than %d relations in %q", MaxSteps, t.Text) }

// cutModifier splits name:modifier. What follows a second colon stays in the modifier, and makes it unknown.
func cutModifier(seg string) (name, mod string) {
	name, mod, _ = strings.Cut(seg, ":")
	return name, mod
}

// unknown is an error, or NULL within the signed-in record and what was submitted.
func (k *binder) unknown(p place, mod string, t *Term) (*Operand, *Error) {
	if p.soft && modifiers[mod] && mod != "changed" {
		return word(Value{}), nil
	}
	return nil, fail(t.Pos, "unknown name %q", t.Text)
}

var modifiers = map[string]bool{"": true, "lower": true, "length": true, "each": true, "isset": true, "changed": true}

// value is a column with its modifier. Modifiers that mean nothing for the column are ignored.
func (k *binder) value(v *view, p place, ord int, mod string, t *Term) (*Operand, *Error) {
	if !modifiers[mod] || mod == "changed" && p.soft {
		return nil, fail(t.Pos, "unknown modifier in %q", t.Text)
	}
	c := &p.table.Columns[ord]
	if v.client && p.table.Auth && (c.Name == "email" || c.ShownBy != "") {
		v.guards = append(v.guards, k.shown(p, c))
	}
	switch {
	case mod == "lower":
		return lowered(stored(p, ord)), nil
	case mod == "length" && c.Items:
		return lengthOf(p, ord), nil
	case mod == "each" && c.Items:
		return k.each(v, p, ord, t)
	}
	return stored(p, ord), nil
}

// storedID is the id at the end of a path over a single relation: it is there without a join.
func (k *binder) storedID(p place, ord int, mod string, t *Term) (*Operand, *Error) {
	if !modifiers[mod] || mod == "changed" && p.soft {
		return nil, fail(t.Pos, "unknown modifier in %q", t.Text)
	}
	if mod == "lower" {
		return lowered(column(p, ord)), nil
	}
	return column(p, ord), nil
}

// shown is the condition under which a client may ask about an e-mail address or a phone number.
func (k *binder) shown(p place, c *Column) *Expr {
	ord := p.table.Ord(cmp.Or(c.ShownBy, "emailVisibility"))
	if ord < 0 {
		return never
	}
	return compared(Eq, true, column(p, ord), word(BoolValue(true)))
}

// column is the operand of a column as it is stored.
func column(p place, ord int) *Operand {
	if p.auth {
		o := asked(&request{from: fromAuth, ord: ord})
		o.Class, o.Aff = Plain, affinity(p.table.Columns[ord].Kind)
		return o
	}
	return &Operand{Kind: ColumnOperand, Join: p.join, Multi: p.multi, Table: p.table, Ord: ord,
		Aff: affinity(p.table.Columns[ord].Kind)}
}

// stored is the operand of a whole column: JSON is read through its path.
func stored(p place, ord int) *Operand {
	if p.table.Columns[ord].Kind == JSON {
		return inside(p, ord, nil)
	}
	return column(p, ord)
}

func affinity(k Kind) Affinity {
	switch k {
	case Text:
		return TextAffinity
	case JSON:
		return NoAffinity
	}
	return NumberAffinity
}

func inside(p place, ord int, path []Step) *Operand {
	if p.auth {
		o := asked(&request{from: fromAuth, ord: ord, steps: path})
		o.Class = Exact
		return o
	}
	return &Operand{Kind: PathOperand, Class: Exact, Join: p.join, Multi: p.multi, Table: p.table, Ord: ord, Path: path}
}

// jsonPath makes a path of the segments after a JSON column. Digits are an index, all else is a key; a
// modifier is part of the key.
func jsonPath(p place, ord int, segments []string, t *Term) (*Operand, *Error) {
	path := make([]Step, 0, len(segments))
	for _, seg := range segments {
		s, err := jsonStep(seg, t)
		if err != nil {
			return nil, err
		}
		path = append(path, s)
	}
	return inside(p, ord, path), nil
}

func jsonStep(seg string, t *Term) (Step, *Error) {
	key := strings.ReplaceAll(seg, ":", "")
	if key == "" {
		return Step{}, fail(t.Pos, "incomplete name %q", t.Text)
	}
	n := 0
	for i := 0; i < len(key); i++ {
		if !isDigit(key[i]) {
			return Step{Key: key}, nil
		}
		n = n*10 + int(key[i]-'0')
		if n > 1e9 {
			return Step{}, fail(t.Pos, "index too large in %q", t.Text)
		}
	}
	return Step{Index: n}, nil
}

func lowered(o *Operand) *Operand {
	return &Operand{Kind: LowerOperand, Join: o.Join, Multi: o.Multi, Args: []*Operand{o}}
}

func lengthOf(p place, ord int) *Operand {
	if p.auth {
		o := asked(&request{from: fromAuth, ord: ord, aspect: count})
		o.Class = Plain
		return o
	}
	o := column(p, ord)
	o.Kind, o.Aff = LengthOperand, NoAffinity
	return o
}

// each is one element of a column. A column of one value is its own element.
func (k *binder) each(v *view, p place, ord int, t *Term) (*Operand, *Error) {
	if p.table.Columns[ord].Kind != List {
		o := column(p, ord)
		o.Aff, o.Bare = NoAffinity, true
		return o, nil
	}
	i, err := k.elements(v, p, ord, t)
	if err != nil {
		return nil, err
	}
	return element(i, true), nil
}

func element(join int, multi bool) *Operand {
	return &Operand{Kind: EachOperand, Join: join, Multi: multi}
}
