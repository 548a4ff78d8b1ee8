package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// takenTime lies between two mails to an account that tell of attempts to sign up with its address.
const takenTime = time.Hour

// SignedUp keeps, within the transaction of a private sign-up, the wish that whoever has the address hears of it. It
// does so for every sign-up: when the mail is made, the one who has the address may turn out to be the one who came.
func (s *Service) SignedUp(ctx context.Context, rec *record.Record) error {
	c, email := rec.Collection(), rec.String("email")
	sum := sha256.Sum256([]byte(strings.ToLower(email)))
	done, err := s.PutWith(ctx, outbox.Wish{
		Key: mailTaken + "/" + c.ID + "/" + hex.EncodeToString(sum[:16]), Kind: mailTaken, Collection: c.ID, Record: rec.ID(), Email: email,
	}, s.Write.SetParam)
	if errors.Is(err, outbox.ErrBusy) { // that mails do not go out keeps nobody from signing up
		s.Log.Warn("nobody will be told of a sign-up with an address that is taken: too many mails are waiting", "collection", c.Name)
		return nil
	}
	if err == nil {
		s.Write.Committed(ctx, func(context.Context) { done() })
	}
	return err
}

// mailTaken tells the owner of an address that somebody wanted to sign up with it, unless that was how he came, and
// not more often than once an hour.
func (s *Service) mailTaken(ctx context.Context, c *schema.Collection, m outbox.Wish) error {
	rec, err := s.byEmail(ctx, c, m.Email)
	if err != nil || rec == nil || rec.ID() == m.Record || !c.Auth.PrivateSignUp.Enabled {
		return err
	}
	recent, err := s.marked(ctx, mailTaken, rec)
	if err != nil || recent {
		return err
	}
	at := s.Now()
	if err := s.send(ctx, takenLetter(rec)); err != nil {
		return err
	}
	return s.mark(ctx, mailTaken, rec, at.Add(takenTime-markTime)) // marks end after markTime
}

// takenLetter is the mail to whoever has an address that somebody else wants.
func takenLetter(rec *record.Record) letter {
	return letter{kind: mailTaken, template: rec.Collection().Auth.PrivateSignUp.EmailTemplate, rec: rec, to: rec.String("email")}
}

// discreet keeps the auth rule from telling who has an account. Whoever signs up where that is private chooses a
// password, and would learn by it whether an account was made: so before the address is proved, the right password
// is answered as a wrong one when it does not sign in anyway.
func (s *Service) discreet(ctx context.Context, m Method, a Attempt, rec *record.Record) error {
	if !a.Collection.Auth.PrivateSignUp.Enabled || rec.Bool("verified") {
		return nil
	}
	a.By = a.By.In(m.Name())
	err := s.admit(ctx, a, rec)
	if fault.Is(err, fault.Forbidden) {
		return fault.New(fault.Invalid, "Failed to authenticate.").Because(err)
	}
	return err
}
