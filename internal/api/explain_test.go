package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
)

// explained is a place with rules to ask: notes of two people, comments that point to them.
type explained struct {
	*post
	who map[string]fields // "as" of a wish, by name
	key map[string]string // tokens
	ids map[string]string // of people
}

// noteData are the notes, by id.
func (x *explained) noteData() map[string]fields {
	return map[string]fields{
		"anns00000000000": {"title": "Plan", "n": 5, "author": x.ids["ann"], "members": []string{x.ids["ann"], x.ids["bob"]}, "tags": []string{"a"}, "open": true, "data": fields{"k": 1}},
		"bobs00000000000": {"title": "plot", "n": 0, "author": x.ids["bob"], "members": []string{x.ids["bob"]}, "tags": []string{"a", "b"}, "data": fields{"k": "x"}},
		"none00000000000": {"title": "", "n": -1, "open": true},
	}
}

func newExplained(t *testing.T) *explained {
	t.Helper()
	x := &explained{post: newPost(t), who: map[string]fields{}, key: map[string]string{"guest": ""}, ids: map[string]string{}}
	x.key["super"] = x.super
	for _, name := range []string{"ann", "bob"} {
		x.ids[name], x.key[name] = x.signUp(name)
		x.who[name] = fields{"collection": "users", "id": x.ids[name]}
	}
	roots := x.must(200, x.do("GET", "/api/collections/_superusers/records", x.super, nil))["items"].([]any)
	x.who["super"] = fields{"collection": "_superusers", "id": roots[0].(map[string]any)["id"]}
	rel := func(name, to string, n int) fields {
		return fields{"name": name, "type": "relation", "collectionId": to, "maxSelect": n}
	}
	notes := x.must(200, x.do("POST", "/api/collections", x.super, fields{"name": "notes", "type": "base", "fields": []any{
		fields{"name": "title", "type": "text", "max": 20}, fields{"name": "n", "type": "number"}, fields{"name": "open", "type": "bool"},
		fields{"name": "tags", "type": "select", "maxSelect": 3, "values": []string{"a", "b", "c"}}, fields{"name": "data", "type": "json"},
		rel("author", "_pb_users_auth_", 1), rel("members", "_pb_users_auth_", 9),
	}}))["id"].(string)
	x.must(200, x.do("POST", "/api/collections", x.super, fields{"name": "comments", "type": "base", "fields": []any{
		rel("note", notes, 1), rel("by", "_pb_users_auth_", 1), fields{"name": "text", "type": "text"},
	}}))
	for id, data := range x.noteData() {
		x.restore(id, data)
	}
	return x
}

// restore makes a note anew, with what pointed to it.
func (x *explained) restore(id string, data fields) {
	x.Helper()
	with := maps.Clone(data)
	with["id"] = id
	x.must(200, x.do("POST", "/api/collections/notes/records", x.super, with))
	x.must(200, x.do("POST", "/api/collections/comments/records", x.super, fields{"note": id, "by": data["author"], "text": "to " + id[:4]}))
}

func (x *explained) explain(wish fields) fields {
	x.Helper()
	return x.must(200, x.do("POST", "/api/dashboard/rules/explain", x.super, wish))
}

// rulesOfEveryKind are everybody's, superusers', those that only look at the caller, at the record, at
// both, at related records, at the request.
var rulesOfEveryKind = []string{
	"null", "",
	`@request.auth.id != ""`, `@request.auth.id = ""`, `@request.auth.verified = true`, `@request.auth.name ~ "ann"`,
	`author = @request.auth.id`, `author = @request.auth.id && @request.auth.id != ""`, `open = true || author = @request.auth.id`,
	`(open = true && n > 0) || (open = false && members ?= @request.auth.id)`,
	`members.id ?= @request.auth.id`, `members.id = @request.auth.id`, `members.name ?~ "bob" && members.id ?= @request.auth.id`,
	`tags:length > 1`, `tags:each = "a"`, `tags ?= "b"`, `title:lower ~ "pl"`, `title ~ "pl" // spelling`, `n > author.missing.x`,
	`data.k = 1`, `data.gone > 1`, `data.gone != 1`, `n >= 0 && n <= 5`, `title = null`, `author.name = "<ann>"`,
	`comments_via_note.text ?~ "anns"`, `@collection.users.id ?= author`, `@collection.comments.by ?= @request.auth.id && open = true`,
	`@request.method = "GET" || @request.method = "PATCH"`, `@request.context = "default"`, `@request.query.q = "yes"`, `@request.headers.x_key = ""`,
	`@request.body.title:isset = false`, `@request.body.title = "new"`, `n = 1 || (n = 2 && title = "x") || open != false`, `@now > "2020-01-01 00:00:00.000Z"`,
}

// TestExplainRULE1 asks about every rule, as every caller, for every action and record, what would be answered while the
// rule is a draft; then saves it, asks again, and asks the API itself. All three say the same.
func TestExplainRULE1(t *testing.T) {
	t.Parallel()
	x := newExplained(t)
	for _, text := range rulesOfEveryKind {
		var rule any = text
		if text == "null" {
			rule = nil
		}
		drafts := map[string]fields{}
		for wish := range x.wishes(rule) {
			drafts[wish] = x.explain(x.wishes(rule)[wish])
		}
		all := fields{"listRule": rule, "viewRule": rule, "createRule": rule, "updateRule": rule, "deleteRule": rule}
		if saved := x.do("PATCH", "/api/collections/notes", x.super, all); saved.status != 200 {
			x.refusedToSave(text, drafts)
			continue
		}
		for name, wish := range x.wishes(rule) {
			delete(wish, "rule")
			stored := x.explain(wish)
			if got, want := fmt.Sprint(stored["rows"]), fmt.Sprint(drafts[name]["rows"]); got != want {
				t.Errorf("%s %q: stored %s\n draft %s", name, text, got, want)
			}
			x.compare(text, wish, stored)
		}
	}
}

// wishes are what each caller may want of the notes.
func (x *explained) wishes(rule any) map[string]fields {
	all := map[string]fields{}
	for who := range x.key {
		for _, action := range []string{"list", "view", "create", "update", "delete"} {
			w := fields{"collection": "notes", "action": action, "rule": rule, "as": "guest", "who": who, "query": fields{"q": "yes"}}
			if x.who[who] != nil {
				w["as"] = x.who[who]
			}
			w["records"] = append(slices.Sorted(maps.Keys(x.noteData())), "nothing00000000")
			switch action {
			case "create":
				w["body"] = fields{"title": "new", "n": 1, "author": x.ids["ann"], "members": []string{x.ids["bob"]}}
				delete(w, "records")
			case "update":
				w["body"] = fields{"n+": 0}
			}
			all[who+" "+action] = w
		}
	}
	return all
}

// refusedToSave: a rule that the API does not take is one that cannot be read.
func (x *explained) refusedToSave(text string, drafts map[string]fields) {
	x.Helper()
	for name, got := range drafts {
		if reason := got["reason"].(string); name[:5] != "super" && reason[:23] != "The rule cannot be read" {
			x.Errorf("%s %q: %s", name, text, reason)
		}
	}
}

// compare sends the real requests.
func (x *explained) compare(text string, wish, got fields) {
	x.Helper()
	who, action, key := wish["who"].(string), wish["action"].(string), x.key[wish["who"].(string)]
	at := "/api/collections/notes/records"
	switch action {
	case "list":
		x.compareList(text, who, got)
	case "create":
		real := x.do("POST", at+"?q=yes", key, wish["body"].(fields))
		if int(got["status"].(float64)) != real.status {
			x.Errorf("%s create %q: %v; the API answers %d", who, text, got, real.status)
		}
		if real.status == 200 {
			x.must(204, x.do("DELETE", at+"/"+real.body["id"].(string), x.super, nil))
		}
	default:
		for _, row := range got["rows"].([]any) {
			row := row.(map[string]any)
			id := row["id"].(string)
			body, _ := wish["body"].(fields)
			real := x.do(map[string]string{"view": "GET", "update": "PATCH", "delete": "DELETE"}[action], at+"/"+id+"?q=yes", key, body)
			if int(row["status"].(float64)) != real.status || (row["result"] == "allowed") != (real.status < 300) {
				x.Errorf("%s %s %s %q: %v; the API answers %d", who, action, id, text, row, real.status)
			}
			if real.status == http.StatusNoContent {
				x.restore(id, x.noteData()[id])
			}
		}
	}
}

func (x *explained) compareList(text, who string, got fields) {
	x.Helper()
	real := x.do("GET", "/api/collections/notes/records?q=yes", x.key[who], nil)
	if int(got["status"].(float64)) != real.status {
		x.Errorf("%s list %q: %v; the API answers %d", who, text, got, real.status)
	}
	var want, found []string
	items, _ := real.body["items"].([]any)
	for _, item := range items {
		want = append(want, item.(map[string]any)["id"].(string))
	}
	for _, row := range got["rows"].([]any) {
		if row := row.(map[string]any); row["result"] == "allowed" {
			found = append(found, row["id"].(string))
		}
	}
	slices.Sort(want)
	slices.Sort(found)
	if !slices.Equal(found, want) {
		x.Errorf("%s list %q: %v; the API lists %v", who, text, found, want)
	}
	if after := got["after"]; real.status == 200 && after != float64(len(want)) {
		x.Errorf("%s list %q: %v pass after, the API lists %d", who, text, after, len(want))
	}
	if verdict := got["verdict"]; real.status == 200 && (verdict == "empty") != (len(want) == 0) {
		x.Errorf("%s list %q: verdict %v, the API lists %d", who, text, verdict, len(want))
	}
}
