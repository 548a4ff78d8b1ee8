package realtime_test

import (
	"testing"
	"time"
)

// private makes a collection that only signed-in accounts hear of.
func (h *house) private() {
	h.Helper()
	h.collection(`{"name":"inner","fields":[{"name":"for","type":"text"}],"listRule":"@request.auth.id != '' && (for = '' || for = @request.auth.name)"}`)
}

func TestAnAccountThatChanges(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.private()
	ann, token := h.account("ann", data{"name": "old"})
	s := h.listen(token, "inner/*", "users/*")
	a := h.create("inner", data{"for": "old"})
	h.update("users", ann, data{"name": "new"})
	b := h.create("inner", data{"for": "old"})
	c := h.create("inner", data{"for": "new"})
	ids := map[string]string{"a": a, "b": b, "c": c, "ann": ann}
	s.wants(ids, "inner/* create a", "users/* update ann", "inner/* create c")
	h.update("users", ann, data{"password": "another password", "passwordConfirm": "another password"})
	h.create("inner", nil)
	s.wants(ids) // not even the change of its own account
	s.submit("", "inner/*")
	_, bob := h.account("bob", nil)
	s.submit(bob, "inner/*")
	d := h.create("inner", nil)
	s.wants(map[string]string{"d": d}, "inner/* create d")
}

func TestAccountsThatGo(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(h *house, id string){
		"deleted": func(h *house, id string) { h.remove("users", id) },
		"secret": func(h *house, _ string) {
			h.ask("PATCH", "/api/collections/users", h.super, data{"authToken": data{"secret": "a new secret that is long enough to be one"}})
		},
		"collection": func(h *house, _ string) { h.ask("DELETE", "/api/collections/users", h.super, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.private()
			id, token := h.account("ann", nil)
			s := h.listen(token, "inner/*")
			a := h.create("inner", nil)
			s.wants(map[string]string{"a": a}, "inner/* create a")
			end(h, id)
			h.create("inner", nil)
			s.wants(nil)
			s.submit("", "inner/*") // anybody may take it over now
		})
	}
}

func TestTokensThatExpireChangeNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.private()
	_, token := h.account("ann", nil)
	super := h.super
	s := h.listen(token, "inner/*")
	h.wait(4 * time.Minute)
	a := h.create("inner", nil)
	h.super = super
	s.wants(map[string]string{"a": a}, "inner/* create a")
}

func TestRulesThatChange(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.collection(`{"name":"shifting","fields":[{"name":"n","type":"number"}]}`)
	s := h.listen("", "shifting/*", "moved/*")
	a := h.create("shifting", nil)
	s.wants(map[string]string{"a": a}, "shifting/* create a") // before the rule changes: changes are judged by the rules of when they are told
	h.ask("PATCH", "/api/collections/shifting", h.super, data{"listRule": nil})
	h.create("shifting", nil)
	h.ask("PATCH", "/api/collections/shifting", h.super, data{"listRule": "n > 1", "name": "moved"})
	h.create("moved", data{"n": 1})
	b := h.create("moved", data{"n": 2})
	s.wants(map[string]string{"b": b}, "moved/* create b")
	h.ask("PATCH", "/api/collections/"+id, h.super, data{"listRule": "", "fields": []data{{"name": "other", "type": "text"}, {"name": "n", "type": "number"}}})
	c := h.create("moved", data{"n": 0, "other": "x"})
	s.wants(map[string]string{"c": c}, "moved/* create c")
}

func TestIdleAndOldStreamsEnd(t *testing.T) {
	t.Parallel()
	h := open(t)
	idle := h.listen("")
	idle.upToFence()
	h.wait(4 * time.Minute)
	idle.upToFence()
	h.wait(5 * time.Minute)
	idle.ends()
	old := h.listen("")
	for range 10 {
		h.wait(3 * time.Minute)
		h.create("fence", nil)
	}
	old.ends()
}
