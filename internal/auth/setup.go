package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

const (
	setupTime   = 30 * time.Minute
	setupLength = 43 // characters: 256 bits
)

// setup is the one-time link by which the first superuser is made. Its zero value opens nothing.
type setup struct {
	mu   sync.Mutex // one use at a time
	sum  [sha256.Size]byte
	ends time.Time
}

// OfferSetup returns a secret by which somebody who is not signed in may make the first superuser, once and
// within half an hour. It is worth nothing as soon as there is a superuser; an earlier one ends.
func (s *Service) OfferSetup() string {
	secret := field.RandomText(setupLength, field.Alphanumeric)
	s.setup.mu.Lock()
	defer s.setup.mu.Unlock()
	s.setup.sum, s.setup.ends = sha256.Sum256([]byte(secret)), s.Now().Add(setupTime)
	return secret
}

// SetUp makes the first superuser. Faults: NotFound for a secret that is wrong, over or used, and when there is
// a superuser; Invalid, which leaves the secret as it was.
func (s *Service) SetUp(ctx context.Context, in Input) error {
	var values [3]string
	for i, name := range []string{"token", "email", "password"} {
		v, err := in.Text(name)
		if err != nil {
			return err
		}
		values[i] = v
	}
	s.setup.mu.Lock()
	defer s.setup.mu.Unlock()
	sum := sha256.Sum256([]byte(values[0]))
	if !s.Now().Before(s.setup.ends) || subtle.ConstantTimeCompare(sum[:], s.setup.sum[:]) != 1 {
		return fault.New(fault.NotFound, "")
	}
	return s.first(ctx, values[1], values[2])
}

// first makes a superuser unless there is one; the lock on the link is held.
func (s *Service) first(ctx context.Context, email, password string) error {
	c, ok := s.Catalog().ByID(schema.SuperusersID)
	if !ok {
		return fmt.Errorf("no collection %s", schema.Superusers)
	}
	return s.Write.Together(ctx, func(ctx context.Context, rd store.Reader) error {
		has, err := HasSuperuser(ctx, rd, c)
		if err != nil {
			return err
		}
		if has {
			s.setup.ends = time.Time{}
			return fault.New(fault.NotFound, "")
		}
		_, err = s.Write.Create(ctx, caller.AsSystem(s.Now()), c, body.Body{Data: map[string]any{"email": email, "password": password}})
		if err == nil {
			s.setup.ends = time.Time{}
		}
		return err
	})
}

// HasSuperuser reports whether anybody can sign in as a superuser; the account of an installer is nobody.
func HasSuperuser(ctx context.Context, rd store.Reader, c *schema.Collection) (bool, error) {
	found := false
	err := rd.Select(ctx, store.Query{From: c, Limit: 2}, func(r store.Row) error {
		rec, err := r.Record()
		found = found || err == nil && rec.String("email") != installer
		return err
	})
	return found, err
}
