package realtime_test

import "testing"

// TestACascadeIsToldAsItWasBefore deletes a project and what hangs on it: rules that lead to what is gone by then
// are judged by what was there before.
func TestACascadeIsToldAsItWasBefore(t *testing.T) {
	t.Parallel()
	h := open(t)
	ann, annToken := h.account("ann", nil)
	_, bobToken := h.account("bob", nil)
	projects := h.collection(`{"name":"projects","listRule":"","fields":[{"name":"title","type":"text"},{"name":"hidden","type":"bool"},{"name":"owner","type":"relation","collectionId":"_pb_users_auth_"}]}`)
	tasks := h.collection(`{"name":"tasks","listRule":"project.owner = @request.auth.id","fields":[{"name":"project","type":"relation","collectionId":"` + projects + `","cascadeDelete":true}]}`)
	h.collection(`{"name":"notes","listRule":"task.project.title = \"p\" && task.project.owner = @request.auth.id","fields":[{"name":"task","type":"relation","collectionId":"` + tasks + `","cascadeDelete":true}]}`)
	h.collection(`{"name":"open","listRule":"project.hidden != true","fields":[{"name":"project","type":"relation","collectionId":"` + projects + `","cascadeDelete":true}]}`)
	h.collection(`{"name":"beside","listRule":"@collection.tasks.project ?= project && @collection.tasks.id ?= \"task00000000000\"","fields":[{"name":"project","type":"relation","collectionId":"` + projects + `","cascadeDelete":true}]}`)
	ids := map[string]string{}
	for name, at := range map[string]struct {
		collection string
		d          data
	}{
		"project": {"projects", data{"id": "project00000000", "title": "p", "owner": ann}}, "hidden": {"projects", data{"id": "hidden000000000", "hidden": true}},
	} {
		ids[name] = h.create(at.collection, at.d)
	}
	ids["task"] = h.create("tasks", data{"id": "task00000000000", "project": ids["project"]})
	ids["note"] = h.create("notes", data{"task": ids["task"]})
	ids["shown"] = h.create("open", data{"project": ids["project"]})
	ids["secret"] = h.create("open", data{"project": ids["hidden"]})
	ids["beside"] = h.create("beside", data{"project": ids["project"]})
	topics := []string{"projects/*", "tasks/*", "notes/*", "open/*", "beside/*"}
	one, other := h.listen(annToken, topics...), h.listen(bobToken, topics...)
	h.remove("projects", ids["project"])
	one.wants(ids, "projects/* delete project", "beside/* delete beside", "open/* delete shown", "tasks/* delete task", "notes/* delete note")
	other.wants(ids, "projects/* delete project", "beside/* delete beside", "open/* delete shown")
	h.remove("projects", ids["hidden"]) // what hung on it was shown to nobody, and is not now that it is gone
	one.wants(ids, "projects/* delete hidden")
	other.wants(ids, "projects/* delete hidden")
}

// TestABatchThatTakesARightAwayTellsNoMore: what is changed and deleted in one transaction, with the membership
// that showed it, is not judged by what was before.
func TestABatchThatTakesARightAwayTellsNoMore(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.ask("PATCH", "/api/settings", h.super, data{"batch": data{"enabled": true}})
	ann, token := h.account("ann", nil)
	h.collection(`{"name":"members","fields":[{"name":"user","type":"relation","collectionId":"_pb_users_auth_"}]}`)
	h.collection(`{"name":"posts","listRule":"@request.auth.id != \"\" && @collection.members.user ?= @request.auth.id","fields":[{"name":"text","type":"text"}]}`)
	member, post, plain := h.create("members", data{"user": ann}), h.create("posts", data{"text": "old"}), h.create("posts", data{"text": "old"})
	ids := map[string]string{"post": post, "plain": plain}
	s := h.listen(token, "posts/*")
	h.ask("POST", "/api/batch", h.super, data{"requests": []data{
		{"method": "DELETE", "url": "/api/collections/members/records/" + member},
		{"method": "PATCH", "url": "/api/collections/posts/records/" + post, "body": data{"text": "not for ann"}},
		{"method": "DELETE", "url": "/api/collections/posts/records/" + post},
		{"method": "DELETE", "url": "/api/collections/posts/records/" + plain},
	}})
	s.wants(ids, "posts/* delete plain")
}
