package write

import (
	"context"
	"errors"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Action is what an item of a batch does.
type Action uint8

// The actions.
const (
	Create Action = iota
	Update
	Upsert // update when Body's id names a stored record, else create
	Delete
)

// Item is one write of a batch.
type Item struct {
	Action     Action
	By         *caller.Caller
	Collection *schema.Collection
	ID         string // of Update and Delete
	Body       body.Body
}

// ItemError is the error of the item that made a batch fail.
type ItemError struct {
	Index int
	Err   error
}

// Error names the item.
func (e *ItemError) Error() string { return e.Err.Error() }

// Unwrap returns the item's error.
func (e *ItemError) Unwrap() error { return e.Err }

// Done hears of the i-th written record of a batch (nil after a delete) while the transaction is open, with a reader
// that sees it; what it writes with its ctx belongs to the transaction, and its error ends the batch.
type Done func(ctx context.Context, i int, rd store.Reader, rec *record.Record) error

// Batch runs the items in order in one transaction: all or none. done may hear of all once more, when a collection
// changed meanwhile and everything is done again.
//
// The error of an item is an *ItemError. When ctx ends first, nothing is written and its error returned.
func (s *Service) Batch(ctx context.Context, items []Item, done Done) (err error) {
	works := make([]*work, 0, len(items))
	defer func() { settleAhead(ctx, works, err) }()
	for i, it := range items {
		w := s.item(ctx, it)
		works = append(works, w)
		err := w.workAhead(ctx)
		if err == nil {
			err = w.stageAhead(ctx, it.Action)
		}
		if err != nil {
			return failedAt(ctx, i, err)
		}
	}
	for stale := 1; ; stale++ {
		err := s.Together(ctx, func(ctx context.Context, rd store.Reader) error {
			return runAll(ctx, rd, items, works, done)
		})
		if !errors.Is(err, store.ErrStale) || stale > maxStaleTries {
			return err
		}
		for i, w := range works {
			if err := w.lookAgain(ctx, stale); err != nil {
				return failedAt(ctx, i, err)
			}
		}
	}
}

// settleAhead ends the uploads that were stored ahead of the transaction.
func settleAhead(ctx context.Context, works []*work, err error) {
	for _, w := range works {
		if w.memo.owned {
			w.settle(ctx, err)
		}
	}
}

func (s *Service) item(ctx context.Context, it Item) *work {
	w := &work{s: s, c: it.Collection, id: it.ID, in: it.Body, lane: s.lane(ctx)}
	w.By = it.By
	if it.Action == Upsert {
		w.id = w.text("id")
	}
	return w
}

func runAll(ctx context.Context, rd store.Reader, items []Item, works []*work, done Done) error {
	for i, w := range works {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec, err := w.act(ctx, items[i].Action, rd)
		if err == nil {
			err = done(ctx, i, rd, rec)
		}
		if err != nil {
			return failedAt(ctx, i, err)
		}
	}
	return nil
}

// failedAt blames an item, unless time ran out.
func failedAt(ctx context.Context, i int, err error) error {
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	return &ItemError{Index: i, Err: err}
}

// act does one item within the transaction of the batch.
func (w *work) act(ctx context.Context, a Action, rd store.Reader) (*record.Record, error) {
	if a == Upsert {
		a = Create
		old, err := one(ctx, rd, w.c, w.id)
		if err != nil {
			return nil, err
		}
		if old != nil {
			a = Update
		}
	}
	switch a {
	case Update:
		w.op = change.Update
		return w.update(ctx)
	case Delete:
		w.op = change.Delete
		return nil, w.delete(ctx)
	}
	w.op = change.Create
	return w.create(ctx)
}
