package store

import "context"

// Console answers SQL that a person wrote, in the words of the engine.
type Console interface {
	// Ask runs one statement on a connection of its own that can only read, until ctx ends. *SQLError when the
	// statement is refused or wrong.
	Ask(ctx context.Context, q Question) (*Answer, error)
}

// Question is a statement and what bounds its answer.
type Question struct {
	SQL   string
	Rows  int // at most
	Bytes int // of all values, after which no further row is read
	// Secret reports whether a column of a table must not be read, wherever it stands in the statement. Names
	// are as they are stored; an empty column asks about the table as a whole.
	Secret func(table, column string) bool
}

// Answer is what a statement found. A value is nil, a bool, an int64, a float64 or a string; bytes that are no
// text are written as SQL writes them.
type Answer struct {
	Columns []string
	Rows    [][]any
	More    bool // there are rows that are not here
}

// SQLError says why a statement was not run, or did not end.
type SQLError struct {
	Msg string // fit for whoever wrote the statement
	At  int    // the character where it goes wrong, from 0; -1 when that is not known
}

// Error is the sentence.
func (e *SQLError) Error() string { return e.Msg }

// Sentences of both engines.
const (
	OnlyReads    = "The console only reads, and one statement at a time."
	NoStatement  = "There is no statement."
	secretColumn = " holds secrets and cannot be read here. Name the columns that you want."
	secretTable  = " holds secrets and cannot be read here."
)

// SecretError refuses to read a column, or a whole table when column is empty.
func SecretError(table, column string) *SQLError {
	if column == "" {
		return &SQLError{Msg: table + secretTable, At: -1}
	}
	return &SQLError{Msg: table + "." + column + secretColumn, At: -1}
}
