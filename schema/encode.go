package schema

import (
	"bytes"
	"encoding/json"
	"slices"
)

// compactJSON is v without spaces; &, < and > stay as they are.
func compactJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// JSON is c as the wire shows it, without secrets (collections.md §2).
func (c *Collection) JSON() ([]byte, error) {
	fields, err := encodeFields(c.Fields)
	if err != nil {
		return nil, err
	}
	head, err := compactJSON(struct {
		ID         string          `json:"id"`
		ListRule   *string         `json:"listRule"`
		ViewRule   *string         `json:"viewRule"`
		CreateRule *string         `json:"createRule"`
		UpdateRule *string         `json:"updateRule"`
		DeleteRule *string         `json:"deleteRule"`
		Name       string          `json:"name"`
		Type       Type            `json:"type"`
		Fields     json.RawMessage `json:"fields"`
		Indexes    []string        `json:"indexes"`
		Created    string          `json:"created"`
		Updated    string          `json:"updated"`
		System     bool            `json:"system"`
	}{c.ID, c.Rules.List, c.Rules.View, c.Rules.Create, c.Rules.Update, c.Rules.Delete,
		c.Name, c.Type, fields, orEmpty(c.Indexes), c.Created, c.Updated, c.System})
	if err != nil {
		return nil, err
	}
	options, err := c.publicOptions()
	if err != nil || options == nil {
		return head, err
	}
	return append(append(head[:len(head)-1], ','), options[1:]...), nil
}

// publicOptions is the JSON object of what only the type of c has, or nil.
func (c *Collection) publicOptions() ([]byte, error) {
	switch {
	case c.IsAuth() && c.Auth != nil:
		a := c.Auth.Clone()
		a.strip()
		return compactJSON(a)
	case c.IsView():
		return compactJSON(viewOptions{c.ViewQuery})
	}
	return nil, nil
}

// tokens are all kinds of tokens of a.
func (a *AuthOptions) tokens() []*Token {
	return []*Token{&a.AuthToken, &a.PasswordResetToken, &a.EmailChangeToken, &a.VerificationToken, &a.FileToken}
}

// strip removes what must never leave.
func (a *AuthOptions) strip() {
	for _, t := range a.tokens() {
		t.Secret = ""
	}
	a.OAuth2.Providers = slices.Clone(a.OAuth2.Providers)
	for i := range a.OAuth2.Providers {
		a.OAuth2.Providers[i].ClientSecret = ""
	}
}

// fillNil makes lists that were never set empty ones.
func (a *AuthOptions) fillNil() {
	a.PasswordAuth.IdentityFields = orEmpty(a.PasswordAuth.IdentityFields)
	if a.OAuth2.Providers == nil {
		a.OAuth2.Providers = Providers{}
	}
	for i, p := range a.OAuth2.Providers {
		if p.Extra == nil {
			a.OAuth2.Providers[i].Extra = map[string]any{}
		}
	}
}
