package auth

import (
	"context"
	"errors"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// randomLength is how long a password is that nobody is to know.
const randomLength = 30

func badToken() *fault.Error {
	return fault.Field("validation_invalid_token", "Invalid or expired token.")
}

// proven reads a token of the kind that was sent by mail. A fault about it is one for its field.
func (s *Service) proven(ctx context.Context, rd store.Reader, c *schema.Collection, kind Kind, raw string) (*record.Record, *claims, error) {
	rec, cl, err := s.redeem(ctx, rd, raw, kind)
	switch {
	case errors.Is(err, errToken), errors.Is(err, errNone):
		return nil, nil, badToken()
	case err != nil:
		return nil, nil, err
	case rec.Collection().ID != c.ID:
		return nil, nil, fault.Field("validation_token_collection_mismatch", "The provided token is for different auth collection.")
	}
	return rec, cl, nil
}

// spend proves a token once more, alone among writers, and lets fn use it up: of any number of uses at once
// the first one changes what the token is signed with, and the others find it worthless.
func (s *Service) spend(ctx context.Context, c *schema.Collection, kind Kind, raw string, fn func(ctx context.Context, rec *record.Record, cl *claims) error) error {
	return s.Write.Together(ctx, func(ctx context.Context, rd store.Reader) error {
		rec, cl, err := s.proven(ctx, rd, c, kind, raw)
		if f, ok := fault.Of(err); ok {
			return refused(fault.Fields{"token": f})
		}
		if err != nil {
			return err
		}
		return fn(ctx, rec, cl)
	})
}

// change writes an account on Holdall's own account: no rule is asked.
func (s *Service) change(ctx context.Context, rec *record.Record, data map[string]any) (*record.Record, error) {
	return s.Write.Update(ctx, caller.AsSystem(s.Now()), rec.Collection(), rec.ID(), body.Body{Data: data})
}

// hashed is the hash of a password that somebody chose, made ahead of a transaction. Faults are those of the
// password field.
func (s *Service) hashed(ctx context.Context, c *schema.Collection, plain string) (field.Password, error) {
	f, ok := c.Field("password").(*field.PasswordField)
	if !ok {
		return field.Password{}, errors.New("no passwords in " + c.Name)
	}
	if err := f.Check(field.Password{Plain: plain}); err != nil {
		return field.Password{}, err
	}
	hash, err := s.Hasher.Hash(ctx, f, plain)
	return field.Password{Hash: hash}, err
}

// Unknown is the hash of a password that nobody knows. To set it ends everything that was obtained by the
// old one.
func (s *Service) Unknown(ctx context.Context, c *schema.Collection) (field.Password, error) {
	f, ok := c.Field("password").(*field.PasswordField)
	if !ok {
		return field.Password{}, errors.New("no passwords in " + c.Name)
	}
	hash, err := s.Hasher.Hash(ctx, f, field.RandomText(randomLength, field.Alphanumeric))
	return field.Password{Hash: hash}, err
}

// noSuperusers refuses what superusers do directly, in the given words.
func noSuperusers(c *schema.Collection, msg string) error {
	if c.ID == schema.SuperusersID {
		return fault.New(fault.Invalid, msg)
	}
	return nil
}

const (
	verifiedAlready = "All superusers are verified by default."
	changeDirectly  = "All superusers can change their emails directly."
)
