package read

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/schema"
)

// node is one relation to expand, with the records that were found for it. The root is the page itself.
type node struct {
	key    string             // as the client wrote it
	prefix []byte             // the key in JSON, with its colon
	c      *schema.Collection // of the related records
	ord    int                // of the relation: in the parent, or in c when it points back
	back   bool               // records of c point to the parent
	many   bool               // shown as an array
	where  *rule.Bound        // the view rule of c
	timed  bool               // it holds now alone
	seen   audience
	kids   []*node // by key

	items []item
	byID  map[string]int32   // a plain relation's items
	held  map[string][]int32 // items that point back, by the record they point to
}

// plan reads an expand parameter: nil when no path of it is valid. Paths that name what is not there, or
// what the caller may not view at all, are dropped whole. Fault: Invalid, for too many paths.
func (s *Service) plan(by *caller.Caller, c *schema.Collection, expand string) (*node, error) {
	paths := splitPaths(expand)
	if len(paths) > MaxPaths {
		return nil, fault.New(fault.Invalid, "").Because(fmt.Errorf("expand has more than %d paths", MaxPaths))
	}
	root := &node{c: c}
	p := planner{s: s, cat: s.catalog(), by: by.In(caller.ContextExpand)}
	for _, path := range paths {
		p.add(root, strings.Split(path, "."))
	}
	if len(root.kids) == 0 {
		return nil, nil
	}
	return root, nil
}

// splitPaths cleans a list of paths: no spaces, no stray dots, no path twice, none that another one goes on.
func splitPaths(expand string) []string {
	var all []string
	for path := range strings.SplitSeq(strings.ReplaceAll(expand, " ", ""), ",") {
		path = strings.Trim(path, ".")
		if path != "" && !slices.Contains(all, path) {
			all = append(all, path)
		}
		if len(all) > 2*MaxPaths {
			return all
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(path string) bool {
		return slices.ContainsFunc(all, func(other string) bool { return strings.HasPrefix(other, path+".") })
	})
}

type planner struct {
	s   *Service
	cat *schema.Catalog
	by  *caller.Caller
}

// add puts a path below root, or nothing of it. What it shares with earlier paths is there already.
func (p *planner) add(root *node, path []string) {
	at := root
	var fresh []*node
	for _, key := range path[:min(len(path), MaxLevels)] {
		next := at.kid(key)
		if next == nil {
			if next = p.node(at.c, key); next == nil {
				return
			}
			fresh = append(fresh, next)
		}
		at = next
	}
	at = root
	for _, key := range path[:min(len(path), MaxLevels)-len(fresh)] {
		at = at.kid(key)
	}
	for _, next := range fresh {
		at.kids = append(at.kids, next)
		slices.SortFunc(at.kids, func(a, b *node) int { return cmp.Compare(a.key, b.key) })
		at = next
	}
}

func (n *node) kid(key string) *node {
	for _, k := range n.kids {
		if k.key == key {
			return k
		}
	}
	return nil
}

// node resolves one segment, nil when it leads nowhere.
func (p *planner) node(c *schema.Collection, key string) *node {
	n := p.forward(c, key)
	if n == nil {
		n = p.backward(c, key)
	}
	if n == nil {
		return nil
	}
	var err error
	if n.where, n.timed, err = p.s.gate.AskNow(p.by, n.c, access.Want{Rule: n.c.Rules.View}); err != nil {
		return nil // locked, or a rule that no longer resolves
	}
	shape, err := p.s.shapeOf(p.by, n.c, "")
	if err != nil {
		return nil
	}
	n.key, n.prefix = key, append(field.AppendString(nil, key), ':')
	n.seen = p.s.audience(p.by, n.c, shape)
	return n
}

// forward is a relation field of c. It may be hidden: its ids are, the records it points to are not.
func (p *planner) forward(c *schema.Collection, key string) *node {
	ord := c.Ord(key)
	if ord < 0 {
		return nil
	}
	r, ok := c.Fields[ord].(field.Referrer)
	if !ok {
		return nil
	}
	target, ok := p.cat.ByID(r.Target())
	if !ok {
		return nil
	}
	return &node{c: target, ord: ord, many: isMultiple(c.Fields[ord])}
}

// backward is the records of another collection that point to c: "comments_via_post", or "comments(post)".
func (p *planner) backward(c *schema.Collection, key string) *node {
	if name, rest, ok := strings.Cut(key, "("); ok {
		if rel, ok := strings.CutSuffix(rest, ")"); ok {
			return p.pointing(c, name, rel)
		}
		return nil
	}
	const via = "_via_"
	for i := 0; ; i++ {
		j := strings.Index(key[i:], via)
		if j < 0 {
			return nil
		}
		i += j
		if n := p.pointing(c, key[:i], key[i+len(via):]); n != nil {
			return n
		}
	}
}

func (p *planner) pointing(c *schema.Collection, name, rel string) *node {
	from, ok := p.cat.Find(name)
	if !ok || from.Ord(rel) < 0 {
		return nil
	}
	ord := from.Ord(rel)
	if r, ok := from.Fields[ord].(field.Referrer); !ok || r.Target() != c.ID {
		return nil
	}
	_, unique := from.UniqueOn(rel)
	return &node{c: from, ord: ord, back: true, many: !unique}
}

func isMultiple(f field.Field) bool {
	m, ok := f.(field.Multiple)
	return ok && m.IsMultiple()
}
