package auth

import (
	"context"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Method is one way of proving an identity. It proves and nothing else: what all methods share is the
// desk's work, so no method can forget a step.
type Method interface {
	// Name is what rules read as @request.context and what a second factor must differ from.
	Name() string
	// Enabled reports whether records of c may use the method.
	Enabled(c *schema.Collection) bool
	// Prove returns the account that the attempt proves to be. Faults: Invalid for anything that does not
	// prove one, in the same words whether the account exists or not.
	Prove(ctx context.Context, d Desk, a Attempt) (*record.Record, error)
}

// Guessable is a method whose proof can be guessed: who guesses wrong too often has to wait.
type Guessable interface {
	// Target names what is guessed at: the same for all attempts on one account.
	Target(a Attempt) string
}

// Attempt is one try to sign in.
type Attempt struct {
	By         *caller.Caller
	Collection *schema.Collection
	In         Input
}

// Desk is all that a method may ask of the house.
type Desk interface {
	// Find returns the record of c whose named field, which must be unique on its own, holds the value:
	// exactly, or in any ASCII case when the field's index says so. nil when there is none.
	Find(ctx context.Context, c *schema.Collection, field, value string) (*record.Record, error)
	// Compare reports whether plain is the password of rec. A nil rec costs the same time as a real one.
	// Fault: Unavailable when too many wait already.
	Compare(ctx context.Context, c *schema.Collection, rec *record.Record, plain string) (bool, error)
	// Join returns the account that an external one signs in to, links the two, and does all else that the
	// proof asks for (auth.md §8.3-§8.6), together or not at all. When there is none, it is made of up;
	// without up the error is ErrNobody. Faults: NotFound, Forbidden, Invalid, as for creating a record.
	Join(ctx context.Context, a Attempt, ext External, up *body.Body) (rec *record.Record, isNew bool, err error)
}
