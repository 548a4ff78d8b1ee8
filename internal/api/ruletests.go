package api

import "github.com/holdall-dev/holdall/internal/dashboard"

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
		if t.Verdict != "" {
			t.Status = statusOf(t.Fault, doneBy(t.Action))
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
