package api_test

import (
	"testing"
	"time"
)

// TestPhoneClaim is the table of credentials for phones: an account, who proves what, and who gets in afterwards. Eve
// made the account; Ann has the number or the address that is proved.
func TestPhoneClaim(t *testing.T) {
	t.Parallel()
	p := newPhones(t, fields{"otp": fields{"enabled": true}})
	p.settings(fields{"notices": fields{"emailChanged": false, "phoneChanged": false}}) // mails are counted
	read := 0
	mailCode := func(email string) (said, bool) {
		before := len(p.mail.Mails())
		id := p.must(200, p.ask("request-otp", "", fields{"email": email}))["otpId"]
		p.settle()
		if read = len(p.mail.Mails()); read == before {
			return said{}, false
		}
		return p.ask("auth-with-otp", "", fields{"otpId": id, "password": p.code(read)}), true
	}
	reset := func(email string) bool {
		before := len(p.mail.Mails())
		p.must(204, p.ask("request-password-reset", "", fields{"email": email}))
		p.settle()
		return len(p.mail.Mails()) > before
	}
	called := func(number string) bool {
		p.clock.wait(16 * time.Minute)
		p.must(200, p.request(number))
		p.settle()
		select {
		case <-p.sent:
			return true
		default:
			return false
		}
	}
	verify := func(id string, what fields) {
		p.must(200, p.do("PATCH", "/api/collections/users/records/"+id, p.super, what))
	}

	// Nothing is proved. Ann proves the number: the password, the address, the link and the sessions of Eve go.
	id := p.register(fields{"email": "eve@example.com", "phone": ann})
	session := p.signIn("users", "eve@example.com", secret)
	p.must(200, p.do("POST", "/api/collections/_externalAuths/records", p.super, fields{
		"collectionRef": "_pb_users_auth_", "recordRef": id, "provider": "google", "providerId": "eve",
	}))
	otp := p.must(200, p.ask("request-otp", "", fields{"email": "eve@example.com"}))["otpId"]
	p.settle()
	left := p.code(len(p.mail.Mails()))
	rec, own := p.byPhone(ann)
	if rec["id"] != id || rec["phoneVerified"] != true || rec["email"] != "" || rec["verified"] != false || !p.alive(own) {
		t.Errorf("Ann's account is %v", rec)
	}
	if p.alive(session) || p.rows("_externalAuths", id) != 0 || p.rows("_authOrigins", id) > 1 {
		t.Error("Eve's session or link is left")
	}
	p.must(400, p.ask("auth-with-otp", "", fields{"otpId": otp, "password": left}))
	p.must(400, p.ask("auth-with-password", "", fields{"identity": "eve@example.com", "password": secret}))
	if reset("eve@example.com") {
		t.Error("Eve's address still resets the password")
	}

	// Eve proved her address and named Ann's number: it opens nothing, and Eve keeps what is hers.
	id = p.register(fields{"email": "eve2@example.com", "phone": bob})
	verify(id, fields{"verified": true})
	if called(bob) {
		t.Error("a number that was not proved opens an account whose address was")
	}
	p.signIn("users", "eve2@example.com", secret)
	// Where numbers make accounts, its owner gets one of her own and Eve's loses the number.
	p.options(fields{"phoneAuth": fields{"autoCreate": true}, "createRule": ""})
	rec, _ = p.byPhone(bob)
	if rec["id"] == id || p.account(id)["phone"] != "" || p.account(id)["verified"] != true {
		t.Errorf("the owner of the number signs in as %v, beside %v", rec, p.account(id))
	}
	p.options(fields{"phoneAuth": fields{"autoCreate": false}})

	// Eve proved her number and named Ann's address: it opens nothing.
	number := "+491739999999"
	id = p.register(fields{"email": "ann@example.com", "phone": number})
	verify(id, fields{"phoneVerified": true})
	if _, sent := mailCode("ann@example.com"); sent || reset("ann@example.com") {
		t.Error("an address that was not proved opens an account whose number was")
	}
	if rec, _ := p.byPhone(number); rec["id"] != id || rec["email"] != "ann@example.com" {
		t.Errorf("Eve's account is %v", rec)
	}

	// Both are proved: both open, and nobody loses anything.
	verify(id, fields{"verified": true})
	if s, sent := mailCode("ann@example.com"); !sent || s.status != 200 {
		t.Errorf("a code by mail: %v", s)
	}
	if rec, _ := p.byPhone(number); rec["id"] != id || rec["email"] != "ann@example.com" || rec["verified"] != true {
		t.Errorf("the account is %v", rec)
	}
	p.signIn("users", "ann@example.com", secret)
}

// TestPhoneClaimNeedsRoom: an address that must be there cannot go, so the number opens nothing until the account
// itself proves it.
func TestPhoneClaimNeedsRoom(t *testing.T) {
	t.Parallel()
	p := newPhones(t, nil)
	users := p.must(200, p.do("GET", "/api/collections/users", p.super, nil))
	for _, f := range users["fields"].([]any) {
		if f := f.(fields); f["name"] == "email" {
			f["required"] = true
		}
	}
	p.options(fields{"fields": users["fields"]})
	id := p.register(fields{"email": "ann@example.com", "phone": ann})
	token := p.signIn("users", "ann@example.com", secret)
	p.must(200, p.request(ann))
	p.clock.wait(2 * time.Minute)
	otp := p.must(200, p.ask("request-phone-change", token, fields{"newPhone": ann}))["otpId"]
	if m := p.next(); m.key != otp {
		t.Fatalf("a number that opens nothing was sent %v", m)
	} else {
		p.must(204, p.ask("confirm-phone-change", token, fields{"otpId": otp, "password": m.Code}))
	}
	if p.alive(token) {
		t.Error("tokens from before the proof are good")
	}
	if rec, _ := p.byPhone(ann); rec["id"] != id || rec["email"] != "ann@example.com" {
		t.Errorf("the account is %v", rec)
	}
}

// TestPhoneChange: a new number is proved by a code that is sent to it, soon after signing in; the old number, codes
// and tokens are worth nothing afterwards, and the owner is told.
func TestPhoneChange(t *testing.T) {
	t.Parallel()
	p := newPhones(t, nil)
	id := p.register(fields{"phone": ann, "email": "ann@example.com"})
	p.must(200, p.do("PATCH", "/api/collections/users/records/"+id, p.super, fields{"verified": true, "phoneVerified": true}))
	_, token := p.byPhone(ann)
	for who, want := range map[string]int{"": 401, p.super: 403} {
		p.must(want, p.ask("request-phone-change", who, fields{"newPhone": bob}))
		p.must(want, p.ask("confirm-phone-change", who, fields{"otpId": "x", "password": "y"}))
	}
	if s := p.ask("request-phone-change", token, fields{"newPhone": ann}); wrong(s, "newPhone") != "validation_not_in_invalid" {
		t.Errorf("the number that it is: %v", s)
	}
	if s := p.ask("request-phone-change", token, fields{"newPhone": "x"}); wrong(s, "newPhone") != "validation_invalid_phone" {
		t.Errorf("no number: %v", s)
	}
	if s := p.ask("confirm-phone-change", token, fields{}); wrong(s, "otpId") != "validation_required" || wrong(s, "password") != "validation_required" {
		t.Errorf("nothing: %v", s)
	}
	old, oldCode := p.phoneCode(ann) // 16 minutes after signing in
	refreshed := p.must(200, p.ask("auth-refresh", token, nil))["token"].(string)
	for _, late := range []string{token, refreshed} {
		if s := p.ask("request-phone-change", late, fields{"newPhone": bob}); s.status != 403 || wrong(s, "auth") != "reauth_required" {
			t.Errorf("long after signing in: %v", s)
		}
	}
	token = p.signIn("users", "ann@example.com", secret)
	otp := p.must(200, p.ask("request-phone-change", token, fields{"newPhone": "0049 172 9876543"}))["otpId"].(string)
	m := p.next()
	if m.To != bob || m.Record != id {
		t.Errorf("the message is %v", m)
	}
	p.must(400, p.use(otp, m.Code)) // it signs nobody in
	other := p.user()
	p.must(400, p.ask("confirm-phone-change", other, fields{"otpId": otp, "password": m.Code}))
	p.must(400, p.ask("confirm-phone-change", token, fields{"otpId": old, "password": oldCode}))
	got := p.atOnce(16, func(int) said { return p.ask("confirm-phone-change", token, fields{"otpId": otp, "password": m.Code}) })
	if got[204] != 1 {
		t.Errorf("16 confirmations at once: %v", got)
	}
	if a := p.account(id); a["phone"] != bob || a["phoneVerified"] != true || a["email"] != "ann@example.com" {
		t.Errorf("the account is %v", a)
	}
	p.must(400, p.use(old, oldCode))
	if p.alive(token) || p.alive(refreshed) {
		t.Error("a token is good after the change")
	}
	if rec, _ := p.byPhone(bob); rec["id"] != id {
		t.Errorf("the new number signs in as %v", rec)
	}
	if mail := p.mail.Last(t, 1); mail.To[0] != "ann@example.com" || mail.Subject() != "The phone number of your Shop account has changed" {
		t.Errorf("the mail to %v: %q", mail.To, mail.Subject())
	}
	p.clock.wait(time.Hour)
	p.must(200, p.request(ann))
	p.quiet()
}

// TestPhoneChangeToAnothers: a number that somebody proved stays theirs, and who asks for it is not told; one that
// somebody only named goes to who proves it.
func TestPhoneChangeToAnothers(t *testing.T) {
	t.Parallel()
	p := newPhones(t, nil)
	theirs := p.register(fields{"phone": bob})
	p.must(200, p.do("PATCH", "/api/collections/users/records/"+theirs, p.super, fields{"phoneVerified": true}))
	token := p.user()
	p.must(200, p.ask("request-phone-change", token, fields{"newPhone": bob}))
	squatter := p.register(fields{"phone": ann, "email": "eve@example.com"})
	p.must(200, p.do("PATCH", "/api/collections/users/records/"+squatter, p.super, fields{"verified": true}))
	otp := p.must(200, p.ask("request-phone-change", token, fields{"newPhone": ann}))["otpId"].(string)
	m := p.next()
	if m.To != ann {
		t.Fatalf("the message is %v", m)
	}
	p.must(204, p.ask("confirm-phone-change", token, fields{"otpId": otp, "password": m.Code}))
	if p.account(squatter)["phone"] != "" || p.account(theirs)["phone"] != bob {
		t.Error("a number went to or stayed with the wrong account")
	}
	p.quiet()
}
