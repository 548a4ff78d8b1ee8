// Package auth knows who asks and lets accounts sign in: tokens, the sign-in desk that every method
// shares, and the bound on expensive password work.
package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Kind is what a token is good for; it is the token's "type" claim.
type Kind string

// The kinds of tokens (auth.md §3.1).
const (
	KindAuth          Kind = "auth"
	KindFile          Kind = "file"
	KindVerification  Kind = "verification"
	KindPasswordReset Kind = "passwordReset"
	KindEmailChange   Kind = "emailChange"
)

// maxToken is the longest token that is looked at, in bytes.
const maxToken = 4 << 10

// errToken is given for every token that proves nothing; callers must not learn why.
var errToken = errors.New("not a valid token")

// Option is the secret and lifetime that c keeps for tokens of the kind.
func (k Kind) Option(c *schema.Collection) schema.Token {
	if c.Auth == nil {
		return schema.Token{}
	}
	switch k {
	case KindAuth:
		return c.Auth.AuthToken
	case KindFile:
		return c.Auth.FileToken
	case KindVerification:
		return c.Auth.VerificationToken
	case KindPasswordReset:
		return c.Auth.PasswordResetToken
	case KindEmailChange:
		return c.Auth.EmailChangeToken
	}
	return schema.Token{}
}

// key is what signs tokens of the kind for rec: nobody can sign for a record without both parts, and a
// new token key or secret ends all tokens made before. nil when a part is missing.
func (k Kind) key(rec *record.Record) []byte {
	own, shared := rec.String("tokenKey"), k.Option(rec.Collection()).Secret
	if own == "" || shared == "" {
		return nil
	}
	return []byte(own + shared)
}

// Issue signs an auth token for rec that lives for ttl, or for the collection's usual time when ttl is not
// positive. A refreshable one can be exchanged for a new one before it ends; a static one cannot.
func Issue(rec *record.Record, now time.Time, ttl time.Duration, refreshable bool) (string, error) {
	if ttl <= 0 {
		ttl = KindAuth.life(rec.Collection())
	}
	text := opening(rec, now.Add(ttl), "")
	text = strconv.AppendBool(append(text, `,"refreshable":`...), refreshable)
	return seal(rec, KindAuth, text)
}

// issueProved is Issue of a refreshable token by an identity that was proved at a moment. Where accounts have
// phones the token says when, for what may be done shortly after only; elsewhere it has the usual claims.
func issueProved(rec *record.Record, now, proved time.Time) (string, error) {
	if rec.Collection().PhoneOrd() < 0 || proved.IsZero() {
		return Issue(rec, now, 0, true)
	}
	text := opening(rec, now.Add(KindAuth.life(rec.Collection())), "")
	text = append(text, `,"refreshable":true`...)
	return seal(rec, KindAuth, strconv.AppendInt(append(text, `,"authTime":`...), proved.Unix(), 10))
}

// IssueFile signs a token with which rec may read protected files, for the collection's usual time.
func IssueFile(rec *record.Record, now time.Time) (string, error) {
	return seal(rec, KindFile, opening(rec, now.Add(KindFile.life(rec.Collection())), ""))
}

// issueMail signs a token that is sent by mail: it proves that who has it reads the mails of rec's e-mail or,
// when newEmail is not empty, of that one.
func issueMail(kind Kind, rec *record.Record, now time.Time, newEmail string) (string, error) {
	text := opening(rec, now.Add(kind.life(rec.Collection())), rec.String("email"))
	if newEmail != "" {
		text = field.AppendString(append(text, `,"newEmail":`...), newEmail)
	}
	return seal(rec, kind, text)
}

// life is how long tokens of the kind live in c.
func (k Kind) life(c *schema.Collection) time.Duration {
	return time.Duration(k.Option(c).Duration) * time.Second
}

// opening writes the claims that come first in every token; they are sorted by name.
func opening(rec *record.Record, ends time.Time, email string) []byte {
	text := field.AppendString([]byte(`{"collectionId":`), rec.Collection().ID)
	if email != "" {
		text = field.AppendString(append(text, `,"email":`...), email)
	}
	text = strconv.AppendInt(append(text, `,"exp":`...), ends.Unix(), 10)
	return field.AppendString(append(text, `,"id":`...), rec.ID())
}

// seal adds the kind and signs.
func seal(rec *record.Record, kind Kind, text []byte) (string, error) {
	key := kind.key(rec)
	if key == nil {
		return "", fmt.Errorf("sign a token for %s/%s: no token key or secret", rec.Collection().Name, rec.ID())
	}
	text = append(append(append(text, `,"type":"`...), kind...), `"}`...)
	body := ownHeader + "." + base64url.EncodeToString(text)
	return body + "." + base64url.EncodeToString(sign(body, key)), nil
}

// peek reads the claims of a token without proof, to say what is wrong with it.
func peek(raw string) (c claims) {
	_, rest, _ := strings.Cut(raw, ".")
	payload, _, _ := strings.Cut(rest, ".")
	if text, err := base64url.DecodeString(payload); err == nil && len(raw) <= maxToken {
		_ = json.Unmarshal(text, &c) // what cannot be read claims nothing
	}
	return c
}

// claims are the parts of a token that Holdall reads. Clients see them; there is nothing secret in them.
type claims struct {
	Type         string          `json:"type"`
	RecordID     string          `json:"id"`
	CollectionID string          `json:"collectionId"`
	Refreshable  json.RawMessage `json:"refreshable"`
	Expires      float64         `json:"exp"` // Unix seconds, like the other two
	NotBefore    float64         `json:"nbf"`
	IssuedAt     float64         `json:"iat"`
	AuthTime     float64         `json:"authTime"`
	Email        string          `json:"email"`    // of tokens that are sent by mail
	NewEmail     string          `json:"newEmail"` // of those that change it
}

// check refuses what could name nobody, and tokens outside their time. One without an end is refused too:
// nothing issues such tokens.
func (c *claims) check(now time.Time) error {
	at := float64(now.UnixMilli()) / 1000
	if c.Type == "" || c.RecordID == "" || c.CollectionID == "" || at >= c.Expires || at < c.NotBefore || at < c.IssuedAt {
		return errToken
	}
	return nil
}

// refreshable reports whether the claim is anything but false, null, zero or empty.
func (c *claims) refreshable() bool {
	switch string(c.Refreshable) {
	case "", "false", "null", "0", `""`:
		return false
	}
	return true
}

// proved is when the account signed in; the zero time when the token does not say.
func (c *claims) proved() time.Time {
	if c.AuthTime <= 0 {
		return time.Time{}
	}
	return time.Unix(int64(c.AuthTime), 0)
}

// expires is when the token ends.
func (c *claims) expires() time.Time { return time.Unix(int64(c.Expires), 0) }

// ownHeader is the header that we write, {"alg":"HS256","typ":"JWT"}: seen on nearly every token, it needs no
// decoding.
const ownHeader = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"

var base64url = base64.RawURLEncoding.Strict()

// parse reads a token, judges its claims at now, asks find for the record it names and proves the
// signature with that record's key. It runs with every request, hence by hand; the algorithm is pinned
// before anything else is read.
func parse(raw string, now time.Time, find func(*claims) (*record.Record, error)) (*record.Record, *claims, error) {
	body, sum, ok := cutLast(raw)
	head, payload, ok2 := strings.Cut(body, ".")
	if !ok || !ok2 || len(raw) > maxToken || head != ownHeader && !isHS256(head) {
		return nil, nil, errToken
	}
	text, err := base64url.DecodeString(payload)
	if err != nil {
		return nil, nil, errToken
	}
	var c claims
	if json.Unmarshal(text, &c) != nil || c.check(now) != nil {
		return nil, nil, errToken
	}
	rec, err := find(&c)
	if err != nil {
		return nil, nil, err
	}
	if !signed(body, sum, Kind(c.Type).key(rec)) {
		return nil, nil, errToken
	}
	return rec, &c, nil
}

func cutLast(raw string) (body, sum string, ok bool) {
	i := strings.LastIndexByte(raw, '.')
	if i < 0 {
		return "", "", false
	}
	return raw[:i], raw[i+1:], true
}

// isHS256 reads the header of a token that another hand wrote.
func isHS256(head string) bool {
	text, err := base64url.DecodeString(head)
	var h struct {
		Alg string `json:"alg"`
	}
	return err == nil && json.Unmarshal(text, &h) == nil && h.Alg == "HS256"
}

// signed reports whether sum is the signature of body by key. No key signs nothing.
func signed(body, sum string, key []byte) bool {
	got, err := base64url.DecodeString(sum)
	if err != nil || key == nil {
		return false
	}
	return hmac.Equal(sign(body, key), got)
}

func sign(body string, key []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(body))
	return mac.Sum(nil)
}
