package api_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/holdall-dev/holdall"
)

// idp is a provider whose codes are the profiles that it will tell, once each.
type idp struct {
	*httptest.Server
	picture []byte
	used    sync.Map // codes
}

func newIDP(t *testing.T) *idp {
	t.Helper()
	p := &idp{}
	mux := http.NewServeMux()
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if _, used := p.used.LoadOrStore(r.FormValue("code"), true); used {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": strings.SplitN(r.FormValue("code"), ".", 2)[0], "refresh_token": "rt", "expires_in": 60})
	})
	mux.HandleFunc("/user", func(w http.ResponseWriter, r *http.Request) {
		raw, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		if err != nil {
			http.Error(w, "who?", http.StatusUnauthorized)
			return
		}
		_, _ = w.Write(raw)
	})
	mux.HandleFunc("/pictures/ann.png", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(p.picture) })
	mux.HandleFunc("/big", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"sub":"1","x":"`+strings.Repeat("x", 1<<20)+`"}`)
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

// config is how a collection offers it under a name; user is where the profile is told.
func (p *idp) config(name, user string) string {
	return fmt.Sprintf(`{"name":%q,"clientId":"us","clientSecret":"s","authURL":"%s/auth","tokenURL":"%s/token","userInfoURL":"%s%s"}`, name, p.URL, p.URL, p.URL, user)
}

// house is an app that offers p, with a superuser signed in.
type house struct {
	t     *testing.T
	app   http.Handler
	super string
	n     int
}

func (p *idp) house(t *testing.T, options string) *house {
	t.Helper()
	app, err := holdall.Open(t.Context(), holdall.Options{
		Dir: t.TempDir(), DB: database(t), RelaxedSync: true, Log: slog.New(slog.DiscardHandler), AllowHosts: []string{p.Listener.Addr().String()},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	if err := app.CreateSuperuser(t.Context(), rootEmail, rootPassword); err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, app: app.Handler()}
	h.super = h.password("_superusers", rootEmail, rootPassword)
	h.cheap()
	h.must(200, "PATCH", "/api/collections/users", h.super, fmt.Sprintf(
		`{"oauth2":{"enabled":true,"providers":[%s,%s,%s]}%s}`, p.config("oidc", "/user"), p.config("oidc2", "/user"), p.config("oidc3", "/big"), options))
	return h
}

// cheap makes passwords of users cost little.
func (h *house) cheap() {
	h.t.Helper()
	fields := h.must(200, "GET", "/api/collections/users", h.super, "")["fields"].([]any)
	for _, f := range fields {
		if f := f.(map[string]any); f["type"] == "password" {
			f["cost"] = 6
		}
	}
	raw, err := json.Marshal(map[string]any{"fields": fields})
	if err != nil {
		h.t.Fatal(err)
	}
	h.must(200, "PATCH", "/api/collections/users", h.super, string(raw))
}

func (h *house) ask(method, path, token, body string) (int, map[string]any) {
	h.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", token)
	w := httptest.NewRecorder()
	h.app.ServeHTTP(w, r)
	var out map[string]any
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
			h.t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
		}
	}
	return w.Code, out
}

func (h *house) must(status int, method, path, token, body string) map[string]any {
	h.t.Helper()
	got, out := h.ask(method, path, token, body)
	if got != status {
		h.t.Fatalf("%s %s = %d %v, want %d", method, path, got, out, status)
	}
	return out
}

// password signs in, or returns "".
func (h *house) password(collection, email, password string) string {
	h.t.Helper()
	_, out := h.ask("POST", "/api/collections/"+collection+"/auth-with-password", "", fmt.Sprintf(`{"identity":%q,"password":%q}`, email, password))
	token, _ := out["token"].(string)
	return token
}

// visit signs in with a profile at a provider.
func (h *house) visit(provider, profile, token, more string) (int, map[string]any) {
	h.t.Helper()
	h.n++
	return h.ask("POST", "/api/collections/users/auth-with-oauth2", token, fmt.Sprintf(`{"provider":%q,"code":%q,"redirectURL":"https://a.example.com/"%s}`, provider, codeOf(profile, h.n), more))
}

// codeOf is the n-th code for which the provider tells a profile.
func codeOf(profile string, n int) string {
	return fmt.Sprintf("%s.%d", base64.RawURLEncoding.EncodeToString([]byte(profile)), n)
}

// account makes a user with a password and, when wanted, a link that its owner made while signed in.
func (h *house) account(email string, verified bool, link string) (id, token string) {
	h.t.Helper()
	rec := h.must(200, "POST", "/api/collections/users/records", h.super, fmt.Sprintf(`{"email":%q,"password":"a password","passwordConfirm":"a password","verified":%v}`, email, verified))
	id = rec["id"].(string)
	if link != "" {
		h.must(200, "POST", "/api/collections/_externalAuths/records", h.super,
			fmt.Sprintf(`{"collectionRef":"_pb_users_auth_","recordRef":%q,"provider":"oidc2","providerId":%q}`, id, link))
	}
	return id, h.password("users", email, "a password")
}

// links lists the external accounts of a user, as provider:id.
func (h *house) links(id string) string {
	h.t.Helper()
	out := h.must(200, "GET", "/api/collections/_externalAuths/records?sort=provider&filter=recordRef='"+id+"'", h.super, "")
	var list []string
	for _, it := range out["items"].([]any) {
		row := it.(map[string]any)
		list = append(list, fmt.Sprintf("%s:%s", row["provider"], row["providerId"]))
	}
	return strings.Join(list, " ")
}

func (h *house) alive(token string) bool {
	code, _ := h.ask("POST", "/api/collections/users/auth-refresh", token, "")
	return code == 200
}

func profile(id, email string, verified bool) string {
	return fmt.Sprintf(`{"sub":%q,"name":"Ann","preferred_username":"ann","email":%q,"email_verified":%v}`, id, email, verified)
}

// TestOAuth2Claims is the table of who keeps what when the owner of an external account meets an account that
// is there already (auth.md §8.3-§8.5): for {linked, same e-mail, signed in} × {verified, not} × e-mails.
func TestOAuth2Claims(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	h := p.house(t, "")
	const mail = "@example.com"
	for i, tc := range []struct {
		name     string
		verified bool   // of the account
		link     string // its earlier link at oidc2
		as       bool   // the caller is signed in to the account
		provider string
		email    string // of the profile: "same", "other", "unproven" or ""
		// what is left
		status           int
		password, tokens bool
		proven           bool
		links            string
	}{
		{"linked, verified", true, "L", false, "oidc2", "same", 200, true, true, true, "oidc2:L"},
		{"linked, verified, other e-mail", true, "L", false, "oidc2", "other", 200, true, true, true, "oidc2:L"},
		{"linked, unverified, same e-mail", false, "L", false, "oidc2", "same", 200, false, false, true, "oidc2:L"},
		{"linked, unverified, other e-mail", false, "L", false, "oidc2", "other", 200, false, false, false, "oidc2:L"},
		{"linked, unverified, no e-mail", false, "L", false, "oidc2", "", 200, false, false, false, "oidc2:L"},
		{"same e-mail, verified", true, "", false, "oidc", "same", 200, true, true, true, "oidc:P"},
		{"same e-mail, verified, with a link", true, "L", false, "oidc", "same", 200, true, true, true, "oidc:P oidc2:L"},
		{"same e-mail, unverified", false, "", false, "oidc", "same", 200, false, false, true, "oidc:P"},
		{"same e-mail, unverified, with somebody's link", false, "L", false, "oidc", "same", 200, false, false, true, "oidc:P"},
		{"signed in, verified, other e-mail", true, "", true, "oidc", "other", 200, true, true, true, "oidc:P"},
		{"signed in, unverified, same e-mail", false, "", true, "oidc", "same", 200, true, true, true, "oidc:P"},
		{"signed in, unverified, other e-mail", false, "L", true, "oidc", "other", 200, true, true, false, "oidc:P"},
		{"signed in, unverified, same e-mail, with a link", false, "L", true, "oidc", "same", 200, true, false, true, "oidc:P"},
		{"signed in, a second account of the provider", true, "L", true, "oidc2", "same", 400, true, true, true, "oidc2:L"},
		{"the provider does not vouch for the e-mail", true, "", false, "oidc", "unproven", 400, true, true, true, ""},
	} {
		email := fmt.Sprintf("u%d%s", i, mail)
		link, want := "", tc.links
		theirs := fmt.Sprintf("P%d", i)
		if tc.link != "" {
			link = fmt.Sprintf("L%d", i)
			if tc.provider == "oidc2" && tc.status == 200 {
				theirs = link
			}
		}
		want = strings.NewReplacer("oidc:P", "oidc:"+theirs, "oidc2:L", "oidc2:"+link).Replace(want)
		id, token := h.account(email, tc.verified, link)
		as := ""
		if tc.as {
			as = token
		}
		said := map[string]string{
			"same": profile(theirs, email, true), "other": profile(theirs, "x"+email, true), "": profile(theirs, "", false),
			"unproven": profile(theirs, email, false),
		}[tc.email]
		code, out := h.visit(tc.provider, said, as, "")
		if code != tc.status {
			t.Errorf("%s: %d %v", tc.name, code, out)
			continue
		}
		rec := h.must(200, "GET", "/api/collections/users/records/"+id, h.super, "")
		alive := h.alive(token)
		if rec["verified"] != tc.proven || (h.password("users", email, "a password") != "") != tc.password || alive != tc.tokens || h.links(id) != want {
			t.Errorf("%s: verified %v, password %v, tokens %v, links %q; want %v %v %v %q", tc.name, rec["verified"],
				h.password("users", email, "a password") != "", alive, h.links(id), tc.proven, tc.password, tc.tokens, want)
		}
		if code != 200 {
			continue
		}
		meta, got := out["meta"].(map[string]any), out["record"].(map[string]any)
		if got["id"] != id || meta["isNew"] != false || meta["id"] != theirs || !h.alive(out["token"].(string)) {
			t.Errorf("%s: answer %v", tc.name, out)
		}
	}
}

// TestOAuth2SignUp: what a new account is made of.
func TestOAuth2SignUp(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	p.picture, _ = base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	h := p.house(t, "")
	withPicture := fmt.Sprintf(`{"sub":"1","name":"Ann","email":"ann@example.com","email_verified":true,"picture":"%s/pictures/ann.png"}`, p.URL)
	code, out := h.visit("oidc", withPicture, "", "")
	if code != 200 {
		t.Fatalf("%d %v", code, out)
	}
	rec, meta := out["record"].(map[string]any), out["meta"].(map[string]any)
	if rec["name"] != "Ann" || rec["email"] != "ann@example.com" || rec["verified"] != true || !strings.HasPrefix(fmt.Sprint(rec["avatar"]), "ann_") {
		t.Errorf("record %v", rec)
	}
	for key, want := range map[string]any{"isNew": true, "id": "1", "email": "ann@example.com", "refreshToken": "rt", "avatarURL": p.URL + "/pictures/ann.png", "avatarUrl": p.URL + "/pictures/ann.png"} {
		if meta[key] != want {
			t.Errorf("meta.%s = %v, want %v", key, meta[key], want)
		}
	}
	if raw := meta["rawUser"].(map[string]any); raw["sub"] != "1" || len(fmt.Sprint(meta["expiry"])) != len("2006-01-02 15:04:05.000Z") {
		t.Errorf("meta %v", meta)
	}
	code, out = h.visit("oidc", withPicture, "", "")
	if code != 200 || out["meta"].(map[string]any)["isNew"] != false || out["record"].(map[string]any)["id"] != rec["id"] {
		t.Errorf("the second time: %d %v", code, out)
	}

	// A picture that the field does not take, or that is nowhere, or in the house's own network, is left out.
	p.picture = []byte("just text")
	for i, url := range []string{p.URL + "/pictures/ann.png", p.URL + "/none", "http://127.0.0.1:1/x.png", "file:///etc/passwd", "http://169.254.169.254/a.png"} {
		code, out := h.visit("oidc", fmt.Sprintf(`{"sub":"pic%d","email":"pic%d@example.com","email_verified":true,"picture":%q}`, i, i, url), "", "")
		if code != 200 || out["record"].(map[string]any)["avatar"] != "" {
			t.Errorf("%s: %d %v", url, code, out)
		}
	}

	// The client's own values win; an e-mail that nobody vouches for is not verified.
	code, out = h.visit("oidc", profile("2", "bea@example.com", true), "", `,"createData":{"email":"own@example.com","name":""}`)
	if code != 200 || out["record"].(map[string]any)["email"] != "own@example.com" || out["record"].(map[string]any)["verified"] != false || out["record"].(map[string]any)["name"] != "" {
		t.Errorf("own values: %d %v", code, out)
	}
	for name, more := range map[string]string{
		"verified":        `,"createData":{"verified":true}`,
		"no confirmation": `,"createData":{"password":"a password"}`,
		"a taken e-mail":  `,"createData":{"email":"ann@example.com"}`,
	} {
		if code, out := h.visit("oidc", profile("3", "cat@example.com", true), "", more); code != 400 || len(out["data"].(map[string]any)) != 1 {
			t.Errorf("%s: %d %v", name, code, out)
		}
	}
	code, out = h.visit("oidc", profile("3", "cat@example.com", true), "", `,"createData":{"password":"a password","passwordConfirm":"a password"}`)
	if code != 200 || h.password("users", "cat@example.com", "a password") == "" {
		t.Errorf("with a password: %d %v", code, out)
	}

	// An account without an id at the provider leaves nothing behind.
	if code, out := h.visit("oidc", profile("", "dan@example.com", true), "", ""); code != 400 || out["data"].(map[string]any)["providerId"] == nil {
		t.Errorf("no id: %d %v", code, out)
	}
	if n := h.must(200, "GET", "/api/collections/users/records?filter=email='dan@example.com'", h.super, "")["totalItems"]; n != 0.0 {
		t.Errorf("%v accounts were left behind", n)
	}
}

// TestOAuth2Rules: the create rule, the auth rule and the second factor hold.
func TestOAuth2Rules(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	h := p.house(t, `,"createRule":"@request.context = 'oauth2' && @request.body.name = 'Ann'"`)
	if code, out := h.visit("oidc", profile("1", "ann@example.com", true), "", ""); code != 200 {
		t.Errorf("a rule that is met: %d %v", code, out)
	}
	if code, _ := h.visit("oidc", profile("2", "bob@example.com", true), "", `,"createData":{"name":"Bob"}`); code != 400 {
		t.Errorf("a rule that is not met: %d", code)
	}
	h.must(200, "PATCH", "/api/collections/users", h.super, `{"createRule":null}`)
	if code, _ := h.visit("oidc", profile("2", "bob@example.com", true), "", ""); code != 403 {
		t.Errorf("no rule: %d", code)
	}
	h.must(200, "PATCH", "/api/collections/users", h.super, `{"authRule":"name = 'Bob'"}`)
	if code, _ := h.visit("oidc", profile("1", "ann@example.com", true), "", ""); code != 403 {
		t.Errorf("the auth rule: %d", code)
	}
	h.must(200, "PATCH", "/api/collections/users", h.super, `{"authRule":"","createRule":"","mfa":{"enabled":true,"duration":60}}`)
	h.account("eve@example.com", true, "")
	code, out := h.visit("oidc", profile("5", "eve@example.com", true), "", "")
	factor, _ := out["mfaId"].(string)
	if code != 401 || factor == "" || len(out) != 1 {
		t.Fatalf("the first factor: %d %v", code, out)
	}
	if code, _ := h.visit("oidc", profile("5", "eve@example.com", true), "", `,"mfaId":"`+factor+`"`); code != 400 {
		t.Errorf("the same factor twice: %d", code)
	}
	h.must(200, "POST", "/api/collections/users/auth-with-password", "", `{"identity":"eve@example.com","password":"a password","mfaId":"`+factor+`"}`)
}

// TestOAuth2BadProviders: whatever a provider does, the answer is a plain 400, soon.
func TestOAuth2BadProviders(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	h := p.house(t, "")
	for name, said := range map[string]string{"garbage": "<html>", "a list": "[]", "null": "null", "two values": "{}{}", "a wrong type": `{"sub":5}`, "deep": strings.Repeat("[", 5000)} {
		if code, out := h.visit("oidc", said, "", ""); code != 400 || len(out["data"].(map[string]any)) != 0 {
			t.Errorf("%s: %d %v", name, code, out)
		}
	}
	if code, _ := h.visit("oidc3", profile("1", "", false), "", ""); code != 400 {
		t.Errorf("a huge answer: %d", code)
	}
	body := `{"provider":"oidc","code":"` + base64.RawURLEncoding.EncodeToString([]byte(profile("9", "z@example.com", true))) + `.same"}`
	h.must(200, "POST", "/api/collections/users/auth-with-oauth2", "", body)
	h.must(400, "POST", "/api/collections/users/auth-with-oauth2", "", body)

	// A provider inside the house's network that nobody allowed.
	other := newIDP(t)
	for _, at := range []string{other.URL, p.URL + "/loop?", "http://169.254.169.254"} {
		h.must(200, "PATCH", "/api/collections/users", h.super, fmt.Sprintf(
			`{"oauth2":{"providers":[{"name":"oidc","clientId":"us","clientSecret":"s","authURL":"%s/auth","tokenURL":"%s/token","userInfoURL":"%s/user"}]}}`, p.URL, p.URL, at))
		if code, _ := h.visit("oidc", profile("1", "", false), "", ""); code != 400 {
			t.Errorf("%s: %d", at, code)
		}
	}
}
