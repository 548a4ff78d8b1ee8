// Package pick keeps the parts of a JSON answer that a client names with ?fields= (records.md §5).
//
// It works on JSON text and never builds a tree of values: what is kept is copied as it stands.
package pick

import (
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/fault"
)

// Picker is a parsed list of paths; a nil Picker keeps everything. It is safe for concurrent use.
type Picker struct {
	keys   map[string]*Picker
	star   *Picker // what "*" says of keys that are not named
	leaf   bool    // a path ends here
	cut    *excerpt
	nested bool // there is more than plain names of one level
}

// Parse reads a list such as "title,expand.author.*,body:excerpt(200,true)". An empty list is nil. Fault:
// Invalid, for a modifier that is unknown or badly used.
func Parse(fields string) (*Picker, error) {
	var root *Picker
	for path := range paths(fields) {
		names, mod, found := strings.Cut(path, ":")
		var cut *excerpt
		if found {
			var err error
			if cut, err = parseModifier(mod); err != nil {
				return nil, err
			}
		}
		if root == nil {
			root = &Picker{}
		}
		root.add(strings.Split(names, "."), cut)
	}
	return root, nil
}

// paths yields the parts between commas that stand outside parentheses, without empty ones.
func paths(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		depth, start := 0, 0
		for i := 0; i <= len(s); i++ {
			switch {
			case i == len(s) || s[i] == ',' && depth == 0:
				if part := strings.TrimSpace(s[start:i]); part != "" && !yield(part) {
					return
				}
				start = i + 1
			case s[i] == '(':
				depth++
			case s[i] == ')':
				depth--
			}
		}
	}
}

// add puts one path below p. A star stands for all keys only where a path ends.
func (p *Picker) add(names []string, cut *excerpt) {
	name := names[0]
	last := len(names) == 1
	p.nested = p.nested || !last || cut != nil
	kid := p.kid(name, last)
	if last {
		kid.leaf, kid.cut, kid.keys, kid.star = true, cut, nil, nil
		return
	}
	if !kid.leaf { // whoever wants the whole wants its parts too
		kid.add(names[1:], cut)
	}
}

func (p *Picker) kid(name string, last bool) *Picker {
	if name == "*" && last {
		if p.star == nil {
			p.star = &Picker{}
		}
		return p.star
	}
	kid := p.keys[name]
	if kid == nil {
		kid = &Picker{}
		if p.keys == nil {
			p.keys = make(map[string]*Picker)
		}
		p.keys[name] = kid
	}
	return kid
}

// parseModifier reads what stands behind the colon.
func parseModifier(text string) (*excerpt, error) {
	text = strings.TrimSpace(text)
	inside, ok := strings.CutPrefix(text, "excerpt(")
	if !ok || !strings.HasSuffix(inside, ")") {
		return nil, badModifier()
	}
	args := strings.Split(strings.TrimSuffix(inside, ")"), ",")
	limit, err := strconv.Atoi(strings.TrimSpace(args[0]))
	if err != nil || limit <= 0 || len(args) > 2 {
		return nil, badModifier()
	}
	cut := &excerpt{limit: limit}
	if len(args) == 2 {
		cut.dots, _ = strconv.ParseBool(strings.TrimSpace(args[1]))
	}
	return cut, nil
}

func badModifier() error { return fault.New(fault.Invalid, "") }

// Keeps reports whether a key of the top level is kept, whole or in part.
func (p *Picker) Keeps(key string) bool {
	return p == nil || p.star != nil || p.keys[key] != nil
}

// Flat reports whether keeping the keys that Keeps names is all there is to do.
func (p *Picker) Flat() bool { return p == nil || !p.nested }

// at is what applies to the value of a key; nil drops it.
func (p *Picker) at(key []byte) *Picker {
	if kid := p.keys[string(key)]; kid != nil {
		return kid
	}
	return p.star
}

// whole reports whether a value is kept as it is.
func (p *Picker) whole() bool { return p.keys == nil && p.star == nil }
