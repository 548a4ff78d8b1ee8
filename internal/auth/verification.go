package auth

import (
	"context"
	"fmt"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// RequestVerification has a mail sent that lets the owner of an address prove to be it (auth.md §6.5). The
// answer is the same whether anybody has the address. Fault: Invalid.
func (s *Service) RequestVerification(ctx context.Context, c *schema.Collection, in Input) error {
	if err := noSuperusers(c, verifiedAlready); err != nil {
		return err
	}
	email, err := wanted(in, "email")
	if err != nil {
		return err
	}
	return s.put(ctx, c, outbox.Wish{Kind: mailVerification, Email: email})
}

func (s *Service) mailVerification(ctx context.Context, c *schema.Collection, email string) error {
	rec, err := s.byEmail(ctx, c, email)
	if err != nil || rec == nil || rec.Bool("verified") {
		return err
	}
	return s.mailLink(ctx, KindVerification, rec, c.Auth.VerificationTemplate)
}

// ConfirmVerification takes the token of such a mail (auth.md §6.6). A link may be opened twice: the second
// time changes nothing. Fault: Invalid, on "token".
func (s *Service) ConfirmVerification(ctx context.Context, c *schema.Collection, in Input) error {
	if err := noSuperusers(c, verifiedAlready); err != nil {
		return err
	}
	raw, err := in.Text("token")
	if err != nil {
		return err
	}
	rec, err := s.checkVerification(ctx, c, raw)
	if f, ok := fault.Of(err); ok {
		return refused(fault.Fields{"token": f})
	}
	if err != nil || rec.Bool("verified") {
		return err
	}
	data := map[string]any{"verified": true}
	if !c.Auth.PasswordAuth.Enabled {
		if data["password"], err = s.Unknown(ctx, c); err != nil {
			return err
		}
	}
	err = s.spend(ctx, c, KindVerification, raw, func(ctx context.Context, rec *record.Record, _ *claims) error {
		if rec.Bool("verified") {
			return nil
		}
		_, err := s.change(ctx, rec, data)
		return err
	})
	if err != nil {
		return fmt.Errorf("verify %s/%s: %w", c.Name, rec.ID(), err)
	}
	return nil
}

func (s *Service) checkVerification(ctx context.Context, c *schema.Collection, raw string) (*record.Record, error) {
	switch {
	case raw == "":
		return nil, fault.Required()
	case peek(raw).Email == "":
		return nil, fault.Field("validation_invalid_token_claims", "Missing email token claim.")
	}
	rec, cl, err := s.proven(ctx, s.Store, c, KindVerification, raw)
	if err == nil && cl.Email != rec.String("email") {
		err = fault.Field("validation_token_email_mismatch", "The record email doesn't match with the requested token claims.")
	}
	return rec, err
}
