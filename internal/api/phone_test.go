package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/internal/mail/mailtest"
)

// phones is an app whose messages go to a gateway on this machine.
type phones struct {
	*post
	open   func() *holdall.App
	now    *holdall.App
	sent   chan message
	status atomic.Int32 // what the gateway answers
	log    *logBuffer
	secret string
}

// message is what the gateway got.
type message struct {
	To, Text, Code, Collection, Record string
	key                                string
}

// logBuffer is a log that many write to.
type logBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *logBuffer) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.String()
}

const ann, bob = "+491711234567", "+491729876543"

// newPhones opens an app whose users sign in by phone, with more options.
func newPhones(t *testing.T, more fields) *phones {
	t.Helper()
	p := &phones{sent: make(chan message, 1000), log: new(logBuffer), secret: "canary-gateway-secret"}
	p.status.Store(204)
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := int(p.status.Load())
		m := message{key: r.Header.Get("webhook-id")}
		if raw, err := io.ReadAll(r.Body); err != nil || json.Unmarshal(raw, &m) != nil {
			t.Errorf("a message that cannot be read: %v", err)
		}
		p.sent <- m
		w.WriteHeader(status)
	}))
	t.Cleanup(gateway.Close)
	at, dir := newClock(), t.TempDir()
	p.open = func() *holdall.App {
		app, err := holdall.Open(t.Context(), holdall.Options{
			Dir: dir, Now: at.Now, RelaxedSync: true, AllowHosts: []string{gateway.Listener.Addr().String()},
			Log: slog.New(slog.NewTextHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		})
		if err != nil {
			t.Fatal(err)
		}
		return app
	}
	p.now = p.open()
	t.Cleanup(func() { _ = p.now.Close() })
	if err := p.now.CreateSuperuser(t.Context(), rootEmail, rootPassword); err != nil {
		t.Fatal(err)
	}
	p.post = &post{T: t, app: p.now.Handler(), clock: at, mail: mailtest.Start(t, mailtest.Options{}), ip: "192.0.2.7", codes: map[string]string{}}
	p.super = p.signIn("_superusers", rootEmail, rootPassword)
	p.settings(fields{
		"sms": fields{
			"gateways":  []fields{{"name": "ours", "type": "webhook", "url": gateway.URL + "/?token=canary-in-the-url", "secret": p.secret}},
			"countries": []string{"DE"},
		},
		"smtp": fields{"enabled": true, "host": p.mail.Host, "port": p.mail.Port},
		"meta": fields{"appName": "Shop", "appURL": "https://app.example"},
	})
	p.passwordsCost(4)
	p.options(fields{"phoneAuth": fields{"enabled": true}})
	p.emailIsOptional()
	p.options(more)
	return p
}

func (p *phones) settings(change fields) {
	p.Helper()
	p.must(200, p.do("PATCH", "/api/settings", p.super, change))
}

func (p *phones) emailIsOptional() {
	p.Helper()
	users := p.must(200, p.do("GET", "/api/collections/users", p.super, nil))
	for _, f := range users["fields"].([]any) {
		if f := f.(map[string]any); f["name"] == "email" {
			f["required"] = false
		}
	}
	p.options(fields{"fields": users["fields"]})
}

// restart ends the app and opens it again.
func (p *phones) restart() {
	p.Helper()
	if err := p.now.Close(); err != nil {
		p.Fatal(err)
	}
	p.now = p.open()
	p.app = p.now.Handler()
}

// request asks for a code.
func (p *phones) request(number string) said {
	p.Helper()
	return p.ask("request-otp", "", fields{"phone": number})
}

// next is the next message that came.
func (p *phones) next() message {
	p.Helper()
	select {
	case m := <-p.sent:
		return m
	case <-time.After(20 * time.Second):
		p.Fatalf("no message came\n%s", p.log.text())
		return message{}
	}
}

// logged waits until the log has a text.
func (p *phones) logged(text string) {
	p.Helper()
	deadline := time.After(20 * time.Second)
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for !strings.Contains(p.log.text(), text) {
		select {
		case <-look.C:
		case <-deadline:
			p.Fatalf("the log does not say %q:\n%s", text, p.log.text())
		}
	}
}

// quiet fails when there is any message more.
func (p *phones) quiet() {
	p.Helper()
	p.settle()
	select {
	case m := <-p.sent:
		p.Errorf("a message that nobody should get: %v", m)
	default:
	}
}

// phoneCode asks for a code, a while after the last one, and returns what came.
func (p *phones) phoneCode(number string) (id, code string) {
	p.Helper()
	p.clock.wait(16 * time.Minute)
	id = p.must(200, p.request(number))["otpId"].(string)
	m := p.next()
	if m.To != number || m.key != id {
		p.Fatalf("the message is %v, want one to %s for %s", m, number, id)
	}
	return id, m.Code
}

func (p *phones) use(id, code string) said {
	p.Helper()
	return p.ask("auth-with-otp", "", fields{"otpId": id, "password": code})
}

// byPhone signs in and returns the record and a token.
func (p *phones) byPhone(number string) (rec fields, token string) {
	p.Helper()
	body := p.must(200, p.use(p.phoneCode(number)))
	return body["record"].(fields), body["token"].(string)
}

// register makes an account as a guest does.
func (p *phones) register(data fields) string {
	p.Helper()
	all := fields{"password": secret, "passwordConfirm": secret}
	maps.Copy(all, data)
	return p.must(200, p.do("POST", "/api/collections/users/records", "", all))["id"].(string)
}

// wrong is the code of what is wrong with a field.
func wrong(s said, field string) any {
	data, _ := s.body["data"].(map[string]any)
	one, _ := data[field].(map[string]any)
	return one["code"]
}

func TestPhoneSignIn(t *testing.T) {
	t.Parallel()
	p := newPhones(t, nil)
	id := p.register(fields{"phone": "+49 (0)171 123-4567"})
	if rec := p.account(id); rec["phone"] != ann || rec["phoneVerified"] != false {
		t.Fatalf("the account is %v", rec)
	}
	if s := p.do("POST", "/api/collections/users/records", "", fields{"password": secret, "passwordConfirm": secret, "phone": "0171 1234567"}); wrong(s, "phone") != "validation_invalid_format" {
		t.Errorf("a number without a country: %v", s)
	}
	if s := p.do("POST", "/api/collections/users/records", "", fields{"password": secret, "passwordConfirm": secret, "phone": bob, "phoneVerified": true}); wrong(s, "phoneVerified") != "validation_values_mismatch" {
		t.Errorf("a number that is verified by saying so: %v", s)
	}
	otp := p.must(200, p.request("0049 171 1234567"))["otpId"].(string)
	m := p.next()
	if want := "Shop: your code is " + m.Code + "\n\n@app.example #" + m.Code; len(m.Code) != 6 || m.Text != want || m.To != ann || m.Collection != "users" || m.Record != id {
		t.Errorf("the message is %q, want %q", m, want)
	}
	p.must(400, p.use(otp, "000000x"))
	body := p.must(200, p.use(otp, m.Code))
	if rec := body["record"].(fields); rec["id"] != id || rec["phone"] != ann || rec["phoneVerified"] != true {
		t.Errorf("signed in as %v", rec)
	}
	token := body["token"].(string)
	if !p.alive(token) {
		t.Error("the token is worth nothing")
	}
	if got, want := p.use(otp, m.Code), p.use("nobody-has-this", m.Code); got.status != 400 || fmt.Sprint(got.body) != fmt.Sprint(want.body) {
		t.Errorf("a code that was used: %v, one that nobody has: %v", got, want)
	}
}

// TestPhoneIdentity: a number may stand beside a password, however it is written.
func TestPhoneIdentity(t *testing.T) {
	t.Parallel()
	p := newPhones(t, fields{"passwordAuth": fields{"identityFields": []string{"email", "phone"}}})
	id := p.register(fields{"phone": ann})
	for _, written := range []string{ann, "0049 171 1234567", "+49 (0)171/1234567"} {
		if s := p.ask("auth-with-password", "", fields{"identity": written, "password": secret}); s.status != 200 || s.body["record"].(fields)["id"] != id {
			t.Errorf("%s: %v", written, s)
		}
	}
	p.must(400, p.ask("auth-with-password", "", fields{"identity": "0171 1234567", "password": secret}))
}

func TestPhoneInput(t *testing.T) {
	t.Parallel()
	p := newPhones(t, fields{"otp": fields{"enabled": true}})
	for _, tc := range []struct {
		body        fields
		field, want string
	}{
		{fields{"phone": "171"}, "phone", "validation_invalid_phone"},
		{fields{"phone": "ann@example.com"}, "phone", "validation_invalid_phone"},
		{fields{"phone": "+33612345678"}, "phone", "validation_phone_not_allowed"},  // France is not chosen
		{fields{"phone": "+493012345678"}, "phone", "validation_phone_not_allowed"}, // a landline
		{fields{"phone": "+881612345678"}, "phone", "validation_phone_not_allowed"}, // a satellite
		{fields{"phone": ann, "email": "ann@example.com"}, "phone", "validation_invalid_value"},
		{fields{"phone": ann, "email": "ann@example.com"}, "email", "validation_invalid_value"},
		{fields{"phone": ann, "channel": "pigeon"}, "channel", "validation_in_invalid"},
	} {
		if s := p.ask("request-otp", "", tc.body); s.status != 400 || wrong(s, tc.field) != tc.want {
			t.Errorf("%v: %v, want %s", tc.body, s, tc.want)
		}
	}
	p.must(200, p.ask("request-otp", "", fields{"phone": ann, "email": "", "channel": "sms"}))
	p.must(200, p.ask("request-otp", "", fields{"phone": "", "email": "ann@example.com"}))
	p.settings(fields{"sms": fields{"countries": []string{}}})
	if s := p.request(bob); wrong(s, "phone") != "validation_phone_not_allowed" {
		t.Errorf("no country is chosen: %v", s)
	}
	p.options(fields{"phoneAuth": fields{"enabled": false}})
	p.must(403, p.request(bob))
	p.must(403, p.ask("request-phone-change", p.user(), fields{"newPhone": bob}))
	p.quiet()
}

// user is a token of an account without a number.
func (p *phones) user() string {
	p.Helper()
	email := fmt.Sprintf("u%d@example.com", p.clock.Now().UnixNano())
	p.clock.wait(time.Millisecond)
	p.register(fields{"email": email})
	return p.signIn("users", email, secret)
}

// TestPhoneIsPrivate: a number is shown like an e-mail address: to its owner, to who manages the account, and to all
// when the owner wants that. Nobody else may ask about it.
func TestPhoneIsPrivate(t *testing.T) {
	t.Parallel()
	p := newPhones(t, fields{"listRule": "", "viewRule": ""})
	id := p.register(fields{"phone": ann, "email": "ann@example.com"})
	path := "/api/collections/users/records"
	own, other := p.signIn("users", "ann@example.com", secret), p.user()
	sees := func(token string) bool {
		t.Helper()
		_, shown := p.must(200, p.do("GET", path+"/"+id, token, nil))["phone"]
		found := p.must(200, p.do("GET", path+"?filter=phone='%2B491711234567'", token, nil))["totalItems"].(float64) == 1
		sorted := p.must(200, p.do("GET", path+"?fields=phone,id&filter=id='"+id+"'", token, nil))["items"].([]any)[0].(fields)
		if _, there := sorted["phone"]; there != shown {
			t.Errorf("shown %v, in a list %v", shown, there)
		}
		if found != shown && token != own {
			t.Errorf("shown %v, found %v", shown, found)
		}
		return shown
	}
	for who, want := range map[string]bool{"": false, other: false, own: true, p.super: true} {
		if got := sees(who); got != want {
			t.Errorf("%.10q sees it: %v", who, got)
		}
	}
	p.must(200, p.do("PATCH", path+"/"+id, own, fields{"phoneVisibility": true}))
	if !sees("") || !sees(other) {
		t.Error("the owner's wish counts for nothing")
	}
	if s := p.do("PATCH", path+"/"+id, own, fields{"phone": bob}); s.status != 400 || wrong(s, "phone") != "validation_values_mismatch" {
		t.Errorf("a number changed without proof: %v", s)
	}
	if s := p.do("PATCH", path+"/"+id, own, fields{"phoneVerified": true}); wrong(s, "phoneVerified") != "validation_values_mismatch" {
		t.Errorf("verified without proof: %v", s)
	}
	p.must(200, p.do("PATCH", path+"/"+id, p.super, fields{"phone": "+49 172 9876543"}))
	if p.account(id)["phone"] != bob || p.alive(own) {
		t.Error("a superuser's change of number leaves tokens alive")
	}
}

// TestPhoneOnce: 64 uses of one code at once are one sign-in.
func TestPhoneOnce(t *testing.T) {
	t.Parallel()
	p := newPhones(t, nil)
	p.register(fields{"phone": ann})
	for range 3 {
		id, code := p.phoneCode(ann)
		if got := p.atOnce(64, func(int) said { return p.from(id, code) }); got[200] != 1 {
			t.Errorf("the statuses are %v", got)
		}
	}
}

var addresses atomic.Int64

// from uses a code from an address that nobody had before.
func (p *phones) from(id, code string) said {
	q := *p.post
	n := addresses.Add(1)
	q.ip = fmt.Sprintf("198.18.%d.%d", n/250%250, n%250)
	return q.ask("auth-with-otp", "", fields{"otpId": id, "password": code})
}

// atOnce counts the statuses of n answers.
func (p *phones) atOnce(n int, do func(int) said) map[int]int {
	var mu sync.Mutex
	got := map[int]int{}
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			s := do(i)
			mu.Lock()
			defer mu.Unlock()
			got[s.status]++
		})
	}
	close(start)
	all.Wait()
	return got
}

// TestPhoneGuess: five tries at a code, from wherever and at once, and it is worth nothing.
func TestPhoneGuess(t *testing.T) {
	t.Parallel()
	p := newPhones(t, nil)
	p.register(fields{"phone": ann})
	id, code := p.phoneCode(ann)
	guess := func(i int) said { return p.from(id, fmt.Sprintf("x%05d", i)) }
	if got := p.atOnce(20, guess); got[400] != 20 {
		t.Errorf("the statuses are %v", got)
	}
	if s := p.from(id, code); s.status != 400 {
		t.Errorf("the code works after 20 guesses: %v", s)
	}
	id, _ = p.phoneCode(ann) // 16 minutes later
	for range 5 {
		p.must(400, p.use(id, "x"))
	}
	if s := p.use(id, "x"); s.status != 429 || s.header.Get("Retry-After") != "180" {
		t.Errorf("the sixth try from one address: %v %v", s, s.header)
	}
}

func TestPhoneExpires(t *testing.T) {
	t.Parallel()
	p := newPhones(t, nil)
	id := p.register(fields{"phone": ann})
	otp, code := p.phoneCode(ann)
	p.clock.wait(301 * time.Second)
	p.must(400, p.use(otp, code))
	otp, code = p.phoneCode(ann)
	p.must(200, p.do("PATCH", "/api/collections/users/records/"+id, p.super, fields{"password": "another password", "passwordConfirm": "another password"}))
	p.must(400, p.use(otp, code)) // a code from before a change of the password
	otp, code = p.phoneCode(ann)
	p.must(204, p.do("DELETE", "/api/collections/users/records/"+id, p.super, nil))
	p.must(400, p.use(otp, code))
}

// TestPhoneAutoCreate: who proves a number that nobody has gets an account by the create rule, once.
func TestPhoneAutoCreate(t *testing.T) {
	t.Parallel()
	p := newPhones(t, fields{"phoneAuth": fields{"autoCreate": true}, "createRule": "@request.context = 'otp' && @request.body.phone != ''"})
	otp, code := p.phoneCode(ann)
	got := p.atOnce(16, func(int) said { return p.from(otp, code) })
	users := p.must(200, p.do("GET", "/api/collections/users/records", p.super, nil))
	if got[200] != 1 || users["totalItems"] != 1.0 {
		t.Fatalf("the statuses are %v, the accounts %v", got, users)
	}
	rec := users["items"].([]any)[0].(fields)
	if rec["phone"] != ann || rec["phoneVerified"] != true || rec["verified"] != false {
		t.Errorf("the account is %v", rec)
	}
	if again, _ := p.byPhone(ann); again["id"] != rec["id"] {
		t.Error("the second sign-in is another account")
	}
	otp, code = p.phoneCode(bob)
	body := p.must(200, p.ask("auth-with-otp", "", fields{"otpId": otp, "password": code, "createData": fields{"name": "Bob", "phone": ann, "email": "bob@example.com", "verified": false}}))
	if rec := body["record"].(fields); rec["name"] != "Bob" || rec["phone"] != bob || rec["email"] != "bob@example.com" {
		t.Errorf("made of what the client says: %v", rec)
	}
	p.options(fields{"createRule": "@request.context = 'default'"})
	otp, code = p.phoneCode("+491735555555")
	if s := p.use(otp, code); s.status != 400 {
		t.Errorf("the create rule says no: %v", s)
	}
	p.options(fields{"phoneAuth": fields{"autoCreate": false}})
	p.clock.wait(time.Hour)
	p.must(200, p.request("+491735555555"))
	p.quiet()
}

// TestPhoneTwice: two codes for a number that nobody has, used at the same time, make one account.
func TestPhoneTwice(t *testing.T) {
	t.Parallel()
	p := newPhones(t, fields{"phoneAuth": fields{"autoCreate": true, "duration": 3600}})
	var ids, codes [2]string
	for i := range ids {
		p.clock.wait(2 * time.Minute)
		ids[i] = p.must(200, p.request(ann))["otpId"].(string)
		codes[i] = p.next().Code
	}
	got := p.atOnce(2, func(i int) said { return p.from(ids[i], codes[i]) })
	users := p.must(200, p.do("GET", "/api/collections/users/records", p.super, nil))
	if got[200] != 2 || users["totalItems"] != 1.0 {
		t.Errorf("the statuses are %v, the accounts %v", got, users["totalItems"])
	}
}

// TestPhoneFactors: a code by mail and a code by phone are two methods, and so are a password and a code.
func TestPhoneFactors(t *testing.T) {
	t.Parallel()
	p := newPhones(t, fields{"otp": fields{"enabled": true}, "mfa": fields{"enabled": true, "duration": 86400}})
	account := p.register(fields{"phone": ann, "email": "ann@example.com"})
	p.must(200, p.do("PATCH", "/api/collections/users/records/"+account, p.super, fields{"verified": true, "phoneVerified": true}))
	first := p.must(401, p.ask("auth-with-password", "", fields{"identity": "ann@example.com", "password": secret}))["mfaId"]
	id, code := p.phoneCode(ann)
	if s := p.ask("auth-with-otp", "", fields{"otpId": id, "password": code, "mfaId": first}); s.status != 200 {
		t.Errorf("a password and a code: %v", s)
	}
	id, code = p.phoneCode(ann)
	first = p.must(401, p.use(id, code))["mfaId"]
	other := p.must(200, p.ask("request-otp", "", fields{"email": "ann@example.com"}))["otpId"]
	if s := p.ask("auth-with-otp", "", fields{"otpId": other, "password": p.code(1), "mfaId": first}); s.status != 200 {
		t.Errorf("two codes: %v", s)
	}
	id, code = p.phoneCode(ann)
	first = p.must(401, p.use(id, code))["mfaId"]
	id, code = p.phoneCode(ann)
	if s := p.ask("auth-with-otp", "", fields{"otpId": id, "password": code, "mfaId": first}); s.status != 400 {
		t.Errorf("the same method twice: %v", s)
	}
	if s := p.do("PATCH", "/api/collections/_superusers", p.super, fields{"phoneAuth": fields{"enabled": true, "autoCreate": true}}); s.status != 200 || s.body["mfa"].(fields)["enabled"] != true || s.body["phoneAuth"].(fields)["autoCreate"] != false {
		t.Errorf("superusers by a phone alone: %v", s)
	}
}

// TestPhoneNoTell: the answers for a number that somebody has and for one that nobody has are the same, step by
// step, through all limits; and so are their times.
func TestPhoneNoTell(t *testing.T) {
	t.Parallel()
	p := newPhones(t, nil)
	p.register(fields{"phone": ann})
	trace := func(number string) (steps []string) {
		tell := func(s said) {
			if id, ok := s.body["otpId"].(string); ok {
				p.codes[number] = id
				s.body["otpId"] = len(id)
			}
			steps = append(steps, fmt.Sprint(s.status, s.body, s.header))
		}
		p.clock.wait(48 * time.Hour)
		for n := range 12 {
			p.ip = fmt.Sprintf("198.51.100.%d", n)
			tell(p.request(number))
			for range n % 7 {
				tell(p.use(p.codes[number], "xxxxxx"))
			}
			p.clock.wait(time.Duration(n) * 70 * time.Second)
		}
		return steps
	}
	if known, never := trace(ann), trace(bob); !slices.Equal(known, never) {
		t.Errorf("the answers tell:\n%s\n%s", strings.Join(known, "\n"), strings.Join(never, "\n"))
	}
}

func TestPhoneNoTellByTime(t *testing.T) {
	p := newPhones(t, nil)
	p.register(fields{"phone": ann})
	p.settings(fields{"sms": fields{"numberLimit": 100_000, "dailyBudget": 100_000, "countryBudget": 100_000}})
	var times [2][]float64
	for n := range 120 {
		p.ip = fmt.Sprintf("198.51.100.%d", n)
		p.clock.wait(20 * time.Minute)
		for i := range 2 {
			which := (i + n) % 2
			start := time.Now()
			p.must(200, p.request([]string{ann, bob}[which]))
			if n >= 20 {
				times[which] = append(times[which], time.Since(start).Seconds())
			}
		}
	}
	z := rankSum(times[0], times[1])
	t.Logf("100 samples each: z = %.2f", z)
	if math.Abs(z) > 6 {
		t.Errorf("the times tell: z = %.2f", z)
	}
}
