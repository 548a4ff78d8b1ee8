package schema

import (
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/field"
)

// Catalog is all collections at one moment. It never changes.
type Catalog struct {
	list   []*Collection
	byID   map[string]*Collection
	byName map[string]*Collection // lower-case names
	refs   map[string][]Ref
}

// Ref is a relation field and the collection that has it.
type Ref struct {
	From  *Collection
	Ord   int
	Field field.Referrer
}

// NewCatalog makes a catalog of sealed collections, in the order given.
func NewCatalog(list []*Collection) *Catalog {
	c := &Catalog{
		list:   slices.Clone(list),
		byID:   make(map[string]*Collection, len(list)),
		byName: make(map[string]*Collection, len(list)),
		refs:   make(map[string][]Ref),
	}
	for _, col := range list {
		c.byID[col.ID] = col
		c.byName[strings.ToLower(col.Name)] = col
	}
	byName := slices.SortedFunc(slices.Values(list), func(a, b *Collection) int { return strings.Compare(a.Name, b.Name) })
	for _, col := range byName {
		for i, f := range col.Fields {
			if r, ok := f.(field.Referrer); ok {
				c.refs[r.Target()] = append(c.refs[r.Target()], Ref{From: col, Ord: i, Field: r})
			}
		}
	}
	return c
}

// All returns the collections in order of creation. The caller must not change the slice.
func (c *Catalog) All() []*Collection { return c.list }

// Find looks a collection up by its exact id or its name in any case.
func (c *Catalog) Find(nameOrID string) (*Collection, bool) {
	if col, ok := c.byID[nameOrID]; ok {
		return col, true
	}
	if col, ok := c.byName[nameOrID]; ok {
		return col, true
	}
	col, ok := c.byName[strings.ToLower(nameOrID)]
	return col, ok
}

// ByID looks a collection up by its id alone.
func (c *Catalog) ByID(id string) (*Collection, bool) {
	col, ok := c.byID[id]
	return col, ok
}

// RefsTo lists the relation fields that point to a collection, by collection name; views included.
func (c *Catalog) RefsTo(id string) []Ref { return c.refs[id] }
