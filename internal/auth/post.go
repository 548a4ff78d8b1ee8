package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/mail"
	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// The kinds of mails that wait in the outbox.
const (
	mailVerification = "verification"
	mailReset        = "password-reset"
	mailCode         = "otp"
	mailAlert        = "login-alert"
	mailChange       = "email-change" // waits nowhere: the request waits for it
	mailMoved        = "email-changed"
	mailRenewed      = "password-changed"
	mailPhone        = "phone-changed"
	mailTaken        = "sign-up-attempt"
)

// mailOf are the kinds of mails that bring a kind of token.
var mailOf = map[Kind]string{KindVerification: mailVerification, KindPasswordReset: mailReset, KindEmailChange: mailChange}

const (
	maxEmail  = 255              // bytes
	markTime  = 2 * time.Minute  // between two mails of a kind to an account
	mailTime  = 15 * time.Second // a request waits for a mail at most
	markedKey = "mark/"          // of the store's named settings that hold the marks
)

// wanted checks the body of a request for a mail and returns the address.
func wanted(in Input, name string) (string, error) {
	email, err := in.Text(name)
	if err != nil {
		return "", err
	}
	f := fault.Fields{}
	switch {
	case email == "":
		f.Add(name, fault.Required())
	case len(email) > maxEmail:
		f.Add(name, fault.LengthRange(1, maxEmail))
	case !field.IsEmail(email):
		f.Add(name, fault.Field("validation_is_email", "Must be a valid email address."))
	}
	return email, refused(f)
}

// refused is the fault of a body whose values were judged, nil when nothing is wrong.
func refused(f fault.Fields) error {
	if e := f.Error(); e != nil {
		e.Msg = "An error occurred while validating the submitted data."
		return e
	}
	return nil
}

// put keeps the wish for a mail to whoever has the address. It does so for every address: whether somebody has
// it is asked when the mail is made, so neither the answer nor its time can tell.
func (s *Service) put(ctx context.Context, c *schema.Collection, m outbox.Wish) error {
	sum := sha256.Sum256([]byte(m.Email + "\x00" + m.Record + "\x00" + m.Data))
	m.Key = m.Kind + "/" + c.ID + "/" + hex.EncodeToString(sum[:16])
	m.Collection = c.ID
	err := s.Put(ctx, m)
	if errors.Is(err, outbox.ErrBusy) {
		return fault.New(fault.Unavailable, "Too many mails are waiting. Please try again later.").Because(err)
	}
	return err
}

// Deliver makes a mail of a wish from the outbox and sends it; nil also when there is nothing to send any more.
func (s *Service) Deliver(ctx context.Context, m outbox.Wish) error {
	c, ok := s.Catalog().ByID(m.Collection)
	if !ok || !c.IsAuth() {
		return nil
	}
	switch m.Kind {
	case mailVerification:
		return s.mailVerification(ctx, c, m.Email)
	case mailReset:
		return s.mailReset(ctx, c, m.Email)
	case mailCode:
		return s.mailCode(ctx, c, m)
	case mailAlert:
		return s.mailAlert(ctx, c, m)
	case mailTaken:
		return s.mailTaken(ctx, c, m)
	case mailMoved, mailRenewed, mailPhone:
		return s.mailNotice(ctx, c, m)
	}
	return fmt.Errorf("%w: there is no mail of the kind %q", mail.ErrFinal, m.Kind)
}

// send writes a letter and hands it over, unless a program does so itself.
func (s *Service) send(ctx context.Context, l letter) error {
	d, err := s.draft(ctx, l)
	if err != nil {
		return err
	}
	return s.handOver(ctx, d)
}

// draft is a mail of which programs had their say.
type draft struct {
	m     *mail.Message
	event *hook.Mail
}

// to is whom we send it to; "" when a program does.
func (d draft) to() string {
	if d.event.Sent || len(d.event.To) == 0 {
		return ""
	}
	return d.event.To[0]
}

func (s *Service) draft(ctx context.Context, l letter) (draft, error) {
	d := draft{m: l.write(s.Settings())}
	d.event = l.event(d.m)
	if err := s.Hooks.Mail.RunBefore(ctx, d.event); err != nil {
		return d, fmt.Errorf("mail to %s/%s: %w", l.rec.Collection().Name, l.rec.ID(), err)
	}
	take(d.m, d.event)
	return d, nil
}

func (s *Service) handOver(ctx context.Context, d draft) error {
	if !d.event.Sent {
		if err := s.Mail.Send(ctx, d.m); err != nil {
			return fmt.Errorf("mail to %s/%s: %w", d.event.Record.Collection().Name, d.event.Record.ID(), err)
		}
	}
	s.Hooks.Mail.RunAfter(ctx, d.event, s.panicked)
	return nil
}

// byEmail is the account of an address, nil when there is none.
func (s *Service) byEmail(ctx context.Context, c *schema.Collection, email string) (*record.Record, error) {
	return s.Find(ctx, c, "email", email)
}

// mailLink sends a token to an account, unless one of the kind went out in the last two minutes.
func (s *Service) mailLink(ctx context.Context, kind Kind, rec *record.Record, t schema.Template) error {
	recent, err := s.marked(ctx, kind, rec)
	if err != nil || recent {
		return err
	}
	token, err := issueMail(kind, rec, s.Now(), "")
	if err != nil {
		return err
	}
	l := letter{kind: mailOf[kind], template: t, rec: rec, to: rec.String("email"), values: map[string]mail.Value{"TOKEN": {Text: token, Raw: true}}}
	at := s.Now()
	if err := s.send(ctx, l); err != nil {
		return err
	}
	return s.mark(ctx, kind, rec, at)
}

func markKey(kind Kind, rec *record.Record) string {
	return markedKey + string(kind) + "/" + rec.Collection().ID + "/" + rec.ID()
}

// marked reports whether a mail of the kind went out to the account in the last two minutes, and nothing came
// of it: a new token key takes the mark off.
func (s *Service) marked(ctx context.Context, kind Kind, rec *record.Record) (bool, error) {
	raw, err := s.Store.Param(ctx, markKey(kind, rec))
	if err != nil || raw == nil {
		return false, err
	}
	at, by, _ := strings.Cut(string(raw), " ")
	return s.recent(at) && by == keySum(rec), nil
}

// recent reports whether a mark's date means something still.
func (s *Service) recent(text string) bool {
	at, err := time.Parse(time.RFC3339Nano, text)
	return err == nil && s.Now().Sub(at) < markTime
}

// mark notes that a mail went out at a time.
func (s *Service) mark(ctx context.Context, kind Kind, rec *record.Record, at time.Time) error {
	text := at.UTC().Format(time.RFC3339Nano) + " " + keySum(rec)
	_, err := s.Store.Update(ctx, func(tx store.Tx) error { return tx.SetParam(ctx, markKey(kind, rec), []byte(text)) })
	return err
}

// keySum tells token keys apart and no more.
func keySum(rec *record.Record) string {
	sum := sha256.Sum256([]byte(rec.String("tokenKey")))
	return hex.EncodeToString(sum[:4])
}

// sweepMarks forgets marks that mean nothing any more.
func (s *Service) sweepMarks(ctx context.Context) error {
	return s.sweepParams(ctx, markedKey, func(raw []byte) bool {
		at, _, _ := strings.Cut(string(raw), " ")
		return !s.recent(at)
	})
}

// sweepParams forgets the named settings that begin with a prefix and are over.
func (s *Service) sweepParams(ctx context.Context, prefix string, over func(raw []byte) bool) error {
	rows, err := s.Store.Params(ctx, prefix)
	if err != nil {
		return err
	}
	_, err = s.Store.Update(ctx, func(tx store.Tx) error {
		for key, raw := range rows {
			if !over(raw) {
				continue
			}
			if err := tx.SetParam(ctx, key, nil); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}
