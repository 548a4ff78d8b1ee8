// Package hook is where programs join what Holdall does: points, phases and events.
//
// A point is a place in the house where something happens, an event is what happens there, and a phase is
// when a handler hears of it: Before may change or refuse it, Within joins its transaction, After is told
// once it is committed. Around is the one form under the three. A point without handlers costs nothing.
package hook

import (
	"context"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Points are all points there are. Its zero value has no handlers.
type Points struct {
	Create, Update, Delete Point[Write]

	Connect   Point[Connect]
	Subscribe Point[Subscribe]
	Publish   Point[Publish]

	AuthRequest Moment[AuthRequest] // an endpoint of signing in is asked
	SignIn      Moment[SignIn]      // an account gets a token, in whichever way
	Mail        Moment[Mail]        // an account is sent a mail
}

// Write is the event of Create, Update and Delete.
type Write struct {
	By       *caller.Caller
	Old, New *record.Record // Old is nil on create, New on delete
}

// Collection is what the written record is one of.
func (e *Write) Collection() *schema.Collection {
	if e.New != nil {
		return e.New.Collection()
	}
	return e.Old.Collection()
}

// In reports whether the record is one of the collection with the given id or, in any case, name.
func (e *Write) In(nameOrID string) bool { return is(e.Collection(), nameOrID) }

// Tx is what a Within handler may do in the transaction it joins. It must not be used once the handler
// has returned, nor from another goroutine. Rules are not asked; fields are checked, and the points of
// what it writes fire in turn.
type Tx interface {
	// Find reads a record, or fails with fault.NotFound.
	Find(ctx context.Context, collection, id string) (*record.Record, error)
	// Save creates rec when it was never written, else updates it.
	Save(ctx context.Context, rec *record.Record) error
	// Delete removes rec and what must go with it.
	Delete(ctx context.Context, rec *record.Record) error
}
