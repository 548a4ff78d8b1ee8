package write

import (
	"context"
	"fmt"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/record"
)

// tx is the open transaction as a Within handler sees it.
type tx struct{ w *work }

// Find reads a record of the named collection.
func (t tx) Find(ctx context.Context, collection, id string) (*record.Record, error) {
	c, ok := t.w.s.catalog().Find(collection)
	if !ok {
		return nil, fault.Newf(fault.NotFound, "There is no collection %q.", collection)
	}
	rec, err := one(ctx, t.w.lane, c, id)
	if err == nil && rec == nil {
		err = notFound()
	}
	return rec, err
}

// Save creates rec, or updates the record that has its id.
func (t tx) Save(ctx context.Context, rec *record.Record) error {
	c := rec.Collection()
	w := &work{s: t.w.s, op: change.Create, c: c, id: rec.ID()}
	w.By = t.w.By
	old, err := one(ctx, t.w.lane, c, rec.ID())
	if err != nil {
		return err
	}
	steps := []step{given(rec), generate, before, together(check, seal, commit), after}
	if old != nil {
		w.op = change.Update
		steps = append([]step{load}, steps...)
	}
	if err := w.once(ctx, t.w.lane, steps); err != nil {
		return fmt.Errorf("save %s/%s: %w", c.Name, rec.ID(), err)
	}
	return nil
}

// Delete removes rec and what must go with it.
func (t tx) Delete(ctx context.Context, rec *record.Record) error {
	c := rec.Collection()
	w := &work{s: t.w.s, op: change.Delete, c: c, id: rec.ID()}
	w.By = t.w.By
	if err := w.once(ctx, t.w.lane, []step{load, before, together(remove), after}); err != nil {
		return fmt.Errorf("delete %s/%s: %w", c.Name, rec.ID(), err)
	}
	return nil
}
