package write

import (
	"context"
	"errors"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// work is one wish on its way through the steps.
type work struct {
	hook.Write // who asks, the record before and after
	s          *Service
	op         change.Op
	c          *schema.Collection
	id         string // of Update and Delete
	in         body.Body
	lane       *lane
	memo       memo
	try        // what one pass through the steps finds out
}

// try is what is forgotten when the steps are done again.
type try struct {
	faults  fault.Fields   // input that could not be cleaned
	touched []int          // ordinals that the input sets
	unknown []string       // keys of the input that no field knows
	body    map[string]any // what rules see of the input, once asked for
	manages *bool          // whether the caller manages the record, once asked for
	made    string         // the id that was generated
	refs    []store.Ref    // records that must exist
	rivals  []store.Ref    // records that must not exist
	written bool
	quiet   bool // whoever asks must not learn whether the e-mail is taken
	refused bool // and it is: nothing is written
}

// step is one step of a write. The first error ends it.
type step func(ctx context.Context, w *work) error

const (
	maxTries      = 3 // before a record that is fought over is written alone
	maxStaleTries = 5
)

// run does the steps, again when the record or the collection moved on under them.
func (w *work) run(ctx context.Context, steps ...step) error {
	l := w.s.lane(ctx)
	if l.tx != nil {
		return w.once(ctx, l, steps)
	}
	err := w.persist(ctx, l, steps)
	l.settle(ctx, err)
	return err
}

func (w *work) persist(ctx context.Context, l *lane, steps []step) error {
	for tries, stale := 0, 0; ; {
		err := w.attempt(ctx, l, tries >= maxTries, steps)
		switch {
		case errors.Is(err, store.ErrStale) && stale < maxStaleTries:
			stale++
			err = w.lookAgain(ctx, stale)
			if err != nil {
				return err
			}
		case errors.Is(err, store.ErrConflict) && tries < 2*maxTries:
			tries++
		default:
			return err
		}
	}
}

// attempt does the steps once, alone among writers when they were overtaken too often.
func (w *work) attempt(ctx context.Context, l *lane, alone bool, steps []step) error {
	if !alone {
		return w.once(ctx, l, steps)
	}
	return l.alone(ctx, func(ctx context.Context, l *lane) error { return w.once(ctx, l, steps) })
}

// lookAgain finds the collection as it is now. Who commits a new schema makes it the live one a moment
// later, so a second and third look wait a little.
func (w *work) lookAgain(ctx context.Context, n int) error {
	if n > 1 {
		select {
		case <-time.After(time.Millisecond << n):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	c, ok := w.s.catalog().ByID(w.c.ID)
	if !ok {
		return fault.New(fault.NotFound, "Missing collection context.")
	}
	w.c = c
	return nil
}

// once does the steps in a lane.
func (w *work) once(ctx context.Context, l *lane, steps []step) error {
	if l.depth >= maxDepth {
		return errDepth
	}
	l.depth++
	defer func() { l.depth-- }()
	w.lane, w.try, w.Old, w.New = l, try{}, nil, nil
	return w.explain(ctx, w.all(ctx, steps))
}

func (w *work) all(ctx context.Context, steps []step) error {
	for _, do := range steps {
		if err := do(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// point is where handlers of this write join.
func (w *work) point() *hook.Point[hook.Write] {
	switch w.op {
	case change.Create:
		return &w.s.hooks.Create
	case change.Update:
		return &w.s.hooks.Update
	}
	return &w.s.hooks.Delete
}

// before lets handlers change or refuse the write.
func before(ctx context.Context, w *work) error { return w.point().RunBefore(ctx, &w.Write) }

// together does steps as one: in a transaction, wrapped by the Around handlers and followed by the Within
// handlers, when there are any. Passwords are hashed and files stored ahead of it, for everybody waits meanwhile.
func together(steps ...step) step {
	return func(ctx context.Context, w *work) error {
		p := w.point()
		if !p.Joins(&w.Write) {
			return w.all(ctx, steps)
		}
		if err := w.hashAhead(ctx); err != nil {
			return err
		}
		if err := w.checkAndStage(ctx); err != nil {
			return err
		}
		return w.alone(ctx, func(ctx context.Context) error {
			return p.RunAround(ctx, &w.Write, func() error {
				if err := w.all(ctx, steps); err != nil {
					return err
				}
				return p.RunWithin(ctx, tx{w}, &w.Write)
			})
		})
	}
}

// alone does fn with the work in a transaction.
func (w *work) alone(ctx context.Context, fn func(context.Context) error) error {
	outer := w.lane
	defer func() { w.lane = outer }()
	return outer.alone(ctx, func(ctx context.Context, l *lane) error {
		w.lane = l
		return fn(ctx)
	})
}

// after tells handlers of what was committed, as soon as it is.
func after(_ context.Context, w *work) error {
	if !w.written {
		return nil
	}
	if w.renews() {
		was, is := w.Old, w.New
		w.lane.later(func(ctx context.Context) { w.s.renewed(ctx, was, is) })
	}
	if !w.point().Tells(&w.Write) {
		return nil
	}
	p, e := w.point(), w.Write
	w.lane.later(func(ctx context.Context) { p.RunAfter(ctx, &e, w.s.panicked) })
	return nil
}

// by names the caller for the log.
func (w *work) by() string {
	if w.By.Auth == nil {
		return ""
	}
	return w.By.Auth.Collection().ID + "/" + w.By.Auth.ID()
}

// result returns the record that a create or update left behind.
func (w *work) result(err error) (*record.Record, error) {
	if err != nil {
		return nil, err
	}
	return w.New, nil
}
