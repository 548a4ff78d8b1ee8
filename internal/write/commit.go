package write

import (
	"context"
	"errors"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/store"
)

// commit writes the record. What an account's change makes worthless goes in the same transaction: a
// second factor or a code begun with the old password must not outlive it.
func commit(ctx context.Context, w *work) error {
	if w.quiet {
		return w.commitQuietly(ctx)
	}
	stale := w.stale()
	if len(stale) == 0 && !w.installs() {
		return w.apply(ctx)
	}
	return w.alone(ctx, func(ctx context.Context) error {
		if err := w.unlinkUnproven(ctx); err != nil {
			return err
		}
		if err := w.apply(ctx); err != nil {
			return err
		}
		for _, name := range w.stale() {
			if _, err := w.dropRows(ctx, name, w.c, w.New.ID()); err != nil {
				return err
			}
		}
		return w.dismissInstaller(ctx)
	})
}

// apply writes the record and nothing else.
func (w *work) apply(ctx context.Context) error {
	err := w.lane.apply(ctx, w.mutation())
	if err == nil {
		w.written = true
	}
	return err
}

func (w *work) mutation() store.Mutation {
	m := store.Mutation{Op: w.op, Rec: w.New, Old: w.Old, By: w.by()}
	m.If.Exists, m.If.Absent = w.refs, w.rivals
	if w.Old != nil {
		m.If.Versioned, m.If.Seq = true, w.Old.Seq()
	}
	if w.New == nil {
		m.Rec = w.Old
	}
	return m
}

// explain gives what the database refused its meaning for the caller. A conflict without one is returned
// as it is: the steps are done again.
func (w *work) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if u, ok := errors.AsType[*store.Unique](err); ok {
		return w.taken(u).Because(err)
	}
	if overtook(err) {
		return w.overtaken(ctx, err)
	}
	switch {
	case errors.Is(err, store.ErrGone):
		return notFound().Because(err)
	case errors.Is(err, store.ErrReadOnly), errors.Is(err, store.ErrClosed), errors.Is(err, store.ErrFull):
		return fault.New(fault.Unavailable, "The database takes no writes at the moment.").Because(err)
	}
	if f, ok := fault.Of(err); ok && f.Msg == "" && len(f.Fields) > 0 {
		return w.failed(f.Fields).Because(err) // a handler that refuses fields
	}
	return err
}

// overtook reports whether a guard did not hold.
func overtook(err error) bool {
	_, missing := errors.AsType[*store.MissingRef](err)
	_, taken := errors.AsType[*store.Taken](err)
	return missing || taken || errors.Is(err, store.ErrConflict)
}

// taken is the fault of a value that must be unique: on every column of the index, on none when the index
// is over expressions or belongs to a record that had to follow.
func (w *work) taken(u *store.Unique) *fault.Error {
	if w.New == nil || u.Collection != w.c.ID {
		return w.failed(nil)
	}
	fs := fault.Fields{}
	for _, name := range u.Columns {
		if w.c.Ord(name) >= 0 {
			fs.Add(name, fault.NotUnique())
		}
	}
	return w.failed(fs)
}

// overtaken tells whether a guard failed for good: a record that must exist is gone, or one is there that
// must not be.
func (w *work) overtaken(ctx context.Context, err error) error {
	fs := fault.Fields{}
	if asked := w.missing(ctx, fs); asked != nil {
		return asked
	}
	if len(fs) > 0 {
		return w.failed(fs).Because(err)
	}
	if !errors.Is(err, store.ErrConflict) {
		return errors.Join(store.ErrConflict, err) // it changed once more since
	}
	return err
}
