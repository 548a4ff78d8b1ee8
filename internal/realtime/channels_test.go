package realtime_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
)

// rooms is a house where members of a room speak to each other: "open/:id" is everybody's, "rooms/:room" is for
// accounts that a membership lets in.
func rooms(t *testing.T) *house {
	t.Helper()
	h := open(t)
	h.collection(`{"name":"memberships","fields":[{"name":"room","type":"text"},{"name":"user","type":"relation","collectionId":"_pb_users_auth_"}]}`)
	const member = `@request.auth.id != "" && @collection.memberships.room ?= room && @collection.memberships.user ?= @request.auth.id`
	h.ask("PATCH", "/api/settings", h.super, data{"realtime": data{"maxPublish": 1000, "channels": []data{
		{"name": "open/:id", "joinRule": "", "publishRule": `@request.body.event != "shout" && id != "mute"`},
		{"name": "rooms/:room", "joinRule": member, "publishRule": member, "presence": true},
		{"name": "shut", "presence": true},
		{"name": "staff", "joinRule": `@request.auth.name = "staff"`, "publishRule": "", "presence": true},
	}}})
	return h
}

func (h *house) admit(room, user string) (membership string) {
	h.Helper()
	return h.create("memberships", data{"room": room, "user": user})
}

func (h *house) say(token, topic string, more data) int {
	h.Helper()
	body := data{"topic": topic}
	maps.Copy(body, more)
	status, _ := h.try("POST", "/api/realtime/publish", token, body)
	return status
}

// hears compares the next events, "topic data" each.
func (s *stream) hears(want ...string) {
	s.h.Helper()
	for _, w := range want {
		e, err := s.next()
		if err != nil {
			s.h.Fatalf("instead of %s: %v", w, err)
		}
		if got := e.name + " " + e.data; got != w {
			s.h.Errorf("\n got %s\nwant %s", got, w)
		}
	}
}

// silent makes sure that nothing came before a marker which the stream's own topics bring.
func (s *stream) silent() {
	s.h.Helper()
	if got := s.upToFence(); len(got) > 0 {
		s.h.Errorf("heard %v", got)
	}
}

func person(id string, streams int, state string) string {
	return fmt.Sprintf(`{"collectionId":"_pb_users_auth_","collectionName":"users","id":"%s","streams":%d,"state":%s}`, id, streams, state)
}

func from(id string) string {
	return `{"collectionId":"_pb_users_auth_","collectionName":"users","id":"` + id + `"}`
}

func TestWhoJoinedHearsWhatIsPublished(t *testing.T) {
	t.Parallel()
	h := rooms(t)
	ann, token := h.account("ann", nil)
	guest, both := h.listen("", "open/1"), h.listen(token, "open/1?options=%7B%7D", "open/1")
	other, nothing := h.listen("", "open/2"), h.listen("", "open", "open/1/2", "OPEN/1", "open/")
	if got := h.say(token, "open/1", data{"event": "greet", "data": data{"text": "hi\n<b>", "n": []int{1}}}); got != 204 {
		t.Fatalf("status %d", got)
	}
	said := `{"action":"broadcast","event":"greet","data":{"n":[1],"text":"hi\n\u003cb\u003e"},"from":` + from(ann) + `}`
	guest.hears("open/1 " + said)
	both.hears("open/1?options=%7B%7D "+said, "open/1 "+said)
	if got := h.say("", "open/1", data{"clientId": guest.id}); got != 204 {
		t.Fatalf("a guest: status %d", got)
	}
	both.hears(`open/1?options=%7B%7D {"action":"broadcast","event":"","data":null,"from":null}`)
	both.upToFence()
	for _, s := range []*stream{guest, other, nothing} {
		s.silent()
	}
}

func TestWhatMayBePublished(t *testing.T) {
	t.Parallel()
	h := rooms(t)
	s := h.listen("", "open/1", "open/mute")
	for name, c := range map[string]struct {
		body   data
		status int
	}{
		"the rule sees what is sent":      {data{"topic": "open/1", "event": "shout"}, 403},
		"the rule sees the name":          {data{"topic": "open/mute"}, 403},
		"a rule that is null":             {data{"topic": "shut"}, 403},
		"a rule that finds nobody":        {data{"topic": "rooms/1"}, 403},
		"no channel":                      {data{"topic": "other"}, 404},
		"a topic of records":              {data{"topic": "fence/*"}, 404},
		"a topic that is too long":        {data{"topic": "open/" + strings.Repeat("x", 251)}, 404},
		"no topic":                        {data{}, 400},
		"a topic that is no text":         {data{"topic": 5}, 400},
		"an event that is too long":       {data{"topic": "open/1", "event": strings.Repeat("x", 101)}, 400},
		"more data than may be":           {data{"topic": "open/1", "data": strings.Repeat("x", 64<<10)}, 400},
		"more than a body may bring":      {data{"topic": "open/1", "data": strings.Repeat("x", 70<<10)}, 413},
		"the longest topic, hears nobody": {data{"topic": "open/" + strings.Repeat("x", 250)}, 204},
	} {
		if status, out := h.try("POST", "/api/realtime/publish", "", c.body); status != c.status {
			t.Errorf("%s: %d %v, want %d", name, status, out, c.status)
		}
	}
	s.silent()
	if got := h.say(h.super, "shut", data{"data": strings.Repeat("x", 64<<10-2)}); got != 204 {
		t.Errorf("a superuser: %d", got)
	}
}

func TestNothingIsDeclared(t *testing.T) {
	t.Parallel()
	h := open(t)
	s := h.listen("", "rooms/1")
	if got := h.say(h.super, "rooms/1", nil); got != 404 {
		t.Errorf("status %d", got)
	}
	if err := h.app.Send(t.Context(), "rooms/1", data{"from": "the server"}); err != nil {
		t.Error(err)
	}
	s.hears(`rooms/1 {"from":"the server"}`)
	if err := h.app.Send(t.Context(), "fence/*", data{}); err == nil {
		t.Error("a program may write into a topic of records")
	}
	s.silent()
}

func TestWhoIsThere(t *testing.T) {
	t.Parallel()
	h := rooms(t)
	ann, annToken := h.account("ann", nil)
	bob, bobToken := h.account("bob", nil)
	h.admit("1", ann)
	h.admit("1", bob)
	one := h.listen(annToken, "rooms/1")
	one.hears(`rooms/1 {"action":"sync","members":[]}`, `rooms/1 {"action":"join","member":`+person(ann, 1, "null")+`}`)
	two := h.listen(bobToken, "rooms/1")
	two.hears(`rooms/1 {"action":"sync","members":[`+person(ann, 1, "null")+`]}`, `rooms/1 {"action":"join","member":`+person(bob, 1, "null")+`}`)
	one.hears(`rooms/1 {"action":"join","member":` + person(bob, 1, "null") + `}`)
	again := h.listen(bobToken, "rooms/1")
	again.hears(`rooms/1 {"action":"sync","members":[`+sorted(person(ann, 1, "null"), person(bob, 1, "null"))+`]}`, `rooms/1 {"action":"change","member":`+person(bob, 2, "null")+`}`)
	one.hears(`rooms/1 {"action":"change","member":` + person(bob, 2, "null") + `}`)

	h.ask("POST", "/api/realtime/presence", bobToken, data{"clientId": again.id, "topic": "rooms/1", "state": data{"typing": true}})
	one.hears(`rooms/1 {"action":"change","member":` + person(bob, 2, `{"typing":true}`) + `}`)
	got := h.raw("GET", "/api/realtime/presence?topic=rooms/1", annToken)
	if want := `{"topic":"rooms/1","members":[` + sorted(person(ann, 1, "null"), person(bob, 2, `{"typing":true}`)) + `]}`; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	_ = again.body.Close() // what it said of bob goes with it
	one.hears(`rooms/1 {"action":"change","member":` + person(bob, 1, "null") + `}`)
	two.submit(bobToken) // leaves
	one.hears(`rooms/1 {"action":"leave","member":` + person(bob, 1, "null") + `}`)
	if status, _ := h.try("POST", "/api/realtime/presence", bobToken, data{"clientId": two.id, "topic": "rooms/1"}); status != 404 {
		t.Errorf("the state of one who left: %d", status)
	}
}

func sorted(a, b string) string {
	if a > b {
		a, b = b, a
	}
	return a + "," + b
}

func TestPresenceIsForThoseWhoMayJoin(t *testing.T) {
	t.Parallel()
	h := rooms(t)
	ann, token := h.account("ann", nil)
	_, other := h.account("bob", nil)
	h.admit("1", ann)
	s := h.listen(token, "rooms/1")
	for _, c := range []struct {
		token, topic string
		status       int
	}{
		{token, "rooms/1", 200}, {h.super, "rooms/1", 200}, {token, "rooms/2", 403}, {other, "rooms/1", 403}, {"", "rooms/1", 403},
		{token, "open/1", 404}, {token, "none", 404}, {token, "", 400}, {token, "shut", 403},
	} {
		if status, out := h.try("GET", "/api/realtime/presence?topic="+c.topic, c.token, nil); status != c.status {
			t.Errorf("%s: %d %v, want %d", c.topic, status, out, c.status)
		}
	}
	for name, c := range map[string]struct {
		token  string
		body   data
		status int
	}{
		"her own":            {token, data{"clientId": s.id, "topic": "rooms/1", "state": 1}, 204},
		"somebody else's":    {other, data{"clientId": s.id, "topic": "rooms/1"}, 404},
		"a guest":            {"", data{"clientId": s.id, "topic": "rooms/1"}, 404},
		"no stream":          {token, data{"clientId": "x", "topic": "rooms/1"}, 404},
		"a topic not joined": {token, data{"clientId": s.id, "topic": "rooms/2"}, 404},
		"too much to say":    {token, data{"clientId": s.id, "topic": "rooms/1", "state": strings.Repeat("x", 512)}, 400},
	} {
		if status, out := h.try("POST", "/api/realtime/presence", c.token, c.body); status != c.status {
			t.Errorf("%s: %d %v, want %d", name, status, out, c.status)
		}
	}
}

func TestWhoMayNotJoinIsToldAndHearsNothing(t *testing.T) {
	t.Parallel()
	h := rooms(t)
	ann, token := h.account("ann", nil)
	h.admit("1", ann)
	guest := h.listen("", "rooms/1", "shut")
	guest.hears(`rooms/1 {"action":"refused","reason":"rule"}`, `shut {"action":"refused","reason":"rule"}`)
	s := h.listen(token, "rooms/2", "rooms/1")
	s.hears(`rooms/2 {"action":"refused","reason":"rule"}`, `rooms/1 {"action":"sync","members":[]}`)
	if h.say(token, "rooms/1", nil) != 204 || h.say(h.super, "rooms/2", nil) != 204 {
		t.Error("a member cannot publish")
	}
	guest.silent()
	h.admit("2", ann)
	s.submit(token, "rooms/2") // it asks again
	for {
		e, err := s.next()
		if err != nil {
			t.Fatal(err)
		}
		if e.name == "rooms/2" {
			if e.data != `{"action":"sync","members":[]}` {
				t.Errorf("got %s", e.data)
			}
			break
		}
	}
}

// TestWhoMayNoLongerStayHearsNothingMore takes away what let somebody in, in each way there is.
func TestWhoMayNoLongerStayHearsNothingMore(t *testing.T) {
	t.Parallel()
	for name, revoke := range map[string]func(h *house, id, membership string){
		"the membership ends": func(h *house, _, membership string) { h.remove("memberships", membership) },
		"a new password": func(h *house, id, _ string) {
			h.update("users", id, data{"password": "another password", "passwordConfirm": "another password"})
		},
		"the account ends": func(h *house, id, _ string) { h.remove("users", id) },
		"the rule changes": func(h *house, _, _ string) {
			h.ask("PATCH", "/api/settings", h.super, data{"realtime": data{"channels": []data{{"name": "rooms/:room", "joinRule": "room = '2'", "presence": true}}}})
		},
		"the collection of the rule ends": func(h *house, _, _ string) {
			h.ask("DELETE", "/api/collections/memberships", h.super, nil)
		},
		"all tokens end": func(h *house, _, _ string) {
			h.ask("PATCH", "/api/collections/users", h.super, data{"authToken": data{"secret": strings.Repeat("s", 50)}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := rooms(t)
			ann, token := h.account("ann", nil)
			membership := h.admit("1", ann)
			watch := h.listen(h.super, "rooms/1")
			watch.hears(`rooms/1 {"action":"sync","members":[]}`)
			s := h.listen(token, "rooms/1")
			s.hears(`rooms/1 {"action":"sync","members":[`+root(t, h)+`]}`, `rooms/1 {"action":"join","member":`+person(ann, 1, "null")+`}`)
			revoke(h, ann, membership)
			s.hears(`rooms/1 {"action":"refused","reason":"rule"}`)
			h.say(h.super, "rooms/1", data{"event": "after"})
			s.silent()
			for {
				e, err := watch.next()
				if err != nil {
					t.Fatal(err)
				}
				if e.data == `{"action":"leave","member":`+person(ann, 1, "null")+`}` {
					return
				}
			}
		})
	}
}

// root is the superuser as a member of room 1, where she listens.
func root(t *testing.T, h *house) string {
	t.Helper()
	var out struct{ Members []json.RawMessage }
	if err := json.Unmarshal([]byte(h.raw("GET", "/api/realtime/presence?topic=rooms/1", h.super)), &out); err != nil || len(out.Members) == 0 {
		t.Fatalf("%v, %v", out, err)
	}
	for _, m := range out.Members {
		if strings.Contains(string(m), "_superusers") {
			return string(m)
		}
	}
	t.Fatal("she is not there")
	return ""
}

func TestAnAccountThatChangesIsSeenByTheRules(t *testing.T) {
	t.Parallel()
	h := rooms(t)
	ann, token := h.account("ann", data{"name": "staff"})
	s := h.listen(token, "staff")
	s.hears(`staff {"action":"sync","members":[]}`, `staff {"action":"join","member":`+person(ann, 1, "null")+`}`)
	h.update("users", ann, data{"name": "staff", "emailVisibility": true})
	if h.say("", "staff", nil) != 204 {
		t.Error("nobody may publish")
	}
	s.hears(`staff {"action":"broadcast","event":"","data":null,"from":null}`)
	h.update("users", ann, data{"name": "former"})
	s.hears(`staff {"action":"refused","reason":"rule"}`)
}

func TestMessagesThatComeTooFast(t *testing.T) {
	t.Parallel()
	h := rooms(t)
	h.ask("PATCH", "/api/settings", h.super, data{"realtime": data{"maxPublish": 2}})
	_, token := h.account("ann", nil)
	for _, who := range []string{token, ""} {
		for i := range 4 {
			if got := h.say(who, "open/1", nil); got != 204 {
				t.Fatalf("message %d: %d", i, got)
			}
		}
		if got := h.say(who, "open/1", nil); got != 429 {
			t.Errorf("one more: %d", got)
		}
	}
	if got := h.say(h.super, "open/1", nil); got != 204 {
		t.Errorf("a superuser: %d", got)
	}
	h.wait(600 * time.Millisecond)
	if got := h.say(token, "open/1", nil); got != 204 {
		t.Errorf("after a while: %d", got)
	}
	if got := h.say(token, "open/1", nil); got != 429 {
		t.Errorf("right after: %d", got)
	}
}

func TestAStreamJoinsAHundredTopics(t *testing.T) {
	t.Parallel()
	h := rooms(t)
	s := h.connect("")
	var topics []string
	for i := range 101 {
		topics = append(topics, fmt.Sprintf("open/%d", i))
	}
	s.submit("", topics...)
	s.hears(`open/100 {"action":"refused","reason":"many"}`)
	h.say("", "open/99", nil)
	h.say("", "open/100", nil)
	s.hears(`open/99 {"action":"broadcast","event":"","data":null,"from":null}`)
	s.silent()
}

// TestACursorGoesOnPastWhatIsSaid: events of channels have no cursor, and must not take the one that is there.
func TestACursorGoesOnPastWhatIsSaid(t *testing.T) {
	t.Parallel()
	h := rooms(t)
	s := h.connect("?cursor=")
	s.submit("", "open/1")
	s.upToFence()
	before := s.last
	h.say("", "open/1", nil)
	e, err := s.next()
	if err != nil || e.name != "open/1" || e.id != "" || s.last != before {
		t.Errorf("got %v, %v; the cursor was %s and is %s", e, err, before, s.last)
	}
}

func TestDeclarationsAreJudged(t *testing.T) {
	t.Parallel()
	h := open(t)
	rule := func(text string) data { return data{"name": "a", "joinRule": text} }
	for name, c := range map[string]struct {
		channel data
		want    string // "field code"; "" when it is accepted
	}{
		"texts and parameters":    {data{"name": "a.b-c_D/:p/d/:q2", "joinRule": "p = q2 && topic != ''", "publishRule": "id = topic"}, ""},
		"no name":                 {data{}, "name validation_required"},
		"a parameter first":       {data{"name": ":a"}, "name validation_match_invalid"},
		"a name of ours":          {data{"name": "PB_CONNECT"}, "name validation_match_invalid"},
		"a slash at the end":      {data{"name": "a/"}, "name validation_match_invalid"},
		"a star":                  {data{"name": "a/*"}, "name validation_match_invalid"},
		"a parameter twice":       {data{"name": "a/:b/:b"}, "name validation_match_invalid"},
		"a reserved parameter":    {data{"name": "a/:topic"}, "name validation_match_invalid"},
		"no rule at all":          {rule("a b c"), "joinRule validation_invalid_rule"},
		"a parameter not there":   {rule("b = 1"), "joinRule validation_invalid_rule"},
		"a collection not there":  {rule("@collection.none.id = topic"), "joinRule validation_invalid_rule"},
		"a field of the accounts": {rule("@request.auth.team = topic"), ""},
	} {
		status, out := h.try("PATCH", "/api/settings", h.super, data{"realtime": data{"channels": []data{c.channel}}})
		got := ""
		if status != 200 {
			for field, f := range out["data"].(data)["realtime"].(data)["channels"].(data)["0"].(data) {
				got = field + " " + f.(data)["code"].(string)
			}
		}
		if got != c.want {
			t.Errorf("%s: %d %q, want %q", name, status, got, c.want)
		}
	}
}
