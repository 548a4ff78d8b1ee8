package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
)

// groupTime is how long after its beginning a group takes further jobs.
const groupTime = 5 * time.Millisecond

// writer owns the one connection that writes. DESIGN.md tells why.
type writer struct {
	c      *conn
	now    func() time.Time
	shapes *sqlbase.Shapes
	log    *account
	lane   *sqlbase.Lane[func(*txn) error]

	// Owned by whoever leads.
	head    change.Seq
	version int64 // of the data, as far as other processes changed it

	tidier tidier
	broken atomic.Bool   // a flush failed
	groups atomic.Uint64 // commits so far
}

// job is one caller's wish to write in the shared lane.
type job = sqlbase.Job[func(*txn) error]

// share runs fn in the shared lane: in one transaction with whatever else waits.
func (w *writer) share(ctx context.Context, run func(*txn) error) (store.Commit, error) {
	return w.lane.Share(ctx, run)
}

// notBegun is the error of a transaction that could not even begin: trying each job alone is of no use.
type notBegun struct{ error }

func (n notBegun) Unwrap() error { return n.error }

// commitGroup runs jobs in one transaction and returns those for which there was no time. When the whole
// transaction fails, each job gets one of its own: their inputs are fixed, so they can run again.
func (w *writer) commitGroup(group []*job) (rest []*job) {
	done, err := w.attempt(group)
	if err == nil {
		return group[done:]
	}
	if _, none := errors.AsType[notBegun](err); none || len(group) == 1 || w.broken.Load() {
		for _, j := range group {
			j.Err, j.Commit = err, store.Commit{}
		}
		return nil
	}
	for i := range group {
		if _, err := w.attempt(group[i : i+1]); err != nil {
			group[i].Err, group[i].Commit = err, store.Commit{}
		}
	}
	return nil
}

// attempt runs jobs in one transaction until time is up and commits it. An error means that nothing was
// written; else the first done jobs know their outcome.
func (w *writer) attempt(group []*job) (done int, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.broken.Store(true) // nobody knows what the connection is good for now
			err = errors.Join(store.ErrReadOnly, fmt.Errorf("panic while writing: %v", p))
		}
	}()
	x, err := w.begin()
	if err != nil {
		return 0, notBegun{err}
	}
	defer w.c.rollback()
	for done < len(group) && (done == 0 || w.now().Sub(x.at) < groupTime) {
		j := group[done]
		first := x.head + 1
		if j.Err = runJob(x, j.What); isEnd(x, j.Err) {
			return 0, w.trouble(j.Err)
		}
		j.Commit = store.Commit{}
		if j.Err == nil && x.head >= first {
			j.Commit = store.Commit{First: first, Last: x.head}
		}
		done++
	}
	return done, w.commit(x)
}

// isEnd reports whether an error ends the whole transaction.
func isEnd(x *txn, err error) bool {
	if err == nil {
		return false
	}
	_, end := errors.AsType[whole](err)
	return end || isWhole(err) || x.c.GetAutocommit()
}

// runJob turns a panic into an error that ends the transaction: what it had written must go.
func runJob(x *txn, run func(*txn) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = whole{fmt.Errorf("panic while writing: %v", p)}
		}
	}()
	return run(x)
}

// begin opens a transaction. When another process has written since, the log's head is read anew.
func (w *writer) begin() (*txn, error) {
	if w.broken.Load() {
		return nil, store.ErrReadOnly
	}
	if err := w.c.run("BEGIN IMMEDIATE"); err != nil {
		return nil, w.trouble(err)
	}
	if err := w.refresh(); err != nil {
		w.c.rollback()
		return nil, w.trouble(err)
	}
	return &txn{c: w.c, shape: w.shapes.Current(), at: w.now(), head: w.head}, nil
}

func (w *writer) refresh() error {
	version, err := w.c.number("PRAGMA data_version")
	if err != nil || version == w.version {
		return err
	}
	w.version = version
	w.head, err = w.c.logHead()
	return err
}

// number returns the first column of the first row of a constant text.
func (c *conn) number(text string, args ...rule.Value) (n int64, err error) {
	err = c.query(text, func(s *sqlite3.Stmt) error {
		n = s.ColumnInt64(0)
		return nil
	}, args...)
	return n, err
}

// commit makes the transaction durable and then tells the log's followers.
func (w *writer) commit(x *txn) error {
	if err := w.flush(x); err != nil {
		return err
	}
	w.groups.Add(1)
	w.head = x.head
	w.log.publish(x.changes, x.head)
	return nil
}

func (w *writer) flush(x *txn) error {
	end := func() error {
		if x.c.GetAutocommit() {
			return errEnded
		}
		return w.c.run("COMMIT")
	}
	var err error
	if x.shape == w.shapes.Now() {
		err = end()
	} else {
		err = w.shapes.Change(x.shape, end)
		w.c.forget()
	}
	if err == nil {
		return nil
	}
	if isFlushFailure(err) {
		w.broken.Store(true)
		return errors.Join(store.ErrReadOnly, err)
	}
	return w.trouble(err)
}

// trouble names the error of a transaction that wrote nothing.
func (w *writer) trouble(err error) error {
	if errors.Is(err, store.ErrReadOnly) {
		return err
	}
	return fmt.Errorf("write: %w", diskError(err))
}

// exclusive runs fn in the caller's goroutine, alone among writers. A panic of fn undoes everything and goes on.
func (w *writer) exclusive(ctx context.Context, fn func(*txn) error) (store.Commit, error) {
	done, err := w.lane.Enter(ctx)
	if err != nil {
		return store.Commit{}, err
	}
	defer done()
	x, err := w.begin()
	if err != nil {
		return store.Commit{}, err
	}
	defer w.c.rollback()
	first := x.head + 1
	if err := fn(x); err != nil {
		return store.Commit{}, err
	}
	if err := w.commit(x); err != nil {
		return store.Commit{}, err
	}
	if x.head < first {
		return store.Commit{}, nil
	}
	return store.Commit{First: first, Last: x.head}, nil
}

// close lets no further job in, lets those that are being written finish first, and closes the connection.
func (w *writer) close() error {
	leave, err := w.lane.Close()
	if err != nil {
		return err
	}
	defer leave()
	if w.broken.Load() {
		return w.c.close()
	}
	_, _, err = w.c.WALCheckpoint("main", sqlite3.CHECKPOINT_TRUNCATE)
	return errors.Join(err, w.c.close())
}
