// Package schema describes what data an application has: collections, their fields, indexes, rules and
// ways of signing in, and the catalog that holds them all.
//
// Everything here is a value without IO. A [Catalog] and the collections in it never change once they are
// sealed; whoever wants another schema builds new ones and lets the store reshape its tables.
package schema

import (
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/rule"
)

// Type is what a collection is for. It never changes after creation.
type Type string

// The types of collections.
const (
	Base Type = "base" // plain records
	Auth Type = "auth" // records that can sign in
	View Type = "view" // the rows of a query, read only
)

// Superusers is the name and SuperusersID the id of the collection whose records may do everything.
const (
	Superusers   = "_superusers"
	SuperusersID = "pbc_3142635823"
)

// Rules are the access rules of a collection. A nil rule lets only superusers pass, an empty one
// everybody, any other text is an expression that the record must satisfy.
type Rules struct {
	List, View, Create, Update, Delete *string
}

// Collection is one kind of record. After [Collection.Seal] it must not be changed any more.
type Collection struct {
	ID        string
	Name      string
	Type      Type
	System    bool
	Fields    []field.Field // in display order; the position is the field's ordinal
	Indexes   []string      // CREATE INDEX statements, as the wire shows them
	Rules     Rules
	Auth      *AuthOptions // of auth collections, else nil
	ViewQuery string       // of view collections, else empty
	Created   string       // date in wire form
	Updated   string

	ords     map[string]int
	parsed   []Index
	emailAt  int
	idAt     int
	shownAt  int
	phoneAt  int // of the field that people sign in by, -1 when there is none
	calledAt int
	table    *rule.Table
}

// Seal prepares the look-ups of c, which must be complete by then, and returns it.
func (c *Collection) Seal() *Collection {
	c.ords = make(map[string]int, len(c.Fields))
	c.parsed = c.parsed[:0:0]
	for i, f := range c.Fields {
		c.ords[f.Base().Name] = i
	}
	for _, text := range c.Indexes {
		if ix, err := ParseIndex(text); err == nil {
			c.parsed = append(c.parsed, ix)
		}
	}
	c.idAt, c.emailAt, c.shownAt, c.phoneAt, c.calledAt = c.Ord("id"), -1, -1, -1, -1
	if c.Type == Auth {
		c.emailAt, c.shownAt = c.Ord("email"), c.Ord("emailVisibility")
		if f := c.Field("phone"); f != nil && f.Base().System {
			c.phoneAt, c.calledAt = c.Ord("phone"), c.Ord("phoneVisibility")
		}
	}
	c.table = c.describe()
	return c
}

// Ord returns the position of the named field, or -1.
func (c *Collection) Ord(name string) int {
	if i, ok := c.ords[name]; ok {
		return i
	}
	return -1
}

// Field returns the named field, or nil.
func (c *Collection) Field(name string) field.Field {
	if i, ok := c.ords[name]; ok {
		return c.Fields[i]
	}
	return nil
}

// FieldByID returns the field with the given id, or nil.
func (c *Collection) FieldByID(id string) field.Field {
	for _, f := range c.Fields {
		if f.Base().ID == id {
			return f
		}
	}
	return nil
}

// IDOrd is the ordinal of the primary key.
func (c *Collection) IDOrd() int { return c.idAt }

// EmailOrd is the ordinal of the e-mail address of an auth collection, else -1.
func (c *Collection) EmailOrd() int { return c.emailAt }

// PhoneOrd is the ordinal of the phone number that records of an auth collection may sign in by, else -1.
func (c *Collection) PhoneOrd() int { return c.phoneAt }

// ShownBy returns the ordinal of the field that shows the one at ord to everybody, or -1 when nothing does; ok is
// false for fields that need no such leave. E-mail addresses and phone numbers do.
func (c *Collection) ShownBy(ord int) (by int, ok bool) {
	switch {
	case ord < 0:
		return -1, false
	case ord == c.emailAt:
		return c.shownAt, true
	case ord == c.phoneAt:
		return c.calledAt, true
	}
	return -1, false
}

// IsAuth reports whether records of c can sign in.
func (c *Collection) IsAuth() bool { return c.Type == Auth }

// IsView reports whether c is read only rows of a query.
func (c *Collection) IsView() bool { return c.Type == View }

// ParsedIndexes are the indexes of a sealed collection that could be parsed.
func (c *Collection) ParsedIndexes() []Index { return c.parsed }

// UniqueOn returns the UNIQUE index over the one named column, whatever its condition.
func (c *Collection) UniqueOn(column string) (Index, bool) {
	for _, ix := range c.parsed {
		if ix.uniqueOn(column) {
			return ix, true
		}
	}
	return Index{}, false
}

// Clone returns an unsealed copy with fields of its own.
func (c *Collection) Clone() *Collection {
	d := *c
	d.Fields = make([]field.Field, len(c.Fields))
	for i, f := range c.Fields {
		d.Fields[i] = field.Clone(f)
	}
	d.Indexes = append([]string(nil), c.Indexes...)
	d.Rules = Rules{
		List: clonePtr(c.Rules.List), View: clonePtr(c.Rules.View), Create: clonePtr(c.Rules.Create),
		Update: clonePtr(c.Rules.Update), Delete: clonePtr(c.Rules.Delete),
	}
	if c.Auth != nil {
		a := c.Auth.Clone()
		d.Auth = &a
	}
	d.ords, d.parsed, d.table = nil, nil, nil
	return &d
}
