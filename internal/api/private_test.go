package api_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/hook"
)

const usersRecords = "/api/collections/users/records"

// newPrivate is a post whose users sign up in private, with one account: known@example.com. Accounts have a nickname
// that nobody else has, and may not sign in before their address is proved.
func newPrivate(t *testing.T) *post {
	t.Helper()
	p := newPost(t)
	p.signUp("known")
	p.must(200, p.do("PATCH", "/api/settings", p.super, fields{"batch": fields{"enabled": true, "maxRequests": 10}}))
	users := p.must(200, p.do("GET", "/api/collections/users", p.super, nil))
	p.options(fields{
		"privateSignUp": fields{"enabled": true}, "authRule": "verified = true",
		"fields":  append(users["fields"].([]any), fields{"name": "nick", "type": "text"}),
		"indexes": append(users["indexes"].([]any), "CREATE UNIQUE INDEX idx_nick ON users (nick) WHERE nick != ''"),
	})
	return p
}

func newcomer(email string, more fields) fields {
	f := fields{"email": email, "password": secret, "passwordConfirm": secret}
	maps.Copy(f, more)
	return f
}

// users are how many accounts there are.
func (p *post) users() int {
	p.Helper()
	return int(p.must(200, p.do("GET", usersRecords, p.super, nil))["totalItems"].(float64))
}

// entrance is a way to sign up. It returns what is told, in the form of a plain create.
type entrance struct {
	name string
	sign func(p *post, in fields) said
}

var entrances = []entrance{
	{"json", func(p *post, in fields) said { return p.do("POST", usersRecords, "", in) }},
	{"expect and query", func(p *post, in fields) said {
		in["@expect"] = fields{"email": ""}
		return p.do("POST", usersRecords+"?expand=nothing,users_via_id&fields=*", "", in)
	}},
	{"form", func(p *post, in fields) said { return p.form(in, "") }},
	{"form with a picture", func(p *post, in fields) said { return p.form(in, "picture") }},
	{"idempotency key", func(p *post, in fields) said {
		p.visits++
		key := http.Header{"Idempotency-Key": {fmt.Sprint("key-", p.visits)}}
		first := p.with(key, "POST", usersRecords, "", in)
		again := p.with(key, "POST", usersRecords, "", in)
		if fmt.Sprint(first.status, first.body) != fmt.Sprint(again.status, again.body) {
			p.Errorf("answered again: %v, at first %v", again, first)
		}
		return first
	}},
	{"batch", func(p *post, in fields) said { return p.inBatch("POST", in) }},
	{"batch upsert", func(p *post, in fields) said { return p.inBatch("PUT", in) }},
}

// form signs up by a form, with a file when it has a name.
func (p *post) form(in fields, file string) said {
	p.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for name, v := range in {
		_ = w.WriteField(name, fmt.Sprint(v))
	}
	if file != "" {
		part, _ := w.CreateFormFile("avatar", file+".png")
		_, _ = part.Write(tinyPNG)
	}
	_ = w.Close()
	r := httptest.NewRequest("POST", usersRecords, &buf)
	r.RemoteAddr = net.JoinHostPort(p.ip, "4000")
	r.Header.Set("Content-Type", w.FormDataContentType())
	return p.play(r)
}

var tinyPNG = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82")

func (p *post) inBatch(method string, in fields) said {
	p.Helper()
	s := p.do("POST", "/api/batch", "", fields{"requests": []fields{{"method": method, "url": usersRecords, "body": in}}})
	if s.status != 200 {
		item := s.body["data"].(fields)["requests"].(fields)["0"].(fields)["response"].(fields)
		return said{status: int(item["status"].(float64)), body: item}
	}
	item := s.list[0].(fields)
	return said{status: int(item["status"].(float64)), body: item["body"].(fields), header: s.header}
}

// outline is an answer without what is different each time.
func outline(s said, email string) string {
	body := maps.Clone(s.body)
	if id, ok := body["id"].(string); ok {
		body["id"] = fmt.Sprint(len(id), " characters")
	}
	if name, ok := body["avatar"].(string); ok && name != "" {
		body["avatar"] = fmt.Sprint(len(name), " characters")
	}
	if body["email"] == email {
		body["email"] = "as given"
	}
	return fmt.Sprint(s.status, body, slices.Sorted(maps.Keys(s.header)))
}

// TestPrivateSignUp: by whatever door somebody comes and whatever he sends, a taken address is answered as a free
// one, and nothing is stored.
func TestPrivateSignUp(t *testing.T) {
	t.Parallel()
	p := newPrivate(t)
	p.must(200, p.do("POST", usersRecords, p.super, newcomer("rival@example.com", fields{"nick": "rival"})))
	users := p.must(200, p.do("GET", "/api/collections/users", p.super, nil))
	p.options(fields{"indexes": append(users["indexes"].([]any), "CREATE UNIQUE INDEX idx_lower ON users (lower(email))")})
	inputs := map[string]struct {
		more   fields
		status int
	}{
		"as it should be":  {fields{"name": "N"}, 200},
		"visible":          {fields{"name": "N", "emailVisibility": true}, 200},
		"another fault":    {fields{"name": strings.Repeat("x", 300)}, 400},
		"a taken nickname": {fields{"nick": "rival"}, 400},
		"an id":            {fields{"id": "abcdefghij12345"}, 400},
		"says it is his":   {fields{"verified": true}, 400},
		"short password":   {fields{"password": "x", "passwordConfirm": "x"}, 400},
		"other password":   {fields{"passwordConfirm": "something else"}, 400},
	}
	n := 0
	for name, in := range inputs {
		for _, d := range entrances {
			n++
			free := fmt.Sprintf("free%d@example.com", n)
			before := p.users()
			known := d.sign(p, newcomer("known@example.com", in.more))
			if p.users() != before {
				t.Errorf("%s by %s: an account was made", name, d.name)
			}
			shouted := d.sign(p, newcomer("KNOWN@example.com", in.more))
			never := d.sign(p, newcomer(free, in.more))
			if never.status != in.status {
				t.Errorf("%s by %s: status %d, want %d: %v", name, d.name, never.status, in.status, never.body)
			}
			want := outline(never, free)
			if got := outline(known, "known@example.com"); got != want {
				t.Errorf("%s by %s tells:\n taken %s\n free  %s", name, d.name, got, want)
			}
			if got := outline(shouted, "KNOWN@example.com"); got != want {
				t.Errorf("%s by %s in capitals tells:\n taken %s\n free  %s", name, d.name, got, want)
			}
			if made := p.users() - before; made != map[int]int{200: 1, 400: 0}[in.status] {
				t.Errorf("%s by %s: %d accounts were made", name, d.name, made)
			}
		}
	}
}

// TestPrivateSignUpIsForStrangers: who manages accounts is told, as is everybody where sign-up is not private.
func TestPrivateSignUpIsForStrangers(t *testing.T) {
	t.Parallel()
	p := newPrivate(t)
	taken := map[string]string{"email": "validation_not_unique"}
	p.fails(p.do("POST", usersRecords, p.super, newcomer("known@example.com", nil)), taken)
	id := p.must(200, p.do("POST", usersRecords, p.super, newcomer("boss@example.com", fields{"verified": true})))["id"]
	boss := p.signIn("users", "boss@example.com", secret)
	p.must(200, p.do("POST", usersRecords, boss, newcomer("known@example.com", nil)))
	p.options(fields{"manageRule": fmt.Sprintf("@request.auth.id = '%s'", id)})
	p.fails(p.do("POST", usersRecords, boss, newcomer("known@example.com", nil)), taken)
	p.must(200, p.do("POST", usersRecords, boss, newcomer("chosen@example.com", fields{"id": "abcdefghij12345"})))
	p.options(fields{"privateSignUp": fields{"enabled": false}})
	p.fails(p.do("POST", usersRecords, "", newcomer("known@example.com", nil)), taken)
	if c := p.must(200, p.do("GET", "/api/collections/users", p.super, nil)); c["privateSignUp"] != nil {
		t.Errorf("turned off, the option is still shown: %v", c["privateSignUp"])
	}
}

// TestPrivateSignUpMail: the owner of the address hears of it, once an hour; who came with a free one does not.
func TestPrivateSignUpMail(t *testing.T) {
	t.Parallel()
	p := newPrivate(t)
	try := func(email string) { p.must(200, p.do("POST", usersRecords, "", newcomer(email, nil))) }
	try("free@example.com")
	try("known@example.com")
	m := p.mail.Last(t, 1)
	if m.To[0] != "known@example.com" || m.Subject() != "You have a Test & Co account already" || !strings.Contains(m.Text, "known@example.com") {
		t.Errorf("to %v: %q\n%s", m.To, m.Subject(), m.Text)
	}
	p.clock.wait(59 * time.Minute)
	try("known@example.com")
	try("free@example.com") // now it is taken
	p.settle()
	if m := p.mail.Last(t, 2); m.To[0] != "free@example.com" {
		t.Errorf("the second mail goes to %v", m.To)
	}
	p.clock.wait(2 * time.Minute)
	p.options(fields{"privateSignUp": fields{"emailTemplate": fields{"subject": "Hm, {RECORD:name}", "body": "{APP_NAME}"}}})
	try("known@example.com")
	if m := p.mail.Last(t, 3); m.To[0] != "known@example.com" || m.Subject() != "Hm, <known>" {
		t.Errorf("to %v: %q", m.To, m.Subject())
	}
	p.must(204, p.do("POST", "/api/settings/test/email", p.super, fields{"email": "try@example.com", "template": "sign-up-attempt", "collection": "users"}))
	if m := p.mail.Last(t, 4); m.To[0] != "try@example.com" || m.Subject() != "Hm, __pb_test_name__" {
		t.Errorf("to %v: %q", m.To, m.Subject())
	}
}

// TestPrivateSignUpBatch: the others of a batch are done, or not, as they would be; nothing of it can speak of the
// account that may or may not be there.
func TestPrivateSignUpBatch(t *testing.T) {
	t.Parallel()
	p := newPrivate(t)
	p.must(200, p.do("POST", "/api/collections", p.super, fields{"name": "notes", "type": "base", "createRule": "", "listRule": "",
		"fields": []fields{{"name": "title", "type": "text", "min": 2}}}))
	note := func(title string) fields {
		return fields{"method": "POST", "url": "/api/collections/notes/records", "body": fields{"title": title}}
	}
	send := func(email, title string) said {
		return p.do("POST", "/api/batch", "", fields{"requests": []fields{
			note("first"), {"method": "POST", "url": usersRecords, "body": newcomer(email, nil)},
			{"method": "POST", "url": usersRecords, "body": newcomer(email, nil)}, note(title),
		}})
	}
	notes := func() int {
		return int(p.must(200, p.do("GET", "/api/collections/notes/records", "", nil))["totalItems"].(float64))
	}
	for i, email := range []string{"known@example.com", "free@example.com"} {
		if s := send(email, "x"); s.status != 400 || notes() != 4*i/2 {
			t.Errorf("%s: status %d, %d notes", email, s.status, notes())
		}
		if s := send(email, "last"); s.status != 200 || len(s.list) != 4 || notes() != 2*(i+1) {
			t.Errorf("%s: status %d, %d notes: %v", email, s.status, notes(), s.list)
		}
	}
	if n := p.users(); n != 2 {
		t.Errorf("%d accounts, want 2", n)
	}
	var to []string
	for _, m := range p.mail.Wait(t, 2) {
		to = append(to, m.To...)
	}
	if slices.Sort(to); !slices.Equal(to, []string{"free@example.com", "known@example.com"}) {
		t.Errorf("mails went to %v", to) // the free one was taken by its own batch
	}
}

// TestPrivateSignUpHooks: programs are asked before, and what they write in the transaction of a sign-up that is
// refused is undone; nobody is told of it afterwards.
func TestPrivateSignUpHooks(t *testing.T) {
	t.Parallel()
	p := newPrivate(t)
	p.must(200, p.do("POST", "/api/collections", p.super, fields{"name": "notes", "type": "base", "listRule": "",
		"fields": []fields{{"name": "title", "type": "text"}}}))
	var before, after atomic.Int32
	seed := p.must(200, p.do("POST", "/api/collections/notes/records", p.super, fields{}))["id"].(string)
	note := func(ctx context.Context, tx hook.Tx, title string) error {
		rec, err := tx.Find(ctx, "notes", seed)
		if err != nil {
			return err
		}
		rec = rec.Clone()
		rec.SetAt(rec.Collection().Ord("title"), title)
		rec.SetAt(rec.Collection().IDOrd(), field.NewID(p.clock.Now()))
		return tx.Save(ctx, rec)
	}
	on := &p.root.Hooks.Create
	on.Before(func(_ context.Context, e *hook.Write) error { before.Add(1); return nil }, "users")
	on.Within(func(ctx context.Context, tx hook.Tx, e *hook.Write) error {
		return note(ctx, tx, e.New.String("email"))
	}, "users")
	on.After(func(context.Context, *hook.Write) { after.Add(1) }, "users")
	for i, d := range entrances {
		free := fmt.Sprintf("free%d@example.com", i)
		known, never := d.sign(p, newcomer("known@example.com", nil)), d.sign(p, newcomer(free, nil))
		if got, want := outline(known, "known@example.com"), outline(never, free); got != want || never.status != 200 {
			t.Errorf("%s tells:\n taken %s\n free  %s", d.name, got, want)
		}
		notes := p.must(200, p.do("GET", "/api/collections/notes/records", "", nil))
		if n := int(notes["totalItems"].(float64)); n != i+2 || int(after.Load()) != i+1 || int(before.Load()) != 2*(i+1) {
			t.Errorf("%s: %d notes, %d before, %d after; want %d, %d, %d", d.name, n, before.Load(), after.Load(), i+2, 2*(i+1), i+1)
		}
	}
}

// TestPrivateSignUpAfterwards: who tried cannot find out by signing in with his password, by its mails, or by
// changing the address of an account that he has.
func TestPrivateSignUpAfterwards(t *testing.T) {
	t.Parallel()
	p := newPrivate(t)
	var told [2][]string
	for i, email := range []string{"known@example.com", "free@example.com"} {
		p.ip = fmt.Sprint("198.51.100.", i)
		p.must(200, p.do("POST", usersRecords, "", newcomer(email, fields{"password": "another one", "passwordConfirm": "another one"})))
		for range 12 { // more than may be guessed
			s := p.ask("auth-with-password", "", fields{"identity": email, "password": "another one"})
			told[i] = append(told[i], fmt.Sprint(s.status, s.body))
		}
		for _, action := range []string{"request-verification", "request-password-reset"} {
			s := p.ask(action, "", fields{"email": email})
			told[i] = append(told[i], fmt.Sprint(s.status, s.body))
		}
	}
	if !slices.Equal(told[0], told[1]) {
		t.Errorf("tells:\n taken %q\n free  %q", told[0], told[1])
	}
	p.must(200, p.do("POST", usersRecords, p.super, newcomer("eve@example.com", fields{"verified": true})))
	p.settle()
	eve := p.signIn("users", "eve@example.com", secret)
	p.must(204, p.ask("request-email-change", eve, fields{"newEmail": "nobody@example.com"}))
	p.must(204, p.ask("request-email-change", eve, fields{"newEmail": "known@example.com"}))
	subjects := map[string]string{}
	for _, m := range p.mail.Mails() {
		subjects[m.To[0]] = m.Subject() // the last one
	}
	if subjects["known@example.com"] != "You have a Test & Co account already" || subjects["nobody@example.com"] != "Is this your new address for Test & Co?" {
		t.Errorf("mails: %v", subjects)
	}
}

// TestPrivateSignUpLeavesNoFiles: what came along with a sign-up that is refused lies nowhere.
func TestPrivateSignUpLeavesNoFiles(t *testing.T) {
	t.Parallel()
	p := newPrivate(t)
	for i, email := range []string{"known@example.com", "free@example.com"} {
		rec := p.must(200, p.form(newcomer(email, nil), "picture"))
		s := p.do("GET", fmt.Sprintf("/api/files/users/%s/%s", rec["id"], rec["avatar"]), p.super, nil)
		if want := []int{404, 200}[i]; s.status != want {
			t.Errorf("the picture of %s: status %d, want %d", email, s.status, want)
		}
	}
}
