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
	if err != nil && (c.col.Auth.OTP.Enabled || c.col.Auth.PhoneAuth.Enabled) {
		return err
	}
	if phone, err := in.Text("phone"); err != nil || phone != "" {
		return c.code(c.Auth.RequestPhoneCode(c.r.Context(), c.by, c.col, in))
	}
	return c.code(c.Auth.RequestOTP(c.r.Context(), c.col, in))
}

// code answers with the id of a code.
func (c *call) code(id string, err error) error {
	if err != nil {
		return err
	}
	out := field.AppendString([]byte(`{"otpId":`), id)
	return c.answer(append(out, '}'))
}

// authWithOTP signs in with a code, wherever it was sent.
func authWithOTP(c *call) error {
	return c.signInBy(func(in auth.Input) (auth.Method, error) {
		id, _ := in.Text("otpId") // the method says what is wrong with it
		called, err := c.Auth.IsPhoneCode(c.r.Context(), c.col, id)
		if called {
			return method.SMS{Codes: c.Auth}, err
		}
		return method.OTP{Codes: c.Auth}, err
	})
}

func requestPhoneChange(c *call) error {
	return c.asOwner(func(in auth.Input) error {
		return c.code(c.Auth.RequestPhoneChange(c.r.Context(), c.by, c.col, in))
	})
}

func confirmPhoneChange(c *call) error {
	return c.asOwner(func(in auth.Input) error {
		if err := c.Auth.ConfirmPhoneChange(c.r.Context(), c.by, c.col, in); err != nil {
			return err
		}
		return c.done()
	})
}

// asOwner reads the body for a record of the collection, and for nobody else.
func (c *call) asOwner(do func(auth.Input) error) error {
	if err := c.signsIn(); err != nil {
		return err
	}
	if err := auth.Own(c.by, c.col); err != nil {
		return err
	}
	in, err := c.input()
	if err != nil {
		return err
	}
	return do(in)
}

// testSMS sends a message with a made-up code, so that a superuser sees whether messages arrive.
func testSMS(c *call) error {
	in, err := c.input()
	if err != nil {
		return err
	}
	if err := c.Auth.TestSMS(c.r.Context(), in); err != nil {
		return err
	}
	return c.done()
}

// signIn lets a method prove who asks.
func (c *call) signIn(m auth.Method) error {
	return c.signInBy(func(auth.Input) (auth.Method, error) { return m, nil })
}

// signInBy lets the method that the body asks for prove who asks.
func (c *call) signInBy(choose func(auth.Input) (auth.Method, error)) error {
	if err := c.signsIn(); err != nil {
		return err
	}
	in, unread := c.input()
	m, err := choose(in)
	if err == nil && m.Enabled(c.col) {
		err = unread
	}
	if err != nil {
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
