package sqlbase

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// Shape is the collections of one moment and their tables. It never changes.
type Shape struct {
	List []*schema.Collection // in order of creation
	// Version counts reshapings and Proof is a condition that fails a statement when another version is stored,
	// for engines whose tables another process may reshape.
	Version int64
	Proof   string

	d      *dialect.Dialect
	tables map[string]*Table // by id of the collection
}

// NewShape prepares the tables of collections; those that were the same before are taken from there. before
// may be nil.
func NewShape(d *dialect.Dialect, list []*schema.Collection, before *Shape) *Shape {
	s := &Shape{List: list, d: d, tables: make(map[string]*Table, len(list))}
	for _, c := range list {
		if before != nil && before.tables[c.ID] != nil && before.tables[c.ID].C == c {
			s.tables[c.ID] = before.tables[c.ID]
			continue
		}
		s.tables[c.ID] = NewTable(d, c)
	}
	return s
}

// Table returns the table of a collection, or ErrStale when c is no longer, or not yet, what is stored.
func (s *Shape) Table(c *schema.Collection) (*Table, error) {
	if t, ok := s.tables[c.ID]; ok && t.C == c {
		return t, nil
	}
	return nil, fmt.Errorf("collection %s: %w", c.Name, store.ErrStale)
}

// Asked returns the table that a query is about; of a collection that is stored nowhere, one for what is given.
func (s *Shape) Asked(q store.Query) (*Table, error) {
	for _, r := range q.Also {
		if _, err := s.Table(r.Collection()); err != nil {
			return nil, err
		}
	}
	if q.Given != nil && q.From.ID == "" {
		return NewTable(s.d, q.From), nil
	}
	return s.Table(q.From)
}

// ByID returns the collection of an id, nil when there is none.
func (s *Shape) ByID(id string) *schema.Collection {
	if t, ok := s.tables[id]; ok {
		return t.C
	}
	return nil
}

// Same returns the collection of the shape that is stored just like c, or c.
func (s *Shape) Same(c *schema.Collection) *schema.Collection {
	if t, ok := s.tables[c.ID]; ok && schema.Same(t.C, c) {
		return t.C
	}
	return c
}

// Spelled is how a table or a column is spelled that SQL may name in any case, "" for what is neither.
func (s *Shape) Spelled(name string) string {
	for _, c := range s.List {
		if strings.EqualFold(c.Name, name) {
			return c.Name
		}
	}
	for _, c := range s.List {
		for _, f := range c.Fields {
			if strings.EqualFold(f.Base().Name, name) {
				return f.Base().Name
			}
		}
	}
	return ""
}

// After returns the shape that a plan leads to.
func (s *Shape) After(p schema.Plan) *Shape {
	list := slices.Clone(s.List)
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
	return NewShape(s.d, append(list, p.Create...), s)
}

// Shapes holds the shape that is stored now. While a transaction that reshapes is being committed there is
// none: whoever asks waits until it is known which shape is stored.
type Shapes struct {
	now      atomic.Pointer[Shape]
	changing sync.Mutex // held while now is nil
}

// Set makes s the stored shape at the start.
func (s *Shapes) Set(now *Shape) { s.now.Store(now) }

// Now is the stored shape, nil while a transaction that reshapes is being committed.
func (s *Shapes) Now() *Shape { return s.now.Load() }

// Current returns the stored shape; it waits until it is known which it is.
func (s *Shapes) Current() *Shape {
	for {
		if now := s.now.Load(); now != nil {
			return now
		}
		s.changing.Lock()
		s.changing.Unlock() //nolint:staticcheck // waiting is the point
	}
}

// Change runs commit, during which the stored shape becomes next, or stays when commit fails. A reader that
// began before and finds the same shape after its first row has seen the old tables alone.
func (s *Shapes) Change(next *Shape, commit func() error) error {
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

// Replace makes another shape the stored one, unless fn returns the one that it was given.
func (s *Shapes) Replace(fn func(now *Shape) *Shape) {
	s.changing.Lock()
	defer s.changing.Unlock()
	s.now.Store(fn(s.now.Load()))
}
