package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
)

// batch is what one caller wants to be written together.
type batch struct {
	ms   []store.Mutation
	seqs []change.Seq // one for each of ms, once they are written
}

// tell gives the records the sequences they got.
func (b *batch) tell() {
	for i := range b.ms {
		b.ms[i].Rec.SetSeq(b.seqs[i])
	}
}

func (b *batch) commit() store.Commit {
	return store.Commit{First: b.seqs[0], Last: b.seqs[len(b.seqs)-1]}
}

// errEnded says that the server gave a transaction up.
var errEnded = errors.New("the transaction has ended")

// txn is a transaction on the writer's connection while it is put together, statement by statement.
type txn struct {
	c       *conn
	shape   *sqlbase.Shape
	before  *sqlbase.Shape // what was stored at the beginning
	stamp   stamp
	xid     string          // its number
	params  bool            // named settings were changed
	changes []change.Change // in order; they are told to nobody before the commit
}

// all applies mutations in order and notes their sequences. A failure leaves it to the caller to undo.
func (x *txn) all(ctx context.Context, b *batch) error {
	n := len(x.changes)
	b.seqs = b.seqs[:0]
	for i := range b.ms {
		seq, err := x.apply(ctx, &b.ms[i])
		if err != nil {
			x.changes = x.changes[:n]
			return err
		}
		b.seqs = append(b.seqs, seq)
		x.changes = append(x.changes, sqlbase.Entry(&b.ms[i], seq, x.stamp.at))
	}
	return nil
}

// apply writes one record and its entry in the log.
func (x *txn) apply(ctx context.Context, m *store.Mutation) (change.Seq, error) {
	c := m.Rec.Collection()
	t, err := x.shape.Table(c)
	if err != nil {
		return 0, err
	}
	if c.IsView() {
		return 0, errView(m)
	}
	if x.c.TxStatus() != 'T' {
		return 0, errEnded
	}
	if err := x.guard(ctx, m.If); err != nil {
		return 0, fmt.Errorf("%s in %s: %w", m.Op, c.Name, err)
	}
	seq, err := x.write(ctx, t, m)
	if err != nil {
		return 0, fmt.Errorf("%s in %s: %w", m.Op, c.Name, explain(err, t))
	}
	return seq, nil
}

func errView(m *store.Mutation) error {
	return fmt.Errorf("%s %s: a view stores no records", m.Op, m.Rec.Collection().Name)
}

// write runs the statement of a mutation, or says why it found no record.
func (x *txn) write(ctx context.Context, t *sqlbase.Table, m *store.Mutation) (seq change.Seq, err error) {
	x.c.w.Reset()
	mutation(x.c.w, t, m, x.stamp)
	n, err := x.scratch(ctx, func(row [][]byte) error {
		seq = bigint(row[0])
		return nil
	})
	if err != nil || n > 0 {
		return seq, err
	}
	if !m.If.Versioned {
		return 0, store.ErrGone
	}
	n, err = x.c.exec(ctx, t.Version, nil, rule.TextValue(m.Rec.ID()))
	switch {
	case err != nil:
		return 0, err
	case n == 0:
		return 0, store.ErrGone
	}
	return 0, store.ErrConflict
}

// scratch runs the statement that was written to the scratch text.
func (x *txn) scratch(ctx context.Context, each func([][]byte) error) (int64, error) {
	s, err := x.c.takeBytes(ctx, x.c.w.Bytes())
	if err != nil {
		return 0, err
	}
	return x.c.run(ctx, s, x.c.w.Args(), each)
}

// guard proves which records are there and which are not.
func (x *txn) guard(ctx context.Context, g store.Guard) error {
	for _, ref := range g.Exists {
		ok, err := x.exists(ctx, ref)
		if err != nil {
			return err
		}
		if !ok {
			return &store.MissingRef{Ref: ref}
		}
	}
	for _, ref := range g.Absent {
		if _, err := x.c.exec(ctx, reserve, nil, rule.TextValue(ref.ID)); err != nil {
			return err
		}
		ok, err := x.exists(ctx, ref)
		if err != nil {
			return err
		}
		if ok {
			return &store.Taken{Ref: ref}
		}
	}
	return nil
}

func (x *txn) exists(ctx context.Context, ref store.Ref) (bool, error) {
	t, err := x.shape.Table(ref.Collection)
	if err != nil {
		return false, err
	}
	x.c.w.Reset()
	present(x.c.w, t, ref)
	n, err := x.scratch(ctx, nil)
	return n > 0, err
}
