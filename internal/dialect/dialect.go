// Package dialect holds every spelling in which SQLite and PostgreSQL differ, as one struct with two
// values, and the writer that statements are put together with.
package dialect

import "github.com/holdall-dev/holdall/internal/rule"

// Dialect is how one engine spells things.
type Dialect struct {
	Name string
	// Placeholder appends the n-th parameter, counted from 1.
	Placeholder func(dst []byte, n int) []byte
	// Ident appends a quoted identifier.
	Ident func(dst []byte, name string) []byte

	// Clean makes a parameter what the engine takes; nil where it takes everything.
	Clean func(rule.Value) rule.Value
	// Typed is for engines that do not compare values of different types; nil where they do as SQLite does.
	Typed *Typed
	// Columns are how record tables are declared.
	Columns Columns

	// What follows differs in spelling alone.
	Same, Differ     string     // operators that take NULL for a value
	Like, NotLike    string     // ASCII letters match in any case
	Escape           string     // what follows a pattern whose escape character is the backslash
	Asc, Desc        string     // NULLs first, NULLs last
	Random           string     // a sort key
	RowID            string     // a column of every table that numbers its rows
	Strftime         string     // a function
	True, False      string     // conditions
	NoLimit          rule.Value // what LIMIT takes for all
	Stored           string     // before the name of a table that a WITH of the same name hides
	AsText, AsNumber string     // types to CAST to, for their affinity; for engines that have such

	// JSON appends the value at a path within a column of JSON text; text that is no JSON is a string.
	JSON func(s *SQL, c Ref, path []rule.Step)
	// Length appends how many elements a list column has, or whether any other column is not empty.
	Length func(s *SQL, c Ref, kind rule.Kind)
	// Each appends a table of the elements of a list column, with a column called value.
	Each func(s *SQL, c Ref)
	// EachOf does the same for the JSON text of a list, a parameter.
	EachOf func(s *SQL, list rule.Value)
	// OneOf appends the comparison of the text before it with the elements of such a list.
	OneOf func(s *SQL, list rule.Value)
	// Holds appends whether a column's text contains another.
	Holds func(s *SQL, c Ref, text rule.Value)
	// Folded appends a text column for a comparison with texts in lower case, in which ASCII letters match in
	// any case.
	Folded func(s *SQL, c Ref)
	// Given appends a value as a column of the kind would hold it.
	Given func(s *SQL, kind rule.Kind, v rule.Value)
	// Bare appends a column without its affinity.
	Bare func(s *SQL, c Ref)

	// SameName reports whether two names are one to the engine.
	SameName func(a, b string) bool
	// Query is SQL that a user wrote, in SQLite's words, in the words of the engine. spelled says how a table or
	// a column is spelled, "" for what is neither. nil where nothing is to be changed.
	Query func(query string, spelled func(name string) string) string
	// Fold is a column, an identifier, as an index has it whose texts are one in any case of ASCII letters.
	Fold func(column string) string
	// ToList and ToOne are the value of a column, an identifier, when one value becomes a list and back.
	ToList, ToOne func(column string) string
}

// Ref names a column of a table in a statement.
type Ref struct{ Table, Column string }

// SQL is a statement under construction: text and the values of its parameters, in order.
type SQL struct {
	D *Dialect
	// Always is a condition that a query has besides its own; "" is none. Reset leaves it.
	Always string

	buf  []byte
	args []rule.Value
}

// New starts a statement.
func (d *Dialect) New() *SQL { return &SQL{D: d, buf: make([]byte, 0, 512)} }

// Text appends SQL text as it is. It must never hold anything that came from a client.
func (s *SQL) Text(parts ...string) *SQL {
	for _, p := range parts {
		s.buf = append(s.buf, p...)
	}
	return s
}

// Ident appends a quoted identifier.
func (s *SQL) Ident(name string) *SQL { s.buf = s.D.Ident(s.buf, name); return s }

// Col appends table.column, both quoted.
func (s *SQL) Col(table, column string) *SQL { return s.Ident(table).Text(".").Ident(column) }

// Arg appends a parameter.
func (s *SQL) Arg(v rule.Value) *SQL {
	if s.D.Clean != nil {
		v = s.D.Clean(v)
	}
	s.args = append(s.args, v)
	s.buf = s.D.Placeholder(s.buf, len(s.args))
	return s
}

// Ref appends the column.
func (s *SQL) Ref(c Ref) *SQL { return s.Col(c.Table, c.Column) }

// String is the text so far.
func (s *SQL) String() string { return string(s.buf) }

// Args are the values of its parameters.
func (s *SQL) Args() []rule.Value { return s.args }

// Bytes is the text so far; it is valid until the next append.
func (s *SQL) Bytes() []byte { return s.buf }

// Reset empties the statement so that its memory can be used again.
func (s *SQL) Reset() { s.buf, s.args = s.buf[:0], s.args[:0] }
