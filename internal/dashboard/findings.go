package dashboard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/internal/catalog"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/schema"
)

// Levels of findings.
const (
	Danger  = "danger"  // strangers can change data, or read what is hidden
	Warning = "warning" // worth a look
)

// Finding is something about access that deserves a look (spec/dashboard.md §5.8).
type Finding struct {
	Level      string `json:"level"`
	Collection string `json:"collection"` // by name; "" when it is about the whole server
	Action     string `json:"action"`     // a rule: list, view, create, update, delete; or a part of signing in: methods, tokens
	Text       string `json:"text"`       // a sentence
}

// longToken is how many seconds tokens may live before that deserves a look.
const longToken = 30 * 86_400

// Findings tells what is open, or at odds with itself, as things are now: dangers first.
func (s *Service) Findings() []Finding {
	a := &audit{cat: s.Catalog.Current(), found: []Finding{}}
	for _, c := range a.cat.All() {
		a.c = c
		a.writes()
		a.reads()
		a.hidden()
		a.accounts()
	}
	a.pages(s.Origins)
	slices.SortStableFunc(a.found, func(x, y Finding) int { return strings.Compare(x.Level, y.Level) })
	return a.found
}

// audit looks at one collection after the other.
type audit struct {
	cat     *schema.Catalog
	c       *schema.Collection
	found   []Finding
	written bool // somewhere everyone writes
}

func (a *audit) tell(level, action, text string, args ...any) {
	a.found = append(a.found, Finding{Level: level, Collection: a.c.Name, Action: action, Text: fmt.Sprintf(text, args...)})
}

func isOpen(r *string) bool { return r != nil && *r == "" }

func (a *audit) writes() {
	r := a.c.Rules
	for _, w := range []struct {
		action string
		rule   *string
	}{{"create", r.Create}, {"update", r.Update}, {"delete", r.Delete}} {
		switch {
		case !isOpen(w.rule):
		case w.action == "create" && a.c.IsAuth():
			a.tell(Warning, w.action, "Everyone may make an account.")
		default:
			a.written = true
			a.tell(Danger, w.action, "Everyone may %s records without signing in.", w.action)
		}
	}
}

func (a *audit) reads() {
	list, view := a.c.Rules.List, a.c.Rules.View
	switch {
	case isOpen(list) && view == nil:
		a.tell(Warning, "view", "Lists are open to everyone while viewing one is locked.")
	case isOpen(view) && list != nil && *list != "":
		a.tell(Warning, "view", "Lists ask a rule while viewing is open to whoever knows an id.")
	}
}

// hidden looks for hidden fields that answers tell something of.
func (a *audit) hidden() {
	r := a.c.Rules
	a.ruled("list", r.List)
	a.ruled("view", r.View)
	if !a.c.IsView() || r.List == nil && r.View == nil {
		return
	}
	level, action := Warning, "list"
	if isOpen(r.List) || isOpen(r.View) {
		level = Danger
	}
	if r.List == nil {
		action = "view"
	}
	for _, name := range catalog.Reveals(a.cat, a.c) {
		a.tell(level, action, "The view shows what it makes of %s, which is hidden.", name)
	}
}

// ruled looks at what a rule asks.
func (a *audit) ruled(action string, text *string) {
	if text == nil || *text == "" {
		return
	}
	b, err := rule.Bind(rule.Question{Schema: a.cat, Base: a.c.Table(), Rule: *text})
	if err != nil {
		a.tell(Warning, action, "The rule cannot be read: %s.", err)
		return
	}
	for _, name := range b.HiddenColumns() {
		a.tell(Warning, action, "The rule asks for %s, which is hidden: answers tell something of it.", name)
	}
}

func (a *audit) accounts() {
	if !a.c.IsAuth() {
		return
	}
	if t := a.c.Auth.AuthToken.Duration; t > longToken {
		a.tell(Warning, "tokens", "Tokens live for %d days.", t/86_400)
	}
	if a.c.ID == schema.SuperusersID && !a.c.Auth.MFA.Enabled {
		a.tell(Warning, "methods", "Superusers sign in without a second factor.")
	}
}

// pages looks at which web pages may do what everyone may.
func (a *audit) pages(origins []string) {
	if a.written && (len(origins) == 0 || slices.Contains(origins, "*")) {
		a.found = append(a.found, Finding{Level: Warning, Text: "Pages of every origin may do what everyone may. List yours with --origins."})
	}
}
