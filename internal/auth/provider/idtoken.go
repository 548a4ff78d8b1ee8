package provider

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/oauth2"
)

const (
	appleIssuer = "https://appleid.apple.com"
	appleKeys   = "https://appleid.apple.com/auth/keys"
)

// formPost makes Apple send the name and the e-mail, which it does in a form only.
var formPost = map[string]string{"response_mode": "form_post"}

// signed are the algorithms of signatures that a public key proves; the key's own is the only one that counts.
// A secret's are not among them: who knows a public key must not be able to sign with it.
var signed = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// trusted are those of tokens that are not proved, because they come from the provider directly.
var trusted = slices.Concat(signed, []jose.SignatureAlgorithm{jose.HS256, jose.HS384, jose.HS512})

// wanted is what an ID token must be, besides in time. Empty parts are not asked for.
type wanted struct {
	audience string
	issuers  []string
	keys     string // URL of the keys that sign it
	nonce    string
	ends     bool // it must have an end
}

func appleClaims(ctx context.Context, p *Provider, t *oauth2.Token, _ Grant) (map[string]any, error) {
	raw, _ := t.Extra("id_token").(string)
	keys := appleKeys
	if v, ok := p.cfg.Extra["jwksURL"].(string); ok && v != "" {
		keys = v
	}
	return p.s.claims(ctx, raw, wanted{audience: p.cfg.ClientID, issuers: []string{appleIssuer}, keys: keys, ends: true})
}

// oidcClaims takes the profile from the ID token when no other place is configured. Where an ID token is
// bound to the sign-in by a nonce, it is judged in any case.
func oidcClaims(ctx context.Context, p *Provider, t *oauth2.Token, g Grant) (map[string]any, error) {
	if p.user != "" && !p.wantsNonce() {
		return nil, nil
	}
	want := wanted{audience: p.cfg.ClientID}
	want.keys, _ = p.cfg.Extra["jwksURL"].(string)
	list, _ := p.cfg.Extra["issuers"].([]any)
	for _, v := range list {
		if s, ok := v.(string); ok {
			want.issuers = append(want.issuers, s)
		}
	}
	if p.wantsNonce() {
		want.nonce = nonce(g.Verifier)
	}
	raw, _ := t.Extra("id_token").(string)
	claims, err := p.s.claims(ctx, raw, want)
	if err != nil || p.user == "" {
		return claims, err
	}
	return nil, nil
}

// wantsNonce reports whether ID tokens are bound to the sign-in that asked for them: extra.nonce.
func (p *Provider) wantsNonce() bool {
	on, _ := p.cfg.Extra["nonce"].(bool)
	return on && p.PKCE() && strings.HasPrefix(p.name, "oidc")
}

// nonce follows from the verifier, which the client keeps to itself until it brings the code: so nothing
// needs to be stored, and a token that was made for another sign-in does not fit.
func nonce(verifier string) string {
	sum := sha256.Sum256([]byte("nonce " + verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// claims judges an ID token and returns what it says.
func (s *Service) claims(ctx context.Context, raw string, want wanted) (map[string]any, error) {
	if raw == "" {
		return nil, errors.New("there is no ID token")
	}
	payload, err := s.payload(ctx, raw, want.keys)
	if err != nil {
		return nil, fmt.Errorf("ID token: %w", err)
	}
	var claims map[string]any
	if err := readJSON(bytes.NewReader(payload), &claims); err != nil {
		return nil, fmt.Errorf("ID token: %w", err)
	}
	if err := s.judge(claims, want); err != nil {
		return nil, fmt.Errorf("ID token: %w", err)
	}
	return claims, nil
}

// payload proves the signature, when it is known whose it must be.
func (s *Service) payload(ctx context.Context, raw, keysURL string) ([]byte, error) {
	if keysURL == "" {
		t, err := jose.ParseSignedCompact(raw, trusted)
		if err != nil {
			return nil, err
		}
		return t.UnsafePayloadWithoutVerification(), nil
	}
	t, err := jose.ParseSignedCompact(raw, signed)
	if err != nil {
		return nil, err
	}
	if len(t.Signatures) != 1 {
		return nil, errors.New("it must have one signature")
	}
	head := t.Signatures[0].Protected
	key, err := s.key(ctx, keysURL, head.KeyID)
	if err != nil {
		return nil, err
	}
	if key.Algorithm != head.Algorithm {
		return nil, fmt.Errorf("it is signed with %s, its key is for %s", head.Algorithm, key.Algorithm)
	}
	return t.Verify(key.Key)
}

func (s *Service) judge(claims map[string]any, want wanted) error {
	if err := s.inTime(claims, want.ends); err != nil {
		return err
	}
	issuer, _ := claims["iss"].(string)
	switch {
	case want.audience != "" && !isFor(claims["aud"], want.audience):
		return errors.New("it is for somebody else")
	case len(want.issuers) > 0 && !slices.Contains(want.issuers, issuer):
		return fmt.Errorf("its issuer is %q", issuer)
	case want.nonce != "" && claims["nonce"] != want.nonce:
		return errors.New("it was made for another sign-in")
	}
	return nil
}

// inTime judges the claims of time that are there.
func (s *Service) inTime(claims map[string]any, ends bool) error {
	now, slack := s.Now(), s.Leeway
	exp, ok, err := moment(claims, "exp")
	switch {
	case err != nil:
		return err
	case !ok && ends:
		return errors.New("it has no end")
	case ok && !now.Before(exp.Add(slack)):
		return errors.New("it is over")
	}
	for _, name := range []string{"iat", "nbf"} {
		at, ok, err := moment(claims, name)
		if err != nil {
			return err
		}
		if ok && now.Add(slack).Before(at) {
			return fmt.Errorf("its %s is still to come", name)
		}
	}
	return nil
}

// moment reads a claim of time, in seconds.
func moment(claims map[string]any, name string) (time.Time, bool, error) {
	v, ok := claims[name]
	if !ok || v == nil {
		return time.Time{}, false, nil
	}
	n, isNumber := v.(interface{ Float64() (float64, error) })
	if !isNumber {
		return time.Time{}, false, fmt.Errorf("its %s is no number", name)
	}
	f, err := n.Float64()
	if err != nil || f < 0 || f > 1e12 {
		return time.Time{}, false, fmt.Errorf("its %s is no moment", name)
	}
	return time.UnixMilli(int64(f * 1000)), true, nil
}

// isFor reports whether the audience, one or several, includes us.
func isFor(aud any, us string) bool {
	if list, ok := aud.([]any); ok {
		return slices.Contains(list, any(us))
	}
	return aud == us
}
