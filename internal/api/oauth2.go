package api

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/auth/method"
	"github.com/holdall-dev/holdall/internal/auth/provider"
	"github.com/holdall-dev/holdall/internal/catalog"
	"github.com/holdall-dev/holdall/schema"
)

// offer is what a client needs to send somebody to a provider (auth.md §6.1). State and verifier are new with
// every answer and not kept.
type offer struct {
	Name            string `json:"name"`
	DisplayName     string `json:"displayName"`
	Logo            string `json:"logo"`
	State           string `json:"state"`
	AuthURL         string `json:"authURL"`
	OldAuthURL      string `json:"authUrl"` // for old clients
	Verifier        string `json:"codeVerifier"`
	Challenge       string `json:"codeChallenge"`
	ChallengeMethod string `json:"codeChallengeMethod"`
}

const stateLength = 30

// providers are the collection's providers as they are offered; those that are not set up completely are not.
func (c *call) providers(o schema.OAuth2) []offer {
	list := []offer{}
	if !o.Enabled {
		return list
	}
	known := catalog.Providers()
	for _, cfg := range o.Providers {
		p, err := c.OAuth2.Open(cfg)
		if err != nil {
			c.Log.WarnContext(c.r.Context(), "a provider cannot be offered", "collection", c.col.Name, "error", err)
			continue
		}
		of := offerOf(p, cfg)
		for _, k := range known {
			if k.Name == cfg.Name {
				of.Logo, of.DisplayName = k.Logo, k.DisplayName
			}
		}
		if cfg.DisplayName != "" {
			of.DisplayName = cfg.DisplayName
		}
		list = append(list, of)
	}
	return list
}

func offerOf(p *provider.Provider, cfg schema.Provider) offer {
	of := offer{Name: cfg.Name, State: field.RandomText(stateLength, field.Alphanumeric)}
	if p.PKCE() {
		of.Verifier = newVerifier()
		of.Challenge, of.ChallengeMethod = provider.Challenge(of.Verifier), "S256"
	}
	of.AuthURL = p.AuthURL(of.State, of.Verifier)
	of.OldAuthURL = of.AuthURL
	return of
}

// newVerifier makes a secret of 43 characters (RFC 7636).
func newVerifier() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// withoutLogos is the list as old clients know it.
func withoutLogos(list []offer) []offer {
	bare := make([]offer, len(list))
	for i, of := range list {
		of.Logo = ""
		bare[i] = of
	}
	return bare
}

func authWithOAuth2(c *call) error {
	if err := c.signsIn(); err != nil {
		return err
	}
	m := &method.OAuth2{Providers: c.OAuth2, Log: c.Log}
	in, err := c.input()
	if err != nil && m.Enabled(c.col) {
		return err
	}
	sess, err := c.Auth.SignIn(c.r.Context(), m, auth.Attempt{By: c.by, Collection: c.col, In: in})
	if err != nil {
		return err
	}
	if sess.Factor != "" {
		return c.session(sess)
	}
	raw, err := plainJSON(m.Meta)
	if err != nil {
		return err
	}
	return c.sessionWith(raw, sess)
}

// plainJSON is JSON that leaves <, > and & as they are.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
