package postgres

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/holdall-dev/holdall/internal/store"
)

// Whoever wants one record by its id while every connection is lent stands in a queue. The first of it that gets
// a connection asks for the others of its collection as well: one statement and one answer for all of them.
// Whatever goes wrong then is nobody's answer: each asks again by itself.

// maxLooks is how many look-ups one statement answers.
const maxLooks = 16

// look is one caller's wish to see a record.
type look struct {
	q    store.Query
	done chan struct{} // closed when the rest is known
	row  *row          // nil: there is no such record
	err  error
}

// errUnasked is the error of a look-up that is not answered yet.
var errUnasked = errors.New("not asked")

// looks are those that nobody has taken yet, in the order in which they came.
type looks struct {
	mu   sync.Mutex
	list []*look
}

func (ls *looks) join(l *look) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.list = append(ls.list, l)
}

// take takes l out of the queue, with others of its collection; nothing when l was taken before.
func (ls *looks) take(l *look, most int) []*look {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if !slices.Contains(ls.list, l) {
		return nil
	}
	group := append(make([]*look, 0, most), l)
	ls.list = slices.DeleteFunc(ls.list, func(o *look) bool {
		if o == l {
			return true
		}
		if len(group) == most || o.q.From != l.q.From {
			return false
		}
		group = append(group, o)
		return true
	})
	return group
}

// looksUp reports whether a query is for one stored record and nothing else, so that it is answered at once.
func looksUp(q store.Query) bool {
	return len(q.IDs) == 1 && q.By == nil && q.Given == nil && q.Where == nil && q.Offset == 0 && !q.From.IsView()
}

// lookUp answers a query that looksUp in the queue; nil when there is no such record. ok is false when it has to
// be asked by itself.
func (s *Store) lookUp(ctx context.Context, q store.Query) (r *row, ok bool) {
	l := &look{q: q, done: make(chan struct{}), err: errUnasked}
	s.looks.join(l)
	entered, err := s.readers.enter(ctx, l.done)
	if err != nil {
		s.looks.take(l, 1)
		return nil, false
	}
	if entered {
		s.lead(ctx, s.looks.take(l, maxLooks))
	}
	select {
	case <-l.done:
		return l.row, l.err == nil
	case <-ctx.Done():
		return nil, false
	}
}

// lead answers a group on the connection that its first has a right to.
func (s *Store) lead(ctx context.Context, group []*look) {
	defer func() {
		for _, l := range group {
			close(l.done)
		}
	}()
	if len(group) == 0 {
		s.readers.leave()
		return
	}
	c, err := s.readers.lend(ctx, s.readers.trusted)
	if err != nil {
		return
	}
	defer s.readers.put(c)
	sh, q := s.shapes.Current(), store.Query{From: group[0].q.From}
	t, err := sh.Asked(q)
	if err != nil {
		return
	}
	for _, l := range group {
		q.IDs = append(q.IDs, l.q.IDs[0])
	}
	found := make([]*row, len(group))
	err = c.rows(ctx, t, q, sh.Proof, func(r store.Row) error {
		id := r.ID()
		for i := range group {
			if q.IDs[i] == id {
				found[i] = r.(*row).copy()
			}
		}
		return nil
	})
	for i, l := range group {
		l.row, l.err = found[i], err
	}
}
