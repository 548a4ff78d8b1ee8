package dashboard

import (
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/schema"
)

// action is one thing that a rule of a collection decides.
type action struct {
	name     string
	method   string
	op       change.Op // of those that write
	writes   bool
	accounts bool // only accounts know it
	rule     func(*schema.Collection) *string
	fails    fault.Kind // of a record that does not pass
	broken   fault.Kind // of a rule that cannot be read
	done     string     // what happens to a record that passes
	not      string     // and to one that does not
	locked   string     // what no rule means
}

func (a action) creates() bool { return a.writes && a.op == change.Create }

const supersOnly = "The rule is for superusers only."

// actions are by their names in the wish. What a caller is told is the business of read, write and auth; here it is
// said once more, and a test compares all of it with what they answer.
var actions = map[string]action{
	"list": {
		name: "list", method: "GET", rule: func(c *schema.Collection) *string { return c.Rules.List },
		fails: fault.NotFound, broken: fault.Invalid, done: "is in the list", not: "is left out of the list", locked: supersOnly,
	},
	"view": {
		name: "view", method: "GET", rule: func(c *schema.Collection) *string { return c.Rules.View },
		fails: fault.NotFound, broken: fault.NotFound, done: "is shown", not: "is not found", locked: supersOnly,
	},
	"create": {
		name: "create", method: "POST", writes: true, op: change.Create, rule: func(c *schema.Collection) *string { return c.Rules.Create },
		fails: fault.Invalid, broken: fault.Invalid, done: "is made", not: "is not made", locked: supersOnly,
	},
	"update": {
		name: "update", method: "PATCH", writes: true, op: change.Update, rule: func(c *schema.Collection) *string { return c.Rules.Update },
		fails: fault.NotFound, broken: fault.NotFound, done: "is changed", not: "is not found", locked: supersOnly,
	},
	"delete": {
		name: "delete", method: "DELETE", writes: true, op: change.Delete, rule: func(c *schema.Collection) *string { return c.Rules.Delete },
		fails: fault.NotFound, broken: fault.NotFound, done: "is deleted", not: "is not found", locked: supersOnly,
	},
	"auth": {
		name: "auth", method: "POST", accounts: true, rule: func(c *schema.Collection) *string { return c.Auth.AuthRule },
		fails: fault.Forbidden, broken: fault.Invalid, done: "may sign in", not: "may not sign in", locked: "Without a rule nobody signs in.",
	},
	"manage": {
		name: "manage", method: "PATCH", writes: true, op: change.Update, accounts: true, rule: func(c *schema.Collection) *string { return c.Auth.ManageRule },
		fails: fault.Invalid, broken: fault.Invalid, done: "may be managed", not: "may not be managed", locked: supersOnly,
	},
}
