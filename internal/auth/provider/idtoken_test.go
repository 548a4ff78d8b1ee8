package provider_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/holdall-dev/holdall/internal/auth/provider"
	"github.com/holdall-dev/holdall/schema"
)

// issuer signs ID tokens with keys of several kinds.
type issuer struct {
	rsa  *rsa.PrivateKey
	ed   ed25519.PrivateKey
	ec   *ecdsa.PrivateKey
	keys []jose.JSONWebKey
	asks int
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	var is issuer
	var err error
	if is.rsa, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	if _, is.ed, err = ed25519.GenerateKey(rand.Reader); err != nil {
		t.Fatal(err)
	}
	if is.ec, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	is.keys = []jose.JSONWebKey{
		{Key: is.rsa.Public(), KeyID: "rsa", Algorithm: "RS256", Use: "sig"},
		{Key: is.ed.Public(), KeyID: "ed", Algorithm: "EdDSA"},
		{Key: is.ec.Public(), KeyID: "ec", Algorithm: "ES256"},
		{Key: is.rsa.Public(), KeyID: "no alg"},
	}
	return &is
}

func (is *issuer) sign(t *testing.T, alg jose.SignatureAlgorithm, key any, kid string, claims map[string]any) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", kid))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := s.Sign(raw)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// serves gives the token away and the keys.
func (is *issuer) serves(token string) answers {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("grant_type") != "" {
			_ = json.NewEncoder(w).Encode(map[string]any{"access_token": "a", "id_token": token})
			return
		}
		is.asks++
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: is.keys})
	}
}

func apple() schema.Provider { return schema.Provider{Name: "apple", ClientID: "us"} }

func ownOIDC(extra map[string]any) schema.Provider {
	return schema.Provider{Name: "oidc", ClientID: "us", AuthURL: "https://own.example.com/a", TokenURL: "https://own.example.com/t", Extra: extra}
}

var proved = map[string]any{"jwksURL": "https://own.example.com/keys", "issuers": []any{"https://appleid.apple.com"}}

// TestIDToken: what Apple and providers whose keys are known must have signed.
func TestIDToken(t *testing.T) {
	t.Parallel()
	is := newIssuer(t)
	good := map[string]any{
		"sub": "1", "iss": "https://appleid.apple.com", "aud": "us", "exp": now.Add(time.Hour).Unix(), "iat": now.Unix(),
		"email": "ann@example.com", "email_verified": "true",
	}
	but := func(key string, v any) map[string]any {
		c := maps.Clone(good)
		if c[key] = v; v == nil {
			delete(c, key)
		}
		return c
	}
	public := x509.MarshalPKCS1PublicKey(&is.rsa.PublicKey)
	parts := strings.Split(is.sign(t, jose.RS256, is.rsa, "rsa", good), ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"rsa"}`))
	cases := []struct {
		name, token string
		ok          bool
	}{
		{"RSA", is.sign(t, jose.RS256, is.rsa, "rsa", good), true},
		{"Ed25519", is.sign(t, jose.EdDSA, is.ed, "ed", good), true},
		{"P-256", is.sign(t, jose.ES256, is.ec, "ec", good), true},
		{"one audience of several", is.sign(t, jose.RS256, is.rsa, "rsa", but("aud", []string{"them", "us"})), true},
		{"over, within the leeway", is.sign(t, jose.RS256, is.rsa, "rsa", but("exp", now.Add(-4*time.Minute).Unix())), true},
		{"over", is.sign(t, jose.RS256, is.rsa, "rsa", but("exp", now.Add(-6*time.Minute).Unix())), false},
		{"made in the future", is.sign(t, jose.RS256, is.rsa, "rsa", but("iat", now.Add(6*time.Minute).Unix())), false},
		{"not valid yet", is.sign(t, jose.RS256, is.rsa, "rsa", but("nbf", now.Add(6*time.Minute).Unix())), false},
		{"an end that is no number", is.sign(t, jose.RS256, is.rsa, "rsa", but("exp", "never")), false},
		{"for somebody else", is.sign(t, jose.RS256, is.rsa, "rsa", but("aud", "them")), false},
		{"for nobody", is.sign(t, jose.RS256, is.rsa, "rsa", but("aud", nil)), false},
		{"of another issuer", is.sign(t, jose.RS256, is.rsa, "rsa", but("iss", "https://appleid.apple.com.example.com")), false},
		{"of no issuer", is.sign(t, jose.RS256, is.rsa, "rsa", but("iss", nil)), false},
		{"unknown key", is.sign(t, jose.RS256, is.rsa, "other", good), false},
		{"no key id", is.sign(t, jose.RS256, is.rsa, "", good), false},
		{"a key without an algorithm", is.sign(t, jose.RS256, is.rsa, "no alg", good), false},
		{"another algorithm than the key's", is.sign(t, jose.RS512, is.rsa, "rsa", good), false},
		{"another key than the named one", is.sign(t, jose.RS256, is.rsa, "ed", good), false},
		{"the public key as a secret", is.sign(t, jose.HS256, public, "rsa", good), false},
		{"no signature", none + "." + parts[1] + ".", false},
		{"the signature cut off", parts[0] + "." + parts[1] + ".", false},
		{"other claims under the signature", parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"2"}`)) + "." + parts[2], false},
		{"nothing", "", false},
		{"garbage", "a.b.c", false},
	}
	for _, tc := range cases {
		for _, cfg := range []schema.Provider{apple(), ownOIDC(proved)} {
			p, err := signIn(service(is.serves(tc.token)), cfg, provider.Grant{Code: "c"})
			if (err == nil) != tc.ok {
				t.Errorf("%s, %s: err = %v, want ok %v", cfg.Name, tc.name, err, tc.ok)
			}
			if err == nil && (p.ID != "1" || p.Email != "ann@example.com") {
				t.Errorf("%s, %s: %+v", cfg.Name, tc.name, p)
			}
		}
	}
	endless := is.sign(t, jose.RS256, is.rsa, "rsa", but("exp", nil))
	if _, err := signIn(service(is.serves(endless)), apple(), provider.Grant{Code: "c"}); err == nil {
		t.Error("Apple's token without an end is taken")
	}
	if _, err := signIn(service(is.serves(endless)), ownOIDC(proved), provider.Grant{Code: "c"}); err != nil {
		t.Errorf("a token without an end: %v", err)
	}
}

// TestKeysAreAskedForOnce: keys are kept, and unknown ones are not an occasion to ask again and again.
func TestKeysAreAskedForOnce(t *testing.T) {
	t.Parallel()
	is := newIssuer(t)
	claims := map[string]any{"sub": "1", "iss": "https://appleid.apple.com", "aud": "us", "exp": now.Add(time.Hour).Unix()}
	token := ""
	s := service(func(w http.ResponseWriter, r *http.Request) { is.serves(token)(w, r) })
	for i, kid := range []string{"rsa", "rsa", "x", "y", "rsa"} {
		token = is.sign(t, jose.RS256, is.rsa, kid, claims)
		_, err := signIn(s, ownOIDC(proved), provider.Grant{Code: kid + string(rune('0'+i))})
		if (err == nil) != (kid == "rsa") {
			t.Errorf("key %q: %v", kid, err)
		}
	}
	if is.asks != 1 {
		t.Errorf("the keys were asked for %d times", is.asks)
	}
}

// TestNonce: an ID token that was made for another sign-in does not fit.
func TestNonce(t *testing.T) {
	t.Parallel()
	is := newIssuer(t)
	cfg := ownOIDC(map[string]any{"nonce": true})
	p, err := service(nil).Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(p.AuthURL("s", "mine"))
	if err != nil {
		t.Fatal(err)
	}
	nonce := u.Query().Get("nonce")
	for _, tc := range []struct {
		nonce    any
		verifier string
		ok       bool
	}{{nonce, "mine", true}, {nonce, "another", false}, {"", "mine", false}, {nil, "mine", false}} {
		token := is.sign(t, jose.RS256, is.rsa, "rsa", map[string]any{"sub": "1", "aud": "us", "nonce": tc.nonce})
		if _, err := signIn(service(is.serves(token)), cfg, provider.Grant{Code: "c", Verifier: tc.verifier}); (err == nil) != tc.ok {
			t.Errorf("nonce %v, verifier %q: %v", tc.nonce, tc.verifier, err)
		}
	}
}

// TestMicrosoftEmail: which claim is believed depends on the configuration.
func TestMicrosoftEmail(t *testing.T) {
	t.Parallel()
	is := newIssuer(t)
	full := map[string]any{"email": "e@example.com", "xms_edov": "1", "verified_primary_email": "v@example.com"}
	for _, tc := range []struct {
		source string
		claims map[string]any
		want   string
	}{
		{"", full, "m@example.com"},
		{"unknown", full, "m@example.com"},
		{"email", map[string]any{"email": "e@example.com"}, "e@example.com"},
		{"email_and_xms_edov", full, "e@example.com"},
		{"email_and_xms_edov", map[string]any{"email": "e@example.com"}, ""},
		{"verified_primary_email", full, "v@example.com"},
		{"verified_primary_email", map[string]any{"verified_primary_email": []string{"v@example.com"}}, ""},
		{"any_verified", full, "v@example.com"},
		{"any_verified", map[string]any{"email": "e@example.com", "xms_edov": true}, "e@example.com"},
		{"any_verified", map[string]any{"email": "e@example.com", "xms_edov": false}, ""},
		{"email", map[string]any{"email": "e@example.com", "exp": now.Add(-time.Hour).Unix()}, ""},
	} {
		token := is.sign(t, jose.RS256, is.rsa, "rsa", tc.claims)
		s := service(func(w http.ResponseWriter, r *http.Request) {
			if r.FormValue("grant_type") != "" {
				is.serves(token)(w, r)
				return
			}
			_, _ = w.Write([]byte(`{"id":"1","mail":"m@example.com"}`))
		})
		p, err := signIn(s, schema.Provider{Name: "microsoft", Extra: map[string]any{"idTokenEmailClaim": tc.source}}, provider.Grant{Code: "c"})
		if err != nil || p.Email != tc.want {
			t.Errorf("%q of %v: %+v, %v; want %q", tc.source, tc.claims, p, err, tc.want)
		}
	}
}

// TestAppleName: the name comes once, beside the code, and is taken once.
func TestAppleName(t *testing.T) {
	t.Parallel()
	is := newIssuer(t)
	token := is.sign(t, jose.ES256, is.ec, "ec", map[string]any{
		"sub": "1", "iss": "https://appleid.apple.com", "aud": "us", "exp": now.Add(time.Hour).Unix(),
	})
	s := service(is.serves(token))
	s.KeepName("c1", " Ann ", "Archer ")
	s.KeepName("c2", strings.Repeat("é", 100), "")
	for code, want := range map[string]string{"c1": "Ann Archer", "c2": strings.Repeat("é", 75), "c3": ""} {
		p, err := signIn(s, apple(), provider.Grant{Code: code})
		if err != nil || p.Name != want {
			t.Errorf("%s: %+v, %v; want name %q", code, p, err, want)
		}
	}
}

// TestAppleSecret proves the secret with the public half of the key.
func TestAppleSecret(t *testing.T) {
	t.Parallel()
	is := newIssuer(t)
	encode := func(key any) string {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	k := provider.AppleKey{ClientID: "com.example.app", TeamID: "TEAM567890", KeyID: "KEY4567890", PEM: encode(is.ec)}
	secret, err := k.Secret(now, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	tok, err := jose.ParseSignedCompact(secret, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	payload, err := tok.Verify(is.ec.Public())
	const want = `{"aud":["https://appleid.apple.com"],"exp":1772604367,"iat":1772600767,"iss":"TEAM567890","sub":"com.example.app"}`
	if err != nil || string(payload) != want || tok.Signatures[0].Protected.KeyID != "KEY4567890" {
		t.Errorf("payload %s, %v\nwant    %s", payload, err, want)
	}
	wrong, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"RSA": encode(is.rsa), "P-384": encode(wrong), "garbage": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "none": ""} {
		k.PEM = text
		if secret, err := k.Secret(now, time.Hour); err == nil {
			t.Errorf("%s: %s", name, secret)
		}
	}
}
