package auth_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

const (
	vectorKey    = "tokenKeyForTheVectorOnly_0123456789abcdefghijklmno"
	vectorSecret = "authSecretForTheVectorOnly_0123456789abcdefghijklm"
	vector       = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJjb2xsZWN0aW9uSWQiOiJfcGJfdXNlcnNfYXV0aF8iLCJleHAiOjQxMDI0NDQ4MDAsImlkIjoiYTFiMmMzZDRlNWY2ZzdoIiwicmVmcmVzaGFibGUiOnRydWUsInR5cGUiOiJhdXRoIn0.KLNneL8n675CDKzHYYokeNYXj6KwkSWxeUwYnNqeyM0"
	vectorExp    = 4102444800
)

// users is a collection with one account, as in the vector.
func users(t *testing.T) (*schema.Collection, *record.Record) {
	t.Helper()
	c := &schema.Collection{ID: "_pb_users_auth_", Name: "users", Type: schema.Auth, Auth: &schema.AuthOptions{
		AuthToken: schema.Token{Secret: vectorSecret, Duration: 3600},
		FileToken: schema.Token{Secret: "another secret of thirty letters", Duration: 180},
	}}
	for _, raw := range []string{`{"type":"text","name":"id"}`, `{"type":"text","name":"tokenKey"}`} {
		f, err := field.Decode([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		c.Fields = append(c.Fields, f)
	}
	c.Seal()
	rec := record.New(c)
	for name, v := range map[string]string{"id": "a1b2c3d4e5f6g7h", "tokenKey": vectorKey} {
		if err := rec.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	return c, rec
}

func TestIssueVector(t *testing.T) {
	t.Parallel()
	_, rec := users(t)
	now := time.Unix(vectorExp-3600, 0)
	for name, ttl := range map[string]time.Duration{"own lifetime": 0, "given lifetime": time.Hour} {
		if got, err := auth.Issue(rec, now, ttl, true); err != nil || got != vector {
			t.Errorf("%s: Issue = %s, %v; want %s", name, got, err, vector)
		}
	}
	if _, err := auth.Issue(record.New(rec.Collection()), now, 0, true); err == nil {
		t.Error("a record without a token key got a token")
	}
}

func TestRedeem(t *testing.T) {
	t.Parallel()
	c, rec := users(t)
	now := time.Unix(vectorExp-10, 0)
	valid := func() jwt.MapClaims {
		return jwt.MapClaims{"type": "auth", "id": rec.ID(), "collectionId": c.ID, "refreshable": true, "exp": vectorExp}
	}
	with := func(name string, v any) jwt.MapClaims {
		m := valid()
		if m[name] = v; v == nil {
			delete(m, name)
		}
		return m
	}
	sign := func(m jwt.SigningMethod, claims jwt.MapClaims, key any) string {
		s, err := jwt.NewWithClaims(m, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	key := []byte(vectorKey + vectorSecret)
	hs := func(claims jwt.MapClaims) string { return sign(jwt.SigningMethodHS256, claims, key) }
	headed := func(head string) string { // the vector's claims under another header, truly signed
		body := base64.RawURLEncoding.EncodeToString([]byte(head)) + "." + strings.Split(vector, ".")[1]
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(body))
		return body + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	cases := []struct {
		name, token string
		ok, refresh bool
	}{
		{"the vector", vector, true, true},
		{"collection by name", hs(with("collectionId", "Users")), true, true},
		{"static", hs(with("refreshable", false)), true, false},
		{"refreshable left out", hs(with("refreshable", nil)), true, false},
		{"refreshable as a number", hs(with("refreshable", 1)), true, true},
		{"no end", hs(with("exp", nil)), false, false},
		{"ended", hs(with("exp", vectorExp-11)), false, false},
		{"not yet", hs(with("nbf", vectorExp-5)), false, false},
		{"made in the future", hs(with("iat", vectorExp-5)), false, false},
		{"ends as text", hs(with("exp", "4102444800")), false, false},
		{"header without typ", headed(`{"alg":"HS256"}`), true, true},
		{"header that lies", headed(`{"alg":"none"}`), false, false},
		{"header without alg", headed(`{}`), false, false},
		{"four parts", vector + ".x", false, false},
		{"another kind", hs(with("type", "file")), false, false},
		{"no kind", hs(with("type", nil)), false, false},
		{"kind that is none", hs(with("type", "nothing")), false, false},
		{"unknown record", hs(with("id", "nobody")), false, false},
		{"no record", hs(with("id", "")), false, false},
		{"record as a number", hs(with("id", 5)), false, false},
		{"unknown collection", hs(with("collectionId", "nowhere")), false, false},
		{"HS384", sign(jwt.SigningMethodHS384, valid(), key), false, false},
		{"HS512", sign(jwt.SigningMethodHS512, valid(), key), false, false},
		{"no signature", sign(jwt.SigningMethodNone, valid(), jwt.UnsafeAllowNoneSignatureType), false, false},
		{"secret alone", sign(jwt.SigningMethodHS256, valid(), []byte(vectorSecret)), false, false},
		{"parts swapped", sign(jwt.SigningMethodHS256, valid(), []byte(vectorSecret+vectorKey)), false, false},
		{"nothing", "", false, false},
		{"two parts", vector[:strings.LastIndexByte(vector, '.')], false, false},
		{"signature cut", vector[:len(vector)-1], false, false},
		{"too long", hs(with("pad", strings.Repeat("x", 4096))), false, false},
	}
	s := auth.New(auth.Needs{Store: oneRecord{rec: rec}, Catalog: catalogOf(c), Now: func() time.Time { return now }})
	for _, tc := range cases {
		got, tok, ok := s.Redeem(t.Context(), tc.token, auth.KindAuth)
		if ok != tc.ok || tok.Refreshable != tc.refresh {
			t.Errorf("%s: Redeem = %v, refreshable %v; want %v, %v", tc.name, ok, tok.Refreshable, tc.ok, tc.refresh)
		}
		if ok && (got.ID() != rec.ID() || tok.Raw != tc.token || !tok.Expires.Equal(time.Unix(vectorExp, 0))) {
			t.Errorf("%s: Redeem gave %v, %+v", tc.name, got, tok)
		}
	}
}

// TestRedeemAsksNothingForJunk guards the order: what is no good by itself costs no query.
func TestRedeemAsksNothingForJunk(t *testing.T) {
	t.Parallel()
	c, rec := users(t)
	st := oneRecord{rec: rec, asked: new(int)}
	s := auth.New(auth.Needs{Store: st, Catalog: catalogOf(c), Now: func() time.Time { return time.Unix(vectorExp+1, 0) }})
	s.Redeem(t.Context(), vector, auth.KindAuth)
	s.Redeem(t.Context(), "a.b.c", auth.KindAuth)
	if *st.asked != 0 {
		t.Errorf("the store was asked %d times for tokens that are no good", *st.asked)
	}
}

func BenchmarkRedeem(b *testing.B) {
	t := &testing.T{}
	c, rec := users(t)
	s := auth.New(auth.Needs{Store: oneRecord{rec: rec}, Catalog: catalogOf(c), Now: func() time.Time { return time.Unix(vectorExp-10, 0) }})
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := s.Redeem(b.Context(), vector, auth.KindAuth); !ok {
			b.Fatal("refused")
		}
	}
}
