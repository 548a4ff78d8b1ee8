package api_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/internal/api"
)

// whoMayAsk is what each endpoint of signing in answers to everybody. The bodies prove nothing, so that 400 and
// 404 mean "you may ask". A token that is over, of another kind or of another collection's record opens what it
// is not for as little as no token; a superuser from a place where superusers may not be opens nothing.
//
//	user, other: records of users · revoked: its password changed · staff: another auth collection · file: a
//	file token · link: the token of a mail · static: from impersonate · away: a superuser from elsewhere
const whoMayAsk = `
                                                       guest user other super expired revoked staff file link static away
GET  /api/collections/users/auth-methods                200  200  200   200    200     200    200  200  200   200   403
POST /api/collections/users/auth-with-password          400  400  400   400    400     400    400  400  400   400   403
POST /api/collections/users/auth-with-otp               400  400  400   400    400     400    400  400  400   400   403
POST /api/collections/users/auth-with-oauth2            400  400  400   400    400     400    400  400  400   400   403
POST /api/collections/users/request-otp                 200  200  200   200    200     200    200  200  200   200   403
POST /api/collections/users/request-verification        204  204  204   204    204     204    204  204  204   204   403
POST /api/collections/users/confirm-verification        400  400  400   400    400     400    400  400  400   400   403
POST /api/collections/users/request-password-reset      204  204  204   204    204     204    204  204  204   204   403
POST /api/collections/users/confirm-password-reset      400  400  400   400    400     400    400  400  400   400   403
POST /api/collections/users/request-email-change        401  400  400   403    401     401    403  401  401   400   403
POST /api/collections/users/confirm-email-change        400  400  400   400    400     400    400  400  400   400   403
POST /api/collections/users/request-phone-change        401  400  400   403    401     401    403  401  401   400   403
POST /api/collections/users/confirm-phone-change        401  400  400   403    401     401    403  401  401   400   403
POST /api/collections/staff/request-phone-change        401  403  403   403    401     401    403  401  401   403   403
POST /api/collections/users/auth-refresh                401  200  200   403    401     401    403  401  401   200   403
POST /api/collections/users/impersonate/{ann}           401  403  403   200    401     401    403  401  401   403   403
POST /api/collections/users/impersonate/nobody          401  403  403   404    401     401    403  401  401   403   403
POST /api/collections/notes/auth-refresh                401  403  403   403    401     401    403  401  401   403   403
POST /api/collections/notes/impersonate/x               401  403  403   404    401     401    403  401  401   403   403
POST /api/collections/notes/auth-with-password          404  404  404   404    404     404    404  404  404   404   403
POST /api/collections/none/auth-refresh                 404  404  404   404    404     404    404  404  404   404   403
POST /api/collections/none/impersonate/x                401  403  403   404    401     401    403  401  401   403   403
POST /api/collections/_superusers/auth-refresh          401  403  403   200    401     401    403  401  401   403   403
POST /api/collections/_superusers/request-email-change  401  403  403   400    401     401    403  401  401   403   403
POST /api/collections/_superusers/request-verification  400  400  400   400    400     400    400  400  400   400   403
POST /api/collections/_superusers/auth-with-otp         403  403  403   403    403     403    403  403  403   403   403
POST /api/files/token                                   401  200  200   200    401     401    200  401  401   200   403
POST /api/settings/test/email                           401  403  403   400    401     401    403  401  401   403   403
POST /api/settings/test/sms                             401  403  403   400    401     401    403  401  401   403   403
POST /api/settings/apple/generate-client-secret         401  403  403   400    401     401    403  401  401   403   403
GET  /api/collections/meta/oauth2-providers             401  403  403   200    401     401    403  401  401   403   403
GET  /api/oauth2-redirect                               307  307  307   307    307     307    307  307  307   307   403
POST /api/oauth2-redirect                               303  303  303   303    303     303    303  303  303   303   403
POST /api/setup                                         404  404  404   404    404     404    404  404  404   404   403
GET  /api/collections/_externalAuths/records/{link}     404  200  404   200    404     404    404  404  404   200   403
GET  /api/collections/_authOrigins/records/{origin}     404  200  404   200    404     404    404  404  404   200   403
GET  /api/collections/_otps/records/{otp}               404  200  404   200    404     404    404  404  404   200   403
GET  /api/collections/_mfas/records/{factor}            404  200  404   200    404     404    404  404  404   200   403
POST /api/collections/_externalAuths/records            403  403  403   400    403     403    403  403  403   403   403
POST /api/collections/_mfas/records                     403  403  403   400    403     403    403  403  403   403   403
POST /api/collections/_otps/records                     403  403  403   400    403     403    403  403  403   403   403
POST /api/collections/_authOrigins/records              403  403  403   400    403     403    403  403  403   403   403
PATCH /api/collections/_otps/records/{otp}              403  403  403   200    403     403    403  403  403   403   403
DELETE /api/collections/_externalAuths/records/nothing  404  404  404   404    404     404    404  404  404   404   403
DELETE /api/collections/_otps/records/{otp}             403  403  403   204    403     403    403  403  403   403   403
`

// bodies are what is sent where no body would say less.
var bodies = map[string]fields{
	"auth-with-password": {"identity": "ann@example.com", "password": "wrong"}, "auth-with-otp": {"otpId": "x", "password": "y"},
	"auth-with-oauth2": {"provider": "none", "code": "x"}, "request-otp": {"email": "nobody@example.com"},
	"request-verification": {"email": "nobody@example.com"}, "request-password-reset": {"email": "nobody@example.com"},
	"confirm-verification": {"token": "x"}, "confirm-password-reset": {"token": "x"}, "confirm-email-change": {"token": "x"},
	"request-email-change": {"newEmail": "no"}, "setup": {"token": "x"},
}

// TestWhoMayAsk asks every endpoint of signing in as everybody.
func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	who, known := p.everybody()
	lines := strings.Split(strings.Trim(whoMayAsk, "\n"), "\n")
	names := strings.Fields(lines[0])
	asked := map[string]bool{}
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		method, path := cells[0], cells[1]
		asked[method+" "+path] = true
		body := bodies[path[strings.LastIndexByte(path, '/')+1:]]
		for i, name := range names {
			p.ip = fmt.Sprintf("198.51.100.%d", i+1)
			if name == "away" {
				p.ip = "203.0.113.9"
			}
			got := p.do(method, known.Replace(path), who[name], body)
			if want := cells[i+2]; strconv.Itoa(got.status) != want {
				t.Errorf("%s %s as %s: %d, want %s: %v", method, path, name, got.status, want, got.body)
			}
		}
	}
	for _, route := range api.Routes() {
		part, ok := strings.CutPrefix(route, "POST /api/collections/{c}/")
		signs := ok && (strings.HasPrefix(part, "auth-") || strings.HasPrefix(part, "request-") || strings.HasPrefix(part, "confirm-"))
		if signs && !asked[strings.ReplaceAll(route, "{c}", "users")] {
			t.Errorf("%s is not asked", route)
		}
	}
}

// everybody makes one of each kind of caller, by name its token, and one of each row that belongs to ann.
func (p *post) everybody() (who map[string]string, known *strings.Replacer) {
	p.Helper()
	p.options(fields{
		"otp": fields{"enabled": true, "duration": 86400}, "phoneAuth": fields{"enabled": true}, "mfa": fields{"enabled": true, "duration": 86400, "rule": "name = 'nobody'"},
		"oauth2": fields{"enabled": true, "providers": []any{fields{"name": "google", "clientId": "x", "clientSecret": "y"}}},
	})
	p.must(200, p.do("POST", "/api/collections", p.super, fields{"name": "staff", "type": "auth"}))
	p.must(200, p.do("POST", "/api/collections", p.super, fields{"name": "notes", "type": "base"}))
	p.must(200, p.do("POST", "/api/collections/staff/records", p.super, fields{"email": "sue@example.com", "password": secret, "passwordConfirm": secret}))
	id, revoked := p.signUp("ann")
	static := func(seconds int) string {
		return p.must(200, p.do("POST", "/api/collections/users/impersonate/"+id, p.super, fields{"duration": seconds}))["token"].(string)
	}
	expired := static(1)
	p.clock.wait(2 * time.Second)
	change := fields{"oldPassword": secret, "password": secret, "passwordConfirm": secret}
	p.must(200, p.do("PATCH", "/api/collections/users/records/"+id, revoked, change))
	_, other := p.signUp("bob")
	user := p.signIn("users", "ann@example.com", secret)
	p.must(204, p.ask("request-verification", "", fields{"email": "ann@example.com"}))
	who = map[string]string{
		"guest": "", "user": user, "other": other, "super": p.super, "away": p.super, "expired": expired, "revoked": revoked,
		"staff": p.signIn("staff", "sue@example.com", secret), "static": static(0), "link": p.nextLink("confirm-verification"),
		"file": p.must(200, p.do("POST", "/api/files/token", user, nil))["token"].(string),
	}
	row := func(collection string, data fields) string {
		data["collectionRef"], data["recordRef"] = "_pb_users_auth_", id
		return p.must(200, p.do("POST", "/api/collections/"+collection+"/records", p.super, data))["id"].(string)
	}
	known = strings.NewReplacer("{ann}", id, "{link}", row("_externalAuths", fields{"provider": "google", "providerId": "g"}),
		"{origin}", row("_authOrigins", fields{"fingerprint": "f"}), "{otp}", row("_otps", fields{"password": "12345678"}),
		"{factor}", row("_mfas", fields{"method": "otp"}))
	p.must(200, p.do("PATCH", "/api/settings", p.super, fields{"superuserIPs": []string{"198.51.100.0/24", p.ip}}))
	return who, known
}

// TestFirstSuperuser: the link works once, for half an hour, and never beside a superuser.
func TestFirstSuperuser(t *testing.T) {
	t.Parallel()
	at := newClock()
	app, err := holdall.Open(t.Context(), holdall.Options{Dir: t.TempDir(), DB: database(t), Now: at.Now, RelaxedSync: true})
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
