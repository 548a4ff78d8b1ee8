// Package store is what Holdall asks of a database, all of it. Queries and mutations are values, so an
// engine needs no method per statement and a test can print them. What an implementation must do beyond
// the comments here is said, executably, by storetest; DESIGN.md tells of lanes and order.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Errors that callers act upon. Engines return them wrapped.
var (
	// ErrStale says that a collection was changed after the caller looked it up: look again and retry.
	ErrStale = errors.New("the collection has changed")
	// ErrConflict says that a Guard did not hold: the record moved on, or one that must exist is gone.
	ErrConflict = errors.New("the record has changed")
	// ErrGone says that the record to update or delete is not there.
	ErrGone = errors.New("no such record")
	// ErrClosed says that the store was closed.
	ErrClosed = errors.New("the store is closed")
	// ErrFull says that the disk is full. Nothing was written; the store goes on once there is space again.
	ErrFull = errors.New("the disk is full")
	// ErrReadOnly says that the store met a failed flush and takes no more writes until it is opened anew.
	ErrReadOnly = errors.New("the store is read only after a failed flush")
)

// Unique is returned, wrapped, when a value that must be unique is taken.
type Unique struct {
	Collection string   // id
	Columns    []string // of the index; empty for an index over expressions
}

// Error names the columns.
func (u *Unique) Error() string { return "not unique" }

// MissingRef is returned, wrapped, when a Guard's record is gone.
type MissingRef struct{ Ref Ref }

// Error names the record.
func (m *MissingRef) Error() string { return "missing record " + m.Ref.ID }

// Taken is returned, wrapped, when a record that a Guard wants absent is there.
type Taken struct{ Ref Ref }

// Error names the record.
func (t *Taken) Error() string { return "record " + t.Ref.ID + " exists" }

// IndexError is returned, wrapped, by Reshape when an index cannot be made.
type IndexError struct {
	Collection string // id
	Position   int    // in the collection's Indexes
	Err        error  // what the engine says
}

// Error is what the engine says.
func (e *IndexError) Error() string { return fmt.Sprintf("index %d: %v", e.Position, e.Err) }

// Unwrap is what the engine says.
func (e *IndexError) Unwrap() error { return e.Err }

// Store keeps records and the account of their changes.
type Store interface {
	Reader
	// Apply commits ms together, all or none, and returns when they are on stable storage. Many callers
	// share one commit (the shared lane); a failed call leaves the others of its group untouched.
	Apply(ctx context.Context, ms ...Mutation) (Commit, error)
	// Update runs fn alone among writers (the exclusive lane): read, think, write. It commits when fn
	// returns nil and rolls everything back otherwise, a panic included. fn must not call Apply or
	// Update of the store: it would wait for itself.
	Update(ctx context.Context, fn func(Tx) error) (Commit, error)
	// Snapshot lets fn read several times at one moment.
	Snapshot(ctx context.Context, fn func(Reader) error) error
	// Log is the account of all committed changes.
	Log() change.Log
	// Cursors remember how far durable consumers have read.
	Cursors() change.Cursors
	// OnTurn has fn called after another process has changed collections or named settings that are told (see
	// [Told]): Collections, Param and their kin then answer anew. It is called before the log tells of changes that were made later, so fn
	// must be quick; it may be called for nothing. Register before serving.
	OnTurn(fn func())
	// Backup writes a consistent copy of the database without stopping writers.
	Backup(ctx context.Context, w io.Writer) error
	// Close ends what runs, flushes, and releases the data. Later calls fail with ErrClosed.
	Close() error
}

// Reader reads records. Readers never wait for writers.
type Reader interface {
	// Select calls each for every row of the answer, in order; without sort keys that is the order in which
	// the records were made. A Row is valid during its call only; an error of each ends the query and is
	// returned. each must not ask the store again: it would hold one reader while waiting for another.
	Select(ctx context.Context, q Query, each func(Row) error) error
	// Count is the number of records that match, without regard to Limit and Offset.
	Count(ctx context.Context, q Query) (int64, error)
	// Collections reads all stored collections in order of creation, sealed.
	Collections(ctx context.Context) ([]*schema.Collection, error)
	// Param reads a named setting; nil when it was never set.
	Param(ctx context.Context, key string) ([]byte, error)
	// Params reads all named settings whose names begin with a prefix, by name.
	Params(ctx context.Context, prefix string) (map[string][]byte, error)
}

// Tx is a Reader that sees its own writes and can write.
type Tx interface {
	Reader
	// Apply writes at once, in order, all of ms or none. A failure ends nothing by itself: fn may go on.
	Apply(ctx context.Context, ms ...Mutation) error
	// Part runs fn, which must not Reshape, and undoes what it wrote when it fails. That ends nothing by itself: the
	// transaction may go on.
	Part(ctx context.Context, fn func() error) error
	// Reshape makes tables, views and indexes follow from one catalog to the next and keeps the
	// collections' definitions. Data of renamed and retyped fields is carried over. The SQL view of a view
	// collection is schema.ViewSelect of its query. Views are dropped first and made last, in the order of
	// the plan. ErrStale when the plan does not start from what is stored; *IndexError when an index cannot be
	// made; else what the engine says. A failure undoes the whole reshaping and ends nothing by itself.
	Reshape(ctx context.Context, p schema.Plan) error
	// Describe returns the result columns of a query that a view may be made of; it must be one SELECT.
	Describe(ctx context.Context, query string) ([]schema.ViewColumn, error)
	// Sample runs such a query and returns up to limit rows as text by column, nil for NULL.
	Sample(ctx context.Context, query string, limit int) ([][]*string, error)
	// TableExists reports whether a table or view of any kind has the name, in any case, and IndexTable
	// which table has the index of that name, "" when there is none.
	TableExists(ctx context.Context, name string) (bool, error)
	IndexTable(ctx context.Context, index string) (string, error)
	// SetParam keeps a named setting; nil removes it. Other processes hear of it when it is [Told].
	SetParam(ctx context.Context, key string, value []byte) error
}

// Row is one row of an answer, valid during the call that receives it.
type Row interface {
	rule.Row
	// AppendJSON appends the record as v shows it, without "expand".
	AppendJSON(dst []byte, v *record.View) []byte
	// AppendHead and AppendTail append the keys of v that sort before and after "expand" as `"key":value`
	// with commas between them and none at the ends. Either may append nothing.
	AppendHead(dst []byte, v *record.View) []byte
	AppendTail(dst []byte, v *record.View) []byte
	// Text returns the stored text at an ordinal; its bytes die with the row.
	Text(ord int) []byte
	// ID is the primary key.
	ID() string
	// Seq is the sequence of the record's last change.
	Seq() change.Seq
	// Record decodes the whole row.
	Record() (*record.Record, error)
}

// Query asks for records of one collection.
type Query struct {
	From *schema.Collection
	// IDs restricts the answer to these records; nil means all. An empty non-nil list answers nothing.
	IDs []string
	// By restricts the answer to records that hold one of some values in one column; nil means all.
	By *By
	// Given asks about a record that is not written yet, instead of the table: the answer is that record
	// or nothing. A collection without an id is stored nowhere, and its records can only be given: rules
	// about other things than records are asked so.
	Given *record.Record
	// Also are records that are not stored and are found as if they were: by joins, and in views of the whole
	// table, but not as From. Given must be set.
	Also []*record.Record
	// Where is access rule AND filter, bound, folded; with its sort keys. nil matches all.
	Where  *rule.Bound
	Limit  int // 0 means no limit
	Offset int
}

// By is an equality on one column. For a column with several values (a list) it means "contains".
type By struct {
	Ord    int
	Values []string // any of these
	NoCase bool     // ASCII letters match in any case
}

// Mutation is one wish to write.
type Mutation struct {
	Op  change.Op
	Rec *record.Record // Create, Update: the new values; Delete: the record to delete
	// Old is what was read before an Update or Delete, for the log's consumers; it may be nil. An update is
	// cheaper with it: while the stored record still has Old's Seq, only what differs is written. What is
	// stored afterwards is Rec, whole, in any case.
	Old *record.Record
	If  Guard
	By  string // who, for the log
}

// Guard is proved again under the writer's lock: since the request's own check the world may have moved.
type Guard struct {
	Versioned bool       // the record must still have the version Seq
	Seq       change.Seq // 0 is a record that was never written by Holdall, such as an imported one
	Exists    []Ref      // records that must exist
	Absent    []Ref      // records that must not exist, such as the same id in another auth collection
}

// Ref names a record.
type Ref struct {
	Collection *schema.Collection
	ID         string
	Ord        int // the field of the written record that refers to it, for the error
}

// Commit tells where in the log a write ended up.
type Commit struct {
	First, Last change.Seq // zero when nothing was written
}
