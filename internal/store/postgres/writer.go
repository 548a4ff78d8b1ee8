package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
)

// groupLimit is how long a group may take: nobody waits for its context, since its outcome is being decided.
const groupLimit = time.Minute

// writer owns the connection that writes.
type writer struct {
	s    *Store
	lane *sqlbase.Lane[*batch]

	// Owned by whoever leads.
	c    *conn // nil after it broke
	last int64 // the time of the last transaction, so that no two have the same
	seen int64 // the highest sequence that we drew

	groups atomic.Uint64 // commits so far
}

// job is one caller's wish to write in the shared lane.
type job = sqlbase.Job[*batch]

func newWriter(s *Store, c *conn) *writer {
	w := &writer{s: s, c: c}
	w.lane = sqlbase.NewLane(w.commitGroup)
	return w
}

// conn returns a connection that works, as far as can be told.
func (w *writer) conn(ctx context.Context) (*conn, error) {
	if w.c != nil && w.c.sound() && alive(w.c.Conn()) {
		return w.c, nil
	}
	if w.c != nil {
		w.c.close()
		w.c = nil
	}
	c, err := w.s.dial(ctx)
	if err != nil {
		return nil, err
	}
	w.c = c
	return c, nil
}

// stamp is the time of a transaction; no two transactions of a store have the same.
func (w *writer) stamp() stamp {
	w.last = max(w.s.o.Now().UnixMicro(), w.last+1)
	return stamp{time.UnixMicro(w.last).UTC(), w.s.origin}
}

// commitGroup writes jobs in one transaction and one round trip. A statement that fails takes the whole
// transaction with it: the jobs before it run again without it, it alone by itself, and those behind it go on.
func (w *writer) commitGroup(group []*job) (rest []*job) {
	ctx, cancel := context.WithTimeout(context.Background(), groupLimit)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			if w.c != nil {
				w.c.close()
			}
			fail(group, fmt.Errorf("panic while writing: %v", p))
		}
	}()
	for len(group) > 0 {
		n := w.together(ctx, group)
		if n < len(group) {
			w.alone(ctx, group[n])
			n++
		}
		group = group[n:]
	}
	return nil
}

// together writes a group and returns how many of its jobs know their outcome: all, or those before one that
// must be tried by itself.
func (w *writer) together(ctx context.Context, group []*job) (done int) {
	plain := false
	for range tries {
		bad, err := w.attempt(ctx, group, plain)
		switch {
		case err == nil:
			w.settle(ctx, group)
			return len(group)
		case bad == 0:
			return 0
		case bad > 0:
			return w.together(ctx, group[:bad])
		case errors.Is(err, errFused):
			plain = true
		case !errors.Is(err, errMoved):
			fail(group, err)
			return len(group)
		}
	}
	fail(group, errContest)
	return len(group)
}

// fail gives jobs that have no outcome an error.
func fail(group []*job, err error) {
	for _, j := range group {
		if j.Err == nil && j.Commit == (store.Commit{}) {
			j.Err = err
		}
	}
}

// settle tries jobs again, each by itself, whose statement found no record: it says why, or finds one by now.
func (w *writer) settle(ctx context.Context, group []*job) {
	for _, j := range group {
		if j.Err == nil && j.Commit == (store.Commit{}) {
			w.alone(ctx, j)
		}
	}
}

// alone writes one job in a transaction of its own, statement by statement.
func (w *writer) alone(ctx context.Context, j *job) {
	var err error
	for range tries {
		var x *txn
		if x, err = w.begin(ctx, beginShared); err != nil {
			break
		}
		if err = x.all(ctx, j.What); err == nil {
			err = w.commit(ctx, x)
		}
		x.c.rollback()
		if !isContest(err) && !isLost(err) && !errors.Is(err, errUndone) {
			break
		}
	}
	if j.Err = ended(ctx, err); err == nil {
		j.Commit = j.What.commit()
	}
}

// begin opens a transaction in a lane, with the shape that is stored.
func (w *writer) begin(ctx context.Context, lane string) (*txn, error) {
	c, err := w.conn(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.command(ctx, lane); err != nil {
		c.rollback()
		return nil, ended(ctx, err)
	}
	sh := w.s.shapes.Current()
	var version int64
	xid := ""
	_, err = c.exec(ctx, ownID, func(row [][]byte) error {
		version, xid = bigint(row[0]), string(row[1])
		return nil
	})
	if err == nil && version != sh.Version {
		sh, err = c.storedShape(ctx, sh)
	}
	if err != nil {
		c.rollback()
		return nil, ended(ctx, err)
	}
	w.s.adopt(sh)
	return &txn{c: c, shape: sh, before: sh, stamp: w.stamp(), xid: xid}, nil
}

// commit makes the transaction durable and then tells the log's followers.
func (w *writer) commit(ctx context.Context, x *txn) error {
	if x.c.TxStatus() != 'T' {
		return errEnded
	}
	end := func() error {
		err := x.c.command(ctx, "COMMIT")
		if isLost(err) {
			return w.fateOf(x, err)
		}
		return err
	}
	var err error
	if x.shape == x.before {
		err = end()
	} else {
		err = w.s.shapes.Change(x.shape, end)
	}
	if err == nil {
		w.arrived(x.changes)
	}
	return err
}

// errUnknown is the fault of a write of which nobody knows whether it was committed.
var errUnknown = &fault.Error{
	Kind: fault.Unavailable, Retry: time.Second,
	Msg:    "The connection to the database broke while the change was being committed.",
	Fields: fault.Fields{"commit": fault.Field(fault.CodeCommitUnknown, "The change may or may not have been made. Look before you repeat it.")},
}

// exclusive runs fn in the caller's goroutine, alone among writers. A panic of fn undoes everything and goes on.
func (w *writer) exclusive(ctx context.Context, fn func(*txn) error) (store.Commit, error) {
	leave, err := w.lane.Enter(ctx)
	if err != nil {
		return store.Commit{}, err
	}
	defer leave()
	x, err := w.begin(ctx, beginExclusive)
	if err != nil {
		return store.Commit{}, fmt.Errorf("write: %w", err)
	}
	defer x.c.rollback()
	if err := fn(x); err != nil {
		return store.Commit{}, err
	}
	if err := w.commit(context.WithoutCancel(ctx), x); err != nil {
		return store.Commit{}, fmt.Errorf("write: %w", ended(ctx, err))
	}
	if len(x.changes) == 0 {
		return store.Commit{}, nil
	}
	return store.Commit{First: x.changes[0].Seq, Last: x.changes[len(x.changes)-1].Seq}, nil
}

// close lets no further job in, lets those that are being written finish first, and closes the connection.
func (w *writer) close() {
	leave, err := w.lane.Close()
	if err != nil {
		return
	}
	defer leave()
	if w.c != nil {
		w.c.close()
	}
}
