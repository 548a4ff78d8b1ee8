// Package provider knows the OAuth2 providers: where people are sent, how a code becomes a token, and how a
// token becomes a profile. It proves nothing about our accounts; that is the method's work.
package provider

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/holdall-dev/holdall/schema"
)

// Leeway is how far the clocks of providers may differ from ours, unless Needs say otherwise.
const Leeway = 5 * time.Minute

// Needs is what the service is made of.
type Needs struct {
	// Client makes every request. It must be guarded: the URLs are configuration, and redirects are the word
	// of others.
	Client *http.Client
	// Pictures downloads avatars; guarded too, for their addresses are the word of providers.
	Pictures *http.Client
	Now      func() time.Time
	Leeway   time.Duration // 0 is Leeway
}

// Service opens providers and keeps what is shared by them: public keys, names in transit, codes that are
// spent. It is safe for concurrent use.
type Service struct {
	Needs
	keys  keyring
	names *shelf
	spent *shelf
}

// New makes the service.
func New(n Needs) *Service {
	if n.Leeway == 0 {
		n.Leeway = Leeway
	}
	return &Service{Needs: n, names: newShelf(n.Now, nameLife), spent: newShelf(n.Now, codeLife)}
}

// Provider is one configured provider.
type Provider struct {
	row
	s   *Service
	cfg schema.Provider
}

// Open makes a provider of its configuration, which may override the addresses. It fails when there is no
// such provider, and when it is not known where to send people.
func (s *Service) Open(cfg schema.Provider) (*Provider, error) {
	r, ok := find(cfg.Name)
	if !ok {
		return nil, fmt.Errorf("there is no provider %q", cfg.Name)
	}
	for _, over := range []struct {
		url *string
		by  string
	}{{&r.auth, cfg.AuthURL}, {&r.token, cfg.TokenURL}, {&r.user, cfg.UserInfoURL}} {
		if over.by != "" {
			*over.url = over.by
		}
	}
	if r.auth == "" || r.token == "" {
		return nil, fmt.Errorf("provider %s: the addresses are not configured", cfg.Name)
	}
	return &Provider{row: r, s: s, cfg: cfg}, nil
}

// PKCE reports whether a sign-in proves that whoever brings the code also asked for it.
func (p *Provider) PKCE() bool {
	if p.cfg.PKCE != nil {
		return *p.cfg.PKCE
	}
	return !p.noPKCE
}

// Challenge is what is made known of a verifier before the sign-in (RFC 7636, S256).
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// AuthURL is where people are sent to sign in. It ends with an empty redirect_uri, to which clients append
// theirs (auth.md §6.1). The verifier is not in it.
func (p *Provider) AuthURL(state, verifier string) string {
	q := url.Values{"client_id": {p.cfg.ClientID}, "response_type": {"code"}, "state": {state}}
	if scope := p.scopeOf(); scope != "" {
		q.Set("scope", scope)
	}
	if p.PKCE() {
		q.Set("code_challenge", Challenge(verifier))
		q.Set("code_challenge_method", "S256")
	}
	if p.wantsNonce() {
		q.Set("nonce", nonce(verifier))
	}
	for k, v := range p.params {
		q.Set(k, v)
	}
	sep := "?"
	if strings.Contains(p.auth, "?") {
		sep = "&"
	}
	return p.auth + sep + q.Encode() + "&redirect_uri="
}

func (p *Provider) scopeOf() string {
	if p.scope != nil {
		return p.scope(p.cfg, p.scopes)
	}
	return p.scopes
}

// Grant is what a client brings back from the provider.
type Grant struct {
	Code     string
	Verifier string
	Redirect string // the address that the provider sent the code to; "" when the client does not tell
}

// SignIn exchanges a grant for the account's profile. A code is good once, whatever the provider says.
func (p *Provider) SignIn(ctx context.Context, g Grant) (*Profile, error) {
	token, err := p.exchange(ctx, g)
	if err != nil {
		return nil, fmt.Errorf("exchange the code with %s: %w", p.name, err)
	}
	raw, err := p.raw(ctx, token, g)
	if err != nil {
		return nil, fmt.Errorf("ask %s for the profile: %w", p.name, err)
	}
	out, err := p.at.profile(raw)
	if err != nil {
		return nil, fmt.Errorf("profile of %s: %w", p.name, err)
	}
	out.Token = token
	if p.finish != nil {
		if err := p.finish(ctx, p, out); err != nil {
			return nil, fmt.Errorf("profile of %s: %w", p.name, err)
		}
	}
	if out.Name == "" && p.name == "apple" {
		out.Name = p.s.names.take(g.Code)
	}
	return out, nil
}

// exchange gives the code away for a token. Credentials go into the header first and, when the provider does
// not like that, into the body.
func (p *Provider) exchange(ctx context.Context, g Grant) (*oauth2.Token, error) {
	key := p.cfg.ClientID + " " + p.token + " " + g.Code
	if !p.s.spent.put(key, "spent") {
		return nil, errSpent
	}
	c := &oauth2.Config{
		ClientID: p.cfg.ClientID, ClientSecret: p.cfg.ClientSecret, RedirectURL: g.Redirect,
		Endpoint: oauth2.Endpoint{TokenURL: p.token},
	}
	var opts []oauth2.AuthCodeOption
	if p.PKCE() && g.Verifier != "" {
		opts = append(opts, oauth2.VerifierOption(g.Verifier))
	}
	token, err := c.Exchange(context.WithValue(ctx, oauth2.HTTPClient, p.s.Client), g.Code, opts...)
	if err != nil {
		p.s.spent.take(key) // it was not: the provider decides about another try
	}
	return token, err
}

// raw is all that the provider says of the account.
func (p *Provider) raw(ctx context.Context, t *oauth2.Token, g Grant) (map[string]any, error) {
	if p.read != nil {
		claims, err := p.read(ctx, p, t, g)
		if claims != nil || err != nil {
			return claims, err
		}
	}
	r, err := p.request(ctx, t, p.user)
	if err != nil {
		return nil, err
	}
	if p.ask != nil {
		p.ask(r, p.cfg)
	}
	var raw map[string]any
	err = p.s.fetch(r, &raw)
	if err == nil && raw == nil {
		err = errNoObject
	}
	return raw, err
}

// request is a request in the name of the account.
func (p *Provider) request(ctx context.Context, t *oauth2.Token, to string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, to, http.NoBody)
	if err == nil {
		t.SetAuthHeader(r)
	}
	return r, err
}
