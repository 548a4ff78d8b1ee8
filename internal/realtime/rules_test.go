package realtime_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

// options writes a topic's options as the JS SDK does.
func options(t *testing.T, query, headers data) string {
	t.Helper()
	raw, err := json.Marshal(data{"query": query, "headers": headers})
	if err != nil {
		t.Fatal(err)
	}
	return "?options=" + strings.ReplaceAll(url.QueryEscape(string(raw)), "+", "%20")
}

func TestTopicsAndTheirRules(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(`{"name":"notes","fields":[{"name":"n","type":"number"}],"listRule":"n > 1","viewRule":"n > 2"}`)
	one := h.create("notes", data{"n": 0})
	guest := h.listen("", "notes/*", c+"/*", "notes", "notes/"+one, "notes/*x", "NOTES/*", " notes/*", "notes/*?a=1", "notes/*#a", "missing/*")
	super := h.listen(h.super, "notes/"+one, "notes/*")
	ids := map[string]string{"one": one}
	h.update("notes", one, data{"n": 1})
	h.update("notes", one, data{"n": 2})
	h.update("notes", one, data{"n": 3})
	h.update("notes", one, data{"n": 0})
	h.remove("notes", one)
	guest.wants(ids, "notes/* update one", c+"/* update one", "notes update one", "notes/*?a=1 update one",
		"notes/* update one", c+"/* update one", "notes update one", "notes/"+one+" update one", "notes/*?a=1 update one")
	var all []string
	for _, op := range []string{"update", "update", "update", "update", "delete"} {
		all = append(all, "notes/"+one+" "+op+" one", "notes/* "+op+" one")
	}
	super.wants(ids, all...)
}

func TestRulesSeeTheOptions(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.collection(`{"name":"asked","listRule":"@request.query.q = \"a b\" && @request.headers.x_token = \"1\" && @request.context = \"realtime\" && @request.method = \"GET\""}`)
	good := "asked/*" + options(t, data{"q": "a b"}, data{"X-Token": 1})
	plus := "asked/*?options=%7B%22query%22%3A%7B%22q%22%3A%22a+b%22%7D%2C%22headers%22%3A%7B%22x-token%22%3A%221%22%7D%7D"
	s := h.listen("", good, plus, "asked/*"+options(t, data{"q": "other"}, data{"X-Token": "1"}), "asked/*?options={broken", "asked/*")
	id := h.create("asked", nil)
	s.wants(map[string]string{"it": id}, good+" create it", plus+" create it")
}

func TestFilters(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.collection(`{"name":"things","fields":[{"name":"n","type":"number"},{"name":"secret","type":"text","hidden":true}]}`)
	filter := func(text string) string { return "things/*" + options(t, data{"filter": text}, nil) }
	topics := []string{
		filter("n > 1"), filter("n > 9"), filter("secret = 'x'"), filter("@collection.things.n > 0"), filter("@request.method = 'GET'"),
		filter("nonsense("), filter("missing = 1"),
	}
	guest, super := h.listen("", topics...), h.listen(h.super, topics...)
	id := h.create("things", data{"n": 2, "secret": "x"})
	guest.wants(map[string]string{"it": id}, topics[0]+" create it")
	super.wants(map[string]string{"it": id}, topics[0]+" create it", topics[3]+" create it", topics[4]+" create it")
}

func TestTimedRules(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.collection(`{"name":"timed","fields":[{"name":"until","type":"date"}],"listRule":"until > @now"}`)
	s := h.listen("", "timed/*")
	id := h.create("timed", data{"until": "2026-03-04 06:00:00.000Z"})
	s.wants(map[string]string{"it": id}, "timed/* create it")
	h.wait(3600e9)
	h.update("timed", id, data{"until": "2026-03-04 06:00:01.000Z"})
	s.wants(nil)
}

func TestHiddenFieldsAndAddresses(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.ask("PATCH", "/api/collections/users", h.super, data{"listRule": "", "viewRule": ""})
	ann, annToken := h.account("ann", nil)
	_, bobToken := h.account("bob", nil)
	streams := map[string]*stream{"guest": h.listen("", "users/*"), "ann": h.listen(annToken, "users/*"), "bob": h.listen(bobToken, "users/*"), "root": h.listen(h.super, "users/*")}
	h.update("users", ann, data{"name": "Ann"})
	for who, s := range streams {
		got := s.upToFence()
		if len(got) != 1 {
			t.Fatalf("%s got %v", who, got)
		}
		sees := strings.Contains(got[0].data, "ann@example.com")
		if sees != (who == "ann" || who == "root") {
			t.Errorf("%s: address seen: %v: %s", who, sees, got[0].data)
		}
		if strings.Contains(got[0].data, "tokenKey") || strings.Contains(got[0].data, "password") {
			t.Errorf("%s sees a secret: %s", who, got[0].data)
		}
	}
	h.ask("PATCH", "/api/collections/users", h.super, data{"manageRule": "@request.auth.name = 'Bob'"})
	h.collection(`{"name":"hiding","fields":[{"name":"secret","type":"text","hidden":true}]}`)
	guest, root := h.listen("", "hiding/*"), h.listen(h.super, "hiding/*")
	h.create("hiding", data{"secret": "abc"})
	if got := guest.upToFence(); len(got) != 1 || strings.Contains(got[0].data, "secret") {
		t.Errorf("a guest got %v", got)
	}
	if got := root.upToFence(); len(got) != 1 || !strings.Contains(got[0].data, `"secret":"abc"`) {
		t.Errorf("a superuser got %v", got)
	}
}

func TestManagersSeeAddresses(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.ask("PATCH", "/api/collections/users", h.super, data{"listRule": "", "manageRule": "@request.auth.name = 'boss'"})
	ann, annToken := h.account("ann", nil)
	_, bossToken := h.account("boss", data{"name": "boss"})
	_, bobToken := h.account("bob", nil)
	for who, token := range map[string]string{"ann": annToken, "boss": bossToken, "bob": bobToken} {
		s := h.listen(token, "users/*")
		h.update("users", ann, data{"name": who})
		if got := s.upToFence(); len(got) != 1 || strings.Contains(got[0].data, "ann@example.com") != (who != "bob") {
			t.Errorf("%s got %v", who, got)
		}
	}
}

// TestOnesOwnAddressIsForOneself lets people listen who share all but who they are.
func TestOnesOwnAddressIsForOneself(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.ask("PATCH", "/api/collections/users", h.super, data{"listRule": "", "viewRule": ""})
	h.collection(`{"name":"notes","fields":[{"name":"of","type":"relation","collectionId":"_pb_users_auth_"}]}`)
	ann, annToken := h.account("ann", nil)
	_, bobToken := h.account("bob", nil)
	topics := []string{"users/*", "notes/*" + options(t, data{"expand": "of"}, nil)}
	listeners := map[string]*stream{"ann": h.listen(annToken, topics...)}
	listeners["bob"], listeners["guest"] = h.listen(bobToken, topics...), h.listen("", topics...)
	h.update("users", ann, data{"name": "Ann"})
	h.create("notes", data{"of": ann})
	for who, s := range listeners {
		got := s.upToFence()
		if len(got) != 2 {
			t.Fatalf("%s got %v", who, got)
		}
		for _, e := range got {
			if strings.Contains(e.data, "ann@example.com") != (who == "ann") {
				t.Errorf("%s got %v", who, e)
			}
		}
	}
}

func TestShapes(t *testing.T) {
	t.Parallel()
	h := open(t)
	authors := h.collection(`{"name":"authors","fields":[{"name":"name","type":"text"}],"viewRule":"@request.auth.id != ''"}`)
	h.collection(`{"name":"books","fields":[{"name":"title","type":"text"},{"name":"author","type":"relation","collectionId":"` + authors + `"}]}`)
	a := h.create("authors", data{"name": "Ann"})
	_, token := h.account("reader", nil)
	shape := func(q data) string { return "books/*" + options(t, q, nil) }
	topics := []string{
		shape(data{"fields": "id,title"}), shape(data{"expand": "author", "fields": "title,expand.author.name"}),
		shape(data{"expand": "nothing", "fields": "title"}), shape(data{"fields": "title,expand", "expand": "author"}),
	}
	guest, reader := h.listen("", topics...), h.listen(token, topics...)
	id := h.create("books", data{"title": "T", "author": a})
	record := func(s string) string { return `{"record":` + s + `,"action":"create"}` }
	for who, c := range map[string]struct {
		s    *stream
		want []string
	}{
		"guest": {guest, []string{
			record(`{"id":"` + id + `","title":"T"}`), record(`{"expand":{},"title":"T"}`), record(`{"title":"T"}`), record(`{"expand":{},"title":"T"}`),
		}},
		"reader": {reader, []string{
			record(`{"id":"` + id + `","title":"T"}`), record(`{"expand":{"author":{"name":"Ann"}},"title":"T"}`), record(`{"title":"T"}`),
			record(`{"expand":{"author":{"collectionId":"` + authors + `","collectionName":"authors","id":"` + a + `","name":"Ann"}},"title":"T"}`),
		}},
	} {
		got := c.s.upToFence()
		if len(got) != len(c.want) {
			t.Fatalf("%s got %v", who, got)
		}
		for i := range got {
			if got[i].name != topics[i] || got[i].data != c.want[i] {
				t.Errorf("%s, topic %d:\n got %s\nwant %s", who, i, got[i].data, c.want[i])
			}
		}
	}
}

func TestTransactions(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.ask("PATCH", "/api/settings", h.super, data{"batch": data{"enabled": true, "maxRequests": 300, "timeout": 10}})
	parents := h.collection(`{"name":"parents"}`)
	h.collection(`{"name":"cascaded","fields":[{"name":"of","type":"relation","collectionId":"` + parents + `","cascadeDelete":true}]}`)
	h.collection(`{"name":"unset","fields":[{"name":"of","type":"relation","collectionId":"` + parents + `"}]}`)
	h.collection(`{"name":"items","fields":[{"name":"n","type":"number"}]}`)
	s := h.listen("", "parents/*", "cascaded/*", "unset/*", "items/*")
	p := h.create("parents", nil)
	ca, un := h.create("cascaded", data{"of": p}), h.create("unset", data{"of": p})
	h.remove("parents", p)
	ids := map[string]string{"p": p, "ca": ca, "un": un, "i": "item00000000001", "j": "item00000000002"}
	s.wants(ids, "parents/* create p", "cascaded/* create ca", "unset/* create un", "parents/* delete p", "cascaded/* delete ca", "unset/* update un")
	do := func(method, id string, body data) data {
		path := "/api/collections/items/records"
		if method != "POST" {
			path += "/" + id
		}
		return data{"method": method, "url": path, "body": body}
	}
	batch := func(list ...data) int {
		status, _ := h.try("POST", "/api/batch", h.super, data{"requests": list})
		return status
	}
	i, j := ids["i"], ids["j"]
	if status := batch(do("POST", "", data{"id": i, "n": 1}), do("PATCH", i, data{"n": 2}), do("POST", "", data{"id": j})); status != 200 {
		t.Fatal(status)
	}
	s.wants(ids, "items/* create i", "items/* update i", "items/* create j")
	if status := batch(do("DELETE", i, nil), do("POST", "", data{"id": j})); status != 400 {
		t.Fatal(status)
	}
	s.wants(ids)
	if status := batch(do("DELETE", i, nil), do("POST", "", data{"id": i}), do("DELETE", i, nil)); status != 200 {
		t.Fatal(status)
	}
	s.wants(ids, "items/* delete i", "items/* create i", "items/* delete i")
	h.ask("DELETE", "/api/collections/items/truncate", h.super, nil)
	s.wants(ids, "items/* delete j")
}

func TestDeletesAreJudgedByWhatWas(t *testing.T) {
	t.Parallel()
	h := open(t)
	rooms := h.collection(`{"name":"halls","fields":[{"name":"open","type":"bool"}]}`)
	h.collection(`{"name":"seats","fields":[{"name":"hall","type":"relation","collectionId":"` + rooms + `"}],"listRule":"hall.open = true"}`)
	open, shut := h.create("halls", data{"open": true}), h.create("halls", data{"open": false})
	s := h.listen("", "seats/*")
	a, b := h.create("seats", data{"hall": open}), h.create("seats", data{"hall": shut})
	h.update("seats", b, data{"hall": shut})
	h.remove("seats", a)
	h.remove("seats", b)
	s.wants(map[string]string{"a": a, "b": b}, "seats/* create a", "seats/* delete a")
}

func TestOrderOfQuickUpdates(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.collection(`{"name":"quick","fields":[{"name":"n","type":"number"}]}`)
	id := h.create("quick", data{"n": 0})
	s := h.listen("", "quick/*", "quick/"+id)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range 1000 {
			h.update("quick", id, data{"n": n})
		}
	}()
	defer func() { <-done }()
	for n := range 1000 {
		for _, name := range []string{"quick/*", "quick/" + id} {
			e, err := s.next()
			if err != nil {
				t.Fatal(err)
			}
			var d struct{ Record struct{ N int } }
			if json.Unmarshal([]byte(e.data), &d) != nil || d.Record.N != n || e.name != name {
				t.Fatalf("event %d is %v", n, e)
			}
		}
	}
}
