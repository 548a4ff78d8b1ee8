package write

import (
	"context"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/record"
)

func forbidden() error {
	return fault.New(fault.Forbidden, "Only superusers can perform this action.")
}

func notFound() *fault.Error {
	return fault.New(fault.NotFound, "The requested resource wasn't found.")
}

// open refuses what needs no look at the record: a view is read only, a nil rule is for superusers alone.
func open(_ context.Context, w *work) error {
	switch {
	case w.c.IsView():
		return fault.New(fault.Invalid, "Unsupported collection type.")
	case w.rule() == nil && !w.By.IsSuper():
		return forbidden()
	}
	return nil
}

func (w *work) rule() *string {
	switch w.op {
	case change.Create:
		return w.c.Rules.Create
	case change.Update:
		return w.c.Rules.Update
	}
	return w.c.Rules.Delete
}

// load reads the record that is to be changed.
func load(ctx context.Context, w *work) error {
	old, err := one(ctx, w.lane, w.c, w.id)
	if err != nil {
		return err
	}
	if old == nil {
		return notFound()
	}
	w.Old = old
	return nil
}

// allow asks the rule: on create of the proposed record, else of the stored one. Who must not change a
// record must not learn that it exists either.
func allow(ctx context.Context, w *work) error {
	r := w.rule()
	if w.By.IsSuper() || *r == "" {
		return nil
	}
	ok, err := w.passes(ctx, *r)
	if f, known := fault.Of(err); err != nil && (!known || f.Kind != fault.Invalid) {
		return err
	}
	switch {
	case ok && err == nil:
		return nil
	case w.op == change.Create:
		return w.failed(nil).Because(err)
	}
	return notFound().Because(err)
}

// passes asks a rule of the record that rules see of this write.
func (w *work) passes(ctx context.Context, text string) (bool, error) {
	if w.op == change.Create {
		return w.s.gate.Passes(ctx, w.lane, w.By, w.proposed(), text, w.submitted(), true)
	}
	return w.s.gate.Passes(ctx, w.lane, w.By, w.Old, text, w.submitted(), false)
}

// proposed is the new record as a create rule sees it: with an id for the time being, and not verified.
func (w *work) proposed() *record.Record {
	rec := w.New.Clone()
	if rec.ID() == "" {
		rec.SetAt(w.c.IDOrd(), field.NewID(w.By.Now))
	}
	if i := w.c.Ord("verified"); i >= 0 && w.c.IsAuth() {
		rec.SetAt(i, false)
	}
	if w.c.PhoneOrd() >= 0 {
		rec.SetAt(w.c.Ord("phoneVerified"), false)
	}
	return rec
}

// manager reports whether the caller may change an account without proving to be its owner.
func (w *work) manager(ctx context.Context) (bool, error) {
	if w.By.IsSuper() {
		return true, nil
	}
	r := w.c.Auth.ManageRule
	if w.By.Auth == nil || r == nil || *r == "" {
		return false, nil
	}
	if w.manages == nil {
		ok, err := w.passes(ctx, *r)
		if err != nil {
			return false, err
		}
		w.manages = &ok
	}
	return *w.manages, nil
}
