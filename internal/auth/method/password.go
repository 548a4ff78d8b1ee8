// Package method holds the ways of proving an identity, one file each.
package method

import (
	"context"
	"slices"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/phone"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Password is signing in with a password and one of the collection's identity fields (auth.md §6.2).
type Password struct{}

// maxSecret is the longest identity and password, in bytes.
const maxSecret = 255

// Name returns "password".
func (Password) Name() string { return "password" }

// Enabled reports whether c allows passwords.
func (Password) Enabled(c *schema.Collection) bool { return c.IsAuth() && c.Auth.PasswordAuth.Enabled }

// Prove finds the account by its identity and checks the password of that account alone.
func (Password) Prove(ctx context.Context, d auth.Desk, a auth.Attempt) (*record.Record, error) {
	in, err := readPassword(a)
	if err != nil {
		return nil, err
	}
	rec, err := in.find(ctx, d, a.Collection)
	if err != nil {
		return nil, err
	}
	ok, err := d.Compare(ctx, a.Collection, rec, in.password)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.New(fault.Invalid, "Failed to authenticate.")
	}
	return rec, nil
}

// Target is the identity.
func (Password) Target(a auth.Attempt) string {
	identity, _ := a.In.Text("identity")
	return identity
}

// passwordInput is the body of an attempt.
type passwordInput struct{ identity, password, field string }

func readPassword(a auth.Attempt) (in passwordInput, err error) {
	for name, to := range map[string]*string{"identity": &in.identity, "password": &in.password, "identityField": &in.field} {
		if *to, err = a.In.Text(name); err != nil {
			return in, err
		}
	}
	f := fault.Fields{}
	f.Add("identity", length(in.identity))
	f.Add("password", length(in.password))
	if in.field != "" && !slices.Contains(a.Collection.Auth.PasswordAuth.IdentityFields, in.field) {
		f.Add("identityField", fault.NotIn())
	}
	if e := f.Error(); e != nil {
		e.Msg = "An error occurred while validating the submitted data."
		return in, e
	}
	return in, nil
}

func length(s string) error {
	switch {
	case s == "":
		return fault.Required()
	case len(s) > maxSecret:
		return fault.LengthRange(1, maxSecret)
	}
	return nil
}

// find asks the identity fields in turn; e-mail goes first and only for what looks like one. The first field
// that knows the identity decides.
func (in passwordInput) find(ctx context.Context, d auth.Desk, c *schema.Collection) (*record.Record, error) {
	for _, name := range in.order(c) {
		rec, err := d.Find(ctx, c, name, in.written(c, name))
		if err != nil || rec != nil {
			return rec, err
		}
	}
	return nil, nil
}

// written is the identity as a field holds it: phone numbers may be written in any way.
func (in passwordInput) written(c *schema.Collection, name string) string {
	if c.Ord(name) == c.PhoneOrd() {
		if number, ok := phone.Normal(in.identity); ok {
			return number
		}
	}
	return in.identity
}

func (in passwordInput) order(c *schema.Collection) []string {
	if in.field != "" {
		return []string{in.field}
	}
	var first, rest []string
	for _, name := range c.Auth.PasswordAuth.IdentityFields {
		switch {
		case name != "email":
			rest = append(rest, name)
		case field.IsEmail(in.identity):
			first = []string{name}
		}
	}
	return append(first, rest...)
}
