// Package access asks access rules: it knows a caller, a collection and what was submitted, and answers
// with a folded question for the store or with yes or no. Bound questions are kept by their text.
package access

import (
	"context"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Gate asks rules.
type Gate struct{}

// New makes a gate over the live catalog.
func New(cat func() *schema.Catalog) *Gate { panic("to be built") }

// Want is what a caller asks of a collection besides its rule.
type Want struct {
	Rule   *string        // nil: superusers alone; "" everybody
	Filter string         // the client's, already cut to its limits by Ask
	Sort   string         // the client's
	Body   map[string]any // submitted values, modifiers applied and known fields normalised; may be nil
	Given  bool           // the base row is a proposed one that is not stored
}

// Ask returns the folded question of rule AND filter with its sort keys; nil when everything matches and
// nothing is sorted. Faults: Forbidden when the rule is nil and by is no superuser, or when a client names
// @request or @collection; Invalid for any other trouble with filter, sort or rule (filter.md §10).
func (g *Gate) Ask(by *caller.Caller, c *schema.Collection, w Want) (*rule.Bound, error) {
	panic("to be built")
}

// Passes reports whether rec satisfies a non-nil rule for by: in memory when the rule looks at nothing but
// the record, else by asking rd, which must be a snapshot or a transaction when that matters. given says
// that rec is a proposed record and not the stored one. A superuser passes everything.
func (g *Gate) Passes(ctx context.Context, rd store.Reader, by *caller.Caller, rec *record.Record, text string, body map[string]any, given bool) (bool, error) {
	panic("to be built")
}
