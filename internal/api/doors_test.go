package api_test

import (
	"net/http"
	"testing"
	"time"
)

// keyring has one token of every kind, of two collections.
type keyring struct {
	*post
	file  string                       // the path of a file that whoever is signed in may see
	keys  map[string]map[string]string // by collection, by kind
	email map[string]string            // by collection
}

func newKeyring(t *testing.T) *keyring {
	t.Helper()
	k := &keyring{post: newPost(t), keys: map[string]map[string]string{}, email: map[string]string{}}
	k.must(200, k.do("POST", "/api/collections", k.super, fields{
		"name": "staff", "type": "auth", "fields": []any{fields{"name": "password", "type": "password", "min": 8, "cost": 4}},
	}))
	k.file = k.paper()
	for _, c := range []string{"users", "staff"} {
		k.keys[c], k.email[c] = k.cut(c), c+"@example.com"
	}
	return k
}

// cut makes an account of c and a token of each kind for it.
func (k *keyring) cut(c string) map[string]string {
	k.Helper()
	at, email := "/api/collections/"+c+"/", c+"@example.com"
	k.must(200, k.do("POST", at+"records", k.super, fields{"email": email, "password": secret, "passwordConfirm": secret}))
	keys := map[string]string{"auth": k.signIn(c, email, secret)}
	keys["file"] = k.must(200, k.do("POST", "/api/files/token", keys["auth"], nil))["token"].(string)
	for kind, action := range map[string]string{"verification": "verification", "passwordReset": "password-reset"} {
		k.must(204, k.do("POST", at+"request-"+action, "", fields{"email": email}))
		keys[kind] = k.nextLink("confirm-" + action)
	}
	k.must(204, k.do("POST", at+"request-email-change", keys["auth"], fields{"newEmail": "new-" + email}))
	keys["emailChange"] = k.nextLink("confirm-email-change")
	return keys
}

// door is a place where a token of one kind is taken, of one collection or of all. opens reports whether it is.
type door struct {
	kind, collection string // "": any collection
	opens            func(token string) bool
}

// doors are in an order in which what opens one leaves the keys of the next as they are.
func (k *keyring) doors() (all []door) {
	for _, c := range []string{"users", "staff"} {
		at := "/api/collections/" + c + "/"
		post := func(action string, body fields) func(string) bool {
			return func(token string) bool {
				body["token"] = token
				return k.do("POST", at+action, "", body).status == http.StatusNoContent
			}
		}
		all = append(all,
			door{"auth", c, func(token string) bool { return k.do("POST", at+"auth-refresh", token, nil).status == 200 }},
			door{"auth", c, func(token string) bool { return k.do("POST", at+"auth-refresh", "Bearer "+token, nil).status == 200 }},
			door{"verification", c, post("confirm-verification", fields{})},
			door{"emailChange", c, post("confirm-email-change", fields{"password": secret})},
			door{"passwordReset", c, post("confirm-password-reset", fields{"password": secret, "passwordConfirm": secret})},
		)
	}
	see := func(token string) bool { return k.sees(k.file, token) }
	return append([]door{
		{"file", "", see},
		{"none", "", func(token string) bool { // the link to the first superuser
			return k.do("POST", "/api/setup", "", fields{"token": token, "email": "eve@example.com", "password": rootPassword}).status == 204
		}},
	}, all...)
}

// TestTokensOpenOneDoor tries every kind of token of two collections at every place that takes one.
func TestTokensOpenOneDoor(t *testing.T) {
	t.Parallel()
	k := newKeyring(t)
	for _, d := range k.doors() {
		var own []string // tried last: it may use itself and others up
		for c, keys := range k.keys {
			for kind, token := range keys {
				if kind == d.kind && (d.collection == "" || c == d.collection) {
					own = append(own, token)
					continue
				}
				if d.opens(token) {
					t.Errorf("a token %s of %s opens what takes %s of %s", kind, c, d.kind, d.collection)
				}
			}
		}
		for _, token := range own {
			if !d.opens(token) {
				t.Errorf("a token %s of %s does not open its own door", d.kind, d.collection)
			}
			if d.kind == "emailChange" { // all tokens ended with it
				k.keys[d.collection]["passwordReset"] = k.resetOf(d.collection)
			}
		}
	}
}

// resetOf has a link for a new password sent to the address that an account has now.
func (k *keyring) resetOf(c string) string {
	k.Helper()
	k.must(204, k.do("POST", "/api/collections/"+c+"/request-password-reset", "", fields{"email": "new-" + k.email[c]}))
	return k.nextLink("confirm-password-reset")
}

// TestTokensAreOver: every token ends at its time, and all of a kind with the secret of the kind.
func TestTokensAreOver(t *testing.T) {
	t.Parallel()
	lives := map[string]time.Duration{
		"auth": 5 * 24 * time.Hour, "file": 180 * time.Second, "verification": 24 * time.Hour, "passwordReset": 30 * time.Minute, "emailChange": 30 * time.Minute,
	}
	for kind, life := range lives {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			k := newKeyring(t)
			opens := func() bool {
				for _, d := range k.doors() {
					if d.kind == kind && (d.collection == "users" || d.collection == "") {
						return d.opens(k.keys["users"][kind])
					}
				}
				return false
			}
			k.options(fields{kind + "Token": fields{"secret": "another-secret-of-at-least-thirty-characters"}})
			if opens() {
				t.Error("it is good with another secret")
			}
			k.keys["users"] = k.renew("users")
			k.clock.wait(life)
			if opens() {
				t.Errorf("it is good after %v", life)
			}
			k.keys["users"] = k.renew("users")
			k.clock.wait(life - 2*time.Second)
			if !opens() {
				t.Errorf("it is not good before %v are over", life)
			}
		})
	}
}

// renew makes the tokens of an account anew.
func (k *keyring) renew(c string) map[string]string {
	k.Helper()
	k.clock.wait(3 * time.Minute) // since the last mails
	rows := k.must(200, k.do("GET", "/api/collections/"+c+"/records", k.superAgain(), nil))
	for _, row := range rows["items"].([]any) {
		id := row.(fields)["id"].(string)
		k.must(204, k.do("DELETE", "/api/collections/"+c+"/records/"+id, k.super, nil))
	}
	return k.cut(c)
}

// superAgain signs the superuser in again: its token is over after a day.
func (k *keyring) superAgain() string {
	k.Helper()
	k.super = k.signIn("_superusers", rootEmail, rootPassword)
	return k.super
}
