package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/mail"
	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/internal/settings"
	"github.com/holdall-dev/holdall/internal/sms"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/tally"
	"github.com/holdall-dev/holdall/internal/write"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

var errNone = errors.New("no such record")

// Needs is what the service is made of.
type Needs struct {
	Store   store.Store
	Gate    *access.Gate
	Write   *write.Service
	Hasher  *write.Hasher // the one that sign-ups share
	Catalog func() *schema.Catalog
	Now     func() time.Time
	// Settings are those of this moment.
	Settings func() *settings.Settings
	// Mail sends one mail now; Put keeps the wish for one until it is out.
	Mail mail.Sender
	Put  func(context.Context, outbox.Wish) error
	// PutWith is Put by a transaction of the caller's: set keeps a named setting in it, and done must be called when
	// it is committed.
	PutWith func(ctx context.Context, m outbox.Wish, set func(ctx context.Context, key string, raw []byte) error) (done func(), err error)
	// SMS sends one message now; PutMessage keeps the wish for one until it is out.
	SMS        sms.Sender
	PutMessage func(context.Context, outbox.Wish) error
	Log        *slog.Logger // nil: none
	// Hooks are the points where programs join; nil: none do.
	Hooks *hook.Points
	// Tries counts guesses and mails; nil: in memory, for this process alone.
	Tries tally.Counter
	// SuperuserFrom reports whether superusers may act from an address.
	SuperuserFrom func(ip string) bool
}

// Service is the sign-in desk.
type Service struct {
	Needs
	dummies sync.Map // cost → hash that nobody's password has
	given   *given
	codes   *underway
	setup   setup
}

// New makes the service.
func New(n Needs) *Service {
	if n.Log == nil {
		n.Log = slog.New(slog.DiscardHandler)
	}
	if n.Hooks == nil {
		n.Hooks = new(hook.Points)
	}
	if n.Tries == nil {
		n.Tries = tally.NewMemory(n.Now)
	}
	return &Service{Needs: n, given: newGiven(n.Now), codes: newUnderway(n.Now)}
}

// Session is what a sign-in gives.
type Session struct {
	Record *record.Record
	Token  string
	// Factor is the id of a first factor that was proved. Then there is no token yet: the client must
	// prove another one and name this.
	Factor string
}

// As is the caller that the signed-in record is: answers are shown to it.
func (s Session) As(by *caller.Caller) *caller.Caller {
	as := *by
	as.Auth, as.Trust = s.Record, caller.User
	if s.Record.Collection().ID == schema.SuperusersID {
		as.Trust = caller.Superuser
	}
	return &as
}

// SignIn lets a method prove an identity and does, in this order, what all methods share: is it enabled,
// the proof, the token, the superusers' addresses, the auth rule, the second factor, the place it comes from.
// Faults: Forbidden when the method is off, or the rule or the address forbids it; those of the proof.
func (s *Service) SignIn(ctx context.Context, m Method, a Attempt) (Session, error) {
	if !m.Enabled(a.Collection) {
		return Session{}, fault.New(fault.Forbidden, "The collection is not configured to allow "+label(m)+" authentication.")
	}
	rec, err := s.prove(ctx, m, a)
	if err != nil {
		return Session{}, fmt.Errorf("sign in to %s: %w", a.Collection.Name, err)
	}
	token, err := issueProved(rec, s.Now(), s.Now())
	if err != nil {
		return Session{}, err
	}
	a.By = a.By.In(m.Name())
	if err := s.admit(ctx, a, rec); err != nil {
		return Session{}, err
	}
	e := &hook.SignIn{By: a.By, Record: rec, Method: m.Name(), Token: token}
	if err := s.Hooks.SignIn.RunBefore(ctx, e); err != nil {
		return Session{}, err
	}
	factor, err := s.factor(ctx, m, a, rec)
	if err != nil || factor != "" {
		return Session{Factor: factor}, err
	}
	if a.Collection.Auth.AuthAlert.Enabled {
		s.noteOrigin(ctx, a.By, rec)
	}
	return s.enter(ctx, e), nil
}

// enter is the session of somebody who is in.
func (s *Service) enter(ctx context.Context, e *hook.SignIn) Session {
	s.Hooks.SignIn.RunAfter(ctx, e, s.panicked)
	return Session{Record: e.Record, Token: e.Token}
}

// enterAs is the same for a token that no method was asked for.
func (s *Service) enterAs(ctx context.Context, by *caller.Caller, rec *record.Record, token string) (Session, error) {
	e := &hook.SignIn{By: by, Record: rec, Token: token}
	if err := s.Hooks.SignIn.RunBefore(ctx, e); err != nil {
		return Session{}, err
	}
	return s.enter(ctx, e), nil
}

// panicked notes a handler that broke after what it was told of.
func (s *Service) panicked(v any) { s.Log.Error("a hook panicked after a sign-in", "panic", v) }

// label is a method's name as people write it.
func label(m Method) string {
	switch name := m.Name(); name {
	case "otp":
		return "OTP"
	case "sms":
		return "phone"
	case "oauth2":
		return "OAuth2"
	default:
		return name
	}
}

// Refresh exchanges the caller's refreshable token for a new one and returns a static one unchanged. The
// auth rule is asked again. Faults: Unauthorized for guests, Forbidden for records of other collections.
func (s *Service) Refresh(ctx context.Context, by *caller.Caller, c *schema.Collection) (Session, error) {
	if err := Own(by, c); err != nil {
		return Session{}, err
	}
	token := by.Token.Raw
	if by.Token.Refreshable {
		var err error
		if token, err = issueProved(by.Auth, s.Now(), by.Token.Proved); err != nil {
			return Session{}, err
		}
	}
	if err := s.admit(ctx, Attempt{By: by, Collection: c}, by.Auth); err != nil {
		return Session{}, err
	}
	return s.enterAs(ctx, by, by.Auth, token)
}

// Impersonate gives a superuser a static token of another account, for duration seconds or, when that is
// zero, for the collection's usual time. Faults: NotFound, Invalid.
func (s *Service) Impersonate(ctx context.Context, by *caller.Caller, c *schema.Collection, id string, in Input) (Session, error) {
	rec, err := s.one(ctx, store.Query{From: c, IDs: []string{id}, Limit: 1})
	if errors.Is(err, errNone) {
		return Session{}, fault.New(fault.NotFound, "")
	}
	if err != nil {
		return Session{}, fmt.Errorf("impersonate %s/%s: %w", c.Name, id, err)
	}
	seconds, err := in.Seconds("duration")
	if err != nil {
		return Session{}, err
	}
	if seconds < 0 {
		f := fault.AtLeast(0).On("duration")
		f.Msg = "An error occurred while validating the submitted data."
		return Session{}, f
	}
	token, err := Issue(rec, s.Now(), time.Duration(min(seconds, maxSeconds))*time.Second, false)
	if err != nil {
		return Session{}, err
	}
	if err := s.admit(ctx, Attempt{By: by, Collection: c, In: in}, rec); err != nil {
		return Session{}, err
	}
	return s.enterAs(ctx, by, rec, token)
}

// maxSeconds is the longest life of a token: 180 years, for a Duration holds little more.
const maxSeconds = 94670856 * 60

// admit asks what stands between a proven account and its token: the superusers' addresses and the
// collection's auth rule (auth.md §5).
func (s *Service) admit(ctx context.Context, a Attempt, rec *record.Record) error {
	if a.Collection.ID == schema.SuperusersID && s.SuperuserFrom != nil && !s.SuperuserFrom(a.By.IP) {
		return fault.New(fault.Forbidden, "You are not allowed to perform this request.")
	}
	if a.By.IsSuper() {
		return nil
	}
	rule := a.Collection.Auth.AuthRule
	if rule != nil && *rule == "" {
		return nil
	}
	if rule != nil {
		ok, err := s.Gate.Passes(ctx, s.Store, a.By, rec, *rule, a.In.Data, false)
		if err != nil {
			return fmt.Errorf("auth rule of %s: %w", a.Collection.Name, err)
		}
		if ok {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "The request doesn't satisfy the collection requirements to authenticate.")
}

// Find implements Desk.
func (s *Service) Find(ctx context.Context, c *schema.Collection, name, value string) (*record.Record, error) {
	by, err := uniqueBy(c, name, value)
	if err != nil {
		return nil, err
	}
	rec, err := s.one(ctx, store.Query{From: c, By: by, Limit: 1})
	if errors.Is(err, errNone) {
		return nil, nil
	}
	return rec, err
}

// uniqueBy asks for a value of a field that is unique on its own, in any case when its index says so.
func uniqueBy(c *schema.Collection, name, value string) (*store.By, error) {
	ix, ok := c.UniqueOn(name)
	ord := c.Ord(name)
	if !ok || ord < 0 {
		return nil, fmt.Errorf("find in %s: field %q has no unique index of its own", c.Name, name)
	}
	return &store.By{Ord: ord, Values: []string{value}, NoCase: strings.EqualFold(ix.Columns[0].Collate, "nocase")}, nil
}

// Compare implements Desk.
func (s *Service) Compare(ctx context.Context, c *schema.Collection, rec *record.Record, plain string) (bool, error) {
	if rec != nil {
		if hash := rec.Password("password").Hash; hash != "" {
			return s.Hasher.Verify(ctx, hash, plain)
		}
	}
	hash, err := s.dummy(ctx, c)
	if err != nil {
		return false, err
	}
	_, err = s.Hasher.Verify(ctx, hash, plain)
	return false, err
}

// dummy is a hash as costly as those of the passwords of c. It is made with the first miss, which takes twice
// the time once in the life of a process.
func (s *Service) dummy(ctx context.Context, c *schema.Collection) (string, error) {
	f, ok := c.Field("password").(*field.PasswordField)
	if !ok {
		return "", fmt.Errorf("%s has no passwords", c.Name)
	}
	if hash, ok := s.dummies.Load(f.Cost); ok {
		return hash.(string), nil
	}
	hash, err := s.Hasher.Hash(ctx, f, "nobody has this password")
	if err == nil {
		s.dummies.Store(f.Cost, hash)
	}
	return hash, err
}
