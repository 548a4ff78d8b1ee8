package rule

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// source is the part of a request that a value comes from.
type source uint8

const (
	fromMacro source = iota
	fromContext
	fromMethod
	fromQuery
	fromHeader
	fromBody
	fromAuth    // a column of the signed-in record, with the meaning of a column
	fromAuthOwn // one of its six plain values
)

// aspect is what is asked of a value.
type aspect uint8

const (
	itself aspect = iota
	isSet
	count    // of elements
	asList   // JSON text of a list, for an EachJoin
	asIDs    // the same, for an IDsJoin
	asMember // the one element of a field with one value
)

// request is a value of the request that is not known before Fold.
type request struct {
	from   source
	aspect aspect
	name   string
	path   []string // deeper into the value
	number bool     // text becomes a number when it parses
	ord    int      // fromAuth
	steps  []Step   // fromAuth: into a JSON column
	macro  func(time.Time) Value
}

// value looks a request value up; set tells whether it was sent at all.
func (r *request) value(s Scope) (v Value, set bool) {
	switch r.from {
	case fromMacro:
		return r.macro(s.Now().UTC()), true
	case fromContext:
		return r.flat(s.Context(), true)
	case fromMethod:
		return r.flat(s.Method(), true)
	case fromQuery:
		return r.flat(s.Query(r.name))
	case fromHeader:
		return r.flat(s.Header(r.name))
	case fromBody:
		return r.body(s)
	}
	v = s.AuthValue(r.ord)
	if r.aspect == count {
		return IntValue(length(v)), true
	}
	return v, true
}

// flat is a text that nothing lies deeper in.
func (r *request) flat(text string, set bool) (Value, bool) {
	if !set || len(r.path) > 0 {
		return Value{}, false
	}
	return r.converted(text), true
}

func (r *request) converted(text string) Value {
	if r.number {
		if f, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil && !math.IsInf(f, 0) && !math.IsNaN(f) {
			return RealValue(f)
		}
	}
	return TextValue(text)
}

func (r *request) body(s Scope) (Value, bool) {
	v, set := s.Body(r.name)
	for _, key := range r.path {
		if !set {
			break
		}
		v, set = dig(v, key)
	}
	switch r.aspect {
	case count:
		return IntValue(submitted(v, set)), set
	case asList, asIDs:
		return idsOf(v, set, r.aspect == asIDs), set
	}
	if !set {
		return Value{}, false
	}
	return r.sqlValue(v), true
}

// dig goes one step into a JSON value.
func dig(v any, key string) (any, bool) {
	switch v := opened(v).(type) {
	case map[string]any:
		w, ok := v[key]
		return w, ok
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(v) {
			return v[i], true
		}
	case []string:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(v) {
			return v[i], true
		}
	}
	return nil, false
}

// opened decodes JSON that was submitted as it is.
func opened(v any) any {
	raw, ok := v.(json.RawMessage)
	if !ok {
		return v
	}
	var w any
	if json.Unmarshal(raw, &w) != nil {
		return nil
	}
	return w
}

// sqlValue is a submitted value as it is compared.
func (r *request) sqlValue(v any) Value {
	switch v := v.(type) {
	case nil:
		return Value{}
	case string:
		return r.converted(v)
	case float64:
		return RealValue(v)
	case bool:
		return BoolValue(v)
	case json.RawMessage:
		if w := opened(v); !isTree(w) {
			return r.sqlValue(w)
		}
		return TextValue(compact(string(v)))
	}
	return TextValue(jsonOf(v))
}

func isTree(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// submitted counts the items of a submitted value: one for anything that is no list.
func submitted(v any, set bool) int64 {
	switch v := opened(v).(type) {
	case nil:
		return 0
	case []string:
		return int64(len(v))
	case []any:
		return int64(len(v))
	}
	if !set {
		return 0
	}
	return 1
}

// idsOf is a submitted value as the JSON text of a list; NULL when nothing was submitted.
func idsOf(v any, set, dropEmpty bool) Value {
	if !set {
		return Value{}
	}
	var list []any
	switch v := opened(v).(type) {
	case nil:
	case []any:
		list = v
	case []string:
		for _, s := range v {
			list = append(list, s)
		}
	default:
		if v != "" || !dropEmpty {
			list = append(list, v)
		}
	}
	if len(list) == 0 && dropEmpty {
		return Value{}
	}
	if list == nil {
		return TextValue("[]")
	}
	return TextValue(jsonOf(list))
}

// stamp is how dates are stored.
const stamp = "2006-01-02 15:04:05.000Z"

func at(f func(time.Time) time.Time) func(time.Time) Value {
	return func(t time.Time) Value { return TextValue(f(t).Format(stamp)) }
}

func part(f func(time.Time) int) func(time.Time) Value {
	return func(t time.Time) Value { return IntValue(int64(f(t))) }
}

func dayStart(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func monthStart(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}

func yearStart(t time.Time) time.Time { return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC) }

// before is the last millisecond before a time.
func before(t time.Time) time.Time { return t.Add(-time.Millisecond) }

var nowMacro = at(func(t time.Time) time.Time { return t })

// macros are the names that stand for a moment or a part of one, in UTC.
var macros = map[string]func(time.Time) Value{
	"@now":        nowMacro,
	"@yesterday":  at(func(t time.Time) time.Time { return t.AddDate(0, 0, -1) }),
	"@tomorrow":   at(func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }),
	"@todayStart": at(dayStart),
	"@todayEnd":   at(func(t time.Time) time.Time { return before(dayStart(t).AddDate(0, 0, 1)) }),
	"@monthStart": at(monthStart),
	"@monthEnd":   at(func(t time.Time) time.Time { return before(monthStart(t).AddDate(0, 1, 0)) }),
	"@yearStart":  at(yearStart),
	"@yearEnd":    at(func(t time.Time) time.Time { return before(yearStart(t).AddDate(1, 0, 0)) }),
	"@second":     part(time.Time.Second),
	"@minute":     part(time.Time.Minute),
	"@hour":       part(time.Time.Hour),
	"@day":        part(time.Time.Day),
	"@month":      part(func(t time.Time) int { return int(t.Month()) }),
	"@year":       part(time.Time.Year),
	"@weekday":    part(func(t time.Time) int { return int(t.Weekday()) }),
}
