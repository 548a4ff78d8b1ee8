package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/mail"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// templates are the names of the mails that can be tried.
var templates = []string{mailVerification, mailReset, mailChange, mailCode, mailAlert, mailTaken}

// TestMail sends one of a collection's mails, with made-up values, to see whether and how it arrives (mails.md
// §6.1). Fault: Invalid; its message has the mail server's own words.
func (s *Service) TestMail(ctx context.Context, in Input) error {
	c, to, template, err := s.testInput(in)
	if err != nil {
		return err
	}
	l, err := s.testLetter(c, to, template)
	if err != nil {
		return err
	}
	if err := s.send(ctx, l); err != nil {
		return fault.Newf(fault.Invalid, "Failed to send the test email. Raw error: \n%v", unwrapped(err)).Because(err)
	}
	return nil
}

// unwrapped is the reason below our own words.
func unwrapped(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

func (s *Service) testInput(in Input) (c *schema.Collection, to, template string, err error) {
	fs := fault.Fields{}
	to, err = wanted(in, "email")
	if f, ok := fault.Of(err); ok && len(f.Fields) > 0 {
		fs.Add("email", f.Fields["email"])
	} else if err != nil {
		return nil, "", "", err
	}
	name, err := in.Text("collection")
	if err != nil {
		return nil, "", "", err
	}
	if template, err = in.Text("template"); err != nil {
		return nil, "", "", err
	}
	switch {
	case template == "":
		fs.Add("template", fault.Required())
	case !slices.Contains(templates, template):
		fs.Add("template", fault.NotIn())
	}
	if name == "" {
		name = schema.SuperusersID
	}
	c, ok := s.Catalog().Find(name)
	if !ok || !c.IsAuth() {
		fs.Add("collection", fault.Field("validation_invalid_auth_collection", "Must be a valid auth collection id or name."))
	}
	if f := fs.Error(); f != nil {
		f.Msg = "Failed to send the test email."
		return nil, "", "", f
	}
	return c, to, template, nil
}

// testLetter is a mail about nobody.
func (s *Service) testLetter(c *schema.Collection, to, template string) (letter, error) {
	rec := nobody(c, to)
	l := letter{kind: template, rec: rec, to: to, values: map[string]mail.Value{}}
	link := func(t schema.Template, kind Kind, newEmail string) error {
		token, err := issueMail(kind, rec, s.Now(), newEmail)
		l.template, l.values["TOKEN"] = t, mail.Value{Text: token, Raw: true}
		return err
	}
	switch template {
	case mailVerification:
		return l, link(c.Auth.VerificationTemplate, KindVerification, "")
	case mailReset:
		return l, link(c.Auth.ResetPasswordTemplate, KindPasswordReset, "")
	case mailCode:
		l.template = c.Auth.OTP.EmailTemplate
		l.values["OTP"], l.values["OTP_ID"] = mail.Value{Text: "123456"}, mail.Value{Text: "_PB_TEST_OTP_ID_"}
	case mailAlert:
		l.template = c.Auth.AuthAlert.EmailTemplate
		l.values["ALERT_INFO"] = mail.Value{Text: field.FormatDate(s.Now().UTC()) + " - TEST_IP TEST_USER_AGENT"}
	case mailTaken:
		l.template = c.Auth.PrivateSignUp.EmailTemplate
	default:
		l.values["NEW_EMAIL"] = mail.Value{Text: to}
		return l, link(c.Auth.ConfirmEmailChangeTemplate, KindEmailChange, to)
	}
	return l, nil
}

// nobody is a record that is not kept; its texts say which field they stand for.
func nobody(c *schema.Collection, email string) *record.Record {
	rec := record.New(c)
	for i, f := range c.Fields {
		if b := f.Base(); !b.Hidden && f.Kind() == field.KindText {
			rec.SetAt(i, fmt.Sprintf("__pb_test_%s__", b.Name))
		}
	}
	rec.SetAt(c.Ord("email"), email)
	rec.SetAt(c.Ord("tokenKey"), field.RandomText(tokenKeyLength, field.Alphanumeric))
	return rec
}

const tokenKeyLength = 50
