package api_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/mail/mailtest"
)

// journal keeps all that is logged.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write keeps a line.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// TestNoSecretsInLogs goes every way in, right and wrong, with a mail server, a provider and a program that fail,
// and looks for what was secret in everything that was logged, at every level.
func TestNoSecretsInLogs(t *testing.T) {
	t.Parallel()
	logged, at, idp := &journal{}, newClock(), newIDP(t)
	app, err := holdall.Open(t.Context(), holdall.Options{
		Dir: t.TempDir(), DB: database(t), Now: at.Now, RelaxedSync: true, AllowHosts: []string{idp.Listener.Addr().String()},
		Log: slog.New(slog.NewTextHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug - 100})),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	refuse := func(to string) error {
		if strings.HasPrefix(to, "refused") {
			return &smtp.SMTPError{Code: 550, Message: "no such mailbox " + to}
		}
		return nil
	}
	p := &post{T: t, root: app, app: app.Handler(), clock: at, ip: "192.0.2.7", mail: mailtest.Start(t, mailtest.Options{
		Refuse: refuse, Plain: true, Users: map[string]string{"us": "smtp-canary-password"},
	})}
	secrets := p.everyWayIn(idp)
	for _, want := range []string{"could not be sent", "a sign-in with a provider failed", "a handler panicked", "a request failed"} {
		if !strings.Contains(logged.String(), want) {
			t.Errorf("nothing was logged of %q: is all of it heard?\n%s", want, logged)
		}
	}
	for name, secret := range secrets {
		if len(secret) < 4 {
			t.Errorf("%s is %q", name, secret)
			continue
		}
		if i := strings.Index(logged.String(), secret); i >= 0 {
			t.Errorf("%s is logged: …%s", name, logged.String()[max(0, i-200):i+len(secret)])
		}
	}
}

// everyWayIn returns what was secret, by name.
func (p *post) everyWayIn(idp *idp) map[string]string {
	p.Helper()
	kept := map[string]string{"password of the mail server": "smtp-canary-password", "client secret": "client-canary-secret"}
	keep := func(name string, s any) string { kept[name] = fmt.Sprint(s); return kept[name] }
	link := p.root.OfferSetup()
	keep("link to the first superuser", link)
	rootSecret := keep("password of the superuser", "canary root password")
	p.do("POST", "/api/setup", "", fields{"token": link, "email": rootEmail, "password": "short"})
	p.must(204, p.do("POST", "/api/setup", "", fields{"token": link, "email": rootEmail, "password": rootSecret}))
	p.do("POST", "/api/setup", "", fields{"token": link, "email": "x", "password": rootSecret})
	p.super = keep("token of the superuser", p.signIn("_superusers", rootEmail, rootSecret))
	p.must(200, p.do("PATCH", "/api/settings", p.super, fields{
		"smtp": fields{"enabled": true, "host": p.mail.Host, "port": p.mail.Port, "username": "us", "password": kept["password of the mail server"]},
		"meta": fields{"appURL": "https://app.example"},
	}))
	config := strings.Replace(idp.config("oidc", "/user"), `"clientSecret":"s"`, `"clientSecret":"client-canary-secret"`, 1)
	p.options(fields{"otp": fields{"enabled": true}, "authAlert": fields{"enabled": false}, "oauth2": fields{"enabled": true, "providers": []any{decoded(p.T, []byte(config))}}})

	// Passwords, tokens, mails.
	first, second := keep("first password", "canary password one"), keep("second password", "canary password two")
	account := func(name, password string) said {
		return p.do("POST", "/api/collections/users/records", "", fields{"email": name + "@example.com", "password": password, "passwordConfirm": password})
	}
	p.must(200, account("ann", first))
	p.must(200, account("refused", first))
	account("ann", first)
	p.ask("auth-with-password", "", fields{"identity": "ann@example.com", "password": second})
	token := keep("token", p.signIn("users", "ann@example.com", first))
	p.ask("auth-refresh", token+"x", nil)
	keep("file token", p.must(200, p.do("POST", "/api/files/token", token, nil))["token"])
	p.do("GET", "/api/files/users/x/y?token="+kept["file token"], "", nil)
	for action, page := range map[string]string{"request-verification": "confirm-verification", "request-password-reset": "confirm-password-reset"} {
		p.must(204, p.ask(action, "", fields{"email": "refused@example.com"}))
		p.must(204, p.ask(action, "", fields{"email": "ann@example.com"}))
		keep("token of "+page, p.nextLink(page))
	}
	p.ask("request-email-change", token, fields{"newEmail": "refused-too@example.com"})
	p.must(204, p.ask("request-email-change", token, fields{"newEmail": "eve@example.com"}))
	keep("token of confirm-email-change", p.nextLink("confirm-email-change"))
	p.ask("confirm-verification", "", fields{"token": kept["token of confirm-password-reset"]})
	p.ask("confirm-password-reset", "", fields{"token": kept["token of confirm-email-change"], "password": second, "passwordConfirm": first})
	p.ask("confirm-email-change", "", fields{"token": kept["token of confirm-email-change"], "password": second})

	// Codes and two factors.
	otp := p.must(200, p.ask("request-otp", "", fields{"email": "ann@example.com"}))["otpId"]
	code := keep("code", p.nextCode())
	p.ask("request-otp", "", fields{"email": "refused@example.com"})
	p.ask("auth-with-otp", "", fields{"otpId": otp, "password": code + "x"})
	p.must(200, p.ask("auth-with-otp", "", fields{"otpId": otp, "password": code}))

	// A provider that fails, and one that does not.
	given := keep("code of a provider", codeOf(profile("P", "pia@example.com", true), 1))
	verifier := keep("verifier", "canary-verifier-of-forty-three-characters-xx")
	for range 2 {
		p.ask("auth-with-oauth2", "", fields{"provider": "oidc", "code": given, "codeVerifier": verifier, "redirectURL": "https://a.example.com/"})
	}
	p.do("GET", "/api/oauth2-redirect?state=nobody&code="+given, "", nil)

	// Programs that fail in the middle.
	off := p.root.Hooks.Create.Before(func(context.Context, *hook.Write) error { panic("a program") }, "users")
	account("pam", second)
	off()
	off = p.root.Hooks.Create.Before(func(context.Context, *hook.Write) error { return errors.New("a program") }, "users")
	account("pat", second)
	off()
	p.must(204, p.ask("confirm-password-reset", "", fields{"token": p.reset("ann"), "password": second, "passwordConfirm": second}))
	return kept
}

// reset has a link for a new password sent.
func (p *post) reset(name string) string {
	p.Helper()
	p.clock.wait(markTime)
	p.must(204, p.ask("request-password-reset", "", fields{"email": name + "@example.com"}))
	return p.nextLink("confirm-password-reset")
}
