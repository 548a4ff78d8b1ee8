package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/internal/api"
)

// TestWhoMayAsk asks every endpoint of signing in as everybody. A token that is over, or that another
// collection's record has, opens what it is not for as little as no token.
func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.options(fields{"otp": fields{"enabled": true}})
	p.must(200, p.do("POST", "/api/collections", p.super, fields{"name": "staff", "type": "auth"}))
	p.must(200, p.do("POST", "/api/collections/staff/records", p.super, fields{"email": "sue@example.com", "password": secret, "passwordConfirm": secret}))
	id, revoked := p.signUp("ann")
	expired := p.must(200, p.do("POST", "/api/collections/users/impersonate/"+id, p.super, fields{"duration": 1}))["token"].(string)
	p.clock.wait(2 * time.Second)
	change := fields{"oldPassword": secret, "password": secret, "passwordConfirm": secret}
	p.must(200, p.do("PATCH", "/api/collections/users/records/"+id, revoked, change))
	_, other := p.signUp("bob")
	who := []struct{ name, token string }{
		{"guest", ""}, {"user", p.signIn("users", "ann@example.com", secret)}, {"other", other}, {"super", p.super},
		{"expired", expired}, {"revoked", revoked}, {"staff", p.signIn("staff", "sue@example.com", secret)},
	}
	open := func(status int) [7]int { return [7]int{status, status, status, status, status, status, status} }
	type row struct {
		path string
		body fields
		want [7]int // in the order of who
	}
	rows := []row{
		{"GET /api/collections/users/auth-methods", nil, open(200)},
		{"POST /api/collections/users/auth-with-password", fields{"identity": "ann@example.com", "password": "wrong"}, open(400)},
		{"POST /api/collections/users/auth-with-otp", fields{"otpId": "x", "password": "y"}, open(400)},
		{"POST /api/collections/users/request-otp", fields{"email": "nobody@example.com"}, open(200)},
		{"POST /api/collections/users/request-verification", fields{"email": "nobody@example.com"}, open(204)},
		{"POST /api/collections/users/confirm-verification", fields{"token": "x"}, open(400)},
		{"POST /api/collections/users/request-password-reset", fields{"email": "nobody@example.com"}, open(204)},
		{"POST /api/collections/users/confirm-password-reset", fields{"token": "x"}, open(400)},
		{"POST /api/collections/users/confirm-email-change", fields{"token": "x"}, open(400)},
		{"POST /api/collections/users/request-email-change", fields{"newEmail": "no"}, [7]int{401, 400, 400, 403, 401, 401, 403}},
		{"POST /api/collections/users/auth-refresh", nil, [7]int{401, 200, 200, 403, 401, 401, 403}},
		{"POST /api/collections/users/impersonate/" + id, nil, [7]int{401, 403, 403, 200, 401, 401, 403}},
		{"POST /api/collections/users/impersonate/nobody", nil, [7]int{401, 403, 403, 404, 401, 401, 403}},
		{"POST /api/settings/test/email", nil, [7]int{401, 403, 403, 400, 401, 401, 403}},
		{"POST /api/setup", fields{"token": "x"}, open(404)},
	}
	for _, row := range rows {
		method, path, _ := strings.Cut(row.path, " ")
		for i, w := range who {
			p.ip = fmt.Sprintf("198.51.100.%d", i+1)
			if got := p.do(method, path, w.token, row.body); got.status != row.want[i] {
				t.Errorf("%s as %s: %d, want %d: %v", row.path, w.name, got.status, row.want[i], got.body)
			}
		}
	}
	for _, route := range api.Routes() {
		part, ok := strings.CutPrefix(route, "POST /api/collections/{c}/")
		signs := ok && (strings.HasPrefix(part, "auth-") || strings.HasPrefix(part, "request-") || strings.HasPrefix(part, "confirm-"))
		asked := func(r row) bool { return r.path == strings.ReplaceAll(route, "{c}", "users") }
		if signs && !strings.Contains(part, "oauth2") && !slices.ContainsFunc(rows, asked) {
			t.Errorf("%s is not asked", route)
		}
	}
}

// TestClaim: whoever proves an address that was not verified gets the account without what others had of it.
// Each row is a credential that somebody has before, each column the proof that comes after.
func TestClaim(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.options(fields{"otp": fields{"enabled": true}})
	mails := 0
	take := func(action, name, page string) string {
		p.must(204, p.ask(action, "", fields{"email": name + "@example.com"}))
		mails++
		return p.link(mails, page)
	}
	proofs := []struct {
		name  string
		prove func(name, reset string)
		keeps string // what the earlier owner keeps, for it is asked for in the proof or in the spec
	}{
		{"link", func(name, _ string) {
			p.must(204, p.ask("confirm-verification", "", fields{"token": take("request-verification", name, "confirm-verification")}))
		}, "password session code reset"},
		{"linked", func(name, _ string) {
			p.must(204, p.ask("confirm-verification", "", fields{"token": take("request-verification", name, "confirm-verification")}))
		}, "password"},
		{"reset", func(_, link string) {
			p.must(204, p.ask("confirm-password-reset", "", fields{"token": link, "password": "another password", "passwordConfirm": "another password"}))
		}, ""},
		{"code", func(name, _ string) {
			otp := p.must(200, p.ask("request-otp", "", fields{"email": name + "@example.com"}))["otpId"]
			mails++
			p.must(200, p.ask("auth-with-otp", "", fields{"otpId": otp, "password": p.code(mails)}))
		}, ""},
	}
	for _, proof := range proofs {
		name := "ann-" + proof.name
		id, token := p.signUp(name)
		email := name + "@example.com"
		if proof.name != "link" { // an account that somebody linked
			p.must(200, p.do("POST", "/api/collections/_externalAuths/records", p.super, fields{
				"collectionRef": "_pb_users_auth_", "recordRef": id, "provider": "google", "providerId": name,
			}))
		}
		otp := p.must(200, p.ask("request-otp", "", fields{"email": email}))["otpId"]
		mails++
		code := p.code(mails)
		reset := take("request-password-reset", name, "confirm-password-reset")
		proof.prove(name, reset)

		alive := map[string]bool{
			"password": p.ask("auth-with-password", "", fields{"identity": email, "password": secret}).status == 200,
			"session":  p.alive(token),
			"code":     p.ask("auth-with-otp", "", fields{"otpId": otp, "password": code}).status == 200,
			"reset":    p.ask("confirm-password-reset", "", fields{"token": reset, "password": secret, "passwordConfirm": secret}).status == 204,
			"external": p.rows("_externalAuths", id) > 0,
		}
		for kind, got := range alive {
			if want := slices.Contains(strings.Fields(proof.keeps), kind); got != want {
				t.Errorf("%s before, %s after: alive %v, want %v", kind, proof.name, got, want)
			}
		}
		if p.account(id)["verified"] != true {
			t.Errorf("%s: the account is not verified", proof.name)
		}
	}
}

// TestFirstSuperuser: the link works once, for half an hour, and never beside a superuser.
func TestFirstSuperuser(t *testing.T) {
	t.Parallel()
	at := newClock()
	app, err := holdall.Open(t.Context(), holdall.Options{Dir: t.TempDir(), Now: at.Now, RelaxedSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	p := &post{T: t, app: app.Handler(), clock: at, ip: "192.0.2.7"}
	set := func(token, password string) said {
		return p.do("POST", "/api/setup", "", fields{"token": token, "email": rootEmail, "password": password})
	}
	p.must(404, set("", rootPassword))
	first := app.OfferSetup()
	late := app.OfferSetup()
	p.must(404, set(first, rootPassword)) // a newer one ends it
	at.wait(30 * time.Minute)
	p.must(404, set(late, rootPassword))
	link := app.OfferSetup()
	p.must(404, set(link+"x", rootPassword))
	if got := faulty(set(link, "short")); got["password"] == "" {
		t.Errorf("a short password: %v", got)
	}
	p.must(http.StatusNoContent, set(link, rootPassword))
	p.must(404, set(link, rootPassword))
	p.signIn("_superusers", rootEmail, rootPassword)
	p.must(404, set(app.OfferSetup(), rootPassword))
}
