package holdall

import (
	"context"

	"github.com/holdall-dev/holdall/internal/dashboard"
)

// RuleTest is a test of an access rule that is kept with its collection, and what came of it.
type RuleTest struct {
	Collection string // by name
	Action     string // list, view, create, update, delete, auth, manage
	Name       string
	Expect     string // allowed, refused, empty
	Verdict    string // likewise, or "" when what the test is about is gone
	Reason     string // a sentence
	Passed     bool
}

// TestRules runs the tests of the rules of some collections, by name or id, or of all when none is named. They ask
// what the API would answer and change nothing. Fault: Invalid when a collection is not there.
func (a *App) TestRules(ctx context.Context, collections ...string) ([]RuleTest, error) {
	if len(collections) == 0 {
		collections = []string{""}
	}
	var all []RuleTest
	for _, name := range collections {
		done, err := a.desk.TestRules(ctx, a.o.Now(), dashboard.Run{Collection: name})
		if err != nil {
			return nil, err
		}
		for _, t := range done {
			all = append(all, RuleTest{
				Collection: t.Collection, Action: t.Action, Name: t.Name, Expect: t.Expect,
				Verdict: t.Verdict, Reason: t.Reason, Passed: t.Passed,
			})
		}
	}
	return all, nil
}
