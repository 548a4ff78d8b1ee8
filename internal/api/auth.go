package api

import (
	"net/http"
	"slices"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/auth/method"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/schema"
)

// authMethods is what a guest is told of how to sign in; the last three keys are for old clients.
type authMethods struct {
	Password struct {
		IdentityFields []string `json:"identityFields"`
		Enabled        bool     `json:"enabled"`
	} `json:"password"`
	OAuth2 struct {
		Providers []offer `json:"providers"`
		Enabled   bool    `json:"enabled"`
	} `json:"oauth2"`
	MFA              timed   `json:"mfa"`
	OTP              timed   `json:"otp"`
	AuthProviders    []offer `json:"authProviders"`
	UsernamePassword bool    `json:"usernamePassword"`
	EmailPassword    bool    `json:"emailPassword"`

	Phone phoneOffer `json:"phone,omitzero"` // unknown to PocketBase's clients, and absent where it is off
}

// phoneOffer tells how long a code is good, in seconds, and which countries one is sent to.
type phoneOffer struct {
	Enabled    bool     `json:"enabled"`
	AutoCreate bool     `json:"autoCreate"`
	Duration   int64    `json:"duration"`
	Length     int      `json:"length"`
	Countries  []string `json:"countries"`
}

type timed struct {
	Enabled  bool  `json:"enabled"`
	Duration int64 `json:"duration"` // seconds
}

func listAuthMethods(c *call) error {
	if err := c.signsIn(); err != nil {
		return err
	}
	m := offers(c.col.Auth, c.providers(c.col.Auth.OAuth2))
	if p := c.col.Auth.PhoneAuth; p.Enabled {
		m.Phone = phoneOffer{true, p.AutoCreate, p.Duration, p.Length, c.Settings.Current().SMS.Countries}
	}
	raw, err := plainJSON(m)
	if err != nil {
		return err
	}
	return c.answer(raw)
}

func offers(a *schema.AuthOptions, providers []offer) *authMethods {
	var m authMethods
	m.Password.IdentityFields = []string{}
	m.OAuth2.Providers, m.AuthProviders = providers, withoutLogos(providers)
	if m.Password.Enabled = a.PasswordAuth.Enabled; m.Password.Enabled {
		m.Password.IdentityFields = slices.Concat(m.Password.IdentityFields, a.PasswordAuth.IdentityFields)
		m.UsernamePassword = slices.Contains(a.PasswordAuth.IdentityFields, "username")
		m.EmailPassword = slices.Contains(a.PasswordAuth.IdentityFields, "email")
	}
	if a.MFA.Enabled {
		m.MFA = timed{true, a.MFA.Duration}
	}
	if a.OTP.Enabled {
		m.OTP = timed{true, a.OTP.Duration}
	}
	m.OAuth2.Enabled = a.OAuth2.Enabled
	return &m
}

func authWithPassword(c *call) error { return c.signIn(method.Password{}) }

func authRefresh(c *call) error {
	if err := c.ask(nil); err != nil {
		return err
	}
	sess, err := c.Auth.Refresh(c.r.Context(), c.by, c.col)
	if err != nil {
		return err
	}
	return c.session(sess)
}

func impersonate(c *call) error {
	var err error
	if c.col, err = c.collection(); err != nil {
		return err
	}
	if err = c.signsIn(); err != nil {
		return err
	}
	in, err := c.input()
	if err != nil {
		return err
	}
	sess, err := c.Auth.Impersonate(c.r.Context(), c.by, c.col, c.r.PathValue("id"), in)
	if err != nil {
		return err
	}
	return c.session(sess)
}

// signsIn refuses collections whose records cannot sign in.
func (c *call) signsIn() error {
	if !c.col.IsAuth() {
		return fault.New(fault.NotFound, "Missing or invalid auth collection context.")
	}
	return nil
}

// input reads the body of a sign-in.
func (c *call) input() (auth.Input, error) {
	b, err := c.body()
	if err != nil {
		return auth.Input{}, err
	}
	defer b.Close()
	return auth.Input{Data: b.Data, Form: !c.isJSON()}, c.ask(b.Data)
}

// ask lets programs refuse a request to sign in.
func (c *call) ask(data map[string]any) error {
	if c.col == nil || len(c.route.tags) == 0 {
		return nil
	}
	c.asked = &hook.AuthRequest{By: c.by, Collection: c.col, Action: c.route.tags[0], Body: data}
	return c.Auth.Hooks.AuthRequest.RunBefore(c.r.Context(), c.asked)
}

// answered tells programs of a request to sign in that went well.
func (c *call) answered() {
	if c.asked != nil {
		c.Auth.Hooks.AuthRequest.RunAfter(c.r.Context(), c.asked, func(v any) { c.Log.Error("a hook panicked after a sign-in", "panic", v) })
	}
}

// session answers with the record, as it sees itself, and its token; or asks for a second factor.
func (c *call) session(s auth.Session) error { return c.sessionWith(nil, s) }

// sessionWith is session with something to tell before the record.
func (c *call) sessionWith(meta []byte, s auth.Session) error {
	if s.Factor != "" {
		out := field.AppendString([]byte(`{"mfaId":`), s.Factor)
		writeJSON(c.w, c.r, http.StatusUnauthorized, append(out, '}'))
		return nil
	}
	shape := read.Shape{Expand: c.query("expand"), Own: true}
	out := []byte(`{"record":`)
	if meta != nil {
		out = append(append([]byte(`{"meta":`), meta...), `,"record":`...)
	}
	out, err := c.Read.Show(c.r.Context(), out, c.Store, s.As(c.by), s.Record, shape)
	if err != nil {
		return err
	}
	out = append(out, `,"token":`...)
	out = field.AppendString(out, s.Token)
	return c.answer(append(out, '}'))
}
