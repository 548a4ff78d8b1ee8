package sqlbase

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/store"
)

const (
	maxGroup = 512   // jobs that share one commit
	maxQueue = 16384 // jobs that wait
)

// Lane is the queue of those who want to write. Whoever finds nobody leading leads: it commits what has
// gathered as one group, wakes those whose jobs it did, and hands the lead to the first that waits. DESIGN.md
// of package store tells why.
type Lane[J any] struct {
	commit func(group []*Job[J]) (rest []*Job[J])

	mu      sync.Mutex // guards the queue and what is true of the whole lane
	queue   []*Job[J]
	leading bool
	closed  bool
}

// Job is one caller's wish to write.
type Job[J any] struct {
	What   J
	Commit store.Commit
	Err    error

	alone bool          // it runs in its caller's goroutine, in a transaction of its own
	wake  chan struct{} // told once: the job is done, or leads
	taken bool          // a group has it
	leads bool          // its caller must lead
}

// NewLane makes a lane. commit writes a group in one transaction, sets Err and Commit of the jobs it did, and
// returns those at the end of the group for which there was no time. The first job is always done.
func NewLane[J any](commit func(group []*Job[J]) (rest []*Job[J])) *Lane[J] {
	return &Lane[J]{commit: commit}
}

// Share runs a job in the shared lane: in one transaction with whatever else waits.
func (l *Lane[J]) Share(ctx context.Context, what J) (store.Commit, error) {
	j := &Job[J]{What: what, wake: make(chan struct{}, 1)}
	if err := l.enqueue(ctx, j); err != nil {
		return store.Commit{}, err
	}
	if j.leads {
		l.lead()
	}
	return j.Commit, j.Err
}

// Enter waits for the lane and takes it until leave is called.
func (l *Lane[J]) Enter(ctx context.Context) (leave func(), err error) {
	j := &Job[J]{alone: true, wake: make(chan struct{}, 1)}
	if err := l.enqueue(ctx, j); err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = l.queue[1:] // a job that leads stands first
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.handOver()
	}, nil
}

// Close lets no further job in, waits for those that are being written, and refuses those that wait. The lane
// is taken until leave is called.
func (l *Lane[J]) Close() (leave func(), err error) {
	leave, err = l.Enter(context.Background())
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, j := range l.queue {
		j.Err = store.ErrClosed
		j.taken = true
		j.wake <- struct{}{}
	}
	l.queue = nil
	return leave, nil
}

// enqueue waits until the job leads or was done by somebody, and returns how that went.
func (l *Lane[J]) enqueue(ctx context.Context, j *Job[J]) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if leads, err := l.push(j); leads || err != nil {
		return err
	}
	select {
	case <-j.wake:
	case <-ctx.Done():
		if l.withdraw(j) {
			return waited(ctx)
		}
		<-j.wake // too late: it is being written
	}
	if j.leads {
		return nil
	}
	return j.Err
}

// waited is the error of a job whose time ran out before its turn: nothing of it was begun.
func waited(ctx context.Context) error {
	err := context.Cause(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return errWaited.Because(err)
	}
	return err
}

var errWaited = &fault.Error{Kind: fault.Unavailable, Msg: "Other writes take too long. Try again in a moment.", Retry: time.Second}

// push queues a job; with nobody leading it leads at once.
func (l *Lane[J]) push(j *Job[J]) (leads bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return false, store.ErrClosed
	case len(l.queue) >= maxQueue:
		return false, fault.New(fault.Unavailable, "Too many writes are waiting.")
	}
	l.queue = append(l.queue, j)
	if !l.leading {
		l.leading, j.leads = true, true
		return true, nil
	}
	return false, nil
}

// withdraw takes a job out of the queue, with the lead if it was just handed to it.
func (l *Lane[J]) withdraw(j *Job[J]) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if j.taken {
		return false
	}
	for i, x := range l.queue {
		if x == j {
			l.queue = append(l.queue[:i:i], l.queue[i+1:]...)
			break
		}
	}
	if j.leads {
		l.handOver()
	}
	return true
}

// handOver gives the lead to the first job that waits, or to nobody. l.mu is held.
func (l *Lane[J]) handOver() {
	if len(l.queue) == 0 {
		l.leading = false
		return
	}
	next := l.queue[0]
	next.leads = true
	next.wake <- struct{}{}
}

// lead commits one group and hands the lead over. The leader's own job stands first in the queue.
func (l *Lane[J]) lead() {
	group := l.gather()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.handOver()
	}()
	rest := l.commit(group)
	for _, j := range group[1 : len(group)-len(rest)] {
		j.wake <- struct{}{}
	}
	l.giveBack(rest)
}

// gather takes the jobs of the next group out of the queue: all up to one that wants to be alone.
func (l *Lane[J]) gather() []*Job[J] {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for n < len(l.queue) && n < maxGroup && !l.queue[n].alone {
		l.queue[n].taken = true
		n++
	}
	group := l.queue[:n:n]
	l.queue = l.queue[n:]
	return group
}

// giveBack returns jobs for which the group had no time, to the front of the queue.
func (l *Lane[J]) giveBack(rest []*Job[J]) {
	if len(rest) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, j := range rest {
		j.taken = false
	}
	l.queue = append(slices.Clip(rest), l.queue...)
}
