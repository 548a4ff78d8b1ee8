// Package caller says who asks for something, how far they are trusted, and what else is known of
// the request that rules may speak of.
package caller

import (
	"context"
	"net/url"
	"time"

	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Trust is how far a caller is believed. The zero value is a guest, who may do least.
type Trust uint8

// The degrees of trust.
const (
	Guest     Trust = iota // nobody is signed in
	User                   // a record of an auth collection
	Superuser              // a record of the superusers collection: rules do not hold it
	System                 // Holdall itself: a command, a job, a hook
)

// Contexts that rules can ask for as @request.context.
const (
	ContextDefault  = "default"
	ContextExpand   = "expand"
	ContextRealtime = "realtime"
	ContextFile     = "protectedFile"
	ContextBatch    = "batch"
	ContextOAuth2   = "oauth2"
	ContextOTP      = "otp"
	ContextPassword = "password"
)

// Caller is one request's asker. A nil *Caller must never reach the core.
type Caller struct {
	Trust   Trust
	Auth    *record.Record // who is signed in; nil for guests and the system
	Token   Token          // the token that proved it, when one did
	Context string         // one of the Context constants
	Method  string         // HTTP method, upper case
	Query   url.Values
	Header  func(snake string) (string, bool) // a header by its snake case name; nil when there are none
	IP      string                            // the caller's address, after trusted proxies
	Now     time.Time                         // the moment of the request; rules and automatic dates use it
}

// Token is what is worth knowing of the token that a caller presented.
type Token struct {
	Raw         string
	Refreshable bool
	Expires     time.Time
	Proved      time.Time // when the caller signed in; zero when the token does not say
}

// IsSuper reports whether rules do not hold the caller.
func (c *Caller) IsSuper() bool { return c.Trust >= Superuser }

// Is reports whether the caller is the record with the given id of the given collection.
func (c *Caller) Is(col *schema.Collection, id string) bool {
	return c.Auth != nil && c.Auth.ID() == id && c.Auth.Collection().ID == col.ID
}

// In returns a copy of c that asks in another context, for instance within an expand.
func (c *Caller) In(context string) *Caller {
	d := *c
	d.Context = context
	return &d
}

// AsSystem is the caller for what Holdall does on its own account.
func AsSystem(now time.Time) *Caller {
	return &Caller{Trust: System, Context: ContextDefault, Now: now}
}

type key struct{}

// With returns a context that carries c, for code that has only a context.
func With(ctx context.Context, c *Caller) context.Context { return context.WithValue(ctx, key{}, c) }

// From returns the caller in ctx, or nil.
func From(ctx context.Context) *Caller {
	c, _ := ctx.Value(key{}).(*Caller)
	return c
}
