package write_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

type fails = map[string]string

const (
	blank    = "validation_required"
	mismatch = "validation_values_mismatch"
)

func TestAccountCreate(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.accounts(`"manageRule":"@request.auth.nick = 'boss'",`)
	boss := h.as(h.make(c, with(person("boss@x.io"), "nick", "boss")))

	for _, tc := range []struct {
		name string
		by   *caller.Caller
		in   data
		want fails
	}{
		{"nothing", h.guest(), data{}, fails{"password": blank, "passwordConfirm": blank}},
		{"nothing by a superuser", h.super(), data{}, fails{"password": blank, "passwordConfirm": blank}},
		{"no confirmation", h.super(), data{"password": "12345678"}, fails{"passwordConfirm": blank}},
		{"another confirmation", h.guest(), with(person("a@x.io"), "passwordConfirm", "x"), fails{"passwordConfirm": mismatch}},
		{"form before fields", h.guest(), with(person("bad"), "passwordConfirm", "x"), fails{"passwordConfirm": mismatch}},
		{"fields", h.guest(), data{"password": "1", "passwordConfirm": "1"},
			fails{"password": "validation_min_text_constraint", "email": blank}},
		{"bad e-mail", h.guest(), person("bad"), fails{"email": "validation_is_email"}},
		{"taken e-mail", h.guest(), person("boss@x.io"), fails{"email": "validation_not_unique"}},
		{"verified by a guest", h.guest(), with(person("b@x.io"), "verified", true), fails{"verified": mismatch}},
		{"verified by a manager", boss, with(person("c@x.io"), "verified", true), nil},
		{"verified by a superuser", h.super(), with(person("d@x.io"), "verified", true), nil},
		{"short token key", h.super(), with(person("e@x.io"), "tokenKey", "x"), fails{"tokenKey": "validation_min_text_constraint"}},
		{"token key of a guest", h.guest(), with(person("f@x.io"), "tokenKey", "x"), nil},
	} {
		_, err := h.w.Create(t.Context(), tc.by, c, bring(tc.in))
		if got := codes(err); !maps.Equal(got, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%s: got %v (%v), want %v", tc.name, got, err, tc.want)
		}
	}
}

func with(d data, key string, v any) data {
	d = maps.Clone(d)
	d[key] = v
	return d
}

func TestAccountUpdateByItsOwner(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.accounts(`"updateRule":"id = @request.auth.id",`)
	rec := h.make(c, with(person("a@x.io"), "secret", "s"))

	for _, tc := range []struct {
		in   data
		want fails
	}{
		{data{"email": "new@x.io"}, fails{"email": mismatch}},
		{data{"email": "a@x.io"}, nil},
		{data{"verified": false}, nil},
		{data{"verified": true}, fails{"verified": mismatch}},
		{data{"emailVisibility": true}, nil},
		{data{"password": "p2p2p2p2"}, fails{"oldPassword": blank, "passwordConfirm": blank}},
		{data{"password": "p2p2p2p2", "passwordConfirm": "p2p2p2p2", "oldPassword": "bad"}, fails{"oldPassword": "validation_invalid_old_password"}},
		{data{"oldPassword": "x"}, fails{"password": blank, "passwordConfirm": blank}},
		{data{"passwordConfirm": "x"}, fails{"password": blank, "passwordConfirm": mismatch, "oldPassword": blank}},
		{data{"password": "", "passwordConfirm": "", "oldPassword": ""}, fails{"password": blank}},
		{data{"password": "p", "passwordConfirm": "p", "oldPassword": "12345678"}, fails{"password": "validation_min_text_constraint"}},
		{data{"tokenKey": "x", "secret": "t", "nick": "n"}, nil},
		{data{"password": "p2p2p2p2", "passwordConfirm": "p2p2p2p2", "oldPassword": "12345678"}, nil},
	} {
		got, err := h.w.Update(t.Context(), h.as(rec), c, rec.ID(), bring(tc.in))
		if c := codes(err); !maps.Equal(c, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%v: got %v (%v), want %v", tc.in, c, err, tc.want)
		}
		if err != nil {
			h.faulty(err, fault.Invalid, "Failed to update record.")
		} else {
			rec = got
		}
	}
	if got := rec.String("secret"); got != "s" {
		t.Errorf("the hidden field became %q", got)
	}
	if p := h.get(c, rec.ID()).Password("password"); !field.VerifyPassword(p.Hash, "p2p2p2p2") {
		t.Error("the new password does not verify")
	}
}

func TestAccountUpdateByManagers(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.accounts(`"manageRule":"@request.auth.nick = 'boss' && nick != 'free'",`)
	boss := h.make(c, with(person("boss@x.io"), "nick", "boss"))
	for _, by := range []*caller.Caller{h.as(boss), h.super()} {
		rec := h.make(c, person("a@x.io"))
		in := data{"email": "b@x.io", "verified": true, "password": "p2p2p2p2", "passwordConfirm": "p2p2p2p2", "nick": "free"}
		if _, err := h.w.Update(t.Context(), by, c, rec.ID(), bring(in)); err != nil {
			t.Errorf("by %v: %v", by.Trust, err)
		}
		if err := h.w.Delete(t.Context(), by, c, rec.ID()); err != nil {
			t.Error(err)
		}
	}
	free := h.make(c, with(person("f@x.io"), "nick", "free"))
	_, err := h.w.Update(t.Context(), h.as(boss), c, free.ID(), bring(data{"email": "g@x.io"}))
	if got := codes(err); got["email"] != mismatch {
		t.Errorf("whom the manage rule does not match: got %v", got)
	}
}

// belongings makes a row in each collection of what belongs to accounts, and counts them later.
func (h *house) belongings(rec *record.Record) {
	h.Helper()
	ref := data{"collectionRef": rec.Collection().ID, "recordRef": rec.ID()}
	h.make(h.find(schema.MFAs), with(ref, "method", "password"))
	h.make(h.find(schema.OTPs), with(ref, "password", "123456"))
	h.make(h.find(schema.AuthOrigins), with(ref, "fingerprint", "f"))
	h.make(h.find(schema.ExternalAuths), with(with(ref, "provider", "google"), "providerId", rec.ID()))
}

func (h *house) left() string {
	var s strings.Builder
	for _, name := range []string{schema.MFAs, schema.OTPs, schema.AuthOrigins, schema.ExternalAuths} {
		if h.count(h.find(name)) > 0 {
			s.WriteString(name)
		}
	}
	return s.String()
}

func TestWhatAChangeOfAnAccountEnds(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.accounts("")
	for _, tc := range []struct {
		in   data
		left string
		turn bool // the token key
	}{
		{data{"nick": "x"}, "_mfas_otps_authOrigins_externalAuths", false},
		{data{"email": "new@x.io"}, "_mfas_authOrigins_externalAuths", true},
		{data{"password": "12345678", "passwordConfirm": "12345678"}, "_externalAuths", true},
		{data{"tokenKey:autogenerate": ""}, "_mfas_authOrigins_externalAuths", true},
		{data{"verified": true}, "_mfas_authOrigins", true},
	} {
		rec := h.make(c, person("a@x.io"))
		h.belongings(rec)
		got := h.change(rec, tc.in)
		if turned := got.String("tokenKey") != rec.String("tokenKey"); turned != tc.turn {
			t.Errorf("%v: the token key turned: %v, want %v", tc.in, turned, tc.turn)
		}
		if stored := h.get(c, rec.ID()).String("tokenKey"); stored != got.String("tokenKey") || len(stored) != 50 {
			t.Errorf("%v: stored key %q, returned %q", tc.in, stored, got.String("tokenKey"))
		}
		if left := h.left(); left != tc.left {
			t.Errorf("%v: left %s, want %s", tc.in, left, tc.left)
		}
		if err := h.w.Delete(t.Context(), h.super(), c, rec.ID()); err != nil {
			t.Fatal(err)
		}
		if left := h.left(); left != "" {
			t.Errorf("after the account: left %s", left)
		}
	}
}

func TestTokenKeyOfTheSameSaveStays(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.accounts("")
	key := "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
	rec := h.make(c, with(person("a@x.io"), "tokenKey", key))
	if rec.String("tokenKey") != key {
		t.Errorf("created with %q", rec.String("tokenKey"))
	}
	got := h.change(rec, data{"email": "b@x.io", "tokenKey": key + "2"})
	if got.String("tokenKey") != key+"2" {
		t.Errorf("got %q", got.String("tokenKey"))
	}
	if got := h.change(rec, data{"verified": true}); got.String("tokenKey") != key+"2" {
		t.Error("verifying without external accounts turned the key")
	}
}

func TestIDsOfAccountsAreUniqueEverywhere(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.accounts("")
	rec := h.make(c, person("a@x.io"))
	_, err := h.w.Create(t.Context(), h.guest(), h.find("users"), bring(with(person("b@x.io"), "id", rec.ID())))
	if got := codes(err); !maps.Equal(got, fails{"id": "validation_invalid_auth_id"}) {
		t.Errorf("got %v (%v)", got, err)
	}
	_, err = h.w.Create(t.Context(), h.guest(), c, bring(with(person("b@x.io"), "id", rec.ID())))
	if got := codes(err)["id"]; got != "validation_not_unique" {
		t.Errorf("in the same collection: got %v", err)
	}
}

func TestSuperusers(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.find(schema.Superusers)
	placeholder := h.make(c, person("__pbinstaller@example.com"))
	err := h.w.Delete(t.Context(), h.super(), c, placeholder.ID())
	h.faulty(err, fault.Invalid, "You can't delete the only existing superuser.")

	first := h.make(c, person("a@x.io"))
	if !first.Bool("verified") || !h.get(c, first.ID()).Bool("verified") {
		t.Error("a superuser is not verified")
	}
	if h.get(c, placeholder.ID()) != nil {
		t.Error("the installer's account is still there")
	}
	second := h.make(c, person("b@x.io"))
	if got := h.change(second, data{"verified": false}); !got.Bool("verified") {
		t.Error("a superuser became unverified")
	}
	if err := h.w.Delete(t.Context(), h.as(second), c, first.ID()); err != nil {
		t.Error(err)
	}
	h.faulty(h.w.Truncate(t.Context(), h.super(), c), fault.Invalid, "You can't delete the only existing superuser.")
	if h.count(c) != 1 {
		t.Error("nobody is left")
	}
}

func TestRowsOfAccounts(t *testing.T) {
	t.Parallel()
	h := open(t)
	rec := h.make(h.accounts(""), person("a@x.io"))
	base := h.collection(`{"name":"x","fields":[{"name":"a","type":"text"}]}`)
	c := h.find(schema.ExternalAuths)
	good := data{"collectionRef": rec.Collection().ID, "recordRef": rec.ID(), "provider": "google", "providerId": "1"}
	for _, tc := range []struct {
		in   data
		want fails
	}{
		{with(good, "collectionRef", "nowhere"), fails{"collectionRef": "validation_invalid_collection_id"}},
		{with(good, "collectionRef", base.ID), fails{"collectionRef": "validation_invalid_collection_type"}},
		{with(good, "recordRef", "nobody"), fails{"recordRef": "validation_invalid_record"}},
		{with(good, "provider", "unheard"), fails{"provider": "validation_in_invalid"}},
		{with(with(good, "provider", ""), "recordRef", "nobody"), fails{"provider": blank, "recordRef": "validation_invalid_record"}},
		{good, nil},
	} {
		_, err := h.w.Create(t.Context(), h.super(), c, bring(tc.in))
		if got := codes(err); !maps.Equal(got, tc.want) || (err == nil) != (tc.want == nil) {
			t.Errorf("%v: got %v (%v), want %v", tc.in, got, err, tc.want)
		}
	}
	_, err := h.w.Create(t.Context(), h.guest(), c, bring(good))
	h.faulty(err, fault.Forbidden, "Only superusers can perform this action.")
}
