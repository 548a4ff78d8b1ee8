package api

import (
	"encoding/json"
	"net/http"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/dashboard"
)

// listRuleTests lists the tests of a collection's rules, or all of them.
func listRuleTests(c *call) error {
	list, err := c.Dashboard.RuleTests(c.r.Context(), c.query("collection"))
	if err != nil {
		return err
	}
	return c.answerAs(list)
}

// saveRuleTest keeps a test: a new one, or another version of one.
func saveRuleTest(c *call) error {
	var t dashboard.RuleTest
	if err := c.read(&t); err != nil {
		return err
	}
	t, err := c.Dashboard.SaveRuleTest(c.r.Context(), c.Now(), t)
	if err != nil {
		return err
	}
	return c.answerAs(t)
}

func dropRuleTest(c *call) error {
	if err := c.Dashboard.DropRuleTest(c.r.Context(), c.r.PathValue("test")); err != nil {
		return err
	}
	return c.done()
}

// runRuleTests runs tests on the collections as they are, or as they would be after a change.
func runRuleTests(c *call) error {
	var r dashboard.Run
	if err := c.read(&r); err != nil {
		return err
	}
	out, err := c.Dashboard.TestRules(c.r.Context(), c.Now(), r)
	if err != nil {
		return err
	}
	failed := 0
	for _, t := range out {
		done := http.StatusOK
		if t.Action == "delete" {
			done = http.StatusNoContent
		}
		if t.Verdict != "" {
			t.Status = statusOf(t.Fault, done)
		}
		if !t.Passed {
			failed++
		}
	}
	return c.answerAs(struct {
		Failed int                 `json:"failed"`
		Tests  []*dashboard.Tested `json:"tests"`
	}{failed, out})
}

// read decodes the body into v.
func (c *call) read(v any) error {
	raw, err := c.object()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fault.New(fault.Invalid, "").Because(err)
	}
	return nil
}

func (c *call) answerAs(v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.answer(raw)
}
