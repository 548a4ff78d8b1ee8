package field

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/fault"
)

const defaultMaxJSON = 1 << 20

// JSONField is any JSON value.
type JSONField struct {
	props
	MaxSize int64 `json:"maxSize"` // bytes of JSON text; 0 is 1 MiB
}

// Type returns "json".
func (f *JSONField) Type() string { return "json" }

// Kind returns KindJSON.
func (f *JSONField) Kind() Kind { return KindJSON }

// Zero returns the unset JSON.
func (f *JSONField) Zero() any { return JSON("") }

// Clean encodes values and takes text that looks like JSON at its word.
func (f *JSONField) Clean(in any) (any, error) {
	switch v := in.(type) {
	case nil:
		return JSON(""), nil
	case string:
		return textToJSON(v), nil
	case json.RawMessage:
		return textToJSON(string(v)), nil
	case JSON:
		if v == "" {
			return v, nil
		}
		if v, ok := parseJSON(string(v)); ok {
			return v, nil
		}
		return nil, invalidJSON()
	}
	raw, err := marshal(in)
	if err != nil {
		return nil, invalidJSON().Because(err)
	}
	v, _ := parseJSON(string(raw))
	return v, nil
}

// textToJSON is the JSON that a text stands for: itself when it looks like JSON and is, else a string.
func textToJSON(s string) JSON {
	if looksLikeJSON(s) {
		if v, ok := parseJSON(s); ok {
			return v
		}
	}
	return JSON(AppendString(nil, s))
}

func looksLikeJSON(s string) bool {
	switch s {
	case "":
		return false
	case "null", "true", "false":
		return true
	}
	return isDigit(s[0]) || strings.IndexByte(`-"[{`, s[0]) >= 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// parseJSON is the canonical form of JSON text, and whether it is JSON: compact, in valid UTF-8, a bare
// number as a NUMERIC column gives it back, and null as the unset JSON.
func parseJSON(s string) (JSON, bool) {
	if !json.Valid([]byte(s)) {
		return "", false
	}
	if strings.ContainsAny(s, " \t\r\n") {
		var b bytes.Buffer
		if json.Compact(&b, []byte(s)) != nil {
			return "", false
		}
		s = b.String()
	}
	switch c := s[0]; {
	case s == "null":
		return "", true
	case c == '-' || isDigit(c):
		return bareNumber(s)
	}
	return JSON(strings.ToValidUTF8(s, "\ufffd")), true
}

// bareNumber is a JSON number alone. Integers keep 64 bits, larger ones take the form of an exponent; a
// number that no float64 can hold is none.
func bareNumber(s string) (JSON, bool) {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return JSON(strconv.FormatInt(i, 10)), true
	}
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil:
		return "", false
	case math.Abs(f) >= 1<<63:
		return JSON(strconv.FormatFloat(f, 'e', -1, 64)), true
	case isInteger(f):
		return JSON(strconv.FormatInt(int64(f), 10)), true
	}
	return JSON(AppendNumber(nil, f)), true
}

// marshal encodes without escaping HTML and without a trailing newline.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func invalidJSON() *fault.Error {
	return fault.Field("validation_invalid_json", "Must be a valid json value.")
}

// MaxBytes is the largest value in bytes.
func (f *JSONField) MaxBytes() int64 {
	if f.MaxSize > 0 {
		return f.MaxSize
	}
	return defaultMaxJSON
}

// Check judges size, form and emptiness.
func (f *JSONField) Check(v any) error {
	raw, _ := v.(JSON)
	if max := f.MaxBytes(); int64(len(raw)) > max {
		return fault.Newf(fault.Invalid, "The maximum allowed JSON size is %d bytes.", max).Coded("validation_json_size_limit").With("maxSize", max)
	}
	switch raw {
	case "", "null", `""`, "[]", "{}":
		return blank(f.Required)
	}
	if !json.Valid([]byte(raw)) || !uniqueKeys(string(raw)) {
		return invalidJSON()
	}
	return nil
}

// uniqueKeys reports whether no object in s, which is valid JSON, has a key twice.
func uniqueKeys(s string) bool {
	var keys []string // of all open objects
	var open []int    // where the keys of each open object begin, -1 for an array
	atKey := false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			open, atKey = append(open, len(keys)), true
		case '[':
			open, atKey = append(open, -1), false
		case ',':
			atKey = open[len(open)-1] >= 0
		case '"':
			end := closingQuote(s, i)
			if atKey {
				keys, atKey = append(keys, unquote(s[i:end+1])), false
			}
			i = end
		case '}':
			start := open[len(open)-1]
			if repeats(keys[start:]) {
				return false
			}
			keys, open = keys[:start], open[:len(open)-1]
		case ']':
			open = open[:len(open)-1]
		}
	}
	return true
}

// repeats reports whether an element occurs twice; it sorts the list.
func repeats(list []string) bool {
	slices.Sort(list)
	for i := 1; i < len(list); i++ {
		if list[i] == list[i-1] {
			return true
		}
	}
	return false
}

// closingQuote is where the JSON string that begins at i ends.
func closingQuote(s string, i int) int {
	for i++; s[i] != '"'; i++ {
		if s[i] == '\\' {
			i++
		}
	}
	return i
}

// unquote reads a JSON string.
func unquote(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s[1 : len(s)-1]
	}
	var text string
	_ = json.Unmarshal([]byte(s), &text) // it was judged valid before
	return text
}

// Sane judges the definition.
func (f *JSONField) Sane(World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	fs.Add("maxSize", saneBound(f.MaxSize, 0))
	return fs.Err()
}
