package auth

import (
	"context"
	"fmt"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// installer is the account that an imported directory may have for its first start; nobody reads its mails.
const installer = "__pbinstaller@example.com"

// RequestPasswordReset has a mail sent that lets the owner of an address set a new password (auth.md §6.7).
// The answer is the same whether anybody has the address. Fault: Invalid.
func (s *Service) RequestPasswordReset(ctx context.Context, c *schema.Collection, in Input) error {
	if !c.Auth.PasswordAuth.Enabled {
		return fault.New(fault.Invalid, "The collection is not configured to allow password authentication.")
	}
	email, err := wanted(in, "email")
	if err != nil {
		return err
	}
	return s.put(ctx, c, outbox.Wish{Kind: mailReset, Email: email})
}

func (s *Service) mailReset(ctx context.Context, c *schema.Collection, email string) error {
	rec, err := s.byOpenEmail(ctx, c, email)
	if err != nil || rec == nil || email == installer {
		return err
	}
	return s.mailLink(ctx, KindPasswordReset, rec, c.Auth.ResetPasswordTemplate)
}

// resetInput is the body of a confirmation.
type resetInput struct{ token, password, confirm string }

// ConfirmPasswordReset takes the token of such a mail and sets a password (auth.md §6.8). All that the old one
// gave ends; the link works once. Fault: Invalid.
func (s *Service) ConfirmPasswordReset(ctx context.Context, c *schema.Collection, in Input) error {
	r, err := readReset(in)
	if err != nil {
		return err
	}
	rec, err := s.checkReset(ctx, c, r)
	if err != nil {
		return err
	}
	hash, err := s.hashed(ctx, c, r.password)
	if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid {
		return refused(fault.Fields{"password": f})
	}
	if err != nil {
		return err
	}
	err = s.spend(ctx, c, KindPasswordReset, r.token, func(ctx context.Context, rec *record.Record, cl *claims) error {
		data := map[string]any{"password": hash}
		if !rec.Bool("verified") && cl.Email == rec.String("email") {
			data["verified"] = true
		}
		_, err := s.change(ctx, rec, data)
		return err
	})
	if err != nil {
		return fmt.Errorf("reset the password of %s/%s: %w", c.Name, rec.ID(), err)
	}
	return nil
}

func readReset(in Input) (r resetInput, err error) {
	for name, to := range map[string]*string{"token": &r.token, "password": &r.password, "passwordConfirm": &r.confirm} {
		if *to, err = in.Text(name); err != nil {
			return r, err
		}
	}
	return r, nil
}

// checkReset judges all parts of the body, and says of all what is wrong.
func (s *Service) checkReset(ctx context.Context, c *schema.Collection, r resetInput) (*record.Record, error) {
	fs := fault.Fields{}
	rec, err := s.resetToken(ctx, c, r.token)
	if f, ok := fault.Of(err); ok {
		fs.Add("token", f)
	} else if err != nil {
		return nil, err
	}
	least := 1
	if f, ok := c.Field("password").(*field.PasswordField); ok {
		least = max(least, int(f.Min))
	}
	switch {
	case r.password == "":
		fs.Add("password", fault.Required())
	case len(r.password) < least || len(r.password) > 255:
		fs.Add("password", fault.LengthRange(least, 255))
	}
	switch {
	case r.confirm == "":
		fs.Add("passwordConfirm", fault.Required())
	case r.confirm != r.password:
		fs.Add("passwordConfirm", fault.Mismatch())
	}
	return rec, refused(fs)
}

func (s *Service) resetToken(ctx context.Context, c *schema.Collection, raw string) (*record.Record, error) {
	if raw == "" {
		return nil, fault.Required()
	}
	rec, _, err := s.proven(ctx, s.Store, c, KindPasswordReset, raw)
	return rec, err
}
