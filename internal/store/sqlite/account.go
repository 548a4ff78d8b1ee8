package sqlite

import (
	"context"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
)

const (
	recentChanges = 4096     // kept in memory with their records
	recentBytes   = 32 << 20 // of those records, roughly
	followBatch   = 256      // changes read at once by a follower
	trimmed       = "@trim"  // the row of _cursors that says up to where the log was trimmed
)

// account is the log: all of it in the database, the recent part of it in memory with the records.
type account struct {
	readers *pool
	write   func(context.Context, func(*txn) error) (store.Commit, error)

	mu     sync.Mutex
	head   change.Seq
	recent []change.Change // without gaps, up to head
	bytes  int
	sizes  []int
	more   chan struct{} // closed when head moves or the store closes
	closed bool
}

func newAccount(readers *pool, head change.Seq) *account {
	return &account{readers: readers, head: head, more: make(chan struct{})}
}

// publish adds committed changes and wakes followers.
func (a *account) publish(changes []change.Change, head change.Seq) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if head == a.head {
		return
	}
	if len(changes) == 0 || changes[0].Seq != a.head+1 {
		a.recent, a.sizes, a.bytes = nil, nil, 0 // another process wrote in between
	}
	sqlbase.Together(changes)
	for _, ch := range changes {
		size := sqlbase.Weight(&ch)
		a.recent, a.sizes, a.bytes = append(a.recent, ch), append(a.sizes, size), a.bytes+size
	}
	a.shed()
	a.head = head
	close(a.more)
	a.more = make(chan struct{})
}

// shed forgets the oldest of what is kept in memory. Slices are copied when half of them is dead.
func (a *account) shed() {
	n := 0
	for len(a.recent)-n > recentChanges || a.bytes > recentBytes && n < len(a.recent) {
		a.bytes -= a.sizes[n]
		a.recent[n] = change.Change{}
		n++
	}
	a.recent, a.sizes = a.recent[n:], a.sizes[n:]
}

// Head implements change.Log.
func (a *account) Head(ctx context.Context) (change.Seq, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return 0, store.ErrClosed
	}
	return a.head, ctx.Err()
}

// Read implements change.Log.
func (a *account) Read(ctx context.Context, after change.Seq, limit int) ([]change.Change, error) {
	list, ok, err := a.fromMemory(after, limit)
	if ok || err != nil {
		return list, err
	}
	list, err = a.fromDisk(ctx, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read the log after %d: %w", after, err)
	}
	return list, nil
}

func (a *account) fromMemory(after change.Seq, limit int) (list []change.Change, ok bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.closed:
		return nil, false, store.ErrClosed
	case after >= a.head || limit <= 0:
		return nil, true, nil
	case len(a.recent) == 0 || after < a.recent[0].Seq-1:
		return nil, false, nil
	}
	from := a.recent[after-a.recent[0].Seq+1:]
	return append([]change.Change(nil), from[:min(limit, len(from))]...), true, nil
}

func (a *account) fromDisk(ctx context.Context, after change.Seq, limit int) (list []change.Change, err error) {
	c, err := a.readers.get(ctx)
	if err != nil {
		return nil, err
	}
	defer a.readers.put(c)
	err = c.query("SELECT seq, at, op, collection, record, author FROM _changes WHERE seq > ? ORDER BY seq LIMIT ?",
		func(s *sqlite3.Stmt) error {
			list = append(list, change.Change{
				Seq: s.ColumnInt64(0), Low: s.ColumnInt64(0), At: time.UnixMicro(s.ColumnInt64(1)).UTC(), Op: change.Op(s.ColumnInt64(2)),
				Collection: s.ColumnText(3), ID: s.ColumnText(4), By: s.ColumnText(5),
			})
			return nil
		}, rule.IntValue(after), rule.IntValue(int64(limit)))
	return a.withRecords(list), ended(ctx, err)
}

// withRecords adds the records of changes that are still in memory.
func (a *account) withRecords(list []change.Change) []change.Change {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.recent) == 0 {
		return list
	}
	for i := range list {
		if at := list[i].Seq - a.recent[0].Seq; at >= 0 && at < int64(len(a.recent)) {
			list[i] = a.recent[at]
		}
	}
	return list
}

// Follow implements change.Log.
func (a *account) Follow(ctx context.Context, after change.Seq) iter.Seq2[change.Change, error] {
	return func(yield func(change.Change, error) bool) {
		for {
			list, err := a.next(ctx, after)
			if err != nil {
				yield(change.Change{}, err)
				return
			}
			for _, ch := range list {
				if !yield(ch, nil) {
					return
				}
				after = ch.Seq
			}
		}
	}
}

// next waits until there are changes above after and returns some of them.
func (a *account) next(ctx context.Context, after change.Seq) ([]change.Change, error) {
	for {
		a.mu.Lock()
		head, more, closed := a.head, a.more, a.closed
		a.mu.Unlock()
		switch {
		case closed:
			return nil, store.ErrClosed
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		}
		if head > after {
			list, err := a.Read(ctx, after, followBatch)
			if err != nil || len(list) > 0 {
				return list, err
			}
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Trim implements change.Log.
func (a *account) Trim(ctx context.Context, upTo change.Seq) error {
	_, err := a.write(ctx, func(x *txn) error {
		upTo := min(upTo, x.head)
		if err := x.c.run("DELETE FROM _changes WHERE seq <= ?", rule.IntValue(upTo)); err != nil {
			return whole{err}
		}
		err := x.c.run(`INSERT INTO _cursors (consumer, seq) VALUES (?, ?)
			ON CONFLICT (consumer) DO UPDATE SET seq = max(seq, excluded.seq)`, rule.TextValue(trimmed), rule.IntValue(upTo))
		if err != nil {
			return whole{err}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("trim the log up to %d: %w", upTo, err)
	}
	a.forget(upTo)
	return nil
}

func (a *account) forget(upTo change.Seq) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.recent) > 0 && a.recent[0].Seq <= upTo {
		a.bytes -= a.sizes[0]
		a.recent, a.sizes = a.recent[1:], a.sizes[1:]
	}
}

func (a *account) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.closed {
		a.closed = true
		close(a.more)
	}
}

// logHead is the last sequence that was ever given out.
func (c *conn) logHead() (change.Seq, error) {
	return c.number(`SELECT max(coalesce((SELECT max(seq) FROM _changes), 0),
		coalesce((SELECT seq FROM _cursors WHERE consumer = ?), 0))`, rule.TextValue(trimmed))
}
