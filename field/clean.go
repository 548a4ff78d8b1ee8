package field

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
)

// cleanText is toText as a canonical value: text passes as the very value it came in.
func cleanText(in any) any {
	if _, ok := in.(string); ok {
		return in
	}
	return toText(in)
}

// toText reads any scalar input as text; everything else is no text at all.
func toText(in any) string {
	switch v := in.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case []byte:
		return string(v)
	}
	if f, ok := float(in); ok {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return ""
}

// float reads Go's numbers and those of a JSON decoder.
func float(in any) (f float64, ok bool) {
	switch v := in.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case json.Number:
		if f, err := v.Float64(); err == nil {
			return f, true
		}
		return 0, false
	case float32:
		return float64(v), true
	case int32:
		return float64(v), true
	case uint32:
		return float64(v), true
	case uint64:
		return float64(v), true
	case uint:
		return float64(v), true
	}
	return 0, false
}

// toNumber reads numbers, numeric text and true; everything else is 0. Infinite and undefined numbers
// pass, so that the check can refuse them.
func toNumber(in any) float64 {
	switch v := in.(type) {
	case bool:
		if v {
			return 1
		}
		return 0
	case string:
		return parseNumber(v)
	}
	f, _ := float(in)
	return f + 0 // -0 becomes 0
}

// parseNumber reads decimal text, in which "_" may separate digits.
func parseNumber(s string) float64 {
	if s == "" || strings.ContainsAny(s, "xX") {
		return 0 // hexadecimal is not for people who count
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return f + 0
}

// toBool reads what people write for true; everything else is false.
func toBool(in any) bool {
	switch v := in.(type) {
	case bool:
		return v
	case string:
		b, _ := strconv.ParseBool(v)
		return b
	}
	f, _ := float(in)
	return f != 0
}

// toList reads one value or many as unique, non-empty texts in order of first appearance.
func toList(in any) []string {
	switch v := in.(type) {
	case nil:
		return []string{}
	case []string:
		return unique(slices.Clone(v))
	case []any:
		return listOf(v)
	case string:
		if strings.Contains(v, "[") {
			var list []string
			if json.Unmarshal([]byte(v), &list) == nil {
				return unique(list)
			}
		}
		return unique([]string{v})
	}
	return unique([]string{toText(in)})
}

// listOf reads the elements of an array; one that is no scalar empties the whole list.
func listOf(in []any) []string {
	list := make([]string, 0, len(in))
	for _, e := range in {
		switch e.(type) {
		case []any, map[string]any:
			return []string{}
		}
		list = append(list, toText(e))
	}
	return unique(list)
}

// unique drops empty and repeated elements in place; it never returns nil.
func unique(list []string) []string {
	out := list[:0]
	if out == nil {
		out = []string{}
	}
	for _, s := range list {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// last is what a field for a single value keeps of many.
func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// oneOrMany is the canonical value of a field that holds one value or several.
func oneOrMany(multiple bool, in any) any {
	if s, ok := in.(string); ok && !multiple && strings.IndexByte(s, '[') < 0 {
		return in
	}
	list := toList(in)
	if multiple {
		return list
	}
	for { // the last element may be the text of a list itself
		one := last(list)
		if list = toList(one); last(list) == one {
			return one
		}
	}
}

// asList is the canonical value of either form as a list.
func asList(v any) []string {
	switch v := v.(type) {
	case []string:
		return v
	case string:
		if v != "" {
			return []string{v}
		}
	}
	return nil
}

// modifyList applies a modifier to a field that holds one value or several.
func modifyList(multiple bool, op ModOp, old, in any) (any, bool, error) {
	have, arg := asList(old), toList(in)
	var list []string
	switch op {
	case Append:
		list = unique(slices.Concat(have, arg))
		if !multiple && len(arg) > 0 {
			list = arg
		}
	case Prepend:
		list = unique(slices.Concat(arg, have))
	case Remove:
		list = slices.DeleteFunc(slices.Clone(have), func(s string) bool { return slices.Contains(arg, s) })
	default:
		return nil, false, nil
	}
	if multiple {
		if list == nil {
			list = []string{}
		}
		return list, true, nil
	}
	return last(list), true, nil
}

func isInteger(f float64) bool { return f == math.Trunc(f) && !math.IsInf(f, 0) }
