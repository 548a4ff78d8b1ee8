package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
)

const (
	maxGroup  = 512                  // jobs that share one commit
	groupTime = 5 * time.Millisecond // after which a group takes no further job
	maxQueue  = 16384                // jobs that wait
)

// writer owns the one connection that writes. Callers queue; whoever finds nobody leading leads: it commits
// what has gathered as one group, wakes those whose jobs it did, and hands the lead to the first that waits.
// DESIGN.md tells why.
type writer struct {
	c      *conn
	now    func() time.Time
	shapes *shapes
	log    *account

	mu      sync.Mutex // guards the queue and what is true of the whole lane
	queue   []*job
	leading bool
	closed  bool

	// Owned by whoever leads.
	head    change.Seq
	version int64 // of the data, as far as other processes changed it

	tidier tidier
	broken atomic.Bool   // a flush failed
	groups atomic.Uint64 // commits so far
}

// job is one caller's wish to write.
type job struct {
	run    func(*txn) error
	alone  bool          // it runs in its caller's goroutine, in a transaction of its own
	wake   chan struct{} // told once: the job is done, or leads
	err    error
	commit store.Commit
	taken  bool // a group has it
	leads  bool // its caller must lead
}

// share runs fn in the shared lane: in one transaction with whatever else waits.
func (w *writer) share(ctx context.Context, run func(*txn) error) (store.Commit, error) {
	j := &job{run: run, wake: make(chan struct{}, 1)}
	if err := w.enqueue(ctx, j); err != nil {
		return store.Commit{}, err
	}
	if j.leads {
		w.lead()
	}
	return j.commit, j.err
}

// enqueue waits until the job leads or was done by somebody, and returns how that went.
func (w *writer) enqueue(ctx context.Context, j *job) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if leads, err := w.push(j); leads || err != nil {
		return err
	}
	select {
	case <-j.wake:
	case <-ctx.Done():
		if w.withdraw(j) {
			return context.Cause(ctx)
		}
		<-j.wake // too late: it is being written
	}
	if j.leads {
		return nil
	}
	return j.err
}

// push queues a job; with nobody leading it leads at once.
func (w *writer) push(j *job) (leads bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return false, store.ErrClosed
	case len(w.queue) >= maxQueue:
		return false, fault.New(fault.Unavailable, "Too many writes are waiting.")
	}
	w.queue = append(w.queue, j)
	if !w.leading {
		w.leading, j.leads = true, true
		return true, nil
	}
	return false, nil
}

// withdraw takes a job out of the queue, with the lead if it was just handed to it.
func (w *writer) withdraw(j *job) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if j.taken {
		return false
	}
	for i, x := range w.queue {
		if x == j {
			w.queue = append(w.queue[:i:i], w.queue[i+1:]...)
			break
		}
	}
	if j.leads {
		w.handOver()
	}
	return true
}

// handOver gives the lead to the first job that waits, or to nobody. w.mu is held.
func (w *writer) handOver() {
	if len(w.queue) == 0 {
		w.leading = false
		return
	}
	next := w.queue[0]
	next.leads = true
	next.wake <- struct{}{}
}

// lead commits one group and hands the lead over. The leader's own job stands first in the queue.
func (w *writer) lead() {
	group := w.gather()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.handOver()
	}()
	rest := w.commitGroup(group)
	for _, j := range group[1 : len(group)-len(rest)] {
		j.wake <- struct{}{}
	}
	w.giveBack(rest)
}

// gather takes the jobs of the next group out of the queue: all up to one that wants to be alone.
func (w *writer) gather() []*job {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for n < len(w.queue) && n < maxGroup && !w.queue[n].alone {
		w.queue[n].taken = true
		n++
	}
	group := w.queue[:n:n]
	w.queue = w.queue[n:]
	return group
}

// giveBack returns jobs for which the group had no time, to the front of the queue.
func (w *writer) giveBack(rest []*job) {
	if len(rest) == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, j := range rest {
		j.taken = false
	}
	w.queue = append(slices.Clip(rest), w.queue...)
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
			j.err, j.commit = err, store.Commit{}
		}
		return nil
	}
	for i := range group {
		if _, err := w.attempt(group[i : i+1]); err != nil {
			group[i].err, group[i].commit = err, store.Commit{}
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
		if j.err = runJob(x, j.run); isEnd(x, j.err) {
			return 0, w.trouble(j.err)
		}
		j.commit = store.Commit{}
		if j.err == nil && x.head >= first {
			j.commit = store.Commit{First: first, Last: x.head}
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
	return &txn{c: w.c, shape: w.shapes.current(), at: w.now(), head: w.head}, nil
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
	if x.shape == w.shapes.now.Load() {
		err = end()
	} else {
		err = w.shapes.change(x.shape, end)
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
	done, err := w.enter(ctx)
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

// enter waits for the lane and takes it until leave is called.
func (w *writer) enter(ctx context.Context) (leave func(), err error) {
	j := &job{alone: true, wake: make(chan struct{}, 1)}
	if err := w.enqueue(ctx, j); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = w.queue[1:] // a job that leads stands first
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.handOver()
	}, nil
}

// close lets no further job in, lets those that wait finish first, and closes the connection.
func (w *writer) close() error {
	leave, err := w.enter(context.Background())
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.closed = true
	late := w.queue
	w.queue = nil
	w.mu.Unlock()
	for _, j := range late {
		j.err = store.ErrClosed
		j.taken = true
		j.wake <- struct{}{}
	}
	defer leave()
	if w.broken.Load() {
		return w.c.close()
	}
	_, _, err = w.c.WALCheckpoint("main", sqlite3.CHECKPOINT_TRUNCATE)
	return errors.Join(err, w.c.close())
}
