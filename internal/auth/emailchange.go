package auth

import (
	"context"
	"fmt"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/mail"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// maxProof is the longest password that is looked at when an e-mail changes, in bytes.
const maxProof = 100

// RequestEmailChange sends a mail to the address that the caller wants to have (auth.md §6.9). It returns when
// the mail is out, within 15 seconds.
// Faults: Unauthorized for guests, Forbidden for records of other collections, Invalid, TooMany.
func (s *Service) RequestEmailChange(ctx context.Context, by *caller.Caller, c *schema.Collection, in Input) error {
	if err := Own(by, c); err != nil {
		return err
	}
	if err := noSuperusers(c, changeDirectly); err != nil {
		return err
	}
	email, err := wanted(in, "newEmail")
	if err != nil {
		return err
	}
	owner, err := s.free(ctx, by.Auth, email)
	if err != nil {
		return err
	}
	if err := held(s.Tries.Take(ctx, "change\x00"+c.ID+"\x00"+by.Auth.ID(), changeMails, changeWindow)); err != nil {
		return err
	}
	token, err := issueMail(KindEmailChange, by.Auth, s.Now(), email)
	if err != nil {
		return err
	}
	l := letter{kind: mailChange, template: c.Auth.ConfirmEmailChangeTemplate, rec: by.Auth, to: email, values: map[string]mail.Value{
		"TOKEN": {Text: token, Raw: true}, "NEW_EMAIL": {Text: email},
	}}
	if owner != nil {
		l = takenLetter(owner)
	}
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	if err = s.send(ctx, l); err != nil {
		s.Log.Warn("the mail for a change of address could not be sent", "error", err)
		return fault.New(fault.Invalid, "Failed to request email change.").Because(err)
	}
	return nil
}

// Own demands that a record of c asks. Faults: Unauthorized, Forbidden.
func Own(by *caller.Caller, c *schema.Collection) error {
	switch {
	case by.Auth == nil:
		return fault.New(fault.Unauthorized, "The request requires valid record authorization token.")
	case by.Auth.Collection().ID != c.ID:
		return fault.New(fault.Forbidden, "The authorized record is not allowed to perform this action.")
	}
	return nil
}

// free refuses the current address and those of others. Where sign-up is private it returns who has the address
// instead, who hears of it in the place of the caller.
func (s *Service) free(ctx context.Context, rec *record.Record, email string) (owner *record.Record, err error) {
	fs := fault.Fields{}
	if email == rec.String("email") {
		fs.Add("newEmail", fault.Field(fault.CodeNotIn, "Must not be in list."))
		return nil, refused(fs)
	}
	other, err := s.byEmail(ctx, rec.Collection(), email)
	private := rec.Collection().Auth.PrivateSignUp.Enabled
	if err != nil || other == nil || private && other.ID() != rec.ID() {
		return other, err
	}
	fs.Add("newEmail", fault.Field("validation_invalid_new_email", "Invalid new email address."))
	return nil, refused(fs)
}

// ConfirmEmailChange takes the token of such a mail and the account's password (auth.md §6.10). Every token of
// the account ends. Fault: Invalid.
func (s *Service) ConfirmEmailChange(ctx context.Context, c *schema.Collection, in Input) error {
	if err := noSuperusers(c, changeDirectly); err != nil {
		return err
	}
	raw, err := in.Text("token")
	if err != nil {
		return err
	}
	password, err := in.Text("password")
	if err != nil {
		return err
	}
	if err := s.checkChange(ctx, c, raw, password); err != nil {
		return err
	}
	err = s.spend(ctx, c, KindEmailChange, raw, func(ctx context.Context, rec *record.Record, cl *claims) error {
		_, err := s.change(ctx, rec, map[string]any{"email": cl.NewEmail, "verified": true})
		return err
	})
	if f, ok := fault.Of(err); ok && f.Fields["email"] != nil {
		return refused(fault.Fields{"token": takenEmail()})
	}
	if err != nil {
		return fmt.Errorf("change an address in %s: %w", c.Name, err)
	}
	return nil
}

func takenEmail() *fault.Error {
	return fault.Field("validation_invalid_token_email", "The new email address is already registered.")
}

func (s *Service) checkChange(ctx context.Context, c *schema.Collection, raw, password string) error {
	fs := fault.Fields{}
	rec, err := s.changeToken(ctx, c, raw)
	if f, ok := fault.Of(err); ok {
		fs.Add("token", f)
		rec = nil
	} else if err != nil {
		return err
	}
	switch {
	case password == "":
		fs.Add("password", fault.Required())
	case len(password) > maxProof:
		fs.Add("password", fault.LengthRange(1, maxProof))
	default:
		ok, err := s.Compare(ctx, c, rec, password)
		if err != nil {
			return err
		}
		if !ok {
			fs.Add("password", fault.Field("validation_invalid_password", "Missing or invalid auth record password."))
		}
	}
	return refused(fs)
}

func (s *Service) changeToken(ctx context.Context, c *schema.Collection, raw string) (*record.Record, error) {
	switch {
	case raw == "":
		return nil, fault.Required()
	case peek(raw).NewEmail == "":
		return nil, fault.Field("validation_invalid_token_payload", "Invalid token payload - newEmail must be set.")
	}
	rec, cl, err := s.proven(ctx, s.Store, c, KindEmailChange, raw)
	if err != nil {
		return nil, err
	}
	other, err := s.byEmail(ctx, c, cl.NewEmail)
	if err == nil && other != nil {
		err = takenEmail()
	}
	return rec, err
}
