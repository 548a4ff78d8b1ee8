package provider_test

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/auth/provider"
	"github.com/holdall-dev/holdall/internal/catalog"
	"github.com/holdall-dev/holdall/schema"
)

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// answers is a client that never leaves the process: a function answers every request.
type answers func(w http.ResponseWriter, r *http.Request)

func (f answers) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	f(w, r)
	return w.Result(), nil
}

func service(f answers) *provider.Service {
	client := &http.Client{Transport: f}
	return provider.New(provider.Needs{Client: client, Pictures: client, Now: func() time.Time { return now }})
}

func config(name string) schema.Provider {
	cfg := schema.Provider{Name: name, ClientID: "the client", ClientSecret: "the secret"}
	if strings.HasPrefix(name, "oidc") || name == "mailcow" {
		cfg.AuthURL, cfg.TokenURL, cfg.UserInfoURL = "https://own.example.com/auth", "https://own.example.com/token", "https://own.example.com/user"
	}
	return cfg
}

// TestNames: the table and the list that clients see speak of the same providers in the same order.
func TestNames(t *testing.T) {
	t.Parallel()
	var shown []string
	for _, p := range catalog.Providers() {
		shown = append(shown, p.Name)
	}
	if got := provider.Names(); !slices.Equal(got, shown) {
		t.Errorf("the table has %q, the list that is shown %q", got, shown)
	}
}

// recorded is a profile in the shape that the provider documents, and what is to come of it.
type recorded struct {
	Token   map[string]any `json:"token"`
	Profile map[string]any `json:"profile"`
	Emails  any            `json:"emails"`
	Want    want           `json:"want"`
	Doubted map[string]any `json:"doubted"` // values that take the e-mail away
	Refused map[string]any `json:"refused"` // values with which the account may not sign in
}

type want struct {
	ID, Name, Username, Email string
	AvatarURL                 string
}

// with is the profile with other values at some paths.
func (r recorded) with(changes map[string]any) map[string]any {
	raw, _ := json.Marshal(r.Profile)
	var out map[string]any
	_ = json.Unmarshal(raw, &out)
	for path, v := range changes {
		keys := strings.Split(path, ".")
		at := out
		for _, k := range keys[:len(keys)-1] {
			at = at[k].(map[string]any)
		}
		at[keys[len(keys)-1]] = v
	}
	return out
}

// sees plays the provider.
func (r recorded) sees(t *testing.T, status int, profile any) answers {
	return func(w http.ResponseWriter, req *http.Request) {
		switch {
		case req.FormValue("grant_type") == "authorization_code":
			token := map[string]any{"access_token": "the token", "token_type": "bearer", "expires_in": "3600"}
			maps.Copy(token, r.Token)
			_ = json.NewEncoder(w).Encode(token)
		case req.Header.Get("Authorization") != "Bearer the token":
			t.Errorf("%s %s with authorization %q", req.Method, req.URL, req.Header.Get("Authorization"))
		case strings.HasSuffix(req.URL.Path, "/emails"):
			_ = json.NewEncoder(w).Encode(r.Emails)
		default:
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(profile)
		}
	}
}

func signIn(s *provider.Service, cfg schema.Provider, g provider.Grant) (*provider.Profile, error) {
	p, err := s.Open(cfg)
	if err != nil {
		return nil, err
	}
	return p.SignIn(context.Background(), g)
}

// TestProfiles reads every recorded profile. Apple has none: its profile is an ID token, which has tests of
// its own.
func TestProfiles(t *testing.T) {
	t.Parallel()
	for _, name := range provider.Names() {
		if name == "apple" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(filepath.Join("testdata", "profiles", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var r recorded
			dec := json.NewDecoder(strings.NewReader(string(raw)))
			dec.UseNumber()
			if err := dec.Decode(&r); err != nil {
				t.Fatal(err)
			}
			r.check(t, name)
		})
	}
}

func (r recorded) check(t *testing.T, name string) {
	grant := provider.Grant{Code: "c", Verifier: "v", Redirect: "https://app.example.com/back"}
	try := func(status int, profile any) (want, error) {
		p, err := signIn(service(r.sees(t, status, profile)), config(name), grant)
		if err != nil {
			return want{}, err
		}
		if p.Token.AccessToken != "the token" || p.Raw == nil {
			t.Errorf("token %q, raw %v", p.Token.AccessToken, p.Raw)
		}
		return want{p.ID, p.Name, p.Username, p.Email, p.AvatarURL}, nil
	}
	if got, err := try(200, r.Profile); err != nil || got != r.Want {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, r.Want)
	}
	if r.Doubted != nil {
		if got, err := try(200, r.with(r.Doubted)); err != nil || got.Email != "" || got.ID != r.Want.ID {
			t.Errorf("with %v: got %+v, %v; want no e-mail", r.Doubted, got, err)
		}
	}
	if r.Refused != nil {
		if got, err := try(200, r.with(r.Refused)); err == nil {
			t.Errorf("with %v: got %+v, want an error", r.Refused, got)
		}
	}
	for status, profile := range map[int]any{401: r.Profile, 200: []any{}, 201: "text", 202: nil} {
		if got, err := try(status, profile); err == nil {
			t.Errorf("status %d and %v: got %+v", status, profile, got)
		}
	}
}

// TestAuthURL compares the address that people are sent to, for every provider.
func TestAuthURL(t *testing.T) {
	t.Parallel()
	s := service(nil)
	for _, name := range provider.Names() {
		cfg := config(name)
		if name == "microsoft" {
			cfg.Extra = map[string]any{"idTokenEmailClaim": "any_verified"}
		}
		p, err := s.Open(cfg)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := p.AuthURL("the state", "holdall-vector-code-verifier-0123456789-abc")
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "https" || !strings.HasSuffix(got, "&redirect_uri=") {
			t.Errorf("%s: %q, %v", name, got, err)
			continue
		}
		q := u.Query()
		pkce := !slices.Contains([]string{"bitbucket", "vk", "linear"}, name)
		if q.Get("client_id") != "the client" || q.Get("response_type") != "code" || q.Get("state") != "the state" ||
			(q.Get("code_challenge") == "8yRnNzywLpZx3_QUp898kAt_Idk14JVOiMpqX0qE7V8") != pkce || (q.Get("code_challenge_method") == "S256") != pkce ||
			(q.Get("response_mode") == "form_post") != (name == "apple") || q.Has("nonce") {
			t.Errorf("%s: %s", name, got)
		}
		if scope := q.Get("scope"); name == "microsoft" && scope != "User.Read openid" || name == "github" && scope != "read:user user:email" || name == "notion" && q.Has("scope") {
			t.Errorf("%s: scope %q", name, scope)
		}
	}
	off := false
	p, err := s.Open(schema.Provider{Name: "google", PKCE: &off, AuthURL: "https://x.example.com/a?b=c"})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.AuthURL("s", "v"); !strings.HasPrefix(got, "https://x.example.com/a?b=c&client_id=&response_type=code&scope=") || strings.Contains(got, "challenge") {
		t.Errorf("AuthURL = %s", got)
	}
	for _, name := range []string{"nobody", "mailcow", "oidc"} {
		if _, err := s.Open(schema.Provider{Name: name}); err == nil {
			t.Errorf("%s can be opened without a configuration", name)
		}
	}
}

// TestExchange: how a code becomes a token, and what is no token.
func TestExchange(t *testing.T) {
	t.Parallel()
	type ask struct{ user, pass, id, secret, verifier, redirect string }
	play := func(reply func(w http.ResponseWriter, basic bool)) ([]ask, *provider.Profile, error) {
		var asked []ask
		s := service(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/token" {
				_, _ = io.WriteString(w, `{"sub":"1"}`)
				return
			}
			user, pass, basic := r.BasicAuth()
			asked = append(asked, ask{user, pass, r.FormValue("client_id"), r.FormValue("client_secret"), r.FormValue("code_verifier"), r.FormValue("redirect_uri")})
			reply(w, basic)
		})
		p, err := signIn(s, config("oidc"), provider.Grant{Code: "c", Verifier: "v", Redirect: "https://app.example.com/"})
		return asked, p, err
	}
	header := ask{user: "the+client", pass: "the+secret", verifier: "v", redirect: "https://app.example.com/"}
	inBody := ask{id: "the client", secret: "the secret", verifier: "v", redirect: "https://app.example.com/"}

	asked, _, err := play(func(w http.ResponseWriter, _ bool) { _, _ = io.WriteString(w, `{"access_token":"a","expires_in":60}`) })
	if err != nil || !slices.Equal(asked, []ask{header}) {
		t.Errorf("header: %v, %v", asked, err)
	}
	asked, p, err := play(func(w http.ResponseWriter, basic bool) {
		if basic {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/x-www-form-urlencoded")
		_, _ = io.WriteString(w, "access_token=a&refresh_token=r&token_type=bearer")
	})
	if err != nil || !slices.Equal(asked, []ask{header, inBody}) || p.Token.RefreshToken != "r" {
		t.Errorf("body: %v, %v", asked, err)
	}
	for name, text := range map[string]string{
		"error with status 200": `{"error":"invalid_grant","access_token":"a"}`, "no token": `{"token_type":"bearer"}`,
		"garbage": `<html>`, "a list": `["a"]`, "nothing": ``, "null": `null`,
	} {
		if _, p, err := play(func(w http.ResponseWriter, _ bool) { _, _ = io.WriteString(w, text) }); err == nil {
			t.Errorf("%s: got %+v", name, p)
		}
	}
}

// TestCodeIsGoodOnce: a provider that takes a code twice does not make us take it twice.
func TestCodeIsGoodOnce(t *testing.T) {
	t.Parallel()
	s := service(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"access_token":"a","sub":"1"}`)
	})
	won := make(chan bool, 64)
	for range cap(won) {
		go func() {
			_, err := signIn(s, config("oidc"), provider.Grant{Code: "same"})
			won <- err == nil
		}()
	}
	n := 0
	for range cap(won) {
		if <-won {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d of %d sign-ins with one code succeeded", n, cap(won))
	}
}
