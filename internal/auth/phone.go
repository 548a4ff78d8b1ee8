package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/internal/phone"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// The kinds of messages that wait in their outbox: what a code is for.
const (
	codeSignIn = "sign-in"
	codeChange = "change"
)

func noPhones() *fault.Error {
	return fault.New(fault.Forbidden, "The collection is not configured to allow phone authentication.")
}

// RequestPhoneCode has a code sent to a phone and returns the id to give back with it (beyond-auth.md §3). The
// answer is the same whether anybody has the number. Faults: Forbidden when phones are off, Invalid, TooMany.
func (s *Service) RequestPhoneCode(ctx context.Context, by *caller.Caller, c *schema.Collection, in Input) (id string, err error) {
	if !c.Auth.PhoneAuth.Enabled {
		return "", noPhones()
	}
	if err := onlyPhone(in); err != nil {
		return "", err
	}
	number, err := s.wantedPhone(in, "phone")
	if err != nil {
		return "", err
	}
	return s.askPhone(ctx, by, c, outbox.Wish{Kind: codeSignIn, Phone: number})
}

// onlyPhone refuses an e-mail beside the number, and ways to send that there are not.
func onlyPhone(in Input) error {
	email, err := in.Text("email")
	if err != nil {
		return err
	}
	channel, err := in.Text("channel")
	if err != nil {
		return err
	}
	fs := fault.Fields{}
	if email != "" {
		both := fault.Field(fault.CodeInvalidValue, "Either an email or a phone is needed, not both.")
		fs.Add("email", both)
		fs.Add("phone", both)
	}
	if channel != "" && channel != "sms" {
		fs.Add("channel", fault.NotIn())
	}
	return refused(fs)
}

// wantedPhone reads a number that messages may be sent to.
func (s *Service) wantedPhone(in Input, name string) (string, error) {
	text, err := in.Text(name)
	if err != nil {
		return "", err
	}
	number, ok := phone.Normal(text)
	fs := fault.Fields{}
	switch {
	case text == "":
		fs.Add(name, fault.Required())
	case !ok:
		fs.Add(name, fault.Field("validation_invalid_phone", "Must be a phone number with its country, such as +491711234567."))
	case s.testCode(number) == "" && !s.Settings().SMS.Reaches(number):
		fs.Add(name, fault.Field("validation_phone_not_allowed", "No messages are sent to this number."))
	}
	return number, refused(fs)
}

// askPhone keeps the wish for a code, within all limits.
func (s *Service) askPhone(ctx context.Context, by *caller.Caller, c *schema.Collection, w outbox.Wish) (id string, err error) {
	if err := s.mayAskPhone(ctx, by, c, w.Phone); err != nil {
		return "", err
	}
	life := seconds(c.Auth.PhoneAuth.Duration)
	id, isNew := s.given.next(phoneKey(c, w.Phone), tag(c, phoneKey(c, w.Phone)), life)
	if !isNew {
		return id, nil
	}
	w.Key, w.Collection, w.Data, w.Until = w.Kind+"/"+id, c.ID, id, s.Now().Add(life)
	err = s.PutMessage(ctx, w)
	if errors.Is(err, outbox.ErrBusy) {
		err = fault.New(fault.Unavailable, "Too many messages are waiting. Please try again later.").Because(err)
	}
	return id, err
}

// phoneKey names a number in a collection among the addresses that codes are given to.
func phoneKey(c *schema.Collection, number string) string { return c.ID + "\x00tel:" + number }

// IsPhoneCode reports whether the id of a code is one that was given for a phone.
func (s *Service) IsPhoneCode(ctx context.Context, c *schema.Collection, id string) (bool, error) {
	if !c.Auth.PhoneAuth.Enabled || !c.Auth.OTP.Enabled || strings.HasPrefix(s.given.to(id), phoneKey(c, "")) {
		return c.Auth.PhoneAuth.Enabled, nil
	}
	e, err := s.phoneCode(ctx, s.Store, id)
	return e != nil, err
}

// testCode is the fixed code of a test number, "" for every other.
func (s *Service) testCode(number string) string {
	return s.Settings().SMS.TestCode(number, wireTime(s.Now()))
}

// byPhone is the account of a number, nil when there is none.
func (s *Service) byPhone(ctx context.Context, c *schema.Collection, number string) (*record.Record, error) {
	return s.Find(ctx, c, "phone", number)
}

// opens reports whether whoever proves to have the number of an account gets in by that. A number that was not
// verified does not open an account whose e-mail was: it belongs to who proved that. When nothing was proved the
// account is whose number it is, and what others may have left must be able to go.
func opens(rec *record.Record) bool {
	switch {
	case rec.Bool("phoneVerified"):
		return true
	case rec.Bool("verified"):
		return false
	}
	c := rec.Collection()
	return rec.String("email") == "" || c.Auth.MFA.Enabled || !c.Fields[c.EmailOrd()].Base().Required
}

// reached reports whether whoever proves to have the e-mail of an account gets in by that: the same for
// addresses, where there are phones.
func reached(rec *record.Record) bool {
	return rec.Bool("verified") || rec.Collection().PhoneOrd() < 0 || !rec.Bool("phoneVerified")
}

// byOpenEmail is the account that an address leads into, nil when there is none.
func (s *Service) byOpenEmail(ctx context.Context, c *schema.Collection, email string) (*record.Record, error) {
	rec, err := s.byEmail(ctx, c, email)
	if err != nil || rec == nil || !reached(rec) {
		return nil, err
	}
	return rec, nil
}

// DeliverMessage makes a message of a wish and sends it; nil also when there is nothing to send any more.
func (s *Service) DeliverMessage(ctx context.Context, w outbox.Wish) error {
	c, ok := s.Catalog().ByID(w.Collection)
	if !ok || !c.IsAuth() || !c.Auth.PhoneAuth.Enabled || !s.Now().Before(w.Until) {
		return nil
	}
	e := codeEntry{Collection: c.ID, Phone: w.Phone, Kind: w.Kind, Made: s.Now()}
	rec, err := s.recipient(ctx, c, w)
	if err != nil {
		return err
	}
	switch {
	case rec != nil:
		e.Record, e.KeySum = rec.ID(), keySum(rec)
	case w.Kind == codeChange || !c.Auth.PhoneAuth.AutoCreate:
		return s.feignCode(ctx)
	}
	if err := s.sendCode(ctx, c, w, e); err != nil {
		return fmt.Errorf("message to %s for %s: %w", phone.Masked(w.Phone), c.Name, err)
	}
	return nil
}

// recipient is the account that a code is for, nil when there is none.
func (s *Service) recipient(ctx context.Context, c *schema.Collection, w outbox.Wish) (*record.Record, error) {
	holder, err := s.byPhone(ctx, c, w.Phone)
	if err != nil {
		return nil, err
	}
	if w.Kind == codeSignIn {
		if holder == nil || !opens(holder) {
			return nil, nil
		}
		return holder, nil
	}
	if holder != nil && holder.ID() != w.Record && opens(holder) {
		return nil, nil // it is somebody else's: the one who asks is not told
	}
	return s.byID(ctx, c, w.Record)
}
