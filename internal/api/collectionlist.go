package api

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/pick"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/schema"
)

// aboutCollections is what a list of collections can be filtered and sorted by. Collections live in
// memory, so the rule language judges them without a database.
var aboutCollections = (&rule.Table{Name: "_collections", Columns: []rule.Column{
	{Name: "id"}, {Name: "name"}, {Name: "type"}, {Name: "created"}, {Name: "updated"}, {Name: "system", Kind: rule.Bool},
}}).Seal()

// collectionRow shows a collection to the rule language.
type collectionRow struct{ c *schema.Collection }

// Value returns the value of a column of aboutCollections.
func (r collectionRow) Value(ord int) rule.Value {
	switch ord {
	case 0:
		return rule.TextValue(r.c.ID)
	case 1:
		return rule.TextValue(r.c.Name)
	case 2:
		return rule.TextValue(string(r.c.Type))
	case 3:
		return rule.TextValue(r.c.Created)
	case 4:
		return rule.TextValue(r.c.Updated)
	}
	return rule.BoolValue(r.c.System)
}

// nothing is the scope and schema of a filter that may look at nothing but its row.
type nothing struct{ now time.Time }

func (n nothing) Now() time.Time                 { return n.now }
func (nothing) Context() string                  { return "" }
func (nothing) Method() string                   { return "" }
func (nothing) Query(string) (string, bool)      { return "", false }
func (nothing) Header(string) (string, bool)     { return "", false }
func (nothing) Body(string) (any, bool)          { return nil, false }
func (nothing) AuthValue(int) rule.Value         { return rule.Value{} }
func (nothing) Table(string) (*rule.Table, bool) { return nil, false }

func listCollections(c *call) error {
	q, err := c.listQuery()
	if err != nil {
		return err
	}
	picker, err := pick.Parse(q.Fields)
	if err != nil {
		return err
	}
	list, err := filterCollections(c.Catalog.Current().All(), q.Filter, c.by.Now)
	if err != nil {
		return err
	}
	if err := sortCollections(list, q.Sort); err != nil {
		return err
	}
	page, perPage := pageOf(q.Page, q.PerPage)
	shown := cut(list, page, perPage)
	return c.borrow(http.StatusOK, func(dst []byte) ([]byte, error) {
		dst = append(dst, `{"items":[`...)
		for i, col := range shown {
			raw, err := col.JSON()
			if err != nil {
				return dst, err
			}
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = picker.Append(dst, raw)
		}
		total := len(list)
		if q.SkipTotal {
			total = -1
		}
		return appendPage(dst, page, perPage, total), nil
	})
}

// pageOf puts a wanted page into its bounds (records.md §3).
func pageOf(page, perPage int) (int, int) {
	if perPage <= 0 {
		perPage = 30
	}
	return max(page, 1), min(perPage, 1000)
}

func cut(list []*schema.Collection, page, perPage int) []*schema.Collection {
	from := len(list)
	if page-1 <= len(list)/perPage {
		from = min((page-1)*perPage, len(list))
	}
	return list[from:min(from+perPage, len(list))]
}

// appendPage ends an envelope whose items are written; total is -1 when nobody counted.
func appendPage(dst []byte, page, perPage, total int) []byte {
	pages := (total + perPage - 1) / perPage
	if total < 0 {
		pages = -1
	}
	for _, p := range []struct {
		key string
		n   int
	}{{`],"page":`, page}, {`,"perPage":`, perPage}, {`,"totalItems":`, total}, {`,"totalPages":`, pages}} {
		dst = field.AppendNumber(append(dst, p.key...), float64(p.n))
	}
	return append(dst, '}')
}

func filterCollections(all []*schema.Collection, filter string, now time.Time) ([]*schema.Collection, error) {
	if strings.TrimSpace(filter) == "" {
		return slices.Clone(all), nil
	}
	bound, err := rule.Bind(rule.Question{Schema: nothing{}, Base: aboutCollections, Filter: filter})
	if err != nil {
		return nil, fault.New(fault.Invalid, "").Because(err)
	}
	bound = bound.Fold(nothing{now})
	var list []*schema.Collection
	for _, c := range all {
		if bound.Eval(collectionRow{c}) == rule.Yes {
			list = append(list, c)
		}
	}
	return list, nil
}

// sortCollections sorts by keys such as "-system,name". Fault: Invalid for an unknown key.
func sortCollections(list []*schema.Collection, keys string) error {
	if strings.TrimSpace(keys) == "" {
		return nil
	}
	at := make(map[*schema.Collection]int, len(list))
	for i, c := range list {
		at[c] = i
	}
	var by []func(a, b *schema.Collection) int
	for key := range strings.SplitSeq(keys, ",") {
		compare, err := sortKey(strings.TrimSpace(key), at)
		if err != nil {
			return err
		}
		by = append(by, compare)
	}
	if len(by) == 1 && by[0] == nil {
		rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		return nil
	}
	slices.SortStableFunc(list, func(a, b *schema.Collection) int {
		for _, compare := range by {
			if compare == nil {
				continue
			}
			if d := compare(a, b); d != 0 {
				return d
			}
		}
		return 0
	})
	return nil
}

// sortKey is how one key compares; nil for a random order. at is the order in which the collections were made.
func sortKey(key string, at map[*schema.Collection]int) (func(a, b *schema.Collection) int, error) {
	name := strings.TrimLeft(key, "+-")
	sign := 1
	if strings.HasPrefix(key, "-") {
		sign = -1
	}
	switch name {
	case "@random":
		return nil, nil
	case "@rowid":
		return func(a, b *schema.Collection) int { return sign * cmp.Compare(at[a], at[b]) }, nil
	}
	ord := aboutCollections.Ord(name)
	if ord < 0 {
		return nil, fault.New(fault.Invalid, "")
	}
	return func(a, b *schema.Collection) int {
		x, y := collectionRow{a}.Value(ord), collectionRow{b}.Value(ord)
		return sign * cmp.Or(cmp.Compare(x.I, y.I), cmp.Compare(x.S, y.S))
	}, nil
}
