package dashboard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/rule"
)

// The verdicts.
const (
	allowed = "allowed"
	refused = "refused"
	mixed   = "mixed"
	empty   = "empty"
)

// judge asks the rule of the subjects.
func (t *trial) judge(ctx context.Context) error {
	for _, s := range t.asked {
		t.out.Rows = append(t.out.Rows, &Row{ID: s.id, Name: s.name(), Result: refused, Clauses: []string{}})
	}
	if t.out.Fault = t.door(); t.out.Fault != nil {
		return t.showTree(ctx)
	}
	if err := t.askAll(ctx); err != nil {
		return err
	}
	return t.showTree(ctx)
}

// door refuses what needs no look at a record.
func (t *trial) door() error {
	switch {
	case t.act.writes && t.c.IsView():
		t.out.Reason = "The records of a view cannot be changed."
		return fault.New(fault.Invalid, "")
	case t.by.IsSuper():
		return nil
	case t.act.name == "manage" && (t.by.Auth == nil || t.rule == nil || *t.rule == ""):
		t.out.Reason = "Without a rule only superusers manage accounts, and guests never do."
		return fault.New(t.act.fails, "")
	case t.rule == nil:
		t.out.Reason = t.act.locked
		return fault.New(fault.Forbidden, "")
	}
	return nil
}

// askAll asks the whole rule. One that cannot be read fails as the API fails.
func (t *trial) askAll(ctx context.Context) error {
	held := make([]bool, len(t.asked))
	_, err := t.gate.Ask(t.by, t.c, t.want(t.rule, t.first()))
	if err == nil {
		held, err = t.holds(ctx, access.Want{Rule: t.rule, Filter: t.filter})
	}
	if f, ok := fault.Of(err); ok && (f.Kind == fault.Invalid || f.Kind == fault.Forbidden) {
		t.out.Fault, t.out.Reason = t.unreadable(f), broken(err)
		return nil
	}
	if err != nil {
		return err
	}
	for i, s := range t.asked {
		t.out.Rows[i].judge(t.act, s, held[i])
	}
	return nil
}

func (t *trial) first() *subject {
	if len(t.asked) == 0 {
		return nil
	}
	return t.asked[0]
}

// unreadable is what a fault of the gate becomes on its way to the client.
func (t *trial) unreadable(f *fault.Error) error {
	if f.Kind == fault.Invalid {
		return fault.New(t.act.broken, "")
	}
	return f
}

// broken says what is wrong with a rule's text, in words.
func broken(err error) string {
	bad, ok := errors.AsType[*rule.Error](err)
	if !ok {
		return "The rule cannot be read: " + err.Error() + "."
	}
	if bad.Pos < 0 {
		return "The rule cannot be read: " + bad.Msg + "."
	}
	return fmt.Sprintf("The rule cannot be read: %s, at character %d.", bad.Msg, bad.Pos+1)
}

func (r *Row) judge(act action, s *subject, holds bool) {
	switch {
	case s.rec == nil:
		r.Fault = fault.New(fault.NotFound, "")
	case !holds:
		r.Fault = fault.New(act.fails, "")
	case s.fails != nil:
		r.Fault = s.fails
	default:
		r.Result = allowed
	}
}

// showTree takes the rule apart, unless rules do not hold the caller.
func (t *trial) showTree(ctx context.Context) error {
	if t.rule == nil || strings.TrimSpace(*t.rule) == "" || t.by.IsSuper() {
		return nil
	}
	return t.tree(ctx, *t.rule)
}

// conclude puts the rows into one verdict and one sentence.
func (t *trial) conclude() {
	passed := 0
	for _, r := range t.out.Rows {
		if r.Result == allowed {
			passed++
		}
	}
	o, n := t.out, len(t.out.Rows)
	switch {
	case o.Fault != nil:
		o.Verdict = refused
		for _, r := range o.Rows {
			r.Fault = o.Fault
		}
		return
	case n == 0:
		o.Verdict = unknown
	case passed == n:
		o.Verdict = allowed
	case t.act.name == "list" && passed == 0:
		o.Verdict = empty
	case passed == 0:
		o.Verdict = refused
	default:
		o.Verdict = mixed
	}
	if t.act.name != "list" && n > 0 {
		o.Fault = o.Rows[0].Fault
	}
	o.Reason = t.reason(passed, n)
}

// reason is the verdict in a sentence.
func (t *trial) reason(passed, n int) string {
	switch {
	case n == 0:
		return "There is no record to ask about."
	case n > 1:
		return fmt.Sprintf("%d of %d records pass.%s", passed, n, t.whose())
	case t.asked[0].rec == nil:
		return "There is no record with this id."
	case passed == 1:
		return fmt.Sprintf("The record %s.%s", t.act.done, t.whose())
	}
	if s := t.asked[0]; s.fails != nil && t.out.Rows[0].Fault == s.fails { //nolint:errorlint // the very same
		return "The rule lets it pass, but the values do not: " + wrong(s.fails) + "."
	}
	return fmt.Sprintf("The record %s: %s.", t.act.not, t.why())
}

func (t *trial) whose() string {
	switch {
	case t.by.Trust == caller.Superuser:
		return " Rules do not hold superusers."
	case t.rule != nil && *t.rule == "":
		return " Everyone may."
	}
	return ""
}

// why names the clause that decided.
func (t *trial) why() string {
	if len(t.out.Tree) == 0 {
		return "the filter leaves it out"
	}
	d := t.out.Tree[0].decider()
	switch {
	case d == nil || d.Result == yes:
		return "the filter leaves it out"
	case d.Op == "||":
		return fmt.Sprintf("none of the alternatives in “%s” holds", d.Text)
	case d.Result == unknown:
		return fmt.Sprintf("“%s” cannot be told", d.Text)
	}
	return fmt.Sprintf("“%s” does not hold", d.Text)
}

// wrong lists what a fault says about fields.
func wrong(err error) string {
	f, ok := fault.Of(err)
	if !ok {
		return err.Error()
	}
	var list []string
	for name, at := range f.Fields {
		list = append(list, name+": "+strings.TrimSuffix(at.Msg, "."))
	}
	if len(list) == 0 {
		return f.Msg
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}
