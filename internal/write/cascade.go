package write

import (
	"context"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// remove deletes the record and, in the same transaction, does what that asks of the records that refer
// to it: forget it, follow it, or forbid it (records.md §10).
func remove(ctx context.Context, w *work) error {
	if !w.c.IsAuth() && len(w.sources(w.c)) == 0 {
		return w.apply(ctx)
	}
	return w.alone(ctx, func(ctx context.Context) error {
		if err := w.lastSuperuser(ctx, w.c); err != nil {
			return err
		}
		if err := w.apply(ctx); err != nil {
			return err
		}
		return w.follow(ctx, w.Old)
	})
}

// source is where records may refer to a deleted one: a relation field, or the rows of an account.
type source struct {
	from *schema.Collection
	ord  int
	ref  field.Referrer // nil for the rows of an account
}

// sources lists them for a collection, relation fields by the name of their collection.
func (w *work) sources(c *schema.Collection) (list []source) {
	cat := w.s.catalog()
	for _, r := range cat.RefsTo(c.ID) {
		if !r.From.IsView() {
			list = append(list, source{r.From, r.Ord, r.Field})
		}
	}
	if !c.IsAuth() {
		return list
	}
	for _, name := range accountRows {
		if rows, ok := cat.Find(name); ok {
			list = append(list, source{from: rows})
		}
	}
	return list
}

// level is a deleted record and what is still to be looked at because of it.
type level struct {
	gone    *record.Record
	sources []source
	now     source   // the source whose records are looked at
	ids     []string // of those records
}

// follow sees to everything that referred to a deleted record. Chains of records may be as long as
// somebody cares to make them, hence a stack of our own: first what follows from a record, then its
// neighbours, as recursion would have it.
func (w *work) follow(ctx context.Context, rec *record.Record) error {
	stack := []*level{{gone: rec, sources: w.sources(rec.Collection())}}
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		if len(top.ids) == 0 && len(top.sources) == 0 {
			stack = stack[:len(stack)-1]
			continue
		}
		followed, err := w.proceed(ctx, top)
		if err != nil {
			return err
		}
		if followed != nil {
			stack = append(stack, &level{gone: followed, sources: w.sources(followed.Collection())})
		}
	}
	return nil
}

// proceed takes one step on a level; it returns the record that was deleted by it, if one was.
func (w *work) proceed(ctx context.Context, l *level) (*record.Record, error) {
	if len(l.ids) == 0 {
		l.now, l.sources = l.sources[0], l.sources[1:]
		ids, err := w.referring(ctx, l)
		l.ids = ids
		return nil, err
	}
	id := l.ids[0]
	l.ids = l.ids[1:]
	// Read again right before it is changed: it may have gone, or changed, with one that was seen to before.
	rec, err := one(ctx, w.lane, l.now.from, id)
	if err != nil || rec == nil {
		return nil, err
	}
	if l.now.ref == nil {
		return rec, w.drop(ctx, rec)
	}
	return w.unlink(ctx, l, rec)
}

func (w *work) referring(ctx context.Context, l *level) ([]string, error) {
	if l.now.ref == nil {
		_, ids, err := w.rowsOf(ctx, l.now.from.Name, l.gone.Collection(), l.gone.ID())
		return ids, err
	}
	return idsBy(ctx, w.lane, l.now.from, l.now.ord, l.gone.ID())
}

// unlink takes the deleted record out of one that refers to it, or deletes that one too, or finds that
// neither may be.
func (w *work) unlink(ctx context.Context, l *level, rec *record.Record) (followed *record.Record, err error) {
	v, ref := rec.At(l.now.ord), l.now.ref
	rest := ref.Without(v, l.gone.ID())
	left := len(ref.Refs(rest))
	switch {
	case left == len(ref.Refs(v)):
		return nil, nil
	case left == 0 && ref.Cascades():
		return rec, w.drop(ctx, rec)
	case left == 0 && l.now.from.Fields[l.now.ord].Base().Required:
		return nil, fault.New(fault.Invalid, blocked)
	}
	next := rec.Clone()
	next.SetAt(l.now.ord, rest)
	child := w.child(change.Update, rec)
	child.New = next
	return nil, child.all(ctx, []step{before, together(seal, commit), after})
}

// drop deletes one record that follows another; what follows from it in turn is the caller's to see to.
func (w *work) drop(ctx context.Context, rec *record.Record) error {
	if err := w.lastSuperuser(ctx, rec.Collection()); err != nil {
		return err
	}
	return w.child(change.Delete, rec).all(ctx, []step{before, together(erase), after})
}

// clean deletes a record with all that follows, within the open transaction; rules are not asked.
func (w *work) clean(ctx context.Context, c *schema.Collection, id string) error {
	rec, err := one(ctx, w.lane, c, id)
	if err != nil || rec == nil {
		return err
	}
	return w.child(change.Delete, rec).all(ctx, []step{before, together(remove), after})
}

// child is a write that follows from w, in the same transaction and on behalf of the same caller.
func (w *work) child(op change.Op, rec *record.Record) *work {
	d := &work{s: w.s, op: op, c: rec.Collection(), id: rec.ID(), lane: w.lane}
	d.By, d.Old = w.By, rec
	return d
}

// erase deletes the row alone.
func erase(ctx context.Context, w *work) error { return w.apply(ctx) }
