package method_test

import (
	"context"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/auth/method"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// desk knows accounts by field and identity, notes what it is asked, and takes "right" as every password.
type desk struct {
	auth.Desk
	known map[string]*record.Record
	found []string
	tried []*record.Record
}

// Find notes the question.
func (d *desk) Find(_ context.Context, _ *schema.Collection, field, value string) (*record.Record, error) {
	d.found = append(d.found, field)
	return d.known[field+"="+value], nil
}

// Compare notes whom it was asked about.
func (d *desk) Compare(_ context.Context, _ *schema.Collection, rec *record.Record, plain string) (bool, error) {
	d.tried = append(d.tried, rec)
	return rec != nil && plain == "right", nil
}

func collection(fields ...string) *schema.Collection {
	c := &schema.Collection{Type: schema.Auth, Auth: &schema.AuthOptions{}}
	c.Auth.PasswordAuth = schema.PasswordAuth{Enabled: true, IdentityFields: fields}
	return c.Seal()
}

func attempt(c *schema.Collection, data map[string]any) auth.Attempt {
	return auth.Attempt{Collection: c, In: auth.Input{Data: data}}
}

func TestPasswordFinds(t *testing.T) {
	t.Parallel()
	c := collection("nick", "email")
	byMail, byNick := record.Make(c, nil, 0), record.Make(c, nil, 0)
	cases := []struct {
		name, identity, field string
		want                  *record.Record
		asked                 string
	}{
		{"an address goes to email first", "a@example.com", "", byMail, "email"},
		{"what is no address skips email", "zoe", "", byNick, "nick"},
		{"an unknown address is tried as a nick", "b@example.com", "", nil, "email nick"},
		{"a named field alone is asked", "a@example.com", "nick", byNick, "nick"},
	}
	for _, tc := range cases {
		d := &desk{known: map[string]*record.Record{"email=a@example.com": byMail, "nick=zoe": byNick, "nick=a@example.com": byNick}}
		got, err := method.Password{}.Prove(t.Context(), d, attempt(c, map[string]any{"identity": tc.identity, "password": "right", "identityField": tc.field}))
		if got != tc.want || (err == nil) != (tc.want != nil) {
			t.Errorf("%s: Prove = %p, %v; want %p", tc.name, got, err, tc.want)
		}
		if asked := strings.Join(d.found, " "); asked != tc.asked {
			t.Errorf("%s: asked %q, want %q", tc.name, asked, tc.asked)
		}
		if len(d.tried) != 1 || d.tried[0] != tc.want {
			t.Errorf("%s: %d passwords were compared, want one, of the account that was found or of nobody", tc.name, len(d.tried))
		}
	}
}

// TestPasswordDoesNotFallBack: the first field that knows the identity decides, whatever the password.
func TestPasswordDoesNotFallBack(t *testing.T) {
	t.Parallel()
	c := collection("email", "nick")
	rec := record.Make(c, nil, 0)
	d := &desk{known: map[string]*record.Record{"email=a@example.com": rec, "nick=a@example.com": record.Make(c, nil, 0)}}
	_, err := method.Password{}.Prove(t.Context(), d, attempt(c, map[string]any{"identity": "a@example.com", "password": "wrong"}))
	if !fault.Is(err, fault.Invalid) || len(d.tried) != 1 || d.tried[0] != rec {
		t.Errorf("Prove = %v after %d comparisons", err, len(d.tried))
	}
}

func TestPasswordRefusesBodies(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 256)
	cases := []struct {
		name  string
		data  map[string]any
		codes map[string]string // by field; nil: a body that cannot be read
	}{
		{"empty", nil, map[string]string{"identity": fault.CodeRequired, "password": fault.CodeRequired}},
		{"too long", map[string]any{"identity": long, "password": long}, map[string]string{"identity": fault.CodeLengthRange, "password": fault.CodeLengthRange}},
		{"field that is none", map[string]any{"identity": "a", "password": "b", "identityField": "name"}, map[string]string{"identityField": fault.CodeIn}},
		{"number", map[string]any{"identity": 5.0, "password": "b"}, nil},
		{"list", map[string]any{"identity": "a", "password": []any{"b"}}, nil},
	}
	for _, tc := range cases {
		_, err := method.Password{}.Prove(t.Context(), &desk{}, attempt(collection("email"), tc.data))
		f, ok := fault.Of(err)
		if !ok || f.Kind != fault.Invalid || len(f.Fields) != len(tc.codes) {
			t.Errorf("%s: Prove = %v", tc.name, err)
			continue
		}
		for name, code := range tc.codes {
			if f.Fields[name] == nil || f.Fields[name].Code != code {
				t.Errorf("%s: %s = %v, want %s", tc.name, name, f.Fields[name], code)
			}
		}
	}
	if _, err := (method.Password{}).Prove(t.Context(), &desk{}, attempt(collection("email"), map[string]any{"identity": strings.Repeat("x", 255), "password": strings.Repeat("x", 255)})); err == nil || len(must(fault.Of(err)).Fields) > 0 {
		t.Errorf("255 bytes: %v", err)
	}
}

func must(f *fault.Error, _ bool) *fault.Error { return f }
