package pick

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/field"
)

// Append appends what p keeps of the JSON value raw: of an object its named keys in alphabetical order, of
// an array that of every element, anything else as it is. raw must be valid JSON.
func (p *Picker) Append(dst, raw []byte) []byte {
	if p == nil {
		return append(dst, raw...)
	}
	dst, _ = p.value(dst, raw, space(raw, 0))
	return dst
}

// AppendPage is Append for the envelope of a list: p applies to the elements of its "items". A value
// without items is treated as Append does.
func (p *Picker) AppendPage(dst, raw []byte) []byte {
	if p == nil {
		return append(dst, raw...)
	}
	at := space(raw, 0)
	if at < len(raw) && raw[at] == '{' {
		all, _ := members(raw, at, nil)
		for _, m := range all {
			if string(m.key) == "items" && raw[m.from] == '[' {
				dst = append(dst, raw[:m.from]...)
				dst, _ = p.array(dst, raw, m.from)
				return append(dst, raw[m.to:]...)
			}
		}
	}
	return p.Append(dst, raw)
}

// value appends what p keeps of the value at raw[at:] and returns where it ends.
func (p *Picker) value(dst, raw []byte, at int) ([]byte, int) {
	if at < len(raw) && !p.whole() {
		switch raw[at] {
		case '{':
			return p.object(dst, raw, at)
		case '[':
			return p.array(dst, raw, at)
		}
	}
	end := skip(raw, at)
	if p.cut != nil && at < end && raw[at] == '"' {
		return field.AppendString(dst, p.cut.of(string(text(raw[at:end])))), end
	}
	return append(dst, raw[at:end]...), end
}

func (p *Picker) array(dst, raw []byte, at int) ([]byte, int) {
	dst = append(dst, '[')
	at = space(raw, at+1)
	for first := true; at < len(raw) && raw[at] != ']'; first = false {
		if !first {
			dst = append(dst, ',')
		}
		dst, at = p.value(dst, raw, at)
		if at = space(raw, at); at < len(raw) && raw[at] == ',' {
			at = space(raw, at+1)
		}
	}
	return append(dst, ']'), at + 1
}

func (p *Picker) object(dst, raw []byte, at int) ([]byte, int) {
	var room [24]member
	all, end := members(raw, at, room[:0])
	byKey := func(a, b member) int { return bytes.Compare(a.key, b.key) }
	if !slices.IsSortedFunc(all, byKey) {
		slices.SortStableFunc(all, byKey)
	}
	dst = append(dst, '{')
	first := true
	for _, m := range all {
		kid := p.at(m.key)
		if kid == nil {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(field.AppendStringBytes(dst, m.key), ':')
		dst, _ = kid.value(dst, raw, m.from)
	}
	return append(dst, '}'), end
}

// member is one key of an object and where its value stands.
type member struct {
	key      []byte // decoded
	from, to int
}

// members lists the keys of the object at raw[at:] and returns where it ends.
func members(raw []byte, at int, list []member) ([]member, int) {
	at = space(raw, at+1)
	for at < len(raw) && raw[at] == '"' {
		end := skip(raw, at)
		m := member{key: text(raw[at:end])}
		m.from = space(raw, space(raw, end)+1) // behind the colon
		m.to = skip(raw, m.from)
		list = append(list, m)
		if at = space(raw, m.to); at < len(raw) && raw[at] == ',' {
			at = space(raw, at+1)
		}
	}
	return list, at + 1
}

// text decodes a JSON string, in place when it can.
func text(raw []byte) []byte {
	if len(raw) >= 2 && bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	var s string
	_ = json.Unmarshal(raw, &s) // valid by promise; else empty
	return []byte(s)
}

func space(raw []byte, at int) int {
	for at < len(raw) && (raw[at] == ' ' || raw[at] == '\n' || raw[at] == '\t' || raw[at] == '\r') {
		at++
	}
	return at
}

// skip returns the end of the value at raw[at:].
func skip(raw []byte, at int) int {
	depth := 0
	for at < len(raw) {
		switch raw[at] {
		case '"':
			at = skipText(raw, at)
		case '{', '[':
			depth++
			at++
		case '}', ']':
			depth--
			at++
		case ',', ':', ' ', '\n', '\t', '\r':
			at++
			continue
		default:
			at = skipWord(raw, at)
		}
		if depth <= 0 {
			return at
		}
	}
	return at
}

func skipText(raw []byte, at int) int {
	for at++; at < len(raw); at++ {
		switch raw[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return len(raw)
}

func skipWord(raw []byte, at int) int {
	for at < len(raw) && !strings.ContainsRune(",:]} \n\t\r", rune(raw[at])) {
		at++
	}
	return at
}
