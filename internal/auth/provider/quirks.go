package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/schema"
)

// quirk is what a provider does differently from the others, in code. All of it may be missing.
type quirk struct {
	// params are more parameters for the address that people are sent to.
	params map[string]string
	// scope changes what is asked for by the configuration.
	scope func(cfg schema.Provider, scopes string) string
	// read takes the profile from the token's answer. nil, nil: ask for it as usual.
	read func(ctx context.Context, p *Provider, t *oauth2.Token, g Grant) (map[string]any, error)
	// ask changes the request for the profile.
	ask func(r *http.Request, cfg schema.Provider)
	// finish completes the profile.
	finish func(ctx context.Context, p *Provider, out *Profile) error
}

// clientID stands for the configured client id in a list of headers.
const clientID = "{clientId}"

// headers adds headers: name, value, name, value.
func headers(list ...string) func(*http.Request, schema.Provider) {
	return func(r *http.Request, cfg schema.Provider) {
		for i := 0; i < len(list); i += 2 {
			value := list[i+1]
			if value == clientID {
				value = cfg.ClientID
			}
			r.Header.Set(list[i], value)
		}
	}
}

// graphQL asks by a query that is sent as JSON.
func graphQL(query string) func(*http.Request, schema.Provider) {
	return func(r *http.Request, _ schema.Provider) {
		body, _ := json.Marshal(map[string]string{"query": query}) // a map of texts cannot fail
		r.Method = http.MethodPost
		r.Header.Set("Content-Type", "application/json")
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	}
}

// more is a second request, for the e-mails of the account.
func (p *Provider) more(ctx context.Context, out *Profile, to string, v any) error {
	r, err := p.request(ctx, out.Token, to)
	if err != nil {
		return err
	}
	return p.s.fetch(r, v)
}

// primaryEmail is GitHub's and Gitea's way: the e-mails have an address of their own, and need not be shown.
func primaryEmail(ctx context.Context, p *Provider, out *Profile) error {
	var emails []struct {
		Email    string `json:"email"`
		Verified bool   `json:"verified"`
		Primary  bool   `json:"primary"`
	}
	err := p.more(ctx, out, p.user+"/emails", &emails)
	if refusedWith(err, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound) {
		return nil
	}
	for _, e := range emails {
		if e.Verified && e.Primary {
			out.Email = e.Email
			break
		}
	}
	return err
}

func bitbucketEmail(ctx context.Context, p *Provider, out *Profile) error {
	var emails struct {
		Values []struct {
			Email     string `json:"email"`
			Primary   bool   `json:"is_primary"`
			Confirmed bool   `json:"is_confirmed"`
		} `json:"values"`
	}
	err := p.more(ctx, out, p.user+"/emails", &emails)
	if err != nil {
		if _, said := err.(*refused); said { //nolint:errorlint // fetch returns it as it is
			return nil
		}
		return err
	}
	for _, e := range emails.Values {
		if e.Primary && e.Confirmed {
			out.Email = e.Email
			break
		}
	}
	return nil
}

// giteeEmails is where Gitee lists e-mails; it has no other installations.
const giteeEmails = "https://gitee.com/api/v5/emails"

// giteeEmail asks for the e-mails when the profile shows none.
func giteeEmail(ctx context.Context, p *Provider, out *Profile) error {
	if field.IsEmail(out.Email) {
		return nil
	}
	out.Email = ""
	var raw json.RawMessage
	err := p.more(ctx, out, giteeEmails, &raw)
	if refusedWith(err, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var emails []struct {
		Email string   `json:"email"`
		State string   `json:"state"`
		Scope []string `json:"scope"`
	}
	if json.Unmarshal(raw, &emails) != nil {
		return nil // an object that says why there are none
	}
	for _, e := range emails {
		if e.State == "confirmed" && strings.Contains(" "+strings.Join(e.Scope, " ")+" ", " primary ") {
			out.Email = e.Email
			break
		}
	}
	return nil
}

// gitlabConfirmed trusts an e-mail from the day on which it was confirmed.
func gitlabConfirmed(_ context.Context, p *Provider, out *Profile) error {
	d := p.at.doc(out.Raw)
	if _, err := time.Parse(time.RFC3339, d.text("confirmed_at")); err != nil {
		out.Email = ""
	}
	return d.err
}

func yandexAvatar(_ context.Context, p *Provider, out *Profile) error {
	d := p.at.doc(out.Raw)
	if id := d.text("default_avatar_id"); !d.flag("is_avatar_empty") {
		out.AvatarURL = "https://avatars.yandex.net/get-yapic/" + id + "/islands-200"
	}
	return d.err
}

// instagramPermissions keeps what the account agreed to, which only the token's answer tells.
func instagramPermissions(_ context.Context, _ *Provider, out *Profile) error {
	if _, there := out.Raw["permissions"]; !there {
		if v := out.Token.Extra("permissions"); v != nil {
			out.Raw["permissions"] = v
		}
	}
	return nil
}

// discordName falls back to the name that has a number behind it, on accounts that still have one.
func discordName(_ context.Context, p *Provider, out *Profile) error {
	d := p.at.doc(out.Raw)
	if n := d.text("discriminator"); out.Name == "" {
		out.Name = out.Username
		if n != "" && n != "0" {
			out.Name += "#" + n
		}
	}
	if hash := d.text("avatar"); hash != "" {
		out.AvatarURL = "https://cdn.discordapp.com/avatars/" + out.ID + "/" + hash + ".png"
	}
	return d.err
}

// vkNameAndEmail joins the names; the e-mail comes with the token.
func vkNameAndEmail(_ context.Context, p *Provider, out *Profile) error {
	d := p.at.doc(out.Raw)
	out.Name = strings.TrimSpace(d.text("first_name") + " " + d.text("last_name"))
	out.Email, _ = out.Token.Extra("email").(string)
	return d.err
}

func stravaName(_ context.Context, p *Provider, out *Profile) error {
	d := p.at.doc(out.Raw)
	out.Name = d.text("firstname") + " " + d.text("lastname")
	return d.err
}

func wakatimePhoto(_ context.Context, p *Provider, out *Profile) error {
	d := p.at.doc(out.Raw)
	if !d.flag("photo_public") {
		out.AvatarURL = ""
	}
	return d.err
}

func mailcowName(_ context.Context, _ *Provider, out *Profile) error {
	out.Username, _, _ = strings.Cut(out.Username, "@")
	return nil
}

// microsoftClaim is where the configuration says that the e-mail is.
func microsoftClaim(cfg schema.Provider) string {
	s, _ := cfg.Extra["idTokenEmailClaim"].(string)
	return s
}

func microsoftScope(cfg schema.Provider, scopes string) string {
	if microsoftClaim(cfg) != "" {
		scopes += " openid"
	}
	return scopes
}

// microsoftEmail takes the e-mail from the directory or, when it is configured so, from a claim that
// Microsoft vouches for. The ID token comes from the token endpoint itself, so its time alone is checked.
func microsoftEmail(ctx context.Context, p *Provider, out *Profile) error {
	d := p.at.doc(out.Raw)
	claim := microsoftClaim(p.cfg)
	mail := d.text("mail")
	if claim != "email" && claim != "email_and_xms_edov" && claim != "verified_primary_email" && claim != "any_verified" {
		out.Email = mail
		return d.err
	}
	raw, _ := out.Token.Extra("id_token").(string)
	claims, err := p.s.claims(ctx, raw, wanted{})
	if err != nil {
		return d.err // no e-mail, then
	}
	text := func(name string) string { s, _ := claims[name].(string); return s }
	if claim == "email" || claim != "verified_primary_email" && truthy(claims["xms_edov"]) {
		out.Email = text("email")
	}
	if v := text("verified_primary_email"); claim == "verified_primary_email" || claim == "any_verified" && v != "" {
		out.Email = v
	}
	return d.err
}
