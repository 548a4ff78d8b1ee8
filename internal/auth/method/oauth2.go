package method

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/auth/provider"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

const (
	exchangeTime = 30 * time.Second // for all that the provider is asked
	maxProvider  = 100              // bytes of a provider's name
	maxCause     = 400              // bytes of what the log keeps of a provider's refusal
)

// OAuth2 is signing in with an account of another provider (auth.md §8). One value serves one attempt: it
// holds what the answer tells of the account there.
type OAuth2 struct {
	Providers *provider.Service
	Log       *slog.Logger
	// Meta is set by Prove.
	Meta *Meta
}

// Name returns "oauth2".
func (*OAuth2) Name() string { return "oauth2" }

// Enabled reports whether c allows accounts of other providers.
func (*OAuth2) Enabled(c *schema.Collection) bool { return c.IsAuth() && c.Auth.OAuth2.Enabled }

// Prove exchanges the code for a profile and finds, or makes, the account that belongs to it.
func (m *OAuth2) Prove(ctx context.Context, d auth.Desk, a auth.Attempt) (*record.Record, error) {
	in, err := readOAuth2(a)
	if err != nil {
		return nil, err
	}
	profile, err := m.profile(ctx, a, in)
	if err != nil {
		return nil, err
	}
	ext := auth.External{Provider: in.cfg.Name, ID: profile.ID, Email: profile.Email}
	rec, isNew, err := d.Join(ctx, a, ext, nil)
	if errors.Is(err, auth.ErrNobody) {
		rec, isNew, err = m.signUp(ctx, d, a, ext, newcomer{in.create, profile})
	}
	if err != nil {
		return nil, err
	}
	m.Meta = metaOf(profile, isNew)
	return rec, nil
}

// profile asks the provider. Whatever goes wrong there is one and the same fault; the log knows more.
func (m *OAuth2) profile(ctx context.Context, a auth.Attempt, in oauth2Input) (*provider.Profile, error) {
	p, err := m.Providers.Open(in.cfg)
	if err != nil {
		return nil, fault.New(fault.Invalid, "The provider is not set up.").Because(err)
	}
	ctx, cancel := context.WithTimeout(ctx, exchangeTime)
	defer cancel()
	profile, err := p.SignIn(ctx, in.grant)
	if err != nil {
		m.Log.WarnContext(ctx, "a sign-in with a provider failed", "collection", a.Collection.Name, "error", short(err))
		return nil, fault.New(fault.Invalid, "Failed to fetch the account from the provider.").Because(err)
	}
	return profile, nil
}

func short(err error) string {
	s := err.Error()
	if len(s) > maxCause {
		s = s[:maxCause] + "..."
	}
	return s
}

// oauth2Input is the body of an attempt.
type oauth2Input struct {
	cfg    schema.Provider
	grant  provider.Grant
	create map[string]any // values that the new account shall have
}

func readOAuth2(a auth.Attempt) (in oauth2Input, err error) {
	var name string
	for key, to := range map[string]*string{
		"provider": &name, "code": &in.grant.Code, "codeVerifier": &in.grant.Verifier, "redirectURL": &in.grant.Redirect,
	} {
		if *to, err = a.In.Text(key); err != nil {
			return in, err
		}
	}
	if in.create, err = a.In.Object("createData"); err != nil {
		return in, err
	}
	known := false
	in.cfg, known = a.Collection.Auth.OAuth2.Providers.Find(name)
	f := fault.Fields{}
	f.Add("provider", badName(name, known))
	if in.grant.Code == "" {
		f.Add("code", fault.Required())
	}
	if e := f.Error(); e != nil {
		e.Msg = "An error occurred while loading the submitted data."
		return in, e
	}
	return in, nil
}

func badName(name string, known bool) error {
	switch {
	case name == "":
		return fault.Required()
	case len(name) > maxProvider:
		return fault.LengthRange(0, maxProvider)
	case !known:
		return fault.Newf(fault.Invalid, "Provider with name %s is missing or is not enabled.", name).
			Coded("validation_invalid_provider").With("name", name)
	}
	return nil
}
