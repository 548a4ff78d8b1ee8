package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/mail/mailtest"
)

// post is an app with a real mail server beside it, and a client.
type post struct {
	*testing.T
	root   *holdall.App
	app    http.Handler
	clock  *clock
	mail   *mailtest.Server
	super  string
	ip     string
	read   int               // mails, of tests that read all of them
	visits int               // to providers
	codes  map[string]string // ids of codes by address, of tests that ask for them
}

type fields = map[string]any

// said is an answer.
type said struct {
	status int
	body   fields
	list   []any // of a batch
	header http.Header
}

func newPost(t *testing.T) *post { t.Helper(); return newPostReaching(t) }

// newPostReaching is newPost of an app that may send requests to hosts of the loopback.
func newPostReaching(t *testing.T, hosts ...string) *post {
	t.Helper()
	at := newClock()
	app := openApp(t, t.TempDir(), at.Now, hosts...)
	p := &post{T: t, root: app, app: app.Handler(), clock: at, mail: mailtest.Start(t, mailtest.Options{}), ip: "192.0.2.7", codes: map[string]string{}}
	p.super = p.signIn("_superusers", rootEmail, rootPassword)
	p.must(200, p.do("PATCH", "/api/settings", p.super, fields{
		"smtp": fields{"enabled": true, "host": p.mail.Host, "port": p.mail.Port},
		"meta": fields{"appName": "Test & Co", "appURL": "https://app.example"}, "notices": fields{"emailChanged": false},
	}))
	p.passwordsCost(4) // these tests make many
	return p
}

// passwordsCost says how costly the hashes of the users' passwords are from now on: 4 is the least, 10 what is usual.
func (p *post) passwordsCost(cost int) {
	p.Helper()
	users := p.must(200, p.do("GET", "/api/collections/users", p.super, nil))
	for _, f := range users["fields"].([]any) {
		if f := f.(map[string]any); f["name"] == "password" {
			f["cost"] = cost
		}
	}
	p.options(fields{"fields": users["fields"]})
}

func (p *post) do(method, path, token string, body fields) said {
	p.Helper()
	return p.with(nil, method, path, token, body)
}

// with is do with more headers.
func (p *post) with(more http.Header, method, path, token string, body fields) said {
	p.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		p.Fatal(err)
	}
	r := httptest.NewRequest(method, path, strings.NewReader(string(raw)))
	r.RemoteAddr = net.JoinHostPort(p.ip, "4000")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "tests")
	maps.Copy(r.Header, more)
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	return p.play(r)
}

// play sends a request and reads the answer.
func (p *post) play(r *http.Request) said {
	p.Helper()
	w := httptest.NewRecorder()
	p.app.ServeHTTP(w, r)
	s := said{status: w.Code, header: w.Header()}
	if w.Body.Len() > 0 && strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		var answer any
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			p.Fatalf("%s %s: %v", r.Method, r.URL, err)
		}
		s.body, _ = answer.(fields)
		s.list, _ = answer.([]any)
	}
	return s
}

// ask posts to an endpoint of the users.
func (p *post) ask(action, token string, body fields) said {
	p.Helper()
	return p.do("POST", "/api/collections/users/"+action, token, body)
}

func (p *post) must(status int, s said) fields {
	p.Helper()
	if s.status != status {
		p.Fatalf("status %d, want %d: %v", s.status, status, s.body)
	}
	return s.body
}

func (p *post) signIn(collection, email, password string) string {
	p.Helper()
	return p.must(200, p.do("POST", "/api/collections/"+collection+"/auth-with-password", "", fields{"identity": email, "password": password}))["token"].(string)
}

const secret = "first password"

// signUp makes an account and returns its id and a token.
func (p *post) signUp(name string) (id, token string) {
	p.Helper()
	email := name + "@example.com"
	id = p.must(200, p.do("POST", "/api/collections/users/records", "", fields{"email": email, "password": secret, "passwordConfirm": secret, "name": "<" + name + ">"}))["id"].(string)
	return id, p.signIn("users", email, secret)
}

// options change the users' collection.
func (p *post) options(change fields) {
	p.Helper()
	p.must(200, p.do("PATCH", "/api/collections/users", p.super, change))
}

// account is the record as a superuser sees it.
func (p *post) account(id string) fields {
	p.Helper()
	return p.must(200, p.do("GET", "/api/collections/users/records/"+id, p.super, nil))
}

// rows counts what belongs to an account in a system collection.
func (p *post) rows(collection, id string) int {
	p.Helper()
	body := p.must(200, p.do("GET", "/api/collections/"+collection+"/records?filter="+fmt.Sprintf("recordRef='%s'", id), p.super, nil))
	return int(body["totalItems"].(float64))
}

// alive reports whether a token still signs in.
func (p *post) alive(token string) bool {
	p.Helper()
	return p.ask("auth-refresh", token, nil).status == 200
}

// settle waits until nothing that is to be sent waits.
func (p *post) settle() {
	p.Helper()
	deadline := time.After(20 * time.Second)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for {
		r := httptest.NewRequest("GET", "/api/metrics", nil)
		r.Header.Set("Authorization", p.super)
		w := httptest.NewRecorder()
		p.app.ServeHTTP(w, r)
		text := w.Body.String()
		if strings.Contains(text, "\nholdall_mails_waiting 0\n") && strings.Contains(text, "\nholdall_messages_waiting 0\n") {
			return
		}
		select {
		case <-look.C:
		case <-deadline:
			p.Fatalf("something waits still\n%s", text)
		}
	}
}

var linked = regexp.MustCompile(`https://app\.example/_/#/auth/([a-z-]+)/([\w.-]+)`)

// link is the token of the last of n mails, which must lead to the page.
func (p *post) link(n int, page string) string {
	p.Helper()
	m := p.mail.Last(p.T, n)
	found := linked.FindStringSubmatch(m.Text)
	if found == nil || found[1] != page {
		p.Fatalf("the mail %q leads to %v, not to %s:\n%s", m.Subject(), found, page, m.Text)
	}
	return found[2]
}

// nextLink is link of the first mail that was not read yet, by tests that read all of them.
func (p *post) nextLink(page string) string {
	p.Helper()
	p.read++
	return p.link(p.read, page)
}

var digits = regexp.MustCompile(`\b\d{8}\b`)

// code is the one-time code of the last of n mails.
func (p *post) code(n int) string {
	p.Helper()
	code := digits.FindString(p.mail.Last(p.T, n).Text)
	if code == "" {
		p.Fatal("the mail has no code")
	}
	return code
}

// nextCode is code of the first mail that was not read yet.
func (p *post) nextCode() string {
	p.Helper()
	p.read++
	return p.code(p.read)
}

// faulty lists the codes of an answer by field.
func faulty(s said) map[string]string {
	codes := map[string]string{}
	data, _ := s.body["data"].(map[string]any)
	for name, v := range data {
		codes[name] = v.(map[string]any)["code"].(string)
	}
	return codes
}

func (p *post) fails(s said, codes map[string]string) {
	p.Helper()
	if s.status != 400 || !maps.Equal(faulty(s), codes) {
		p.Errorf("status %d, %v; want 400, %v", s.status, s.body, codes)
	}
}

func TestVerification(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	id, token := p.signUp("ann")
	p.signUp("bob")
	ask := func(name string) {
		p.must(204, p.ask("request-verification", "", fields{"email": name + "@example.com"}))
	}
	ask("ann")
	link := p.link(1, "confirm-verification")
	if m := p.mail.Last(t, 1); m.To[0] != "ann@example.com" || m.Subject() != "Please verify your address for Test & Co" || !strings.Contains(m.HTML, "Test &amp; Co account") {
		t.Errorf("the mail to %v: %q\n%s", m.To, m.Subject(), m.HTML)
	}
	ask("ann")
	ask("nobody")
	ask("bob")
	p.mail.Wait(t, 2)
	p.clock.wait(119 * time.Second)
	ask("ann")
	p.clock.wait(2 * time.Second)
	ask("ann")
	p.mail.Wait(t, 3)
	var to []string
	for _, m := range p.mail.Mails() {
		to = append(to, m.To...)
	}
	if want := []string{"ann@example.com", "bob@example.com", "ann@example.com"}; !slices.Equal(to, want) {
		t.Errorf("mails went to %v, want %v", to, want)
	}
	p.fails(p.do("POST", "/api/collections/_superusers/confirm-verification", "", fields{"token": link}), map[string]string{})
	p.fails(p.ask("confirm-verification", "", fields{"token": link[:len(link)-1]}), map[string]string{"token": "validation_invalid_token"})
	for range 2 {
		p.must(204, p.ask("confirm-verification", "", fields{"token": link}))
	}
	if p.account(id)["verified"] != true || !p.alive(token) {
		t.Error("the account is not verified, or its session has ended")
	}
	ask("ann") // nothing is left to be proved
	p.must(200, p.do("PATCH", "/api/collections/users/records/"+id, p.super, fields{"email": "eve@example.com"}))
	p.fails(p.ask("confirm-verification", "", fields{"token": link}), map[string]string{"token": "validation_invalid_token"})
	p.clock.wait(25 * time.Hour)
	p.fails(p.ask("confirm-verification", "", fields{"token": link}), map[string]string{"token": "validation_invalid_token"})
}

func TestPasswordReset(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	id, token := p.signUp("ann")
	p.must(204, p.ask("request-password-reset", "", fields{"email": "ann@example.com"}))
	link := p.link(1, "confirm-password-reset")
	to := func(password string) fields {
		return fields{"token": link, "password": password, "passwordConfirm": password}
	}
	p.fails(p.ask("confirm-password-reset", "", to(strings.Repeat("x", 72))), map[string]string{"password": "validation_max_text_constraint"})
	if !p.alive(token) {
		t.Error("a failed reset ended the session")
	}
	p.must(204, p.ask("confirm-password-reset", "", to("second password")))
	p.fails(p.ask("confirm-password-reset", "", to("third password")), map[string]string{"token": "validation_invalid_token"})
	if p.alive(token) || p.account(id)["verified"] != true || p.rows("_authOrigins", id) != 0 {
		t.Error("something of the old password is left, or the address is not verified")
	}
	p.signIn("users", "ann@example.com", "second password")
	if s := p.ask("auth-with-password", "", fields{"identity": "ann@example.com", "password": secret}); s.status != 400 {
		t.Errorf("the old password: %d", s.status)
	}

	// Superusers too; and the mark of two minutes is off after a reset.
	p.must(204, p.ask("request-password-reset", "", fields{"email": "ann@example.com"}))
	p.mail.Wait(t, 2)
	p.must(204, p.do("POST", "/api/collections/_superusers/request-password-reset", "", fields{"email": rootEmail}))
	link = p.link(3, "confirm-password-reset")
	p.fails(p.ask("confirm-password-reset", "", to("third password")), map[string]string{"token": "validation_token_collection_mismatch"})
	p.must(204, p.do("POST", "/api/collections/_superusers/confirm-password-reset", "", to("third password")))
	p.super = p.signIn("_superusers", rootEmail, "third password")
	p.options(fields{"passwordAuth": fields{"enabled": false}, "otp": fields{"enabled": true}})
	p.fails(p.ask("request-password-reset", "", fields{"email": "ann@example.com"}), map[string]string{})
}

func TestEmailChange(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	id, token := p.signUp("ann")
	p.signUp("bob")
	p.must(204, p.ask("request-email-change", token, fields{"newEmail": "new@example.com"}))
	link := p.link(1, "confirm-email-change")
	if m := p.mail.Last(t, 1); m.To[0] != "new@example.com" {
		t.Errorf("the mail went to %v", m.To)
	}
	confirm := func(password string) said {
		return p.ask("confirm-email-change", "", fields{"token": link, "password": password})
	}
	p.fails(confirm("wrong"), map[string]string{"password": "validation_invalid_password"})
	p.fails(confirm(strings.Repeat("x", 101)), map[string]string{"password": "validation_length_out_of_range"})
	if p.account(id)["email"] != "ann@example.com" || !p.alive(token) {
		t.Error("a request alone changed something")
	}
	p.must(204, confirm(secret))
	p.fails(confirm(secret), map[string]string{"token": "validation_invalid_token", "password": "validation_invalid_password"})
	if a := p.account(id); a["email"] != "new@example.com" || a["verified"] != true || p.alive(token) {
		t.Errorf("the account is %v", a)
	}
	token = p.signIn("users", "new@example.com", secret)
	p.must(204, p.ask("request-email-change", token, fields{"newEmail": "later@example.com"}))
	link = p.link(2, "confirm-email-change")
	p.signUp("later")
	p.fails(confirm(secret), map[string]string{"token": "validation_invalid_token_email", "password": "validation_invalid_password"})
	for range 3 {
		p.must(204, p.ask("request-email-change", token, fields{"newEmail": "x@example.com"}))
	}
	p.must(429, p.ask("request-email-change", token, fields{"newEmail": "x@example.com"}))
}

// TestNotices: who has an account hears at the old address of a new one, and of a new password when that is wanted.
func TestNotices(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.must(200, p.do("PATCH", "/api/settings", p.super, fields{"notices": fields{"emailChanged": true, "passwordChanged": true}}))
	heard := func(n int, to, subject string) {
		t.Helper()
		for _, m := range p.mail.Wait(t, n) {
			if m.To[0] == to && m.Subject() == subject {
				return
			}
		}
		t.Errorf("%s did not hear %q", to, subject)
	}
	id, token := p.signUp("ann")
	p.must(204, p.ask("request-email-change", token, fields{"newEmail": "eve@example.com"}))
	p.must(204, p.ask("confirm-email-change", "", fields{"token": p.link(1, "confirm-email-change"), "password": secret}))
	heard(2, "ann@example.com", "The address of your Test & Co account has changed")
	own := "/api/collections/users/records/" + id
	p.must(200, p.do("PATCH", own, p.signIn("users", "eve@example.com", secret), fields{"oldPassword": secret, "password": newSecret, "passwordConfirm": newSecret}))
	heard(3, "eve@example.com", "Your Test & Co password has changed")
	p.must(200, p.do("PATCH", own, p.super, fields{"email": "zoe@example.com"}))
	heard(4, "eve@example.com", "The address of your Test & Co account has changed")
	// Nothing of the sort: another field; a proof that sets a password; nothing is switched on.
	p.must(200, p.do("PATCH", own, p.super, fields{"name": "Zoe"}))
	p.signUp("bob")
	p.must(204, p.ask("request-password-reset", "", fields{"email": "bob@example.com"}))
	p.must(204, p.ask("confirm-password-reset", "", fields{"token": p.link(5, "confirm-password-reset"), "password": newSecret, "passwordConfirm": newSecret}))
	p.must(200, p.do("PATCH", "/api/settings", p.super, fields{"notices": fields{"emailChanged": false, "passwordChanged": false}}))
	p.must(200, p.do("PATCH", own, p.super, fields{"email": "amy@example.com", "password": secret, "passwordConfirm": secret}))
	p.must(204, p.ask("request-password-reset", "", fields{"email": "amy@example.com"}))
	p.link(6, "confirm-password-reset")
}

func TestOneTimeCodes(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	id, token := p.signUp("ann")
	p.options(fields{"otp": fields{"enabled": true}})
	request := func() string {
		return p.must(200, p.ask("request-otp", "", fields{"email": "ann@example.com"}))["otpId"].(string)
	}
	with := func(otp, code string) said { return p.ask("auth-with-otp", "", fields{"otpId": otp, "password": code}) }
	otp := request()
	code := p.code(1)
	p.must(400, with(otp, "00000000x"))
	p.must(200, with(otp, code))
	p.must(400, with(otp, code))
	if p.account(id)["verified"] != true || p.alive(token) || p.rows("_otps", id) != 0 {
		t.Error("the owner of the address did not take the account over")
	}
	p.must(400, p.ask("auth-with-password", "", fields{"identity": "ann@example.com", "password": secret}))

	// Too old.
	otp = request()
	code = p.code(2)
	p.clock.wait(181 * time.Second)
	p.must(400, with(otp, code))

	// The sixth try waits, also with the right code; from another place it need not.
	otp = request()
	code = p.code(3)
	for range 5 {
		p.must(400, with(otp, "wrong"))
	}
	p.must(429, with(otp, code))
	p.ip = "192.0.2.8"
	p.must(200, with(otp, code))
	p.mail.Wait(t, 4) // about the new place

	// Ten codes are enough.
	p.clock.wait(time.Hour)
	for n := range 10 {
		p.clock.wait(time.Second)
		otp = request()
		p.mail.Wait(t, 5+n)
	}
	if again := request(); again != otp {
		t.Errorf("the eleventh id is %s, want the newest, %s", again, otp)
	}
	if n := p.rows("_otps", id); n != 11 {
		t.Errorf("%d codes, want ten and the one that is over", n)
	}
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	id, _ := p.signUp("ann")
	p.options(fields{"otp": fields{"enabled": true}, "mfa": fields{"enabled": true}})
	password := func(query string, more fields) said {
		body := fields{"identity": "ann@example.com", "password": secret}
		maps.Copy(body, more)
		return p.ask("auth-with-password"+query, "", body)
	}
	first := password("", nil)
	factor, ok := first.body["mfaId"].(string)
	if first.status != 401 || !ok || len(first.body) != 1 {
		t.Fatalf("the first factor: %+v", first)
	}
	p.must(400, password("", fields{"mfaId": factor})) // the same method again
	p.must(400, password("", fields{"mfaId": "none"}))
	otp := p.must(200, p.ask("request-otp", "", fields{"email": "ann@example.com"}))["otpId"].(string)
	code := p.code(1)
	p.must(200, p.ask("auth-with-otp?mfaId="+factor, "", fields{"otpId": otp, "password": code, "mfaId": "the query wins"}))
	if p.account(id)["verified"] != true || p.rows("_mfas", id) != 0 {
		t.Error("the account is not verified, or the factor is left")
	}

	// The other way round: the code is used up by the first step, and the password stays what it was.
	otp = p.must(200, p.ask("request-otp", "", fields{"email": "ann@example.com"}))["otpId"].(string)
	step := p.must(401, p.ask("auth-with-otp", "", fields{"otpId": otp, "password": p.code(2)}))
	p.must(200, password("", fields{"mfaId": step["mfaId"]}))

	// Too old.
	factor = p.must(401, password("", nil))["mfaId"].(string)
	p.clock.wait(601 * time.Second)
	otp = p.must(200, p.ask("request-otp", "", fields{"email": "ann@example.com"}))["otpId"].(string)
	p.must(400, p.ask("auth-with-otp", "", fields{"otpId": otp, "password": p.code(3), "mfaId": factor}))
	if n := p.rows("_mfas", id); n != 0 {
		t.Errorf("%d factors are left", n)
	}
}

func TestNewPlaces(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	id, _ := p.signUp("ann")
	from := func(ip string) {
		p.ip = ip
		p.clock.wait(time.Second)
		p.signIn("users", "ann@example.com", secret)
	}
	from("192.0.2.7")
	if n := p.rows("_authOrigins", id); n != 1 || len(p.mail.Mails()) != 0 {
		t.Errorf("%d origins, %d mails after the first place", n, len(p.mail.Mails()))
	}
	for i, ip := range []string{"2001:db8::1", "192.0.2.9", "192.0.2.10", "192.0.2.11", "192.0.2.12"} {
		from(ip)
		p.mail.Wait(t, i+1)
	}
	if m := p.mail.Last(t, 5); m.To[0] != "ann@example.com" || !strings.Contains(m.Text, "from a new location") || !strings.Contains(m.Text, "192.0.2.12 tests") {
		t.Errorf("the alert to %v says %q", m.To, m.Text)
	}
	if m := p.mail.Mails()[0]; !strings.Contains(m.Text, "2001:0db8:0000:0000:0000:0000:0000:0001 tests") {
		t.Errorf("the alert says %q", m.Text)
	}
	if n := p.rows("_authOrigins", id); n != 5 {
		t.Errorf("%d origins, want the newest five", n)
	}
	from("192.0.2.7") // forgotten meanwhile
	p.mail.Wait(t, 6)
	p.options(fields{"authAlert": fields{"enabled": false}})
	from("192.0.2.13")
	if n := p.rows("_authOrigins", id); n != 5 {
		t.Errorf("%d origins with alerts off", n)
	}
	for want, got := range map[string]string{
		"d0f88d6c87767262ba8e93d6acccd784": auth.Fingerprint("192.0.2.1", ""),
		"a4efc3d6aed8fe816bb40decb213c40a": auth.Fingerprint("203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64)"),
	} {
		if got != want {
			t.Errorf("Fingerprint = %s, want %s", got, want)
		}
	}
}

func TestTestMails(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	want := map[string]string{
		"verification": "Verify", "password-reset": "Reset password", "email-change": "Confirm new email", "otp": "123456", "login-alert": "TEST_IP",
	}
	for i, template := range slices.Sorted(maps.Keys(want)) {
		p.must(204, p.do("POST", "/api/settings/test/email", p.super, fields{"email": "me@example.com", "template": template, "collection": "users"}))
		if m := p.mail.Last(t, i+1); m.To[0] != "me@example.com" || !strings.Contains(m.Text, want[template]) {
			t.Errorf("%s: to %v: %s", template, m.To, m.Text)
		}
	}
	if n := p.must(200, p.do("GET", "/api/collections/users/records", p.super, nil))["totalItems"]; n != 0.0 {
		t.Errorf("%v accounts came of it", n)
	}
}

// TestPlaceholders: what a user chose is text in a mail, never markup and never a placeholder.
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.options(fields{"verificationTemplate": fields{
		"subject": "{RECORD:name} of {APP_NAME}\r\nBcc: all@example.com", "body": "{RECORD:name}|{RECORD:tokenKey}|{RECORD:verified}|{APP_URL}|{NONE}",
	}})
	p.must(200, p.do("POST", "/api/collections/users/records", "", fields{
		"email": "ann@example.com", "password": secret, "passwordConfirm": secret, "name": "<b>\r\nX: y {TOKEN}",
	}))
	p.must(204, p.ask("request-verification", "", fields{"email": "ann@example.com"}))
	m := p.mail.Last(t, 1)
	if !strings.Contains(m.HTML, "&lt;b&gt;\nX: y {TOKEN}|{RECORD:tokenKey}|false|https://app.example|{NONE}") {
		t.Errorf("the mail says %s", m.HTML)
	}
	if m.Subject() != "<b>  X: y {TOKEN} of Test & Co  Bcc: all@example.com" || m.Header.Get("X") != "" || len(m.To) != 1 {
		t.Errorf("subject %q to %v", m.Subject(), m.To)
	}
}

// TestGuessing: who guesses a password wrong ten times from one place waits; others do not.
func TestGuessing(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.signUp("ann")
	for _, email := range []string{"ann@example.com", "nobody@example.com"} {
		guess := func(password string) int {
			return p.ask("auth-with-password", "", fields{"identity": email, "password": password}).status
		}
		for range 10 {
			if got := guess("wrong password"); got != 400 {
				t.Fatalf("%s: status %d", email, got)
			}
		}
		if got := guess(secret); got != 429 {
			t.Errorf("%s: the eleventh got %d", email, got)
		}
	}
	p.ip = "192.0.2.8"
	p.signIn("users", "ann@example.com", secret)
	p.ip = "192.0.2.7"
	p.clock.wait(301 * time.Second)
	p.signIn("users", "ann@example.com", secret)

	// Whoever has an IPv6 address has a network of them.
	guess := fields{"identity": "ann@example.com", "password": "wrong password"}
	for i := range 10 {
		p.ip = fmt.Sprintf("2001:db8:1:2::%x", i)
		p.must(400, p.ask("auth-with-password", "", guess))
	}
	p.ip = "2001:db8:1:2:ffff::1"
	if got := p.ask("auth-with-password", "", guess); got.status != 429 || got.header.Get("Retry-After") != "300" {
		t.Errorf("the eleventh of a network: %d, Retry-After %q", got.status, got.header.Get("Retry-After"))
	}
	p.ip = "2001:db8:1:3::1"
	p.signIn("users", "ann@example.com", secret)
}

func decoded(t *testing.T, raw []byte) (v fields) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
