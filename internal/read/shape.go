package read

import (
	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/pick"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// keptShapes is how many shapes are remembered, and keptFields how long a list of fields may be to be worth it.
const (
	keptShapes = 1024
	keptFields = 512
)

// shapeKey is all that a shape depends on.
type shapeKey struct {
	c      *schema.Collection
	super  bool
	fields string
}

// shape is the views of a collection for one kind of caller and one choice of fields.
type shape struct {
	expand bool         // whether "expand" is among the fields
	pick   *pick.Picker // what the views alone cannot leave out; nil when they can
	email  bool         // whether an address or a phone number may need a decision

	view, open *record.View // open shows every address
}

// shapeOf finds or makes a shape. Fault: Invalid, for a bad modifier among fields.
func (s *Service) shapeOf(by *caller.Caller, c *schema.Collection, fields string) (*shape, error) {
	k := shapeKey{c, by.IsSuper(), fields}
	if sh, ok := s.shapes.Get(k); ok {
		return sh, nil
	}
	p, err := pick.Parse(fields)
	if err != nil {
		return nil, err
	}
	sh := newShape(k, p)
	if len(fields) <= keptFields {
		s.shapes.Add(k, sh)
	}
	return sh, nil
}

func newShape(k shapeKey, p *pick.Picker) *shape {
	v := record.NewView(k.c, k.super, p.Keeps)
	v.AllEmails = k.super
	sh := &shape{expand: p.Keeps("expand"), view: v, open: v.WithEmails()}
	if !p.Flat() {
		sh.pick = p
	}
	sh.email = !k.super && (k.c.EmailOrd() >= 0 && p.Keeps("email") || k.c.PhoneOrd() >= 0 && p.Keeps("phone"))
	return sh
}

// audience is a shape for one caller.
type audience struct {
	view *record.View
	// manage decides per record whether the address is shown, as open does. Both are nil when all is settled.
	manage *rule.Bound
	open   *record.View

	everyone bool // all addresses are shown
	timed    bool // that is so now, and may not be later
}

// audience settles which addresses the caller sees (records.md §11.4), as far as that can be said of all
// records at once.
func (s *Service) audience(by *caller.Caller, c *schema.Collection, sh *shape) audience {
	a := audience{view: sh.view}
	if !sh.email || by.Auth == nil {
		return a
	}
	managed, everyone, timed := s.manageRule(by, c)
	a.everyone, a.timed = everyone, timed
	if everyone {
		a.view = sh.open
		return a
	}
	if managed != nil {
		a.manage, a.open = managed, sh.open
	}
	if by.Auth.Collection().ID == c.ID {
		a.view = a.view.ForSelf(by.Auth.ID())
	}
	return a
}

// manageRule is the folded rule that makes somebody a manager of single records; everyone says that the
// caller manages all of them, timed that it is so at this moment. A rule that no longer resolves makes nobody
// one.
func (s *Service) manageRule(by *caller.Caller, c *schema.Collection) (b *rule.Bound, everyone, timed bool) {
	if c.Auth == nil || c.Auth.ManageRule == nil || *c.Auth.ManageRule == "" {
		return nil, false, false
	}
	b, timed, err := s.gate.AskNow(by, c, access.Want{Rule: c.Auth.ManageRule})
	switch {
	case err != nil, b != nil && b.Never():
		return nil, false, timed
	case b == nil:
		return nil, true, timed
	}
	return b, false, timed
}
