// Package change is the account of what happened to records, in order, for everybody who reacts to it.
package change

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/holdall-dev/holdall/record"
)

// ErrHeld says that another node holds a consumer's claim.
var ErrHeld = errors.New("the consumer is held by another node")

// Seq numbers changes in the order in which they were committed, from 1, without gaps on SQLite.
type Seq = int64

// Op is what happened to a record.
type Op uint8

// The operations.
const (
	Create Op = iota + 1
	Update
	Delete
)

// String returns the operation's name.
func (o Op) String() string { return [...]string{"none", "create", "update", "delete"}[o] }

// Change is one committed write.
type Change struct {
	Seq Seq
	// Low is how far whoever handled all changes up to this one has read without a gap: where a consumer goes
	// on after a restart. It is Seq, or less while a transaction with a lower sequence has not ended.
	Low        Seq
	At         time.Time
	Op         Op
	Collection string         // id
	ID         string         // of the record
	Old, New   *record.Record // at hand for recent changes only; nil otherwise
	By         string         // who: "<collection id>/<record id>", "" for guests and the system
	// With are, of a delete, the records that the same transaction deleted, as they were before it: what rules
	// must see that are asked about one of them. nil when it deleted no other, or Old is not at hand.
	With []*record.Record
	// Torn says of a delete that With cannot be told: the transaction deleted too many records, or changed
	// this one first.
	Torn bool
}

// A Log is the order in which writes were committed.
//
// Whoever has read up to a change has seen every change that will ever carry a seq ≤ its Low. Changes of one
// record come in the order of their sequences, and so do all changes where there is one writer; where there
// are several, Follow may tell a change after one with a higher sequence, of another record, but never twice.
type Log interface {
	// Head is the last committed sequence, 0 when nothing was ever written.
	Head(ctx context.Context) (Seq, error)
	// Read returns up to limit changes with a sequence above after, in order. It ends before a sequence that a
	// transaction still holds, so that nothing is ever added between what it returned.
	Read(ctx context.Context, after Seq, limit int) ([]Change, error)
	// Follow yields the changes above after and waits for more until ctx ends or the consumer stops.
	Follow(ctx context.Context, after Seq) iter.Seq2[Change, error]
	// Trim forgets changes up to and including upTo.
	Trim(ctx context.Context, upTo Seq) error
}

// Cursors remember how far each durable consumer has read, and which node holds it.
type Cursors interface {
	// Claim takes the consumer for node until ttl has passed and returns where it stands. It fails with
	// ErrHeld while another node holds it.
	Claim(ctx context.Context, consumer, node string, ttl time.Duration) (Seq, error)
	// Advance notes that everything up to and including to was handled. It fails with ErrHeld when the
	// claim was lost meanwhile.
	Advance(ctx context.Context, consumer, node string, to Seq) error
	// Low is where the consumer stands that has read least; ok is false when there is none.
	Low(ctx context.Context) (at Seq, ok bool, err error)
}
