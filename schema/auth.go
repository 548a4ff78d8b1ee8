package schema

import (
	"encoding/json"
	"maps"
	"slices"
)

// AuthOptions say how records of an auth collection sign in. Secrets are part of it: it must be stripped
// before it is shown to anybody.
type AuthOptions struct {
	AuthRule   *string `json:"authRule"`   // nil: nobody signs in; "": everybody; else a condition on the record
	ManageRule *string `json:"manageRule"` // who, besides superusers, may change e-mail, password and verified of others

	AuthAlert    AuthAlert    `json:"authAlert"`
	OAuth2       OAuth2       `json:"oauth2"`
	PasswordAuth PasswordAuth `json:"passwordAuth"`
	MFA          MFA          `json:"mfa"`
	OTP          OTP          `json:"otp"`
	PhoneAuth    PhoneAuth    `json:"phoneAuth,omitzero"` // unknown to PocketBase; absent until it is set
	// PrivateSignUp is unknown to PocketBase, too, and absent until it is set.
	PrivateSignUp PrivateSignUp `json:"privateSignUp,omitzero"`

	AuthToken          Token `json:"authToken"`
	PasswordResetToken Token `json:"passwordResetToken"`
	EmailChangeToken   Token `json:"emailChangeToken"`
	VerificationToken  Token `json:"verificationToken"`
	FileToken          Token `json:"fileToken"`

	VerificationTemplate       Template `json:"verificationTemplate"`
	ResetPasswordTemplate      Template `json:"resetPasswordTemplate"`
	ConfirmEmailChangeTemplate Template `json:"confirmEmailChangeTemplate"`
}

// Token is how long one kind of token lives and what signs it.
type Token struct {
	Secret   string `json:"secret,omitempty"`
	Duration int64  `json:"duration"` // seconds
}

// Template is one mail: placeholders such as {APP_NAME} are replaced in both parts.
type Template struct {
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

// AuthAlert is the mail about a sign-in from a new place.
type AuthAlert struct {
	Enabled       bool     `json:"enabled"`
	EmailTemplate Template `json:"emailTemplate"`
}

// PasswordAuth is signing in with a password and one of the identity fields.
type PasswordAuth struct {
	Enabled        bool     `json:"enabled"`
	IdentityFields []string `json:"identityFields"`
}

// MFA asks for two different methods. Duration is in seconds.
type MFA struct {
	Enabled  bool   `json:"enabled"`
	Duration int64  `json:"duration"`
	Rule     string `json:"rule"`
}

// OTP is signing in with a code sent by mail. Duration is in seconds, Length in digits.
type OTP struct {
	Enabled       bool     `json:"enabled"`
	Duration      int64    `json:"duration"`
	Length        int      `json:"length"`
	EmailTemplate Template `json:"emailTemplate"`
}

// PhoneAuth is signing in with a code sent to a phone. Duration is in seconds, Length in digits; "" as Message is
// a text of ours.
type PhoneAuth struct {
	Enabled    bool   `json:"enabled"`
	AutoCreate bool   `json:"autoCreate"` // who proves a number that nobody has gets an account
	Duration   int64  `json:"duration"`
	Length     int    `json:"length"`
	Message    string `json:"message"`
}

// PrivateSignUp has nobody learn who has an account: signing up with an address that is taken is answered as if it
// were free, and its owner gets a mail (docs/decisions/0017).
type PrivateSignUp struct {
	Enabled       bool     `json:"enabled"`
	EmailTemplate Template `json:"emailTemplate"`
}

// OAuth2 is signing in with accounts of other providers.
type OAuth2 struct {
	Providers    Providers    `json:"providers"`
	MappedFields MappedFields `json:"mappedFields"`
	Enabled      bool         `json:"enabled"`
}

// MappedFields name the record fields that take over parts of a provider's profile on sign-up.
type MappedFields struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Username  string `json:"username"`
	AvatarURL string `json:"avatarURL"`
}

// Provider is one configured OAuth2 provider.
type Provider struct {
	PKCE         *bool          `json:"pkce"`
	Name         string         `json:"name"`
	ClientID     string         `json:"clientId"`
	ClientSecret string         `json:"clientSecret,omitempty"`
	AuthURL      string         `json:"authURL"`
	TokenURL     string         `json:"tokenURL"`
	UserInfoURL  string         `json:"userInfoURL"`
	DisplayName  string         `json:"displayName"`
	Extra        map[string]any `json:"extra"`
}

// Providers are the configured providers, by their unique names.
type Providers []Provider

// Find returns the provider of that name.
func (ps Providers) Find(name string) (Provider, bool) {
	for _, p := range ps {
		if p.Name == name {
			return p, true
		}
	}
	return Provider{}, false
}

// UnmarshalJSON merges a list by name: what an entry leaves out keeps its value, the client secret above all;
// providers that the list does not name go. null changes nothing.
func (ps *Providers) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil {
		return err
	}
	next := make(Providers, len(entries))
	for i, e := range entries {
		var head struct {
			Name string `json:"name"`
		}
		if err := json.Unmarshal(e, &head); err != nil {
			return err
		}
		old, _ := ps.Find(head.Name)
		next[i] = old.clone()
		next[i].Extra = nil // replaced as a whole when it is sent
		if err := json.Unmarshal(e, &next[i]); err != nil {
			return err
		}
		if next[i].Extra == nil {
			next[i].Extra = maps.Clone(old.Extra)
		}
		if next[i].Extra == nil {
			next[i].Extra = map[string]any{}
		}
	}
	*ps = next
	return nil
}

func (p Provider) clone() Provider {
	p.Extra = maps.Clone(p.Extra)
	p.PKCE = clonePtr(p.PKCE)
	return p
}

// Clone returns a copy that shares nothing that can be changed.
func (a *AuthOptions) Clone() AuthOptions {
	b := *a
	b.AuthRule, b.ManageRule = clonePtr(a.AuthRule), clonePtr(a.ManageRule)
	b.PasswordAuth.IdentityFields = slices.Clone(a.PasswordAuth.IdentityFields)
	b.OAuth2.Providers = slices.Clone(a.OAuth2.Providers)
	for i, p := range b.OAuth2.Providers {
		b.OAuth2.Providers[i] = p.clone()
	}
	return b
}

func clonePtr[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
