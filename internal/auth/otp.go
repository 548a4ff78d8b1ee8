package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/mail"
	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

const (
	digits   = "0123456789"
	maxCodes = 10 // of an account that are good at one time
)

// RequestOTP has a code mailed to whoever has an address, and returns the id to give back with it (auth.md
// §6.11). An id is returned whether anybody has the address or not, and nothing is looked up before: that is
// done when the mail is made. Who asks for more than ten codes in the life of one gets the newest id again and
// no mail. Faults: Forbidden when codes are off, Invalid.
func (s *Service) RequestOTP(ctx context.Context, c *schema.Collection, in Input) (id string, err error) {
	if !c.Auth.OTP.Enabled {
		return "", fault.New(fault.Forbidden, "The collection is not configured to allow OTP authentication.")
	}
	email, err := wanted(in, "email")
	if err != nil {
		return "", err
	}
	life := seconds(c.Auth.OTP.Duration)
	id, isNew := s.given.next(addressKey(c, email), tag(c, addressKey(c, email)), life)
	if !isNew {
		return id, nil
	}
	wait, err := s.Tries.Take(ctx, mailsKey(c, id), maxCodes, life)
	if err != nil || wait > 0 { // other servers were asked for the ten
		return id, err
	}
	return id, s.put(ctx, c, outbox.Wish{Kind: mailCode, Email: email, Data: id, Until: s.Now().Add(life)})
}

// mailsKey is what the codes of an address are counted by; id is of any of them.
func mailsKey(c *schema.Collection, id string) string { return "codes\x00" + c.ID + "\x00" + tagOf(id) }

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }

// codesOf counts the codes of an account that are still good.
func (s *Service) codesOf(ctx context.Context, rec *record.Record) (n int, err error) {
	c := rec.Collection()
	err = s.rowsOf(ctx, schema.OTPs, c, rec.ID(), func(row *record.Record) error {
		if !s.expired(row, c.Auth.OTP.Duration) {
			n++
		}
		return nil
	})
	return n, err
}

// rowsOf reads what belongs to an account in one of the system collections.
func (s *Service) rowsOf(ctx context.Context, name string, c *schema.Collection, id string, each func(*record.Record) error) error {
	rows, err := s.system(name)
	if err != nil {
		return err
	}
	q := store.Query{From: rows, By: &store.By{Ord: rows.Ord("recordRef"), Values: []string{id}}}
	return s.Store.Select(ctx, q, func(r store.Row) error {
		row, err := r.Record()
		if err != nil || row.String("collectionRef") != c.ID {
			return err
		}
		return each(row)
	})
}

func (s *Service) system(name string) (*schema.Collection, error) {
	c, ok := s.Catalog().Find(name)
	if !ok {
		return nil, fmt.Errorf("no collection %s", name)
	}
	return c, nil
}

// expired reports whether a row of a system collection is older than it may get. A date that cannot be read
// is old.
func (s *Service) expired(row *record.Record, duration int64) bool {
	made, err := time.Parse("2006-01-02 15:04:05.999Z", row.String("created"))
	return err != nil || s.Now().Sub(made) > seconds(duration)
}

// mailCode makes a code and sends it. Only its hash is kept, and nothing when it could not be sent.
func (s *Service) mailCode(ctx context.Context, c *schema.Collection, m outbox.Wish) error {
	if !c.Auth.OTP.Enabled || !s.Now().Before(m.Until) {
		return nil
	}
	rec, err := s.byOpenEmail(ctx, c, m.Email)
	if err != nil {
		return err
	}
	if rec == nil {
		return s.feignCode(ctx)
	}
	n, err := s.codesOf(ctx, rec)
	if err != nil || n >= maxCodes {
		return err
	}
	if err := s.drop(ctx, schema.OTPs, m.Data); err != nil { // it was begun before a crash
		return err
	}
	code := newCode(c)
	d, err := s.draft(ctx, letter{kind: mailCode, template: c.Auth.OTP.EmailTemplate, rec: rec, to: m.Email, values: map[string]mail.Value{
		"OTP": {Text: code}, "OTP_ID": {Text: m.Data},
	}})
	if err != nil {
		return err
	}
	if err := s.keepCode(ctx, rec, m.Data, code, d.to()); err != nil {
		return err
	}
	if err := s.handOver(ctx, d); err != nil {
		return errors.Join(err, s.drop(context.WithoutCancel(ctx), schema.OTPs, m.Data))
	}
	return nil
}

// feignCode works as long as keepCode does: who asks something right after a code must not be able to tell by a
// busy server that somebody is being sent one.
func (s *Service) feignCode(ctx context.Context) error {
	rows, err := s.system(schema.OTPs)
	if err != nil {
		return err
	}
	hash, err := s.dummy(ctx, rows)
	if err == nil {
		_, err = s.Hasher.Verify(ctx, hash, "")
	}
	return err
}

func newCode(c *schema.Collection) string { return field.RandomText(max(c.Auth.OTP.Length, 4), digits) }

// keepCode keeps the hash of a new code. sentTo is the address that using it proves, "" for none.
func (s *Service) keepCode(ctx context.Context, rec *record.Record, id, code, sentTo string) error {
	rows, err := s.system(schema.OTPs)
	if err != nil {
		return err
	}
	_, err = s.Write.Create(ctx, caller.AsSystem(s.Now()), rows, body.Body{Data: map[string]any{
		"id": id, "collectionRef": rec.Collection().ID, "recordRef": rec.ID(), "password": code, "sentTo": sentTo,
	}})
	return err
}

// IssueOTP makes a code for an account outside of any mail; using it proves no address.
// Fault: Invalid when codes are off.
func (s *Service) IssueOTP(ctx context.Context, rec *record.Record) (id, code string, err error) {
	if !rec.Collection().Auth.OTP.Enabled {
		return "", "", fault.Newf(fault.Invalid, "One-time codes are off for the collection %s.", rec.Collection().Name)
	}
	id, code = newID(tag(rec.Collection(), "rec\x00"+rec.ID()), s.Now()), newCode(rec.Collection())
	return id, code, s.keepCode(ctx, rec, id, code, "")
}

// drop deletes a row of a system collection, if it is there.
func (s *Service) drop(ctx context.Context, name, id string) error {
	rows, err := s.system(name)
	if err != nil {
		return err
	}
	if err = s.Write.Delete(ctx, caller.AsSystem(s.Now()), rows, id); fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

func badCode() *fault.Error { return fault.New(fault.Invalid, "Invalid or expired OTP.") }

// SpendOTP takes a code and returns the account that it was sent to (auth.md §6.12). A code works once. Who
// proves an address by it that was not verified takes the account over from whoever made it.
// Faults: Invalid, the same for everything that can be wrong; TooMany.
func (s *Service) SpendOTP(ctx context.Context, a Attempt, id, code string) (*record.Record, error) {
	rows, err := s.system(schema.OTPs)
	if err != nil {
		return nil, err
	}
	row, err := s.one(ctx, store.Query{From: rows, IDs: []string{id}, Limit: 1})
	if err != nil && !errors.Is(err, errNone) {
		return nil, err
	}
	fits := row != nil && row.String("collectionRef") == a.Collection.ID && !s.expired(row, a.Collection.Auth.OTP.Duration)
	if err := s.tryCode(ctx, a, id, fits, seconds(a.Collection.Auth.OTP.Duration)); err != nil {
		return nil, err
	}
	hash, err := s.codeHash(ctx, rows, row, fits)
	if err != nil {
		return nil, err
	}
	ok, err := s.Hasher.Verify(ctx, hash, code)
	if err != nil {
		return nil, err
	}
	if !ok || !fits {
		return nil, badCode()
	}
	return s.useCode(ctx, a.Collection, row)
}

// tryCode counts a try: of all codes of an address from one place, and of all of them from wherever. Codes that
// nobody has are counted in the same way; ids of which none can be good any more are counted alone. Fault: TooMany.
func (s *Service) tryCode(ctx context.Context, a Attempt, id string, fits bool, life time.Duration) error {
	key := tryKey(a, id)
	if !fits && !isYoung(id, life, s.Now()) {
		key = strings.Join([]string{"old otp", a.Collection.ID, id}, "\x00")
	}
	if err := held(s.Tries.Take(ctx, key+"\x00"+place(a.By.IP), codeTries, codeWindow)); err != nil {
		return err
	}
	return held(s.Tries.Take(ctx, key, codeTriesOfAll, codeWindow))
}

// tryKey is what tries of the codes of an address are counted by; id is of any of them.
func tryKey(a Attempt, id string) string {
	return strings.Join([]string{"otp", a.Collection.ID, tagOf(id)}, "\x00")
}

// codeHash is the hash to compare with; one that takes as long when there is none.
func (s *Service) codeHash(ctx context.Context, rows *schema.Collection, row *record.Record, fits bool) (string, error) {
	if fits {
		return row.Password("password").Hash, nil
	}
	return s.dummy(ctx, rows)
}

// useCode deletes the code, which only one of many can do, and proves the address that it was sent to.
func (s *Service) useCode(ctx context.Context, c *schema.Collection, row *record.Record) (rec *record.Record, err error) {
	account := store.Query{From: c, IDs: []string{row.String("recordRef")}, Limit: 1}
	if rec, err = s.one(ctx, account); errors.Is(err, errNone) {
		return nil, badCode()
	}
	if err != nil {
		return nil, err
	}
	data, err := s.claim(ctx, rec, row.String("sentTo"))
	if err != nil {
		return nil, err
	}
	err = s.Write.Together(ctx, func(ctx context.Context, rd store.Reader) error {
		if err := s.Write.Delete(ctx, caller.AsSystem(s.Now()), row.Collection(), row.ID()); err != nil {
			return badCode().Because(err)
		}
		if rec, err = oneOf(ctx, rd, account); err != nil || data == nil || rec.Bool("verified") || rec.String("email") != row.String("sentTo") {
			return err
		}
		rec, err = s.change(ctx, rec, data)
		return err
	})
	if err == nil {
		s.given.used(row.ID())
		s.forgive(ctx, mailsKey(c, row.ID()))
	}
	return rec, err
}

// claim is what changes when the owner of an address proves to be it by a code: the account is verified, and
// unless a second factor stands beside it the password of whoever signed up goes, with all it gave. nil when
// there is nothing to prove.
func (s *Service) claim(ctx context.Context, rec *record.Record, sentTo string) (map[string]any, error) {
	if rec.Bool("verified") || sentTo == "" || sentTo != rec.String("email") {
		return nil, nil
	}
	data := map[string]any{"verified": true}
	if rec.Collection().Auth.MFA.Enabled {
		return data, nil
	}
	unknown, err := s.Unknown(ctx, rec.Collection())
	data["password"] = unknown
	return data, err
}
