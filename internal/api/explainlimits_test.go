package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/api"
)

// TestExplainRULE3: superusers alone are told what stands in hidden fields, and nobody passwords and keys of tokens. What
// somebody may not name in a filter cannot be found out by asking as them.
func TestExplainRULE3(t *testing.T) {
	t.Parallel()
	x := newExplained(t)
	x.must(200, x.do("POST", "/api/collections", x.super, fields{"name": "files", "type": "base", "fields": []any{
		fields{"name": "title", "type": "text"}, fields{"name": "code", "type": "text", "hidden": true},
	}}))
	x.must(200, x.do("POST", "/api/collections/files/records", x.super, fields{"id": "file00000000001", "title": "open", "code": "s3cr3t"}))
	wish := fields{"collection": "files", "action": "list", "rule": "code != 'other'", "as": x.who["ann"], "records": []string{"file00000000001"}}
	if said := fmt.Sprint(x.explain(wish)); !strings.Contains(said, "s3cr3t") {
		t.Errorf("a superuser is not told: %s", said)
	}
	for _, filter := range []string{"code ~ 's3'", "code = ''"} {
		got := x.explain(fields{"collection": "files", "action": "list", "rule": "", "as": x.who["ann"], "records": wish["records"], "query": fields{"filter": filter}})
		if real := x.do("GET", "/api/collections/files/records?filter="+url.QueryEscape(filter), x.key["ann"], nil); got["status"] != float64(400) || got["verdict"] != "refused" || real.status == 200 {
			t.Errorf("ann filters by %s: %v; the API answers %d", filter, got, real.status)
		}
	}
	account := fields{"collection": "users", "action": "list", "rule": "tokenKey != '' && password != '' && verified = false", "as": "guest", "records": []string{x.ids["ann"]}}
	if said := fmt.Sprint(x.explain(account)["tree"]); strings.Count(said, "•••") != 2 || strings.Contains(said, "$2") {
		t.Errorf("of an account even a superuser is told %s", said)
	}

	key := map[string]string{"guest": "", "ann": x.key["ann"], "expired": x.super, "forged": x.super[:len(x.super)-4] + "AAAA"}
	x.clock.wait(24*time.Hour + time.Second)
	x.key["ann"] = x.signIn("users", "ann@example.com", secret)
	key["ann"] = x.key["ann"]
	routes := slices.DeleteFunc(api.Routes(), func(route string) bool { return !strings.Contains(route, " /api/dashboard/") })
	if len(routes) < 10 {
		t.Errorf("the dashboard has %d routes", len(routes))
	}
	for _, route := range routes {
		method, path, _ := strings.Cut(route, " ")
		path = strings.NewReplacer("{of}", "files", "{field}", "code", "{view}", "x", "{test}", "x", "{client}", "x").Replace(path)
		for who, token := range key {
			got := x.do(method, path, token, wish)
			want := 401
			if who == "ann" {
				want = 403
			}
			if got.status != want || strings.Contains(fmt.Sprint(got.body), "s3cr3t") {
				t.Errorf("%s %s as %s: %d %v, want %d", method, path, who, got.status, got.body, want)
			}
		}
	}
}

// TestExplainRULE5: a rule that would take a database hours is given up after two seconds, which is said, and so is
// counting what passes it.
func TestExplainRULE5(t *testing.T) {
	t.Parallel()
	x := newExplained(t)
	x.must(200, x.do("PATCH", "/api/settings", x.super, fields{"batch": fields{"enabled": true, "maxRequests": 500}}))
	requests := make([]any, 400)
	for i := range requests {
		requests[i] = fields{"method": "POST", "url": "/api/collections/comments/records", "body": fields{"text": fmt.Sprintf("comment %d", i)}}
	}
	if got := x.do("POST", "/api/batch", x.super, fields{"requests": requests}); got.status != 200 {
		t.Fatalf("fill: %d %v", got.status, got.body)
	}
	// Neither half holds for any of 400 × 400 pairs, and the second one is asked for each pair of the first.
	slow := "@collection.comments:a.text ?~ @collection.comments:b.id || @collection.comments:c.text ?~ @collection.comments:d.id"
	explain := func(wish fields) said {
		t.Helper()
		begun := time.Now()
		got := x.do("POST", "/api/dashboard/rules/explain", x.super, wish)
		if took := time.Since(begun); took < 2*time.Second || took > 20*time.Second {
			t.Errorf("it took %v", took)
		}
		return got
	}
	wish := fields{"collection": "notes", "action": "list", "as": "guest", "rule": slow, "sample": 3}
	if got := explain(wish); got.status != 400 || got.body["message"] != "This takes longer than 2 seconds. Ask about fewer records." {
		t.Errorf("three records: %d %v", got.status, got.body)
	}
	delete(wish, "sample")
	if got := explain(wish); got.status != 200 || got.body["timedOut"] != true || got.body["after"] != nil || got.body["total"] != float64(3) {
		t.Errorf("counting alone: %d %v", got.status, got.body)
	}
	if got := x.do("GET", "/api/collections/notes/records", x.super, nil); got.status != 200 {
		t.Errorf("afterwards: %d", got.status)
	}
}
