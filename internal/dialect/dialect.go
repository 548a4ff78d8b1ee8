// Package dialect holds every spelling in which SQLite and PostgreSQL differ, as one struct with two
// values, and the writer that statements are put together with.
package dialect

import (
	"strings"

	"github.com/holdall-dev/holdall/internal/rule"
)

// Dialect is how one engine spells things.
type Dialect struct {
	Name string
	// Placeholder appends the n-th parameter, counted from 1.
	Placeholder func(dst []byte, n int) []byte
	// Ident appends a quoted identifier.
	Ident func(dst []byte, name string) []byte
}

// SQLite is the dialect of SQLite 3.51 and later.
var SQLite = &Dialect{
	Name:        "sqlite",
	Placeholder: func(dst []byte, _ int) []byte { return append(dst, '?') },
	Ident: func(dst []byte, name string) []byte {
		return append(append(append(dst, '"'), strings.ReplaceAll(name, `"`, `""`)...), '"')
	},
}

// SQL is a statement under construction: text and the values of its parameters, in order.
type SQL struct {
	D    *Dialect
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
	s.args = append(s.args, v)
	s.buf = s.D.Placeholder(s.buf, len(s.args))
	return s
}

// String is the text so far and Args the values of its parameters.
func (s *SQL) String() string     { return string(s.buf) }
func (s *SQL) Args() []rule.Value { return s.args }

// Bytes is the text so far; it is valid until the next append.
func (s *SQL) Bytes() []byte { return s.buf }

// Reset empties the statement so that its memory can be used again.
func (s *SQL) Reset() { s.buf, s.args = s.buf[:0], s.args[:0] }
