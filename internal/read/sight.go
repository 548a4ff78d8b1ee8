package read

import (
	"strconv"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/schema"
)

// AppendSight appends what of a caller the answer of Show depends on: two callers to whom the same key is
// appended are shown the same of every record of c, but for their own. timed says that this holds at by.Now
// alone.
func (s *Service) AppendSight(dst []byte, by *caller.Caller, c *schema.Collection, sh Shape) (key []byte, timed bool) {
	g := glance{key: append(dst, "guest"...)}
	if by.IsSuper() {
		g.key = append(dst, "super"...)
	}
	shape, err := s.shapeOf(by, c, "") // what Show falls back to
	if err != nil {
		return g.key, false
	}
	g.audience(s.audience(by, c, shape))
	if sh.Expand == "" {
		return g.key, g.timed
	}
	root, err := s.plan(by, c, sh.Expand)
	if err != nil {
		return append(g.key, '!'), g.timed
	}
	if root != nil {
		g.kids(by, root)
	}
	return g.key, g.timed
}

// glance is a key in the making.
type glance struct {
	key   []byte
	timed bool
}

// kids notes what somebody sees of the relations of n, each in brackets.
func (g *glance) kids(by *caller.Caller, n *node) {
	for _, k := range n.kids {
		g.key = append(strconv.AppendQuote(append(g.key, '['), k.key), ':')
		g.timed = g.timed || k.timed
		g.bound(k.where)
		g.audience(k.seen)
		if k.c.IsAuth() && by.Auth != nil && by.Auth.Collection().ID == k.c.ID && !by.IsSuper() {
			g.key = strconv.AppendQuote(append(g.key, '='), by.Auth.ID()) // they may see their own address
		}
		g.kids(by, k)
		g.key = append(g.key, ']')
	}
}

// audience notes which addresses are shown, but for one's own.
func (g *glance) audience(a audience) {
	g.timed = g.timed || a.timed
	if a.everyone {
		g.key = append(g.key, '@')
	}
	if a.manage != nil {
		g.key = append(g.key, '~')
		g.bound(a.manage)
	}
}

func (g *glance) bound(b *rule.Bound) {
	if b == nil {
		g.key = append(g.key, '*')
	} else {
		g.key = b.AppendKey(g.key)
	}
}
