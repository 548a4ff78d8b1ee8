package api_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/hook"
)

// TestAuthHooks: programs hear of every step of signing in, may refuse it, and change what is theirs to change.
func TestAuthHooks(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.options(fields{"otp": fields{"enabled": true}, "authAlert": fields{"enabled": false}})
	p.signUp("ann")
	var heard []string
	on := p.root.Hooks
	on.AuthRequest.Before(func(_ context.Context, e *hook.AuthRequest) error {
		heard = append(heard, e.Action)
		if e.Body["identity"] == "barred@example.com" {
			return fault.New(fault.Forbidden, "Not today.")
		}
		return nil
	}, "users")
	on.AuthRequest.After(func(_ context.Context, e *hook.AuthRequest) { heard = append(heard, e.Action+" done") }, "users")
	on.SignIn.Before(func(_ context.Context, e *hook.SignIn) error {
		heard = append(heard, "in by "+e.Method)
		if e.Record.String("name") == "<bob>" {
			return fault.New(fault.Invalid, "Not bob.")
		}
		return nil
	}, "users")
	on.SignIn.After(func(context.Context, *hook.SignIn) { panic("of no consequence") })
	on.SignIn.After(func(_ context.Context, e *hook.SignIn) { heard = append(heard, e.Record.String("email")+" is in") }, "users")
	took := func(want ...string) {
		t.Helper()
		if !slices.Equal(heard, want) {
			t.Errorf("heard %q, want %q", heard, want)
		}
		heard = nil
	}
	token := p.signIn("users", "ann@example.com", secret)
	took("authWithPassword", "in by password", "ann@example.com is in", "authWithPassword done")
	p.must(200, p.ask("auth-refresh", token, nil))
	took("authRefresh", "in by ", "ann@example.com is in", "authRefresh done")
	p.must(400, p.ask("auth-with-password", "", fields{"identity": "ann@example.com", "password": "wrong"}))
	took("authWithPassword")
	p.must(403, p.ask("auth-with-password", "", fields{"identity": "barred@example.com", "password": secret}))
	took("authWithPassword")
	p.must(200, p.do("POST", "/api/collections/users/records", "", fields{"email": "bob@example.com", "password": secret, "passwordConfirm": secret, "name": "<bob>"}))
	p.must(400, p.ask("auth-with-password", "", fields{"identity": "bob@example.com", "password": secret}))
	took("authWithPassword", "in by password")
	p.must(204, p.ask("request-verification", "", fields{"email": "nobody@example.com"}))
	took("requestVerification", "requestVerification done")
	p.signIn("_superusers", rootEmail, rootPassword)
	took()
}

// TestMailHooks: programs may change a mail, see to it themselves, or refuse it. A code proves the address that it
// went to.
func TestMailHooks(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.options(fields{"otp": fields{"enabled": true}, "authAlert": fields{"enabled": false}})
	id, token := p.signUp("ann")
	own := make(chan hook.Mail, 1)
	var mode atomic.Value
	mode.Store("change")
	p.root.Hooks.Mail.Before(func(_ context.Context, e *hook.Mail) error {
		switch mode.Load() {
		case "change":
			e.Subject, e.To, e.Headers = e.Kind+" for "+e.Record.ID(), []string{"else@example.com"}, map[string]string{"X-By": "us"}
		case "own":
			e.Sent = true
		case "refuse":
			return fault.New(fault.Invalid, "no mails today")
		}
		return nil
	}, "users")
	p.root.Hooks.Mail.After(func(_ context.Context, e *hook.Mail) {
		if e.Sent {
			own <- *e
		}
	})
	code := func() fields {
		return fields{"otpId": p.must(200, p.ask("request-otp", "", fields{"email": "ann@example.com"}))["otpId"]}
	}
	body := code()
	m := p.mail.Last(t, 1)
	if m.Subject() != "otp for "+id || m.To[0] != "else@example.com" || m.Header.Get("X-By") != "us" {
		t.Errorf("the mail to %v: %q, %v", m.To, m.Subject(), m.Header)
	}
	body["password"] = p.nextCode()
	p.must(200, p.ask("auth-with-otp", "", body))
	mode.Store("own")
	other := code()
	sent := <-own
	other["password"] = sent.Values["OTP"]
	if !strings.Contains(sent.HTML, sent.Values["OTP"]) || sent.Values["OTP_ID"] != other["otpId"] {
		t.Errorf("the mail is %+v", sent)
	}
	p.must(200, p.ask("auth-with-otp", "", other))
	mode.Store("refuse")
	p.must(400, p.ask("request-email-change", token, fields{"newEmail": "new@example.com"}))
	if p.account(id)["verified"] != false {
		t.Error("a code that went elsewhere proved the address")
	}
}
