package sqlite

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
	"github.com/holdall-dev/holdall/schema"
)

// shape is the collections of one moment and their tables. It never changes.
type shape struct {
	list   []*schema.Collection
	tables map[string]*sqlbase.Table // by id of the collection
}

func newShape(list []*schema.Collection, before *shape) *shape {
	s := &shape{list: list, tables: make(map[string]*sqlbase.Table, len(list))}
	for _, c := range list {
		if before != nil && before.tables[c.ID] != nil && before.tables[c.ID].C == c {
			s.tables[c.ID] = before.tables[c.ID]
			continue
		}
		s.tables[c.ID] = sqlbase.NewTable(dialect.SQLite, c)
	}
	return s
}

// table returns the table of a collection, or ErrStale when c is no longer, or not yet, what is stored.
func (s *shape) table(c *schema.Collection) (*sqlbase.Table, error) {
	if t, ok := s.tables[c.ID]; ok && t.C == c {
		return t, nil
	}
	return nil, fmt.Errorf("collection %s: %w", c.Name, store.ErrStale)
}

// after returns the shape that a plan leads to.
func (s *shape) after(p schema.Plan) *shape {
	list := slices.Clone(s.list)
	for _, c := range p.Drop {
		list = slices.DeleteFunc(list, func(x *schema.Collection) bool { return x.ID == c.ID })
	}
	for _, pair := range p.Change {
		for i, x := range list {
			if x.ID == pair.Old.ID {
				list[i] = pair.New
			}
		}
	}
	return newShape(append(list, p.Create...), s)
}

// shapes holds the shape that is stored now. While a transaction that reshapes is being committed there is
// none: whoever asks waits until it is known which shape is stored.
type shapes struct {
	now      atomic.Pointer[shape]
	changing sync.Mutex // held while now is nil
}

// current returns the stored shape.
func (s *shapes) current() *shape {
	for {
		if now := s.now.Load(); now != nil {
			return now
		}
		s.changing.Lock()
		s.changing.Unlock() //nolint:staticcheck // waiting is the point
	}
}

// change runs commit, during which the stored shape becomes next, or stays when commit fails. A reader that
// began before and finds the same shape after its first row has seen the old tables alone.
func (s *shapes) change(next *shape, commit func() error) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	result := s.now.Swap(nil)
	defer func() { s.now.Store(result) }()
	if err := commit(); err != nil {
		return err
	}
	result = next
	return nil
}
