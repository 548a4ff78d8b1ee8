package rule

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// extract is JSON_EXTRACT of a column's value; text that is no JSON is a JSON string. sure is false where
// SQLite may see something else in it.
func extract(v Value, path []Step) (out Value, sure bool) {
	switch {
	case v.Type == Null:
		return v, true
	case v.Type != Txt:
		if len(path) > 0 {
			return Value{}, true
		}
		return v, v.Type == Int
	case !json.Valid([]byte(v.S)):
		if len(path) > 0 {
			return Value{}, true
		}
		return v, utf8.ValidString(v.S)
	}
	at := strings.TrimLeft(v.S, jsonBlank)
	for _, s := range path {
		var ok bool
		if at, ok = descend(at, s); !ok {
			return Value{}, true
		}
	}
	out, sure = scalar(at)
	if len(path) == 0 && out.Type == Real {
		out = whole(out) // the column has NUMERIC affinity
	}
	return out, sure
}

// whole is a real as an integer, if it is one.
func whole(v Value) Value {
	if i := int64(v.F); v.F > math.MinInt64 && v.F < math.MaxInt64 && float64(i) == v.F {
		return IntValue(i)
	}
	return v
}

const jsonBlank = " \t\r\n"

// descend finds a step below the value that valid JSON text begins with.
func descend(s string, step Step) (string, bool) {
	if step.Key != "" {
		return member(s, step.Key)
	}
	if s[0] != '[' {
		return "", false
	}
	for i, rest := 0, strings.TrimLeft(s[1:], jsonBlank); rest[0] != ']'; i++ {
		if i == step.Index {
			return rest, true
		}
		rest = strings.TrimLeft(rest[valueEnd(rest):], jsonBlank)
		if rest[0] == ',' {
			rest = strings.TrimLeft(rest[1:], jsonBlank)
		}
	}
	return "", false
}

func member(s, key string) (string, bool) {
	if s[0] != '{' {
		return "", false
	}
	for rest := strings.TrimLeft(s[1:], jsonBlank); rest[0] != '}'; {
		n := valueEnd(rest)
		name := rest[1 : n-1]
		if strings.IndexByte(name, '\\') >= 0 {
			if json.Unmarshal([]byte(rest[:n]), &name) != nil {
				return "", false
			}
		}
		rest = strings.TrimLeft(rest[n:], jsonBlank)
		rest = strings.TrimLeft(rest[1:], jsonBlank) // the colon
		if name == key {
			return rest, true
		}
		rest = strings.TrimLeft(rest[valueEnd(rest):], jsonBlank)
		if rest[0] == ',' {
			rest = strings.TrimLeft(rest[1:], jsonBlank)
		}
	}
	return "", false
}

// valueEnd is the length of the value that valid JSON text begins with.
func valueEnd(s string) int {
	switch s[0] {
	case '"':
		return stringEnd(s)
	case '{', '[':
		depth := 0
		for i := 0; i < len(s); i++ {
			switch s[i] {
			case '"':
				i += stringEnd(s[i:]) - 1
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return len(s)
	}
	if i := strings.IndexAny(s, ",]} \t\r\n"); i >= 0 {
		return i
	}
	return len(s)
}

func stringEnd(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}

// scalar is the SQL value of the JSON value that valid text begins with.
func scalar(s string) (v Value, sure bool) {
	s = s[:valueEnd(s)]
	switch s[0] {
	case '"':
		return jsonText(s)
	case '{', '[':
		return TextValue(compact(s)), utf8.ValidString(s)
	case 't':
		return IntValue(1), true
	case 'f':
		return IntValue(0), true
	case 'n':
		return Value{}, true
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return IntValue(i), true
	}
	v, ok, sure := toNumber(s)
	if v.Type == Int {
		v = RealValue(float64(v.I))
	}
	return v, ok && sure
}

// jsonText reads a JSON string. Escapes that two readers may take differently leave us unsure.
func jsonText(s string) (v Value, sure bool) {
	inner := s[1 : len(s)-1]
	if strings.IndexByte(inner, '\\') < 0 {
		return TextValue(inner), utf8.ValidString(inner)
	}
	var text string
	if json.Unmarshal([]byte(s), &text) != nil {
		return Value{}, false
	}
	return TextValue(text), strings.IndexByte(text, 0) < 0 && !strings.ContainsRune(text, utf8.RuneError)
}

// compact drops the blanks between the parts of valid JSON text.
func compact(s string) string {
	if !strings.ContainsAny(s, jsonBlank) {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			n := stringEnd(s[i:])
			out = append(out, s[i:i+n]...)
			i += n - 1
		case strings.IndexByte(jsonBlank, s[i]) < 0:
			out = append(out, s[i])
		}
	}
	return string(out)
}

// elements are the values of a stored list; what is no JSON array is a list of itself.
func elements(v Value) (list []Value, sure bool) {
	at, ok := array(v)
	if !ok {
		return []Value{v}, true
	}
	sure = true
	for rest := at; rest[0] != ']'; {
		n := valueEnd(rest)
		e, ok := scalar(rest[:n])
		sure = sure && ok
		list = append(list, e)
		rest = strings.TrimLeft(rest[n:], jsonBlank)
		if rest[0] == ',' {
			rest = strings.TrimLeft(rest[1:], jsonBlank)
		}
	}
	return list, sure
}

// array returns what follows the opening bracket when v is a JSON array.
func array(v Value) (string, bool) {
	if v.Type != Txt {
		return "", false
	}
	s := strings.TrimLeft(v.S, jsonBlank)
	if s == "" || s[0] != '[' || !json.Valid([]byte(s)) {
		return "", false
	}
	return strings.TrimLeft(s[1:], jsonBlank), true
}

// length counts the elements of a stored list; anything else counts one, and nothing none.
func length(v Value) int64 {
	rest, ok := array(v)
	if !ok {
		if v.Type == Null || v.Type == Txt && v.S == "" {
			return 0
		}
		return 1
	}
	n := int64(0)
	for rest[0] != ']' {
		n++
		rest = strings.TrimLeft(rest[valueEnd(rest):], jsonBlank)
		if rest[0] == ',' {
			rest = strings.TrimLeft(rest[1:], jsonBlank)
		}
	}
	return n
}

// listText makes the JSON text of a list of values.
func listText(list []Value) string {
	parts := make([]any, len(list))
	for i, v := range list {
		switch v.Type {
		case Int:
			parts[i] = v.I
		case Real:
			parts[i] = v.F
		case Txt:
			parts[i] = v.S
		}
	}
	return jsonOf(parts)
}

// jsonOf is JSON without the escapes that HTML needs.
func jsonOf(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(v) != nil {
		return "null"
	}
	return strings.TrimSuffix(b.String(), "\n")
}
