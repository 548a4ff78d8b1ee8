package sqlbase

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/record"
)

// Cells are the stored values of one row by ordinal, as an engine hands them out. The bytes of Text die with
// the row; for numbers Text is their usual spelling.
type Cells interface {
	Type(ord int) rule.Type
	Int(ord int) int64
	Real(ord int) float64
	Text(ord int) []byte
}

// form is how a column is read.
type form uint8

const (
	formText form = iota
	formDate
	formOne // one value of a field that can hold several
	formNumber
	formBool
	formList
	formJSON
	formGeo
	formPassword
)

var formOfKind = [...]form{
	field.KindText: formText, field.KindNumber: formNumber, field.KindBool: formBool, field.KindList: formList,
	field.KindJSON: formJSON, field.KindGeo: formGeo, field.KindPassword: formPassword,
}

func formOf(f field.Field) form {
	form := formOfKind[f.Kind()]
	if form != formText {
		return form
	}
	switch f.(type) {
	case *field.Date, *field.Autodate:
		return formDate
	case field.Multiple:
		return formOne
	}
	return formText
}

// Decode returns the canonical value of a column. Values that other programs wrote are read kindly.
func (t *Table) Decode(c Cells, ord int) any {
	f, typ := t.C.Fields[ord], c.Type(ord)
	switch t.forms[ord] {
	case formNumber:
		switch typ {
		case rule.Int:
			return float64(c.Int(ord))
		case rule.Real:
			return c.Real(ord)
		}
	case formBool:
		if typ == rule.Int {
			return c.Int(ord) != 0
		}
	case formJSON:
		if typ == rule.Null {
			return field.JSON("")
		}
	case formText:
		return string(c.Text(ord))
	}
	return field.FromColumn(f, c.Text(ord))
}

// Record decodes a whole row.
func (t *Table) Record(c Cells, seq int64) *record.Record {
	vals := make([]any, len(t.C.Fields))
	for i := range vals {
		vals[i] = t.Decode(c, i)
	}
	return record.Make(t.C, vals, seq)
}

// AppendValue appends a column as JSON: what [field.AppendValue] appends for the value that Decode returns.
func (t *Table) AppendValue(dst []byte, c Cells, ord int) []byte {
	typ := c.Type(ord)
	switch t.forms[ord] {
	case formText:
		return field.AppendStringBytes(dst, c.Text(ord))
	case formPassword:
		return append(dst, `""`...)
	case formNumber:
		switch typ {
		case rule.Int:
			return field.AppendNumber(dst, float64(c.Int(ord)))
		case rule.Real:
			return field.AppendNumber(dst, c.Real(ord))
		}
	case formBool:
		if typ == rule.Int {
			return strconv.AppendBool(dst, c.Int(ord) != 0)
		}
	default:
		if out, ok := t.appendText(dst, c, ord, typ); ok {
			return out
		}
	}
	return field.AppendValue(dst, t.Decode(c, ord))
}

// appendText copies stored text that already looks as it must; ok is false when it has to be decoded first.
func (t *Table) appendText(dst []byte, c Cells, ord int, typ rule.Type) (out []byte, ok bool) {
	if typ == rule.Null {
		return dst, false
	}
	text := c.Text(ord)
	switch t.forms[ord] {
	case formDate:
		if len(text) == 0 || field.IsDate(string(text)) {
			return field.AppendStringBytes(dst, text), true
		}
	case formOne:
		if len(text) == 0 || text[0] != '[' {
			return field.AppendStringBytes(dst, text), true
		}
	case formList:
		if plainList(text) {
			return append(dst, text...), true
		}
	case formJSON:
		if plainJSON(text) {
			return append(dst, text...), true
		}
	case formGeo:
		return appendGeo(dst, text)
	}
	return dst, false
}

// plainJSON reports whether text is JSON that is already written our way. A bare number never is: the engine
// spells it.
func plainJSON(text []byte) bool {
	return len(text) > 0 && strings.IndexByte(`{["tfn`, text[0]) >= 0 && !bytes.ContainsAny(text, " \t\r\n") &&
		utf8.Valid(text) && json.Valid(text)
}

// plainList reports whether text is a compact JSON array of at most 16 different, non-empty strings that are
// written without escapes, as we store lists of ids, names and choices.
func plainList(text []byte) bool {
	if len(text) < 2 || text[0] != '[' || text[len(text)-1] != ']' {
		return false
	}
	var seen [16][]byte
	n := 0
	for rest := text[1 : len(text)-1]; len(rest) > 0; n++ {
		if n > 0 {
			if rest[0] != ',' {
				return false
			}
			rest = rest[1:]
		}
		item, after, ok := plainItem(rest)
		if !ok || n == len(seen) {
			return false
		}
		for _, s := range seen[:n] {
			if bytes.Equal(s, item) {
				return false
			}
		}
		seen[n], rest = item, after
	}
	return true
}

func plainItem(s []byte) (item, rest []byte, ok bool) {
	if len(s) < 3 || s[0] != '"' {
		return nil, nil, false
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return s[1:i], s[i+1:], i > 1
		case c < ' ' || c == '\\' || c >= 0x80:
			return nil, nil, false
		}
	}
	return nil, nil, false
}

var geoLon, geoLat = []byte(`{"lon":`), []byte(`,"lat":`)

// appendGeo reads a point in the spelling that we store.
func appendGeo(dst, text []byte) (out []byte, ok bool) {
	rest, ok := bytes.CutPrefix(text, geoLon)
	if !ok || len(rest) == 0 || rest[len(rest)-1] != '}' {
		return dst, false
	}
	lon, lat, ok := bytes.Cut(rest[:len(rest)-1], geoLat)
	if !ok || !decimal(lon) || !decimal(lat) || !json.Valid(text) {
		return dst, false
	}
	x, err := strconv.ParseFloat(string(lon), 64)
	if err != nil {
		return dst, false
	}
	y, err := strconv.ParseFloat(string(lat), 64)
	if err != nil {
		return dst, false
	}
	return field.AppendGeo(dst, field.Geo{Lon: x, Lat: y}), true
}

func decimal(s []byte) bool {
	for i, c := range s {
		if (c < '0' || c > '9') && c != '.' && (c != '-' || i > 0) {
			return false
		}
	}
	return len(s) > 0
}

// AppendKeys appends the keys of a view as `"key":value` with commas between them.
func (t *Table) AppendKeys(dst []byte, c Cells, v *record.View, keys []record.Key) []byte {
	first := true
	for i := range keys {
		k := &keys[i]
		if by, ok := t.C.ShownBy(k.Ord); ok && v.Hides(
			func() string { return string(c.Text(t.C.IDOrd())) },
			func() bool { return by >= 0 && t.Decode(c, by).(bool) }) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, k.Prefix...)
		if k.Ord < 0 {
			dst = append(dst, k.Fixed...)
		} else {
			dst = t.AppendValue(dst, c, k.Ord)
		}
	}
	return dst
}

// AppendJSON appends a row as v shows it.
func (t *Table) AppendJSON(dst []byte, c Cells, v *record.View) []byte {
	dst = append(dst, '{')
	start := len(dst)
	dst = t.AppendKeys(dst, c, v, v.Head)
	mid := len(dst)
	if mid > start {
		dst = append(dst, ',')
	}
	end := len(dst)
	dst = t.AppendKeys(dst, c, v, v.Tail)
	if len(dst) == end {
		dst = dst[:mid]
	}
	return append(dst, '}')
}
