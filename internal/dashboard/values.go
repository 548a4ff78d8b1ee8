package dashboard

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// Bounds of what is told of a column's values.
const (
	valuesTime  = 2 * time.Second
	valuesBytes = 16 << 20 // of different values; those that are met after that are not told apart
	valuesSeats = 2        // columns that are read at once
	topValues   = 10
	maxGroups   = 1000
	shownValue  = 256 // characters of a text
)

// Values are told of one field of the records that match a filter.
type Values struct {
	Records  int64   `json:"records"`  // that were read
	Empty    int64   `json:"empty"`    // of them, with no value: null, "", an empty list
	Distinct int64   `json:"distinct"` // different values, without the empty one
	Min      any     `json:"min"`      // of numbers, dates and texts; null for other fields
	Max      any     `json:"max"`
	Top      []Tally `json:"top"`              // the most frequent, the empty one among them
	Groups   []Tally `json:"groups,omitempty"` // all values in the order in which records are sorted by the field, when wanted
	Whole    bool    `json:"whole"`            // all records were read in time, and all values told apart
}

// Tally is a value and how many records have it.
type Tally struct {
	Value any   `json:"value"`
	Count int64 `json:"count"`
}

// Values reads one field of the records of c that match a filter, for at most two seconds. With groups, all different
// values are told and not the most frequent alone. Faults: Invalid for a filter that is none, for a field that is not
// there, that is secret, or that has too many different values for groups; TooMany when others are being read.
func (s *Service) Values(ctx context.Context, by *caller.Caller, c *schema.Collection, name, filter string, groups bool) (*Values, error) {
	ord := c.Ord(name)
	if ord < 0 || c.Fields[ord].Kind() == field.KindPassword || c.IsAuth() && name == "tokenKey" {
		return nil, fault.NotIn().On("field")
	}
	where, err := s.Gate.Ask(by, c, access.Want{Filter: filter})
	if err != nil {
		return nil, err
	}
	select {
	case s.columns <- struct{}{}:
		defer func() { <-s.columns }()
	default:
		return nil, fault.New(fault.TooMany, "Other columns are being read. Try again in a moment.").In(time.Second)
	}
	timed, cancel := context.WithTimeout(ctx, valuesTime)
	defer cancel()
	n := &count{f: c.Fields[ord], kind: c.Fields[ord].Kind(), seen: map[string]int64{}}
	err = s.Store.Select(timed, store.Query{From: c, Where: where}, func(row store.Row) error {
		n.add(row.Text(ord))
		return nil
	})
	late := errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil
	if err != nil && !late {
		return nil, fmt.Errorf("read the values of %s.%s: %w", c.Name, name, err)
	}
	n.cut = n.cut || late
	if groups && (n.cut || len(n.seen) > maxGroups || c.IsView()) {
		return nil, fault.Field(fault.CodeInvalidValue, fmt.Sprintf("There are too many records, or more than %d different values, to group by it.", maxGroups)).On("field")
	}
	return n.values(groups), nil
}

// count counts the values of a column by their text, as it is stored.
type count struct {
	f              field.Field
	kind           field.Kind
	records, empty int64
	seen           map[string]int64
	bytes          int
	cut            bool // not all were read, or told apart
}

func (n *count) add(text []byte) {
	n.records++
	if n.kind != field.KindList {
		n.one(text)
		return
	}
	list := field.ListColumn(text)
	if len(list) == 0 {
		n.one(nil)
	}
	for _, v := range list {
		n.one([]byte(v))
	}
}

func (n *count) one(text []byte) {
	if n.kind == field.KindJSON && string(text) == "null" {
		text = nil
	}
	if len(text) == 0 {
		n.empty++
	}
	if _, known := n.seen[string(text)]; !known {
		if n.bytes += len(text); n.bytes > valuesBytes {
			n.cut = true
			return
		}
	}
	n.seen[string(text)]++
}

// values is what was counted, for people.
func (n *count) values(groups bool) *Values {
	all := make([]string, 0, len(n.seen))
	for text := range n.seen {
		all = append(all, text)
	}
	slices.SortFunc(all, n.compare)
	filled := slices.DeleteFunc(slices.Clone(all), func(text string) bool { return text == "" })
	v := &Values{Records: n.records, Empty: n.empty, Distinct: int64(len(filled)), Whole: !n.cut}
	if len(filled) > 0 && (n.kind == field.KindText || n.kind == field.KindNumber) {
		v.Min, v.Max = n.shown(filled[0]), n.shown(filled[len(filled)-1])
	}
	if groups {
		v.Groups = n.tally(all)
	}
	slices.SortStableFunc(all, func(a, b string) int { return cmp.Compare(n.seen[b], n.seen[a]) })
	v.Top = n.tally(all[:min(len(all), topValues)])
	return v
}

func (n *count) tally(texts []string) []Tally {
	list := make([]Tally, len(texts))
	for i, text := range texts {
		list[i] = Tally{n.shown(text), n.seen[text]}
	}
	return list
}

// compare orders texts as records are sorted: numbers by their value, all else byte by byte.
func (n *count) compare(a, b string) int {
	if n.kind == field.KindNumber || n.kind == field.KindBool {
		return cmp.Or(cmp.Compare(field.NumberColumn([]byte(a)), field.NumberColumn([]byte(b))), cmp.Compare(a, b))
	}
	return cmp.Compare(a, b)
}

// shown is a value as the API shows it; long texts are cut.
func (n *count) shown(text string) any {
	switch n.kind {
	case field.KindNumber:
		return field.NumberColumn([]byte(text))
	case field.KindBool:
		return field.FromColumn(n.f, []byte(text))
	case field.KindJSON, field.KindGeo:
		if raw := []byte(text); len(raw) <= shownValue && json.Valid(raw) {
			var short bytes.Buffer
			_ = json.Compact(&short, raw) // it is valid
			return json.RawMessage(short.Bytes())
		}
		if text == "" {
			return nil
		}
	}
	if utf8.RuneCountInString(text) > shownValue {
		return string([]rune(text)[:shownValue]) + "…"
	}
	return text
}
