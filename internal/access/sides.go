package access

import (
	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/schema"
)

// Sides returns the two sides of a rule that is one comparison, as they are for a caller; nil when it is several.
// It is for explaining a rule, not for asking it. Errors are *rule.Error.
func (g *Gate) Sides(by *caller.Caller, c *schema.Collection, w Want) (*rule.Sides, error) {
	q := rule.Question{Schema: g.kept.catalog(), Base: c.Table(), Rule: *w.Rule, Given: w.Given}
	if by.Auth != nil {
		q.Auth = by.Auth.Collection().Table()
	}
	return rule.BindSides(q, &scope{by: by, body: w.Body})
}
