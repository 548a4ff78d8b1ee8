// Package access asks access rules: it knows a caller, a collection and what was submitted, and answers
// with a folded question for the store or with yes or no. Bound questions are kept by their text.
package access

import (
	"context"
	"fmt"
	"strings"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Limits of what a client may ask (filter.md §10.1).
const (
	MaxFilter  = 3500 // bytes
	MaxSorts   = 8
	MaxSortKey = 255 // bytes
)

// Gate asks rules. It is safe for concurrent use.
type Gate struct{ kept kept }

// New makes a gate over the live catalog.
func New(cat func() *schema.Catalog) *Gate { return &Gate{kept{catalog: cat}} }

// Want is what a caller asks of a collection besides its rule.
type Want struct {
	Rule   *string        // nil: superusers alone; "" everybody
	Filter string         // the client's, as it was sent
	Sort   string         // the client's
	Body   map[string]any // submitted values, modifiers applied and known fields normalised; may be nil
	Given  bool           // the base row is a proposed one that is not stored
	// Conceal keeps hidden fields from a superuser's filter too.
	Conceal bool
}

// Ask returns the folded question of rule AND filter with its sort keys; nil when everything matches and
// nothing is sorted. Faults: Forbidden when the rule is nil and by is no superuser, or when a client names
// @request or @collection; Invalid for any other trouble with filter, sort or rule (filter.md §10).
func (g *Gate) Ask(by *caller.Caller, c *schema.Collection, w Want) (*rule.Bound, error) {
	q, _, err := g.AskNow(by, c, w)
	return q, err
}

// AskNow is Ask for a question that is kept: timed says that its answer depends on by.Now, so that it must be
// asked anew at another moment.
func (g *Gate) AskNow(by *caller.Caller, c *schema.Collection, w Want) (q *rule.Bound, timed bool, err error) {
	text := ""
	if !by.IsSuper() {
		if w.Rule == nil {
			return nil, false, fault.New(fault.Forbidden, "Only superusers can perform this action.")
		}
		text = *w.Rule
	}
	if text == "" && w.Filter == "" && w.Sort == "" {
		return nil, false, nil
	}
	if err := checkClient(by, w); err != nil {
		return nil, false, err
	}
	return g.fold(by, c, w, text)
}

// fold finds the question and puts the request in.
func (g *Gate) fold(by *caller.Caller, c *schema.Collection, w Want, text string) (q *rule.Bound, timed bool, err error) {
	k := key{c: c, rule: text, filter: w.Filter, sort: w.Sort, super: by.IsSuper(), given: w.Given, conceal: w.Conceal}
	if by.Auth != nil {
		k.auth = by.Auth.Collection()
	}
	b, err := g.kept.bound(k)
	if err != nil {
		return nil, false, refuse(c, err)
	}
	folded := b.Fold(&scope{by: by, body: w.Body})
	if folded.Always() && !folded.Sorted() {
		return nil, folded.Timed(), nil
	}
	return folded, folded.Timed(), nil
}

// refuse hides what is wrong with an expression from clients: it may speak of names they must not know.
func refuse(c *schema.Collection, err error) error {
	return fault.New(fault.Invalid, "").Because(fmt.Errorf("rule or filter of %s: %w", c.Name, err))
}

// checkClient judges the client's own texts before anything is made of them.
func checkClient(by *caller.Caller, w Want) error {
	if !by.IsSuper() {
		for _, text := range [...]string{w.Filter, w.Sort} {
			if err := checkNames(text); err != nil {
				return err
			}
		}
	}
	if len(w.Filter) > MaxFilter {
		return fault.New(fault.Invalid, "").Because(fmt.Errorf("the filter has more than %d bytes", MaxFilter))
	}
	return checkSort(w.Sort)
}

// checkNames refuses what only superusers may ask about, even where it stands in quotes: clients have
// learned to expect that.
func checkNames(text string) error {
	for _, name := range [...]string{"@request.", "@collection."} {
		if strings.Contains(text, name) {
			return fault.New(fault.Forbidden, "Only superusers can filter by "+name)
		}
	}
	return nil
}

func checkSort(sort string) error {
	if sort == "" {
		return nil
	}
	if strings.Count(sort, ",") >= MaxSorts {
		return fault.New(fault.Invalid, "").Because(fmt.Errorf("there are more than %d sort keys", MaxSorts))
	}
	for key := range strings.SplitSeq(sort, ",") {
		if len(key) > MaxSortKey {
			return fault.New(fault.Invalid, "").Because(fmt.Errorf("a sort key has more than %d bytes", MaxSortKey))
		}
	}
	return nil
}

// Passes reports whether rec satisfies a non-nil rule for by: in memory when the rule looks at nothing but
// the record, else by asking rd, which must be a snapshot or a transaction when that matters. given says
// that rec is a proposed record and not the stored one. A superuser passes everything.
func (g *Gate) Passes(ctx context.Context, rd store.Reader, by *caller.Caller, rec *record.Record, text string, body map[string]any, given bool) (bool, error) {
	q, err := g.Ask(by, rec.Collection(), Want{Rule: &text, Body: body, Given: given})
	if err != nil {
		return false, err
	}
	return Holds(ctx, rd, q, rec, given)
}

// Holds judges a record by a question that Ask gave, as Passes does.
func Holds(ctx context.Context, rd store.Reader, q *rule.Bound, rec *record.Record, given bool) (bool, error) {
	if q == nil {
		return true, nil
	}
	if q.Never() {
		return false, nil
	}
	switch q.Eval(rec) {
	case rule.Yes:
		return true, nil
	case rule.No:
		return false, nil
	}
	ask := store.Query{From: rec.Collection(), Where: q, Limit: 1}
	if given {
		ask.Given = rec
	} else {
		ask.IDs = []string{rec.ID()}
	}
	found := false
	err := rd.Select(ctx, ask, func(store.Row) error { found = true; return nil })
	if err != nil {
		return false, fmt.Errorf("ask a rule about %s/%s: %w", rec.Collection().Name, rec.ID(), err)
	}
	return found, nil
}
