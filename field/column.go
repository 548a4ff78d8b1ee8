package field

import (
	"bytes"
	"encoding/json"
)

// FromColumn reads the stored text of a column as a canonical value. Rows that other programs wrote are
// read kindly: what does not fit the type reads as its zero value, one value as a list of one.
func FromColumn(f Field, text []byte) any {
	switch f.Kind() {
	case KindNumber:
		return parseNumber(string(text))
	case KindBool:
		return toBool(string(text)) || parseNumber(string(text)) != 0
	case KindList:
		return ListColumn(text)
	case KindJSON:
		return JSONColumn(text)
	case KindGeo:
		return ParseGeo(text)
	case KindPassword:
		return Password{Hash: string(text)}
	}
	return textColumn(f, text)
}

// textColumn reads text, the last element of a list that became one value, and dates that are none.
func textColumn(f Field, text []byte) any {
	switch f.(type) {
	case *Date, *Autodate:
		s, _ := ParseDate(string(text))
		return s
	case Multiple:
		if len(text) > 0 && text[0] == '[' {
			return last(toList(string(text)))
		}
	}
	return string(text)
}

// ListColumn reads a stored list: a JSON array, or one bare value.
func ListColumn(text []byte) []string {
	if len(text) == 0 || string(text) == "[]" {
		return []string{}
	}
	return toList(string(text))
}

// JSONColumn reads stored JSON; text that is none is a JSON string.
func JSONColumn(text []byte) JSON {
	if len(text) == 0 {
		return `""`
	}
	if !json.Valid(text) {
		return JSON(AppendStringBytes(nil, text))
	}
	if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, ' ') < 0 {
		return JSON(text)
	}
	var b bytes.Buffer
	if json.Compact(&b, text) != nil {
		return JSON(AppendStringBytes(nil, text))
	}
	return JSON(b.String())
}
