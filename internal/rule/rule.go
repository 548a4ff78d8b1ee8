// Package rule is the language of access rules, filters and sort keys: text to tree, names to columns,
// the request to constants, and the meaning of what is left, for one row in memory. It imports nothing
// of ours and could leave the house; package rulesql says the same in SQL.
//
// The stages, a file each: [Parse] makes a tree of text; [Bind] turns names into columns and joins and
// depends on the schema alone, so its result can be kept; [Bound.Fold] puts a request in and leaves
// constants; then [Bound.Eval] judges a row, or rulesql asks a database.
package rule

import "time"

// Kind is the storage class of a column as the language sees it.
type Kind uint8

// The kinds.
const (
	Text   Kind = iota // text, dates, single select, file and relation; TEXT affinity
	Number             // NUMERIC affinity
	Bool               // 0 or 1, NUMERIC affinity
	List               // compact JSON array of texts, NUMERIC affinity
	JSON               // any JSON text, or NULL while unset; no affinity, read through its path
	Geo                // {"lon":…,"lat":…}
)

// Table describes a collection to the language. It must not change once it is in use.
type Table struct {
	ID, Name string
	View     bool
	Auth     bool     // its records sign in
	Columns  []Column // by ordinal
	ListRule *string  // what a client's filter that passes through the table is held to; nil locks it

	byName map[string]int
}

// Column is one column of a table.
type Column struct {
	Name   string
	Kind   Kind
	Items  bool   // of a select, file or relation field: :length and :each mean something
	Target string // id of the table that a relation points to, else ""
	Unique bool   // has a UNIQUE index of its own: a back relation through it finds one record at most
	Hidden bool   // clients cannot name it

	ShownBy string // the truth that lets clients ask about the values of an auth table's column; "": they may
}

// Seal prepares look-ups by name and returns t.
func (t *Table) Seal() *Table {
	t.byName = make(map[string]int, len(t.Columns))
	for i, c := range t.Columns {
		t.byName[c.Name] = i
	}
	return t
}

// Ord returns the position of the named column, or -1.
func (t *Table) Ord(name string) int {
	if i, ok := t.byName[name]; ok {
		return i
	}
	return -1
}

// Schema is what tables there are.
type Schema interface {
	// Table looks a table up by its exact id or its name in any case.
	Table(nameOrID string) (*Table, bool)
}

// Type is the type of a Value.
type Type uint8

// The types that a database knows.
const (
	Null Type = iota
	Int
	Real
	Txt
)

// Value is one value as a database would hold it.
type Value struct {
	Type Type
	I    int64
	F    float64
	S    string
}

// IntValue is a whole number.
func IntValue(i int64) Value { return Value{Type: Int, I: i} }

// RealValue is a number with a fraction.
func RealValue(f float64) Value { return Value{Type: Real, F: f} }

// TextValue is a text.
func TextValue(s string) Value { return Value{Type: Txt, S: s} }

// BoolValue is 1 or 0.
func BoolValue(b bool) Value {
	if b {
		return IntValue(1)
	}
	return IntValue(0)
}

// NumberValue is f as a NUMERIC column keeps it: an integer when it is one.
func NumberValue(f float64) Value {
	if f > -9.2e18 && f < 9.2e18 && f == float64(int64(f)) {
		return IntValue(int64(f))
	}
	return RealValue(f)
}

// Row is one row of the base table.
type Row interface {
	// Value is the stored value at an ordinal: lists, JSON and points as their JSON text.
	Value(ord int) Value
}

// Scope is what is known of the request that an expression is folded for.
type Scope interface {
	Now() time.Time
	Context() string
	Method() string
	// Query is the first value of a query parameter, Header of a header by its snake case name.
	Query(name string) (string, bool)
	Header(name string) (string, bool)
	// Body is a submitted value by its plain name, modifiers applied and known fields normalised, as JSON
	// would hold it: nil, string, float64, bool, []string, []any, map[string]any, json.RawMessage (which keeps
	// the order of an object's keys).
	Body(name string) (v any, set bool)
	// AuthValue is the stored value at an ordinal of the signed-in record; asked only with Question.Auth set.
	AuthValue(ord int) Value
}

// Question is an access rule together with what a client wants to know. They share their joins.
type Question struct {
	Schema Schema
	Base   *Table
	Auth   *Table // of the record that is signed in; nil for guests
	Rule   string // trusted text: may name everything; "" matches all
	Filter string // the client's; "" matches all
	Sort   string // the client's sort keys
	Super  bool   // the client is a superuser: may name hidden columns, @request and @collection
	Given  bool   // the base row is not stored yet: back relations that begin at it are an error
	// Conceal keeps hidden columns from superusers' filters too.
	Conceal bool
}

// Error says what is wrong with an expression. Its text may be shown to superusers alone.
type Error struct {
	Pos int // byte offset in the text, -1 when there is none
	Msg string
	// Locked says that a client named @request or @collection without being a superuser: "@request" or
	// "@collection", and InSort where.
	Locked string
	InSort bool
}

// Error returns the message.
func (e *Error) Error() string { return e.Msg }

// Verdict is what Eval finds.
type Verdict uint8

// The verdicts.
const (
	No  Verdict = iota // the row does not match
	Yes                // it does
	Ask                // the expression looks beyond the row: only a database can tell
)
