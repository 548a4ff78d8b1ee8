package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Who keeps an account when its e-mail is proved. A row is what somebody had of the account before, a column
// the proof that comes after. With an e-mail that was never proved the two need not be the same person, so what
// was there before ends; the first column is what the contract asks for (auth.md §6.6): the link in the mail
// says that the address is right, and whoever signed up goes on.
const (
	claimUnproven = `
              verification reset code provider change password code+
password      kept         lost  lost lost     kept   lost     kept
session       kept         lost  lost lost     lost   lost     kept
static        kept         lost  lost lost     lost   lost     kept
file          kept         lost  lost lost     lost   lost     kept
code          kept         lost  lost lost     lost   lost     kept
reset         kept         lost  lost lost     lost   lost     kept
verification  kept         lost  lost lost     lost   lost     kept
change        kept         lost  lost lost     lost   lost     kept
external      lost         lost  lost lost     lost   kept     lost
factor        kept         lost  -    lost     kept   lost     kept
`
	claimProven = `
              verification reset code provider change password code+
password      kept         lost  kept kept     kept   lost     kept
session       kept         lost  kept kept     lost   lost     kept
static        kept         lost  kept kept     lost   lost     kept
file          kept         lost  kept kept     lost   lost     kept
code          kept         lost  kept kept     lost   lost     kept
reset         kept         lost  kept kept     lost   lost     kept
verification  kept         lost  kept kept     lost   lost     kept
change        kept         lost  kept kept     lost   lost     kept
external      kept         kept  kept kept     kept   kept     kept
factor        kept         lost  -    kept     kept   lost     kept
`
)

// claimant is an account of which one has something and another proves something.
type claimant struct {
	*post
	name, id, email string
	session         string // of whoever signed up
	file            string
}

// held are the rows: each takes hold of something and returns how to see whether it is still good.
var held = map[string]func(c *claimant) (alive func() bool){
	"password": func(c *claimant) func() bool {
		return func() bool { return c.signsIn(secret) }
	},
	"session": func(c *claimant) func() bool {
		return func() bool { return c.alive(c.session) }
	},
	"static": func(c *claimant) func() bool {
		token := c.must(200, c.do("POST", "/api/collections/users/impersonate/"+c.id, c.super, nil))["token"].(string)
		return func() bool { return c.alive(token) }
	},
	"file": func(c *claimant) func() bool {
		token := c.must(200, c.do("POST", "/api/files/token", c.session, nil))["token"].(string)
		return func() bool { return c.sees(c.file, token) }
	},
	"code": func(c *claimant) func() bool {
		body := fields{"otpId": c.must(200, c.ask("request-otp", "", fields{"email": c.email}))["otpId"], "password": c.nextCode()}
		return func() bool { return c.ask("auth-with-otp", "", body).status != 400 }
	},
	"reset": func(c *claimant) func() bool {
		token := c.mailed("request-password-reset", "confirm-password-reset")
		return func() bool {
			return c.ask("confirm-password-reset", "", fields{"token": token, "password": secret, "passwordConfirm": secret}).status == 204
		}
	},
	"verification": func(c *claimant) func() bool {
		token := c.mailed("request-verification", "confirm-verification")
		return func() bool { return c.ask("confirm-verification", "", fields{"token": token}).status == 204 }
	},
	"change": func(c *claimant) func() bool {
		c.must(204, c.ask("request-email-change", c.session, fields{"newEmail": "eve-" + c.name + "@example.com"}))
		token := c.nextLink("confirm-email-change")
		return func() bool { // the password is judged besides
			return faulty(c.ask("confirm-email-change", "", fields{"token": token, "password": "wrong"}))["token"] == ""
		}
	},
	"external": func(c *claimant) func() bool {
		id := "eve-" + c.name
		c.visit("oidc2", profile(id, "", false), c.session)
		return func() bool {
			got := c.visit("oidc2", profile(id, "", false), "")
			rec, _ := got.body["record"].(fields)
			return got.status == 401 || rec["id"] == c.id // 401: the second factor is asked for
		}
	},
	"factor": func(c *claimant) func() bool {
		id := c.must(401, c.ask("auth-with-password", "", fields{"identity": c.email, "password": secret}))["mfaId"].(string)
		return func() bool { return c.do("GET", "/api/collections/_mfas/records/"+id, c.super, nil).status == 200 }
	},
}

const newSecret = "second password"

// proofs are the columns: each gets ready, and returns how to prove. What the proof itself gives must be good
// afterwards.
var proofs = map[string]func(c *claimant) (prove func()){
	"verification": func(c *claimant) func() {
		token := c.mailed("request-verification", "confirm-verification")
		return func() { c.must(204, c.ask("confirm-verification", "", fields{"token": token})) }
	},
	"reset": func(c *claimant) func() {
		return func() {
			token := c.mailed("request-password-reset", "confirm-password-reset")
			c.must(204, c.ask("confirm-password-reset", "", fields{"token": token, "password": newSecret, "passwordConfirm": newSecret}))
			c.keeps(c.signsIn(newSecret))
		}
	},
	"code": func(c *claimant) func() {
		return func() {
			otp := c.must(200, c.ask("request-otp", "", fields{"email": c.email}))["otpId"]
			got := c.ask("auth-with-otp", "", fields{"otpId": otp, "password": c.nextCode()})
			token, _ := got.body["token"].(string)
			c.keeps(got.status == 401 || c.alive(token))
		}
	},
	"provider": func(c *claimant) func() {
		return func() {
			for range 2 { // the second time it is linked
				got := c.visit("oidc", profile("P-"+c.name, c.email, true), "")
				token, _ := got.body["token"].(string)
				c.keeps(got.status == 401 || c.alive(token))
			}
		}
	},
	"change": func(c *claimant) func() {
		return func() {
			c.must(204, c.ask("request-email-change", c.session, fields{"newEmail": "new-" + c.email}))
			c.must(204, c.ask("confirm-email-change", "", fields{"token": c.nextLink("confirm-email-change"), "password": secret}))
			c.email = "new-" + c.email
			c.keeps(c.signsIn(secret))
		}
	},
	"password": func(c *claimant) func() {
		return func() {
			c.must(200, c.do("PATCH", "/api/collections/users/records/"+c.id, c.session, fields{"oldPassword": secret, "password": newSecret, "passwordConfirm": newSecret}))
			c.keeps(c.signsIn(newSecret))
		}
	},
}

// TestClaim is a test for every pair of something held and a proof, of accounts whose e-mail was proved before
// and of others.
func TestClaim(t *testing.T) {
	t.Parallel()
	for state, table := range map[string]string{"unproven": claimUnproven, "proven": claimProven} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			plain, factors := newClaims(t, false), newClaims(t, true)
			lines := strings.Split(strings.Trim(table, "\n"), "\n")
			for _, line := range lines[1:] {
				cells := strings.Fields(line)
				for i, column := range strings.Fields(lines[0]) {
					proof, two := strings.CutSuffix(column, "+") // with a second factor
					if cells[i+1] == "-" {
						continue
					}
					world := plain
					if two || cells[0] == "factor" {
						world = factors
					}
					t.Run(cells[0]+" then "+column, func(t *testing.T) {
						world.pair(t, cells[0], proof, state == "proven", cells[i+1] == "kept")
					})
				}
			}
		})
	}
}

// claims is an app in which pairs are tried one after the other.
type claims struct {
	*post
	file string
	n    int
}

func newClaims(t *testing.T, factors bool) *claims {
	t.Helper()
	idp := newIDP(t)
	w := &claims{post: newPostReaching(t, idp.Listener.Addr().String())}
	w.file = w.paper()
	w.options(fields{
		"otp": fields{"enabled": true}, "authAlert": fields{"enabled": false}, "mfa": fields{"enabled": factors},
		"oauth2": fields{"enabled": true, "providers": []json.RawMessage{json.RawMessage(idp.config("oidc", "/user")), json.RawMessage(idp.config("oidc2", "/user"))}},
	})
	return w
}

// pair makes an account, lets one take hold of it and another prove it.
func (w *claims) pair(t *testing.T, hold, proof string, proven, kept bool) {
	w.n++
	own := *w.post
	own.T = t
	c := &claimant{post: &own, name: fmt.Sprintf("u%d", w.n), file: w.file}
	defer func() { w.read = len(c.mail.Mails()) }()
	c.email = c.name + "@example.com"
	c.id = c.must(200, c.do("POST", "/api/collections/users/records", "", fields{"email": c.email, "password": secret, "passwordConfirm": secret}))["id"].(string)
	// As long as it takes; where a second factor is asked for nobody gets a session by a password alone.
	c.session = c.must(200, c.do("POST", "/api/collections/users/impersonate/"+c.id, c.super, nil))["token"].(string)
	prove := proofs[proof](c)
	c.clock.wait(markTime)
	var alive func() bool
	if hold == "verification" { // there is no such mail for an account that is verified
		alive = held[hold](c)
	}
	if proven {
		c.must(200, c.do("PATCH", "/api/collections/users/records/"+c.id, c.super, fields{"verified": true}))
	}
	if alive == nil {
		alive = held[hold](c)
	}
	c.clock.wait(markTime)
	prove()
	if got := alive(); got != kept {
		t.Errorf("who had the %s has it: %v, want %v", hold, got, kept)
	}
	if want := proven || proof != "password"; c.account(c.id)["verified"] != want {
		t.Errorf("the account is verified: %v, want %v", !want, want)
	}
}

// markTime is after how long another mail of a kind is sent.
const markTime = 2 * time.Minute

// keeps fails unless whoever proved something has what the proof gives.
func (c *claimant) keeps(ok bool) {
	c.Helper()
	if !ok {
		c.Error("who proved it does not have the account")
	}
}

// signsIn reports whether a password is good; as a first factor too.
func (c *claimant) signsIn(password string) bool {
	c.Helper()
	return c.ask("auth-with-password", "", fields{"identity": c.email, "password": password}).status != 400
}

// mailed is the token of a mail that is asked for.
func (c *claimant) mailed(action, page string) string {
	c.Helper()
	c.must(204, c.ask(action, "", fields{"email": c.email}))
	return c.nextLink(page)
}

// visit signs in with a profile at a provider.
func (p *post) visit(provider, profile, token string) said {
	p.Helper()
	p.visits++
	return p.ask("auth-with-oauth2", token, fields{"provider": provider, "code": codeOf(profile, p.visits), "redirectURL": "https://a.example.com/"})
}

// paper keeps a protected file that whoever is signed in may see, and returns its path.
func (p *post) paper() string {
	p.Helper()
	p.must(200, p.do("POST", "/api/collections", p.super, fields{
		"name": "papers", "type": "base", "viewRule": "@request.auth.id != ''", "fields": []any{fields{"name": "doc", "type": "file", "protected": true}},
	}))
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	part, err := form.CreateFormFile("doc", "doc.txt")
	if err != nil {
		p.Fatal(err)
	}
	_, _ = part.Write([]byte("for eyes"))
	_ = form.Close()
	r := httptest.NewRequest("POST", "/api/collections/papers/records", &buf)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Authorization", p.super)
	w := httptest.NewRecorder()
	p.app.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		p.Fatalf("status %d: %s", w.Code, w.Body)
	}
	rec := decoded(p.T, w.Body.Bytes())
	return fmt.Sprintf("/api/files/papers/%s/%s", rec["id"], rec["doc"])
}

// sees reports whether a file token shows a file.
func (p *post) sees(file, token string) bool {
	p.Helper()
	w := httptest.NewRecorder()
	p.app.ServeHTTP(w, httptest.NewRequest("GET", file+"?token="+token, nil))
	return w.Code == http.StatusOK
}
