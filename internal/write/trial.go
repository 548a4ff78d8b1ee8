package write

import (
	"context"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Trial is a wish that is not carried out: what its rule would be asked of, and what else would stand in its way.
type Trial struct {
	Rec   *record.Record // the proposed record of a create, else the stored one
	Body  map[string]any // the input as rules see it
	Given bool           // Rec is not stored
	// Fault is why the wish would fail once its rule lets it pass; nil when nothing is known of it. Programs are
	// not asked, and values that must be unique are known to be only by storing them.
	Fault error
}

// Try goes through the steps of a write that come before anything is stored, on what rd sees. The rule is not asked:
// that is what the Trial is for. Nothing is changed, and no program is called.
//
// Faults: NotFound when there is no such record.
func (s *Service) Try(ctx context.Context, rd store.Reader, by *caller.Caller, c *schema.Collection, op change.Op, id string, in body.Body) (Trial, error) {
	w := &work{s: s, op: op, c: c, id: id, in: in}
	w.By = by
	first := []step{load, fill}
	switch op {
	case change.Create:
		first = []step{fill}
	case change.Delete:
		first = []step{load}
	}
	if err := w.once(ctx, &lane{Reader: rd, s: s, outer: ctx}, first); err != nil {
		return Trial{}, err
	}
	t := Trial{Rec: w.Old, Body: w.submitted()}
	if op == change.Create {
		t.Rec, t.Given = w.proposed(), true
	}
	if op != change.Delete {
		t.Fault = w.rest(ctx)
	}
	return t, nil
}

// In is the service among other collections than the live ones, for trials on a change of them that is not kept.
func (s *Service) In(cat *schema.Catalog, gate *access.Gate) *Service {
	in := *s
	in.catalog, in.gate = func() *schema.Catalog { return cat }, gate
	return &in
}

// rest is what the steps between the rule and the commit say.
func (w *work) rest(ctx context.Context) error {
	if err := w.all(ctx, []step{form, generate, check}); err != nil {
		return err
	}
	fs := fault.Fields{}
	if err := w.missing(ctx, fs); err != nil || len(fs) == 0 {
		return err
	}
	return w.failed(fs)
}
