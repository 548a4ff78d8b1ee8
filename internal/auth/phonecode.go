package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/internal/sms"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

const (
	codeKeys      = "phone-code/" // of the store's named settings that hold codes
	triesPerCode  = 5             // after which it is worth nothing
	defaultPrompt = "{APP_NAME}: your code is {OTP}"
)

// codeEntry is a code that was sent to a phone. It is worth something as long as the account's token key is the
// one it was made with.
type codeEntry struct {
	Collection string    `json:"collection"`
	Record     string    `json:"record,omitempty"` // "": nobody has the number yet
	KeySum     string    `json:"keySum,omitempty"`
	Phone      string    `json:"phone"`
	Kind       string    `json:"kind"`
	Hash       string    `json:"hash"`
	Made       time.Time `json:"made"`
	Tries      int       `json:"tries"`
}

// phoneCode reads a code, nil when there is none.
func (s *Service) phoneCode(ctx context.Context, rd store.Reader, id string) (*codeEntry, error) {
	raw, err := rd.Param(ctx, codeKeys+id)
	if err != nil || raw == nil {
		return nil, err
	}
	e := new(codeEntry)
	if err := json.Unmarshal(raw, e); err != nil {
		return nil, fmt.Errorf("code for a phone: %w", err)
	}
	return e, nil
}

func (s *Service) keepPhoneCode(ctx context.Context, id string, e *codeEntry) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return s.Write.SetParam(ctx, codeKeys+id, raw)
}

// sendCode makes a code, keeps its hash and sends it. Tries to send the same message send the same code, as long
// as this process lives: it lies nowhere else.
func (s *Service) sendCode(ctx context.Context, c *schema.Collection, w outbox.Wish, e codeEntry) error {
	test := s.testCode(w.Phone)
	code, again := s.codes.get(w.Data)
	if !again {
		if code = test; code == "" {
			ok, err := s.takeBudget(ctx, c, w.Phone)
			if err != nil || !ok {
				return err
			}
			code = field.RandomText(c.Auth.PhoneAuth.Length, digits)
		}
		hash, err := s.shortHash(ctx, code)
		if err != nil {
			return err
		}
		e.Hash = hash
		if err := s.keepPhoneCode(ctx, w.Data, &e); err != nil {
			return err
		}
		s.codes.put(w.Data, code, w.Until)
	}
	if test != "" {
		s.codes.drop(w.Data)
		return nil
	}
	err := s.SMS.Send(ctx, sms.Message{
		To: w.Phone, Text: s.prompt(c, code), Code: code, Key: w.Data, Collection: c.Name, Record: e.Record,
	})
	switch {
	case err == nil:
		s.codes.drop(w.Data)
	case errors.Is(err, sms.ErrFinal):
		s.codes.drop(w.Data)
		return errors.Join(outbox.ErrFinal, err, s.Write.SetParam(ctx, codeKeys+w.Data, nil))
	}
	return err
}

// shortHash is the hash of a code, as costly as those of codes that go by mail.
func (s *Service) shortHash(ctx context.Context, code string) (string, error) {
	rows, err := s.system(schema.OTPs)
	if err != nil {
		return "", err
	}
	f, ok := rows.Field("password").(*field.PasswordField)
	if !ok {
		return "", errors.New("no passwords in " + rows.Name)
	}
	return s.Hasher.Hash(ctx, f, code)
}

// prompt is the text of a message. Its last line binds the code to the application's host: browsers offer it
// nowhere else.
func (s *Service) prompt(c *schema.Collection, code string) string {
	meta := s.Settings().Meta
	text := c.Auth.PhoneAuth.Message
	if text == "" {
		text = defaultPrompt
	}
	text = strings.NewReplacer("{APP_NAME}", meta.AppName, "{OTP}", code).Replace(text)
	if u, err := url.Parse(meta.AppURL); err == nil && u.Hostname() != "" {
		text += "\n\n@" + u.Hostname() + " #" + code
	}
	return text
}

// wireTime is a moment as the wire spells it.
func wireTime(t time.Time) string { return field.FormatDate(t.UTC()) }

// fits reports whether a code is for the purpose in c, and not over.
func (s *Service) codeFits(e *codeEntry, c *schema.Collection, kind string) bool {
	return e != nil && e.Collection == c.ID && e.Kind == kind && s.Now().Sub(e.Made) <= seconds(c.Auth.PhoneAuth.Duration)
}

// tryPhoneCode proves a code. Every try is counted before it is looked at, so that many at once are no more than
// allowed. Faults: Invalid, the same for everything that can be wrong; TooMany.
func (s *Service) tryPhoneCode(ctx context.Context, a Attempt, kind, id, code string) (*codeEntry, error) {
	e, err := s.phoneCode(ctx, s.Store, id)
	if err != nil {
		return nil, err
	}
	fits := s.codeFits(e, a.Collection, kind)
	if err := s.tryCode(ctx, a, id, fits, seconds(a.Collection.Auth.PhoneAuth.Duration)); err != nil {
		return nil, err
	}
	if fits {
		if fits, err = s.countTry(ctx, id); err != nil {
			return nil, err
		}
	}
	hash := ""
	if fits {
		hash = e.Hash
	} else if hash, err = s.dummyCode(ctx); err != nil {
		return nil, err
	}
	ok, err := s.Hasher.Verify(ctx, hash, code)
	if err != nil {
		return nil, err
	}
	if !ok || !fits {
		return nil, badCode()
	}
	return e, nil
}

// countTry counts a try on a code and reports whether there was one left. The last one leaves no code behind, unless
// it is the right one: then it is used up anyway.
func (s *Service) countTry(ctx context.Context, id string) (left bool, err error) {
	err = s.Write.Together(ctx, func(ctx context.Context, rd store.Reader) error {
		e, err := s.phoneCode(ctx, rd, id)
		if left = err == nil && e != nil && e.Tries < triesPerCode; !left {
			return err
		}
		e.Tries++
		return s.keepPhoneCode(ctx, id, e)
	})
	return left, err
}

func (s *Service) dummyCode(ctx context.Context) (string, error) {
	rows, err := s.system(schema.OTPs)
	if err != nil {
		return "", err
	}
	return s.dummy(ctx, rows)
}

// takePhoneCode deletes a code that was proved, which only one of many can do, and returns the account that it was
// made for; nil when there was none.
func (s *Service) takePhoneCode(ctx context.Context, rd store.Reader, c *schema.Collection, id string) (e *codeEntry, rec *record.Record, err error) {
	if e, err = s.phoneCode(ctx, rd, id); err != nil {
		return nil, nil, err
	}
	if e == nil {
		return nil, nil, badCode()
	}
	if err := s.Write.SetParam(ctx, codeKeys+id, nil); err != nil || e.Record == "" {
		return e, nil, err
	}
	rec, err = oneOf(ctx, rd, store.Query{From: c, IDs: []string{e.Record}, Limit: 1})
	if errors.Is(err, errNone) || err == nil && keySum(rec) != e.KeySum {
		return nil, nil, badCode()
	}
	return e, rec, err
}

// byID is a record, nil when there is none.
func (s *Service) byID(ctx context.Context, c *schema.Collection, id string) (*record.Record, error) {
	rec, err := s.one(ctx, store.Query{From: c, IDs: []string{id}, Limit: 1})
	if errors.Is(err, errNone) {
		return nil, nil
	}
	return rec, err
}

// sweepPhoneCodes deletes codes that are over.
func (s *Service) sweepPhoneCodes(ctx context.Context) error {
	s.codes.sweep()
	return s.sweepParams(ctx, codeKeys, func(raw []byte) bool {
		var e codeEntry
		if json.Unmarshal(raw, &e) != nil {
			return true
		}
		c, ok := s.Catalog().ByID(e.Collection)
		return !ok || !c.IsAuth() || !s.codeFits(&e, c, e.Kind)
	})
}

// underway are codes whose message is not out yet, in memory alone.
type underway struct {
	now func() time.Time

	mu    sync.Mutex
	codes map[string]secretCode
}

type secretCode struct {
	code  string
	until time.Time
}

func newUnderway(now func() time.Time) *underway {
	return &underway{now: now, codes: map[string]secretCode{}}
}

func (u *underway) get(id string) (code string, ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	c, ok := u.codes[id]
	return c.code, ok
}

func (u *underway) put(id, code string, until time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.codes[id] = secretCode{code, until}
}

func (u *underway) drop(id string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.codes, id)
}

func (u *underway) sweep() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for id, c := range u.codes {
		if !u.now().Before(c.until) {
			delete(u.codes, id)
		}
	}
}
