package schema

import (
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/phone"
)

// sysField is a field that collections of some type must have: how it is made when it is missing, and what
// is forced on one that is there.
type sysField struct {
	name  string
	make  func() field.Field
	force func(field.Field)
}

const idPattern = `^[a-z0-9]+$`

// idField is the primary key, the first field of a collection that comes without one.
var idField = sysField{"id", func() field.Field {
	return &field.Text{Min: 15, Max: 15, Pattern: idPattern, AutogeneratePattern: "[a-z0-9]{15}"}
}, func(f field.Field) {
	t := f.(*field.Text)
	t.System, t.PrimaryKey, t.Required, t.Hidden = true, true, true, false
	if t.Pattern == "" {
		t.Pattern = idPattern
	}
}}

// authFields are those of auth collections, in the order in which missing ones are added.
var authFields = []sysField{
	{"password", func() field.Field { return &field.PasswordField{Min: 8} }, forceSecret},
	{"tokenKey", func() field.Field {
		return &field.Text{Min: 30, Max: 60, AutogeneratePattern: "[a-zA-Z0-9]{50}"}
	}, forceSecret},
	{"email", func() field.Field {
		f := new(field.Email)
		f.Required = true
		return f
	}, func(f field.Field) { forceSystem(f); f.Base().Hidden = false }},
	{"emailVisibility", func() field.Field { return new(field.Bool) }, forceSystem},
	{"verified", func() field.Field { return new(field.Bool) }, forceSystem},
}

// phoneFields are those of auth collections whose records may sign in by phone.
var phoneFields = []sysField{
	{"phone", func() field.Field { return new(field.Text) }, func(f field.Field) {
		forceSystem(f)
		f.Base().Hidden = false
		f.(*field.Text).Pattern = phone.Pattern
	}},
	{"phoneVisibility", func() field.Field { return new(field.Bool) }, forceSystem},
	{"phoneVerified", func() field.Field { return new(field.Bool) }, forceSystem},
}

func forceSystem(f field.Field) { f.Base().System = true }

func forceSecret(f field.Field) {
	b := f.Base()
	b.System, b.Hidden, b.Required = true, true, true
}

func (c *Collection) completeFields() {
	if i := c.indexOfText("id"); i >= 0 {
		c.Fields[i] = idField.hold(c.Fields[i])
	} else {
		id := freeID(field.DefaultID("text", "id"), c.hasFieldID)
		c.Fields = slices.Insert(c.Fields, 0, idField.fresh(id))
	}
	if !c.IsAuth() {
		return
	}
	for _, s := range authFields {
		c.completeField(s)
	}
	if c.Auth != nil && c.Auth.PhoneAuth.Enabled {
		for _, s := range phoneFields {
			c.completeField(s)
		}
	}
}

func (c *Collection) indexOfText(name string) int {
	return slices.IndexFunc(c.Fields, func(f field.Field) bool { return f.Type() == "text" && f.Base().Name == name })
}

// completeField adds a missing field; one of another type is replaced in its place and keeps its id.
func (c *Collection) completeField(s sysField) {
	i := slices.IndexFunc(c.Fields, func(f field.Field) bool { return f.Base().Name == s.name })
	switch {
	case i < 0:
		f := s.fresh("")
		f.Base().ID = "" // the default one, unless another field has it
		c.AddField(f)
	case c.Fields[i].Type() != s.make().Type():
		c.Fields[i] = s.fresh(c.Fields[i].Base().ID)
	default:
		c.Fields[i] = s.hold(c.Fields[i])
	}
}

// fresh makes the field with its defaults; without an id it gets the default one.
func (s sysField) fresh(id string) field.Field {
	f := s.make()
	if id == "" {
		id = field.DefaultID(f.Type(), s.name)
	}
	f.Base().ID, f.Base().Name = id, s.name
	return s.hold(f)
}

// hold forces the flags; the copy has everything ready that the options decide.
func (s sysField) hold(f field.Field) field.Field {
	s.force(f)
	return field.Clone(f)
}

// maxIndexName is how long the names of our own indexes get.
const maxIndexName = 64

// completeIndexes writes every index in normal form for the collection's name and adds those of auth
// collections. What cannot be parsed stays for the check to refuse.
func (c *Collection) completeIndexes() {
	if c.IsView() {
		return
	}
	for i, text := range c.Indexes {
		c.Indexes[i] = NormalIndex(text, c.Name)
	}
	if c.IsAuth() {
		c.addAuthIndex("tokenKey", "")
		c.addAuthIndex("email", "`email` != ''")
		if c.Auth != nil && c.Auth.PhoneAuth.Enabled {
			c.addAuthIndex("phone", "`phone` != ''")
		}
	}
}

// NormalIndex returns the statement as a collection of that name stores it: as it is when it names the
// collection already, else in normal form (collections.md §9). What cannot be parsed is returned unchanged.
func NormalIndex(text, table string) string {
	ix, err := ParseIndex(text)
	if err != nil || ix.Table == table && !strings.Contains(text, "{{") && !strings.Contains(text, "[[") {
		return text
	}
	ix.Table = table
	return ix.String()
}

func (c *Collection) addAuthIndex(column, where string) {
	for _, text := range c.Indexes {
		if ix, err := ParseIndex(text); err == nil && ix.uniqueOn(column) {
			return
		}
	}
	name := "idx_" + column + "_" + c.ID
	ix := Index{
		Unique: true, Name: name[:min(len(name), maxIndexName)], Table: c.Name,
		Columns: []IndexColumn{{Name: column}}, Where: where,
	}
	c.Indexes = append(c.Indexes, ix.String())
}

// uniqueOn reports whether ix is UNIQUE over the one column, whatever its condition.
func (ix Index) uniqueOn(column string) bool {
	return ix.Unique && len(ix.Columns) == 1 && strings.EqualFold(ix.Columns[0].Name, column)
}
