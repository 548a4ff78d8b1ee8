// Package auth knows who asks and lets accounts sign in: tokens, the sign-in desk that every method
// shares, and the bound on expensive password work.
package auth

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

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
		ttl = time.Duration(KindAuth.Option(rec.Collection()).Duration) * time.Second
	}
	key := KindAuth.key(rec)
	if key == nil {
		return "", fmt.Errorf("sign a token for %s/%s: no token key or secret", rec.Collection().Name, rec.ID())
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"type":         string(KindAuth),
		"id":           rec.ID(),
		"collectionId": rec.Collection().ID,
		"refreshable":  refreshable,
		"exp":          now.Add(ttl).Unix(),
	}).SignedString(key)
}

// claims are the parts of a token that Holdall reads. Clients see them; there is nothing secret in them.
type claims struct {
	jwt.RegisteredClaims
	Type         string          `json:"type"`
	RecordID     string          `json:"id"`
	CollectionID string          `json:"collectionId"`
	Refreshable  json.RawMessage `json:"refreshable"`
}

// Validate refuses tokens that could name nobody.
func (c *claims) Validate() error {
	if c.Type == "" || c.RecordID == "" || c.CollectionID == "" {
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

// parser pins the algorithm; claims are judged before the key is looked up, so junk costs no query.
var parser = jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithoutClaimsValidation())

// parse reads a token, judges its claims at now, asks find for the record it names and proves the
// signature with that record's key.
func parse(raw string, now time.Time, find func(*claims) (*record.Record, error)) (*record.Record, *claims, error) {
	if raw == "" || len(raw) > maxToken {
		return nil, nil, errToken
	}
	var (
		c         claims
		rec       *record.Record
		validator = jwt.NewValidator(jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(func() time.Time { return now }))
	)
	_, err := parser.ParseWithClaims(raw, &c, func(*jwt.Token) (any, error) {
		if err := validator.Validate(&c); err != nil {
			return nil, err
		}
		var err error
		if rec, err = find(&c); err != nil {
			return nil, err
		}
		if key := Kind(c.Type).key(rec); key != nil {
			return key, nil
		}
		return nil, errToken
	})
	if err != nil {
		return nil, nil, err
	}
	return rec, &c, nil
}
