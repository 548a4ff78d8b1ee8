package postgres

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
)

const (
	recentChanges = 4096     // of our own, kept in memory with their records
	recentBytes   = 32 << 20 // of those records, roughly
	followBatch   = 1000     // changes read at once by a follower
	pollTime      = 250 * time.Millisecond
	settleTime    = time.Second // how long Read waits for transactions that hold a sequence
)

// account is the log: all of it in the database, our own recent part of it in memory with the records.
type account struct {
	s *Store
	hints

	mu      sync.Mutex
	settled change.Seq // up to here nothing is ever added
	recent  map[change.Seq]change.Change
	order   []change.Seq
	bytes   int
	more    chan struct{} // closed at a hint and when the store closes
	closed  bool

	turning sync.Mutex // keeps calls of OnTurn apart
	version int64      // of the tables, as far as was told
	turns   int64      // of the named settings, likewise
	onTurn  []func()
}

func newAccount(s *Store) *account {
	return &account{s: s, recent: map[change.Seq]change.Change{}, more: make(chan struct{})}
}

// publish adds changes that we committed and wakes followers, here and elsewhere.
func (a *account) publish(changes []change.Change) {
	sqlbase.Together(changes)
	a.mu.Lock()
	for _, ch := range changes {
		a.recent[ch.Seq] = ch
		a.order = append(a.order, ch.Seq)
		a.bytes += sqlbase.Weight(&ch)
	}
	for len(a.order) > recentChanges || a.bytes > recentBytes && len(a.order) > 0 {
		old := a.recent[a.order[0]]
		a.bytes -= sqlbase.Weight(&old)
		delete(a.recent, old.Seq)
		a.order = a.order[1:]
	}
	a.mu.Unlock()
	a.wake()
	a.tell()
}

// wake makes followers look.
func (a *account) wake() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.closed {
		close(a.more)
		a.more = make(chan struct{})
	}
}

// waiting returns what is closed when there may be more.
func (a *account) waiting() (more <-chan struct{}, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil, store.ErrClosed
	}
	return a.more, nil
}

// Head implements change.Log.
func (a *account) Head(ctx context.Context) (head change.Seq, err error) {
	err = a.s.simple(ctx, func(c *conn) error {
		head, err = c.number(ctx, `SELECT greatest((SELECT max(seq) FROM _changes),
			(SELECT seq FROM _cursors WHERE consumer = '`+trimmed+`'), 0)`)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read the head of the log: %w", err)
	}
	return head, nil
}

// begin is a tail that stands behind after, or behind what was trimmed.
func (a *account) begin(ctx context.Context, after change.Seq) (*tail, error) {
	var low change.Seq
	err := a.s.simple(ctx, func(c *conn) (err error) {
		low, err = c.number(ctx, "SELECT coalesce(max(seq), 0) FROM _cursors WHERE consumer = '"+trimmed+"'")
		return err
	})
	return &tail{hi: max(after, low), begun: max(after, low)}, err
}

// step looks once, hears of turns, and moves the tail.
func (a *account) step(ctx context.Context, t *tail, limit int) ([]change.Change, error) {
	var g glance
	err := a.s.simple(ctx, func(c *conn) (err error) {
		if g, err = t.look(ctx, c, limit); err != nil || g.version <= a.s.shapes.Current().Version {
			return err
		}
		return a.s.reload(ctx, c)
	})
	if err != nil {
		return nil, err
	}
	a.turn(g.version, g.turns)
	if t.take(&g, a.settle(t)) {
		var xid int64
		_, err := a.s.small(ctx, "SELECT pg_current_xact_id()::text::bigint", func(row [][]byte) error {
			xid = bigint(row[0])
			return nil
		})
		if err != nil {
			// What was seen is told all the same: its gaps get their horizon at the next step.
			a.s.o.Log.Warn("a gap of the log has no horizon yet", "error", err)
		}
		t.bound(xid)
	}
	a.settle(t)
	a.complete(&g)
	return g.changes, nil
}

// settle notes how far a tail has read without a gap, for others, and returns how far anybody has.
func (a *account) settle(t *tail) change.Seq {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t.begun <= a.settled {
		a.settled = max(a.settled, t.low())
	}
	return a.settled
}

// complete adds the records: our own from memory, those of others from what the log keeps.
func (a *account) complete(g *glance) {
	a.mu.Lock()
	defer a.mu.Unlock()
	sh := a.s.shapes.Current()
	for i := range g.changes {
		ch := &g.changes[i]
		if own, ok := a.recent[ch.Seq]; ok && own.ID == ch.ID {
			ch.Old, ch.New = own.Old, own.New
			continue
		}
		c := sh.ByID(ch.Collection)
		if c == nil {
			continue
		}
		if rec := documented(c, text(g.docs[i]), ch.Seq); ch.Op == change.Delete {
			ch.Old = rec
		} else {
			ch.New = rec
		}
	}
}

// Read implements change.Log.
func (a *account) Read(ctx context.Context, after change.Seq, limit int) ([]change.Change, error) {
	if _, err := a.waiting(); err != nil || limit <= 0 {
		return nil, err
	}
	list, err := a.read(ctx, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read the log after %d: %w", after, err)
	}
	return list[:min(limit, len(list))], nil
}

func (a *account) read(ctx context.Context, after change.Seq, limit int) ([]change.Change, error) {
	t, err := a.begin(ctx, after)
	if err != nil {
		return nil, err
	}
	list, err := a.step(ctx, t, limit)
	for wait := time.Millisecond; err == nil && len(t.gaps) > 0 && wait < settleTime; wait *= 2 {
		var late []change.Change
		if late, err = a.step(ctx, t, 0); err != nil || len(t.gaps) == 0 {
			list = append(list, late...)
			break
		}
		list = append(list, late...)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b change.Change) int { return int(a.Seq - b.Seq) })
	if len(t.gaps) > 0 {
		list = list[:slices.IndexFunc(list, func(ch change.Change) bool { return ch.Seq > t.gaps[0].from })]
	}
	for i := range list {
		list[i].Low = list[i].Seq
	}
	return list, nil
}

// Follow implements change.Log. While the database cannot be reached it waits.
func (a *account) Follow(ctx context.Context, after change.Seq) iter.Seq2[change.Change, error] {
	return func(yield func(change.Change, error) bool) {
		var t *tail
		for {
			list, err := a.next(ctx, &t, after)
			if err != nil {
				yield(change.Change{}, err)
				return
			}
			for _, ch := range list {
				if !yield(ch, nil) {
					return
				}
			}
		}
	}
}

// next waits until there are further changes and returns some of them. An error is the context's or
// store.ErrClosed.
func (a *account) next(ctx context.Context, t **tail, after change.Seq) ([]change.Change, error) {
	said := false
	for {
		more, err := a.waiting()
		if err != nil {
			return nil, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		list, err := a.some(ctx, t, after)
		if err == nil && len(list) > 0 {
			return list, nil
		}
		if err != nil && ctx.Err() == nil && !said {
			a.s.o.Log.Warn("the log cannot be read for now", "error", err)
			said = true
		}
		select {
		case <-more:
		case <-time.After(pollTime):
		case <-ctx.Done():
		}
	}
}

func (a *account) some(ctx context.Context, t **tail, after change.Seq) (list []change.Change, err error) {
	if *t == nil {
		if *t, err = a.begin(ctx, after); err != nil {
			*t = nil
			return nil, err
		}
	}
	return a.step(ctx, *t, followBatch)
}

// Trim implements change.Log.
func (a *account) Trim(ctx context.Context, upTo change.Seq) error {
	head, err := a.Head(ctx)
	if err == nil {
		_, err = a.s.small(ctx, `WITH gone AS (DELETE FROM _changes WHERE seq <= $1::bigint)
			INSERT INTO _cursors (consumer, seq) VALUES ('`+trimmed+`', $1::bigint)
			ON CONFLICT (consumer) DO UPDATE SET seq = greatest(_cursors.seq, excluded.seq)`, nil, rule.IntValue(min(upTo, head)))
	}
	if err != nil {
		return fmt.Errorf("trim the log up to %d: %w", upTo, err)
	}
	return nil
}

// turn tells of collections and named settings that another process changed.
func (a *account) turn(version, turns int64) {
	a.turning.Lock()
	defer a.turning.Unlock()
	if version <= a.version && turns <= a.turns {
		return
	}
	a.version, a.turns = max(version, a.version), max(turns, a.turns)
	for _, fn := range a.onTurn {
		fn()
	}
}

// OnTurn implements store.Store.
func (s *Store) OnTurn(fn func()) {
	s.log.turning.Lock()
	defer s.log.turning.Unlock()
	s.log.onTurn = append(s.log.onTurn, fn)
}

func (a *account) close() {
	a.mu.Lock()
	closed := a.closed
	a.closed = true
	a.mu.Unlock()
	if !closed {
		close(a.more)
		a.quit()
	}
}
