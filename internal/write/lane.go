package write

import (
	"context"
	"errors"

	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// lane is where a write reads and commits: shared with other writers, or a transaction of its own.
type lane struct {
	store.Reader
	s     *Service
	tx    store.Tx // nil in the shared lane
	outer context.Context
	after []func(context.Context) // to be told once the transaction has committed
	owed  []*work                 // with files whose row is not committed yet
	depth int                     // of writes that handlers asked for within writes
}

// maxDepth bounds writes that cause writes: a handler that saves in its own collection would never end.
const maxDepth = 32

var (
	errDepth = errors.New("handlers within a transaction cause each other without end")
	errOver  = errors.New("the transaction is over")

	errPanicked = errors.New("the transaction panicked")
)

type laneKey struct{}

// lane is the transaction that ctx carries, or the shared lane. A write that a handler asks for while its
// transaction is open must join it: it would wait for itself otherwise.
func (s *Service) lane(ctx context.Context) *lane {
	if l, ok := ctx.Value(laneKey{}).(*lane); ok && l.s == s {
		return l
	}
	return &lane{Reader: s.store, s: s, outer: ctx}
}

// alone runs fn as the only writer: in the transaction of l, or in a new one.
func (l *lane) alone(ctx context.Context, fn func(context.Context, *lane) error) error {
	if l.tx != nil {
		return fn(ctx, l)
	}
	in := &lane{s: l.s, outer: l.outer}
	err := errPanicked
	defer func() { in.settle(l.outer, err) }()
	_, err = l.s.store.Update(ctx, func(tx store.Tx) error {
		in.Reader, in.tx, in.after = tx, tx, nil
		defer in.close()
		return fn(context.WithValue(ctx, laneKey{}, in), in)
	})
	if err == nil {
		in.settle(l.outer, nil)
		in.tell()
	}
	return err
}

// owe remembers a work whose files want to be settled when the lane is done.
func (l *lane) owe(w *work) { l.owed = append(l.owed, w) }

// settle ends the uploads of the lane, once, when what was written is committed or err says why not.
func (l *lane) settle(ctx context.Context, err error) {
	for _, w := range l.owed {
		w.settle(ctx, err)
	}
	l.owed = nil
}

// close makes later use of the transaction fail instead of touching a foreign one.
func (l *lane) close() { l.Reader, l.tx = over{}, overTx{} }

// apply commits, or writes within the transaction.
func (l *lane) apply(ctx context.Context, ms ...store.Mutation) error {
	if l.tx != nil {
		return l.tx.Apply(ctx, ms...)
	}
	done, err := l.s.store.Apply(ctx, ms...)
	if err == nil && len(ms) == 1 {
		ms[0].Rec.SetSeq(done.Last)
	}
	return err
}

// part runs fn within a transaction; what was written in it is undone when it fails.
func (l *lane) part(ctx context.Context, fn func() error) error {
	told, owed := len(l.after), len(l.owed)
	err := l.tx.Part(ctx, fn)
	if err == nil {
		return nil
	}
	for _, w := range l.owed[owed:] {
		w.settle(ctx, err)
	}
	l.after, l.owed = l.after[:told], l.owed[:owed]
	return err
}

// later runs fn when what was written is committed: now, or when the transaction is over.
func (l *lane) later(fn func(context.Context)) {
	if l.tx == nil {
		fn(l.outer)
		return
	}
	l.after = append(l.after, fn)
}

func (l *lane) tell() {
	for _, fn := range l.after {
		fn(l.outer)
	}
}

// Together runs fn alone among writers. Whatever it writes through s with the ctx it is given is committed
// together when it returns nil, and rolled back otherwise; rd sees those writes. After handlers are told
// once all is committed. Inside another transaction of s it joins that one.
func (s *Service) Together(ctx context.Context, fn func(ctx context.Context, rd store.Reader) error) error {
	return s.lane(ctx).alone(ctx, func(ctx context.Context, l *lane) error { return fn(ctx, l.Reader) })
}

// Committed runs fn when what was written with ctx is committed: after the transaction of Together, or at once.
func (s *Service) Committed(ctx context.Context, fn func(context.Context)) { s.lane(ctx).later(fn) }

// SetParam keeps a named setting, nil removes it: together with what fn of Together writes, or by itself.
func (s *Service) SetParam(ctx context.Context, key string, value []byte) error {
	return s.lane(ctx).alone(ctx, func(ctx context.Context, l *lane) error { return l.tx.SetParam(ctx, key, value) })
}

// one reads a record, nil when there is none.
func one(ctx context.Context, rd store.Reader, c *schema.Collection, id string) (rec *record.Record, err error) {
	if id == "" {
		return nil, nil
	}
	err = rd.Select(ctx, store.Query{From: c, IDs: []string{id}, Limit: 1}, func(row store.Row) (err error) {
		rec, err = row.Record()
		return err
	})
	return rec, err
}

// present returns which of the ids exist.
func present(ctx context.Context, rd store.Reader, c *schema.Collection, ids []string) (map[string]bool, error) {
	found := make(map[string]bool, len(ids))
	err := rd.Select(ctx, store.Query{From: c, IDs: ids}, func(row store.Row) error {
		found[row.ID()] = true
		return nil
	})
	return found, err
}

// idsBy lists the records that hold a value in one column.
func idsBy(ctx context.Context, rd store.Reader, c *schema.Collection, ord int, value string) (ids []string, err error) {
	q := store.Query{From: c, By: &store.By{Ord: ord, Values: []string{value}}}
	err = rd.Select(ctx, q, func(row store.Row) error {
		ids = append(ids, row.ID())
		return nil
	})
	return ids, err
}
