package field

import (
	"bytes"
	"encoding/json"
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
	case JSON:
		if v == "null" {
			return JSON(""), nil
		}
		return v, nil
	case json.RawMessage:
		return textToJSON(string(v)), nil
	case string:
		return textToJSON(v), nil
	}
	raw, err := marshal(in)
	if err != nil {
		return nil, invalidJSON().Because(err)
	}
	return JSON(raw), nil
}

// textToJSON is the JSON that a text stands for: itself when it looks like JSON and is, else a string.
func textToJSON(s string) JSON {
	switch s {
	case "":
		return `""`
	case "null":
		return ""
	case "true", "false":
		return JSON(s)
	}
	if c := s[0]; (c >= '0' && c <= '9' || strings.IndexByte(`-"[{`, c) >= 0) && json.Valid([]byte(s)) {
		var b bytes.Buffer
		if json.Compact(&b, []byte(s)) == nil {
			return JSON(b.String())
		}
	}
	return JSON(AppendString(nil, s))
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
	if c := raw[0]; c == '{' || c == '[' {
		if !uniqueKeys([]byte(raw)) {
			return invalidJSON()
		}
	}
	return nil
}

// uniqueKeys reports whether raw is JSON in which no object has a key twice.
func uniqueKeys(raw []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var open []map[string]bool // nil stands for an array
	wantKey := false
	for {
		tok, err := dec.Token()
		if err != nil {
			return len(open) == 0 && err.Error() == "EOF"
		}
		switch t := tok.(type) {
		case json.Delim:
			switch t {
			case '{':
				open, wantKey = append(open, map[string]bool{}), true
				continue
			case '[':
				open, wantKey = append(open, nil), false
				continue
			}
			open = open[:len(open)-1]
		case string:
			if top := len(open) - 1; wantKey && top >= 0 && open[top] != nil {
				if open[top][t] {
					return false
				}
				open[top][t], wantKey = true, false
				continue
			}
		}
		wantKey = len(open) > 0 && open[len(open)-1] != nil
	}
}

// Sane judges the definition.
func (f *JSONField) Sane(World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	fs.Add("maxSize", saneBound(f.MaxSize, 0))
	return fs.Err()
}
