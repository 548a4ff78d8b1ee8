package field

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
)

// toText reads any scalar input as text; everything else is no text at all.
func toText(in any) string {
	switch v := in.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case json.Number:
		return v.String()
	case JSON:
		return string(v)
	case []byte:
		return string(v)
	case Upload:
		return v.Name
	}
	return ""
}

// toNumber reads numbers, numeric text and true; everything else is 0. Infinite and undefined numbers
// pass, so that the check can refuse them.
func toNumber(in any) float64 {
	switch v := in.(type) {
	case float64:
		return v + 0 // -0 becomes 0
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case bool:
		if v {
			return 1
		}
	case json.Number:
		return parseNumber(v.String())
	case string:
		return parseNumber(v)
	}
	return 0
}

func parseNumber(s string) float64 {
	if s == "" {
		return 0
	}
	if strings.ContainsAny(s, "xXpP") {
		return 0 // hexadecimal floats are no decimal numbers
	}
	clean := s
	if strings.Contains(s, "_") {
		clean = strings.ReplaceAll(s, "_", "")
	}
	f, err := strconv.ParseFloat(clean, 64)
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
	case float64:
		return v != 0
	case int:
		return v != 0
	case int64:
		return v != 0
	case json.Number:
		return parseNumber(v.String()) != 0
	case string:
		b, _ := strconv.ParseBool(v)
		return b
	}
	return false
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
			var list []any
			if json.Unmarshal([]byte(v), &list) == nil {
				return listOf(list)
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
	if s, ok := in.(string); ok && !multiple && !strings.Contains(s, "[") {
		return s
	}
	list := toList(in)
	if multiple {
		return list
	}
	return last(list)
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
