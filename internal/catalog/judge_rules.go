package catalog

import (
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/schema"
)

// checkRules resolves the five rules against the catalog to be.
func (j *judge) checkRules() {
	was := schema.Rules{}
	if j.old != nil {
		was = j.old.Rules
	}
	now := j.c.Rules
	if j.c.IsView() {
		for name, r := range map[string]*string{"createRule": now.Create, "updateRule": now.Update, "deleteRule": now.Delete} {
			if r != nil {
				j.fs.Add(name, fault.Field("validation_nil", "Must be null: views are read only."))
			}
		}
	}
	j.checkRule("listRule", was.List, now.List)
	j.checkRule("viewRule", was.View, now.View)
	j.checkRule("createRule", was.Create, now.Create)
	j.checkRule("updateRule", was.Update, now.Update)
	j.checkRule("deleteRule", was.Delete, now.Delete)
}

func (j *judge) checkRule(name string, was, now *string) {
	j.fs.Add(name, j.badRule(now))
	j.fs.Add(name, j.badChange(was, now))
}

// badRule is what is wrong with an expression.
func (j *judge) badRule(r *string) error {
	if r == nil || *r == "" {
		return nil
	}
	if _, err := rule.Bind(rule.Question{Schema: j.cat, Base: j.c.Table(), Rule: *r}); err != nil {
		return fault.Field("validation_invalid_rule", "Invalid rule. Raw error: "+sentence(err.Error())).Because(err)
	}
	return nil
}

// badChange refuses other rules for system collections.
func (j *judge) badChange(was, now *string) error {
	if j.old == nil || !j.old.System || schema.SameRule(was, now) {
		return nil
	}
	return fault.Field("validation_collection_system_rule_change", "The rules of system collections cannot be changed.")
}
