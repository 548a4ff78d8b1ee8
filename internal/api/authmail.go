package api

import (
	"context"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/auth/method"
	"github.com/holdall-dev/holdall/schema"
)

func requestVerification(c *call) error { return c.byMail((*auth.Service).RequestVerification) }
func confirmVerification(c *call) error { return c.byMail((*auth.Service).ConfirmVerification) }
func requestPasswordReset(c *call) error {
	return c.byMail((*auth.Service).RequestPasswordReset)
}
func confirmPasswordReset(c *call) error {
	return c.byMail((*auth.Service).ConfirmPasswordReset)
}
func confirmEmailChange(c *call) error { return c.byMail((*auth.Service).ConfirmEmailChange) }

// byMail lets the desk do what a body asks for, and answers that there is nothing to say.
func (c *call) byMail(do func(*auth.Service, context.Context, *schema.Collection, auth.Input) error) error {
	if err := c.signsIn(); err != nil {
		return err
	}
	in, err := c.input()
	if err != nil {
		return err
	}
	if err := do(c.Auth, c.r.Context(), c.col, in); err != nil {
		return err
	}
	return c.done()
}

func requestEmailChange(c *call) error {
	if err := auth.Own(c.by, c.col); err != nil {
		return err
	}
	return c.byMail(func(s *auth.Service, ctx context.Context, col *schema.Collection, in auth.Input) error {
		return s.RequestEmailChange(ctx, c.by, col, in)
	})
}

func requestOTP(c *call) error {
	if err := c.signsIn(); err != nil {
		return err
	}
	in, err := c.input()
	if err != nil && c.col.Auth.OTP.Enabled {
		return err
	}
	id, err := c.Auth.RequestOTP(c.r.Context(), c.col, in)
	if err != nil {
		return err
	}
	out := field.AppendString([]byte(`{"otpId":`), id)
	return c.answer(append(out, '}'))
}

func authWithOTP(c *call) error { return c.signIn(method.OTP{Codes: c.Auth}) }

// signIn lets a method prove who asks.
func (c *call) signIn(m auth.Method) error {
	if err := c.signsIn(); err != nil {
		return err
	}
	in, err := c.input()
	if err != nil && m.Enabled(c.col) {
		return err
	}
	sess, err := c.Auth.SignIn(c.r.Context(), m, auth.Attempt{By: c.by, Collection: c.col, In: in})
	if err != nil {
		return err
	}
	return c.session(sess)
}

// testEmail sends a mail with made-up values, so that a superuser sees whether mails arrive and how they look.
func testEmail(c *call) error {
	in, err := c.input()
	if err != nil {
		return err
	}
	if err := c.Auth.TestMail(c.r.Context(), in); err != nil {
		return err
	}
	return c.done()
}

// setUp makes the first superuser for whoever has the link that was printed at the start.
func setUp(c *call) error {
	in, err := c.input()
	if err != nil {
		return err
	}
	if err := c.Auth.SetUp(c.r.Context(), in); err != nil {
		return err
	}
	return c.done()
}
