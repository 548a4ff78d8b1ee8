package dashboard

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// Limits of tests.
const (
	maxTests    = 200 // of one collection
	maxTestName = 200 // characters
	maxTestBody = 64 << 10
)

// testKeys begins the names under which tests are kept, one list for each collection. They are no part of a
// collection's definition: exports of collections and their clients do not meet them.
const testKeys = "rule-tests/"

// RuleTest is what is expected of a rule: somebody wants something of one record, or brings a new one.
type RuleTest struct {
	ID         string            `json:"id"`
	Collection string            `json:"collection"` // its id where it is kept, its name where it is shown
	Name       string            `json:"name"`
	Action     string            `json:"action"`
	As         As                `json:"as"` // its collection like Collection
	Record     string            `json:"record"`
	Body       json.RawMessage   `json:"body,omitempty"`
	Query      map[string]string `json:"query,omitempty"`
	Headers    map[string]string `json:"headers,omitempty"`
	Context    string            `json:"context,omitempty"`
	Expect     string            `json:"expect"` // the verdict: allowed, refused, empty
}

// RuleTests lists the tests of a collection, by id or name, or of all when it is "".
//
// Fault: Invalid when there is no such collection.
func (s *Service) RuleTests(ctx context.Context, collection string) ([]RuleTest, error) {
	cat := s.Catalog.Current()
	all, err := s.keptTests(ctx, cat, collection)
	for i, t := range all {
		all[i] = t.named(cat)
	}
	return all, err
}

// keptTests are tests as they are kept.
func (s *Service) keptTests(ctx context.Context, cat *schema.Catalog, collection string) ([]RuleTest, error) {
	from := cat.All()
	if collection != "" {
		c, ok := cat.Find(collection)
		if !ok {
			return nil, notThere("collection")
		}
		from = []*schema.Collection{c}
	}
	kept, err := s.Store.Params(ctx, testKeys)
	if err != nil {
		return nil, fmt.Errorf("read tests of rules: %w", err)
	}
	all := []RuleTest{}
	for _, c := range from {
		list, err := readTests(kept[testKeys+c.ID])
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	return all, nil
}

func readTests(raw []byte) (list []RuleTest, err error) {
	if len(raw) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("read tests of rules: %w", err)
	}
	return list, nil
}

// named is the test as people read it: with the names of its collections.
func (t RuleTest) named(cat *schema.Catalog) RuleTest {
	for _, name := range []*string{&t.Collection, &t.As.Collection} {
		if c, ok := cat.Find(*name); ok {
			*name = c.Name
		}
	}
	return t
}

// SaveRuleTest keeps a test: a new one, or another version of the one whose id it has.
//
// Faults: Invalid; NotFound when it has an id that no test of its collection has.
func (s *Service) SaveRuleTest(ctx context.Context, now time.Time, t RuleTest) (RuleTest, error) {
	cat := s.Catalog.Current()
	c, err := t.check(cat)
	if err != nil {
		return t, err
	}
	t.Collection = c.ID
	if as, ok := cat.Find(t.As.Collection); ok {
		t.As.Collection = as.ID
	}
	err = s.changeTests(ctx, c.ID, func(list []RuleTest) ([]RuleTest, error) {
		if t.ID == "" {
			if len(list) >= maxTests {
				return nil, fault.New(fault.Invalid, fmt.Sprintf("A collection has at most %d tests.", maxTests))
			}
			t.ID = field.NewID(now)
			return append(list, t), nil
		}
		i := slices.IndexFunc(list, func(o RuleTest) bool { return o.ID == t.ID })
		if i < 0 {
			return nil, noTest()
		}
		list[i] = t
		return list, nil
	})
	return t.named(cat), err
}

func noTest() error { return fault.New(fault.NotFound, "There is no such test.") }

// check judges a test and finds its collection.
func (t RuleTest) check(cat *schema.Catalog) (*schema.Collection, error) {
	c, ok := cat.Find(t.Collection)
	if !ok {
		return nil, notThere("collection")
	}
	fs := fault.Fields{}
	act, known := actions[t.Action]
	if !known || act.accounts && !c.IsAuth() {
		fs.Add("action", fault.NotIn())
	}
	switch n := utf8.RuneCountInString(strings.TrimSpace(t.Name)); {
	case n == 0:
		fs.Add("name", fault.Required())
	case n > maxTestName:
		fs.Add("name", fault.LengthRange(1, maxTestName))
	}
	if as, ok := cat.Find(t.As.Collection); t.As.ID != "" && (!ok || !as.IsAuth()) {
		fs.Add("as", fault.NotIn())
	}
	switch {
	case known && act.creates() && t.Record != "":
		fs.Add("record", fault.Field("validation_nil", "Must be blank: a new record has no id yet."))
	case known && !act.creates() && t.Record == "":
		fs.Add("record", fault.Required())
	}
	if !slices.Contains([]string{allowed, refused, empty}, t.Expect) {
		fs.Add("expect", fault.NotIn())
	}
	if _, err := body.Parse(t.Body); err != nil || len(t.Body) > maxTestBody {
		fs.Add("body", fault.Field("validation_invalid_json", "Must be a JSON object of at most 64 kB."))
	}
	return c, fs.Err()
}

// DropRuleTest removes a test. Fault: NotFound.
func (s *Service) DropRuleTest(ctx context.Context, id string) error {
	all, err := s.keptTests(ctx, s.Catalog.Current(), "")
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(t RuleTest) bool { return t.ID == id })
	if i < 0 {
		return noTest()
	}
	return s.changeTests(ctx, all[i].Collection, func(list []RuleTest) ([]RuleTest, error) {
		return slices.DeleteFunc(list, func(t RuleTest) bool { return t.ID == id }), nil
	})
}

// changeTests reads the tests of a collection and keeps what change makes of them, alone among writers.
func (s *Service) changeTests(ctx context.Context, collection string, change func([]RuleTest) ([]RuleTest, error)) error {
	_, err := s.Store.Update(ctx, func(tx store.Tx) error {
		raw, err := tx.Param(ctx, testKeys+collection)
		if err != nil {
			return fmt.Errorf("read tests of rules: %w", err)
		}
		list, err := readTests(raw)
		if err != nil {
			return err
		}
		if list, err = change(list); err != nil {
			return err
		}
		raw = nil
		if len(list) > 0 {
			if raw, err = json.Marshal(list); err != nil {
				return fmt.Errorf("keep tests of rules: %w", err)
			}
		}
		return tx.SetParam(ctx, testKeys+collection, raw)
	})
	return err
}
