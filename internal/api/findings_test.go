package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestFindingsACC3: everything that deserves a look is found where it is, and nothing else.
func TestFindingsACC3(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	found := func() (lines []string) {
		for _, one := range p.must(200, p.do("GET", "/api/dashboard/access", p.super, nil))["findings"].([]any) {
			f := one.(map[string]any)
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s: %s", f["level"], f["collection"], f["action"], f["text"])))
		}
		return lines
	}
	always := found()
	change := func(c string, to fields) { p.Helper(); p.must(200, p.do("PATCH", "/api/collections/"+c, p.super, to)) }
	have := func(c fields) { p.Helper(); p.must(200, p.do("POST", "/api/collections", p.super, c)) }
	have(fields{"name": "staff", "type": "base", "fields": []any{
		fields{"name": "name", "type": "text"}, fields{"name": "salary", "type": "number", "hidden": true}, fields{"name": "rank", "type": "number"},
		fields{"name": "boss", "type": "relation", "collectionId": "_pb_users_auth_", "maxSelect": 1, "hidden": true},
	}})
	have(fields{"name": "pay", "type": "view", "viewQuery": "select id, name, salary from staff"})
	have(fields{"name": "band", "type": "view", "viewQuery": "select s.id, (s.salary / 1000) as band, u.name from staff s left join users u on u.id = s.boss"})

	pages := "warning  : Pages of every origin may do what everyone may. List yours with --origins."
	for _, c := range []struct {
		what, collection string
		to, back         fields
		want             []string
	}{
		{"nothing", "staff", fields{"listRule": "rank > 1", "viewRule": "rank > 1"}, nil, nil},
		{"writes", "staff", fields{"createRule": "", "updateRule": "", "deleteRule": ""}, fields{"createRule": nil, "updateRule": nil, "deleteRule": nil}, []string{
			"danger staff create: Everyone may create records without signing in.", "danger staff update: Everyone may update records without signing in.",
			"danger staff delete: Everyone may delete records without signing in.", pages,
		}},
		{"list and view", "staff", fields{"listRule": "", "viewRule": nil}, nil, []string{"warning staff view: Lists are open to everyone while viewing one is locked."}},
		{"view and list", "staff", fields{"listRule": "rank > 1", "viewRule": ""}, nil, []string{"warning staff view: Lists ask a rule while viewing is open to whoever knows an id."}},
		{"a hidden field", "staff", fields{"listRule": "rank > 1 && (name = 'x' || salary > 3)", "viewRule": "boss.name = 'x'"}, fields{"listRule": nil, "viewRule": nil}, []string{
			"warning staff list: The rule asks for staff.salary, which is hidden: answers tell something of it.",
			"warning staff view: The rule asks for staff.boss, which is hidden: answers tell something of it.",
		}},
		{"hidden ones of others", "users", fields{"listRule": "staff_via_boss.salary > 3"}, fields{"listRule": "id = @request.auth.id"}, []string{
			"warning users list: The rule asks for staff.boss, which is hidden: answers tell something of it.",
			"warning users list: The rule asks for staff.salary, which is hidden: answers tell something of it.",
		}},
		{"the caller's own", "staff", fields{"listRule": "@request.auth.tokenKey != '' && name != 'salary'"}, fields{"listRule": nil}, nil},
		{"a view that hides it", "pay", fields{"listRule": "", "viewRule": ""}, fields{"listRule": nil, "viewRule": nil}, nil},
		{"a view that shows it to some", "band", fields{"listRule": "id != ''"}, fields{"listRule": nil}, []string{"warning band list: The view shows what it makes of staff.salary, which is hidden."}},
		{"a view that shows it to all", "band", fields{"viewRule": ""}, fields{"viewRule": nil}, []string{"danger band view: The view shows what it makes of staff.salary, which is hidden."}},
		{"long tokens", "users", fields{"authToken": fields{"duration": 31 * 86_400}}, fields{"authToken": fields{"duration": 30 * 86_400}}, []string{"warning users tokens: Tokens live for 31 days."}},
	} {
		change(c.collection, c.to)
		got := slices.DeleteFunc(found(), func(line string) bool { return slices.Contains(always, line) })
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.what, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
		if c.back != nil {
			change(c.collection, c.back)
		}
	}
	second := "warning _superusers methods: Superusers sign in without a second factor."
	if !slices.Contains(always, second) || !slices.Contains(always, "warning users create: Everyone may make an account.") {
		t.Errorf("of a new server: %v", always)
	}
	change("_superusers", fields{"otp": fields{"enabled": true}, "mfa": fields{"enabled": true}})
	if slices.Contains(found(), second) {
		t.Error("a second factor is missed that is there")
	}
}
