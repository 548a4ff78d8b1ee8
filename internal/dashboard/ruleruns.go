package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// testTime is how long all tests together may take.
const testTime = 5 * time.Second

// Run says which tests are run, and on which collections: as they are, or as they would be.
type Run struct {
	Collection string        `json:"collection"` // whose tests; "" is everybody's
	Change     *Change       `json:"change"`
	Import     *ChangeOfMany `json:"import"`
}

// Change is what would be saved of a collection.
type Change struct {
	Collection string          `json:"collection"`
	To         json.RawMessage `json:"to"` // as PATCH of the collection takes it
}

// ChangeOfMany is what would be imported.
type ChangeOfMany struct {
	Collections   []json.RawMessage `json:"collections"`
	DeleteMissing bool              `json:"deleteMissing"`
}

// Tested is a test and what came of it.
type Tested struct {
	RuleTest
	Passed  bool   `json:"passed"`
	Verdict string `json:"verdict"` // "" when it could not be asked
	Status  int    `json:"status"`  // given by the door
	Reason  string `json:"reason"`

	Fault error `json:"-"`
}

// TestRules runs tests, all of them at one moment. Nothing is changed: a change of fields is made, looked at and taken
// back, and no other writer gets on meanwhile; rules alone are asked as drafts, which holds up nobody.
//
// Faults: those of the change, as if it were saved; Invalid when a collection is not there, or when there was not
// enough time.
func (s *Service) TestRules(ctx context.Context, now time.Time, r Run) ([]*Tested, error) {
	ctx, stop := context.WithTimeout(ctx, testTime)
	defer stop()
	cat := s.Catalog.Current()
	tests, err := s.keptTests(ctx, cat, r.Collection)
	if err != nil || len(tests) == 0 {
		return []*Tested{}, err
	}
	run := &run{now: now, cat: cat, tests: tests}
	if err := s.perform(ctx, r, run); err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, fault.New(fault.Invalid, "The tests of rules take longer than 5 seconds.").Because(err)
		}
		return nil, err
	}
	return run.out, nil
}

// perform runs the tests where they are to be run.
func (s *Service) perform(ctx context.Context, r Run, run *run) error {
	see := func(rd store.Reader, in world) error { return run.all(ctx, rd, in) }
	seeing := func(rd store.Reader, next *schema.Catalog) error { return see(rd, s.after(next)) }
	if r.Import != nil {
		return s.Catalog.RehearseImport(ctx, r.Import.Collections, r.Import.DeleteMissing, seeing)
	}
	if r.Change != nil {
		c, ok := s.Catalog.Current().Find(r.Change.Collection)
		if !ok {
			return notThere("change")
		}
		run.of = c.ID
		if run.drafts, ok = ruleDrafts(r.Change.To); !ok {
			return s.Catalog.Rehearse(ctx, c, r.Change.To, seeing)
		}
	}
	return s.Store.Snapshot(ctx, func(rd store.Reader) error { return see(rd, s.asIs()) })
}

// ruleDrafts reads a change that is about rules alone; ok says that it is.
func ruleDrafts(to json.RawMessage) (drafts map[string]*string, ok bool) {
	known := map[string]string{"listRule": "list", "viewRule": "view", "createRule": "create", "updateRule": "update", "deleteRule": "delete", "authRule": "auth"}
	var keys map[string]*string
	if json.Unmarshal(to, &keys) != nil {
		return nil, false
	}
	drafts = make(map[string]*string, len(keys))
	for key, text := range keys {
		action, ok := known[key]
		if !ok {
			return nil, false
		}
		drafts[action] = text
	}
	return drafts, true
}

// run is tests on their way.
type run struct {
	now    time.Time
	cat    *schema.Catalog // in whose names they are told
	tests  []RuleTest
	of     string             // the id of the collection that drafts are for
	drafts map[string]*string // by action
	out    []*Tested
}

// all runs the tests of those collections that are there.
func (r *run) all(ctx context.Context, rd store.Reader, in world) error {
	r.out = []*Tested{}
	for _, t := range r.tests {
		if _, ok := in.cat.ByID(t.Collection); !ok {
			continue
		}
		done := &Tested{RuleTest: t.named(r.cat)}
		if err := r.one(ctx, rd, in, t, done); err != nil {
			return fmt.Errorf("test %q of %s: %w", t.Name, done.Collection, err)
		}
		r.out = append(r.out, done)
	}
	return nil
}

// one asks what a test asks. Something that is gone fails the test: what was meant by it can no longer be told.
func (r *run) one(ctx context.Context, rd store.Reader, in world, t RuleTest, done *Tested) error {
	w := t.wish()
	if text, ok := r.drafts[t.Action]; ok && t.Collection == r.of {
		w.Rule = Draft{Given: true, Text: text}
	}
	asked, err := in.trial(r.now, w)
	if err == nil {
		asked.rd = rd
		err = asked.run(ctx, w)
	}
	if f, ok := fault.Of(err); ok && f.Kind == fault.Invalid {
		done.Reason = unasked(f)
		return nil
	}
	if err != nil {
		return err
	}
	done.Verdict, done.Reason, done.Fault = asked.out.Verdict, asked.out.Reason, asked.out.Fault
	if first := asked.first(); first != nil && first.rec == nil {
		done.Verdict, done.Reason = "", "The record of this test is gone."
	}
	done.Passed = done.Verdict == t.Expect
	return nil
}

func unasked(f *fault.Error) string {
	if f.Fields["as"] != nil {
		return "The account of this test is gone."
	}
	return "This can no longer be asked: " + wrong(f) + "."
}

// wish is the question of the test.
func (t RuleTest) wish() Wish {
	w := Wish{
		Collection: t.Collection, Action: t.Action, As: t.As, Body: t.Body, Query: t.Query, Headers: t.Headers,
		Context: t.Context, NoTotals: true,
	}
	if t.Record != "" {
		w.Records = []string{t.Record}
	}
	return w
}
