package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"testing"
)

// keep saves a test of the rules of notes and returns its id.
func (x *explained) keep(name, action, who, record, expect string, more fields) string {
	x.Helper()
	t := fields{"collection": "notes", "name": name, "action": action, "as": "guest", "record": record, "expect": expect}
	if as := x.who[who]; as != nil {
		t["as"] = as
	}
	maps.Copy(t, more)
	return x.must(200, x.do("POST", "/api/dashboard/rules/tests", x.super, t))["id"].(string)
}

// runTests runs all tests and returns which of them pass, by name.
func (x *explained) runTests(change any) map[string]bool {
	x.Helper()
	in := fields{}
	if change != nil {
		in["change"] = fields{"collection": "notes", "to": change}
	}
	passed := map[string]bool{}
	for _, one := range x.must(200, x.do("POST", "/api/dashboard/rules/tests/run", x.super, in))["tests"].([]any) {
		t := one.(map[string]any)
		passed[t["name"].(string)] = t["passed"].(bool)
	}
	return passed
}

// TestRuleTestsSayBeforeASaveWhatHoldsAfterIt: for every rule, tests that are run on the draft pass and fail as they
// do once it is saved; and as the real requests are answered.
func TestRuleTestsSayBeforeASaveWhatHoldsAfterIt(t *testing.T) {
	t.Parallel()
	x := newExplained(t)
	for id := range x.noteData() {
		for who := range x.key {
			x.keep(who+" views "+id, "view", who, id, "allowed", nil)
		}
	}
	for _, rule := range rulesOfEveryKind {
		to := fields{"viewRule": rule}
		if rule == "null" {
			to["viewRule"] = nil
		}
		draft := x.runTests(to)
		if saved := x.do("PATCH", "/api/collections/notes", x.super, to); saved.status != 200 {
			continue
		}
		if got, want := fmt.Sprint(x.runTests(nil)), fmt.Sprint(draft); got != want {
			t.Errorf("%q: saved %s\n draft %s", rule, got, want)
		}
		x.compareViews(rule, draft)
	}
}

// compareViews sends the real requests, but for those that a rule only hears of in tests.
func (x *explained) compareViews(rule string, passed map[string]bool) {
	x.Helper()
	for id := range x.noteData() {
		for who, key := range x.key {
			real := x.do("GET", "/api/collections/notes/records/"+id, key, nil).status == http.StatusOK
			if passed[who+" views "+id] != real {
				x.Errorf("%q: the test that %s views %s passes: %v; the API shows it: %v", rule, who, id, !real, real)
			}
		}
	}
}

// TestRuleTestsRehearseAChangeOfFields: tests see fields and tables as they would be, and nothing of it stays.
func TestRuleTestsRehearseAChangeOfFields(t *testing.T) {
	t.Parallel()
	x := newExplained(t)
	x.must(200, x.do("PATCH", "/api/collections/notes", x.super, fields{"createRule": "", "viewRule": "open = true"}))
	x.keep("a guest makes one", "create", "guest", "", "allowed", fields{"body": fields{"n": 1}})
	x.keep("a long title is refused", "create", "guest", "", "refused", fields{"body": fields{"title": "more than twenty letters"}})
	x.keep("an open one is seen", "view", "guest", "anns00000000000", "allowed", nil)
	before := x.must(200, x.do("GET", "/api/collections/notes", x.super, nil))
	all := fmt.Sprint(x.runTests(nil))
	changed := func(change func(f map[string]any)) fields {
		list := []any{}
		for _, one := range before["fields"].([]any) {
			f := maps.Clone(one.(map[string]any))
			change(f)
			list = append(list, f)
		}
		return fields{"fields": list}
	}
	for _, c := range []struct {
		what   string
		change fields
		want   map[string]bool
	}{
		{"the title is required", changed(func(f map[string]any) {
			if f["name"] == "title" {
				f["required"] = true
			}
		}), map[string]bool{"a guest makes one": false, "a long title is refused": true, "an open one is seen": true}},
		{"the title may be longer", changed(func(f map[string]any) {
			if f["name"] == "title" {
				f["max"] = 100
			}
		}), map[string]bool{"a guest makes one": true, "a long title is refused": false, "an open one is seen": true}},
		{"open becomes another field, with the rule", func() fields {
			to := changed(func(f map[string]any) {
				if f["name"] == "open" {
					f["name"], f["id"] = "open2", "open200000"
				}
			})
			to["viewRule"] = "open2 = true"
			return to
		}(), map[string]bool{"a guest makes one": true, "a long title is refused": true, "an open one is seen": false}},
		{"open is called otherwise, and so is the collection", func() fields {
			to := changed(func(f map[string]any) {
				if f["name"] == "open" {
					f["name"] = "public"
				}
			})
			to["viewRule"], to["name"] = "public = true", "papers"
			return to
		}(), map[string]bool{"a guest makes one": true, "a long title is refused": true, "an open one is seen": true}},
	} {
		if got := x.runTests(c.change); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
	if got := x.must(200, x.do("GET", "/api/collections/notes", x.super, nil)); fmt.Sprint(got) != fmt.Sprint(before) {
		t.Errorf("a rehearsal left\n%v, before it was\n%v", got, before)
	}
	if got := fmt.Sprint(x.runTests(nil)); got != all {
		t.Errorf("afterwards %s, before %s", got, all)
	}
	if got := x.do("GET", "/api/collections/notes/records/anns00000000000", "", nil); got.status != 200 {
		t.Errorf("the record is gone: %d", got.status)
	}
}

// TestRuleTestsOfWhatIsGoneFail: a refusal is not proved by a record or an account that is not there.
func TestRuleTestsOfWhatIsGoneFail(t *testing.T) {
	t.Parallel()
	x := newExplained(t)
	x.keep("record", "view", "ann", "bobs00000000000", "refused", nil)
	x.keep("account", "view", "bob", "anns00000000000", "refused", nil)
	if got := x.runTests(nil); !got["record"] || !got["account"] {
		t.Fatalf("before: %v", got)
	}
	for _, path := range []string{"notes/records/bobs00000000000", "users/records/" + x.ids["bob"]} {
		if got := x.do("DELETE", "/api/collections/"+path, x.super, nil); got.status != 204 {
			t.Fatalf("%s: %d", path, got.status)
		}
	}
	if got := x.runTests(nil); got["record"] || got["account"] {
		t.Errorf("after: %v", got)
	}
	was := x.must(200, x.do("GET", "/api/collections?filter=name='notes'", x.super, nil))["items"].([]any)[0].(map[string]any)
	for _, key := range []string{"tests", "ruleTests"} {
		if _, there := was[key]; there {
			t.Errorf("the collection tells of its tests under %q", key)
		}
	}
}
