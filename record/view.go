package record

import (
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/schema"
)

// Ordinals of the keys that every record shows and no column holds.
const (
	OrdCollectionID   = -1
	OrdCollectionName = -2
)

// Key is one key of a record's JSON with its text made ready.
type Key struct {
	Ord    int    // of the field, or one of the Ord constants
	Prefix string // `"title":`, or with a comma in front
	Fixed  string // the whole value, for keys that no column holds
	Kind   field.Kind
}

// View is which keys of a collection's records a caller sees. It is made once per audience and kept;
// it is safe for concurrent use.
//
// The answer to an expand goes between Head and Tail, where "expand" stands in the order of keys.
type View struct {
	C    *schema.Collection
	Head []Key // keys that sort before "expand"
	Tail []Key // keys that sort after it

	// AllEmails shows every e-mail address and phone number; else only those whose owner made them visible, and
	// Self's.
	AllEmails bool
	Self      string // id of the record whose own are always shown; "" for none
}

// NewView prepares the keys of c. Hidden fields are left out unless hidden is true; passwords and token
// keys of auth collections are never shown. only, when not nil, picks keys by name.
func NewView(c *schema.Collection, hidden bool, only func(name string) bool) *View {
	v := &View{C: c}
	type entry struct {
		name string
		key  Key
	}
	list := []entry{
		{"collectionId", Key{Ord: OrdCollectionID, Fixed: string(field.AppendString(nil, c.ID))}},
		{"collectionName", Key{Ord: OrdCollectionName, Fixed: string(field.AppendString(nil, c.Name))}},
	}
	for i, f := range c.Fields {
		b := f.Base()
		if b.Hidden && !hidden || c.IsAuth() && (b.Name == "password" || b.Name == "tokenKey") {
			continue
		}
		list = append(list, entry{b.Name, Key{Ord: i, Kind: f.Kind()}})
	}
	slices.SortFunc(list, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	for _, e := range list {
		if only != nil && !only(e.name) {
			continue
		}
		e.key.Prefix = string(field.AppendString(nil, e.name)) + ":"
		if e.name < "expand" {
			v.Head = append(v.Head, e.key)
		} else {
			v.Tail = append(v.Tail, e.key)
		}
	}
	return v
}

// ForSelf returns a copy that always shows the address of one record.
func (v *View) ForSelf(id string) *View {
	w := *v
	w.Self = id
	return &w
}

// WithEmails returns a copy that shows every address and number.
func (v *View) WithEmails() *View {
	w := *v
	w.AllEmails = true
	return &w
}

// Hides reports whether an address or a number of a record, which visible may show, must be left out.
func (v *View) Hides(id func() string, visible func() bool) bool {
	return !v.AllEmails && !visible() && (v.Self == "" || id() != v.Self)
}
