package field

import "math"

// FromColumn reads the stored text of a column as a canonical value. Rows that other programs wrote are
// read kindly: what does not fit the type reads as its zero value, one value as a list of one.
func FromColumn(f Field, text []byte) any {
	switch f.Kind() {
	case KindNumber:
		return NumberColumn(text)
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

// NumberColumn reads a stored number; what is none, and what is not finite, reads as 0.
func NumberColumn(text []byte) float64 {
	f := parseNumber(string(text))
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
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
	if v, ok := parseJSON(string(text)); ok {
		return v
	}
	return JSON(AppendStringBytes(nil, text))
}
