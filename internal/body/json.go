package body

import (
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Parse reads one JSON object. null and nothing at all are no values; what follows the object is ignored.
// Everything else, a key that stands twice in an object, and more than the bounds allow, is an Invalid
// fault. Numbers become float64.
func Parse(raw []byte) (map[string]any, error) {
	p := parser{raw: raw}
	switch p.space(); p.peek() {
	case 0:
		if p.at == len(raw) {
			return nil, nil
		}
	case 'n':
		if p.word("null") {
			return nil, nil
		}
	case '{':
		m, err := p.object(1)
		if err != nil {
			return nil, unreadable(err)
		}
		return m, nil
	}
	return nil, unreadable(errNoObject)
}

var (
	errNoObject  = errors.New("the body is not a JSON object")
	errSyntax    = errors.New("the JSON is malformed")
	errDuplicate = errors.New("a JSON object has a key twice")
	errDeep      = errors.New("the JSON is nested too deeply")
	errMany      = errors.New("the JSON has too many keys or values")
	errNumber    = errors.New("a JSON number is out of range")
)

type parser struct {
	raw          []byte
	at           int
	keys, values int
}

func (p *parser) space() {
	for p.at < len(p.raw) {
		switch p.raw[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// peek is the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.at < len(p.raw) {
		return p.raw[p.at]
	}
	return 0
}

// take skips space and the byte c, if it comes next.
func (p *parser) take(c byte) bool {
	p.space()
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func (p *parser) word(w string) bool {
	if len(p.raw)-p.at < len(w) || string(p.raw[p.at:p.at+len(w)]) != w {
		return false
	}
	p.at += len(w)
	return true
}

func (p *parser) value(depth int) (any, error) {
	if p.values++; p.values > MaxValues {
		return nil, errMany
	}
	p.space()
	switch c := p.peek(); {
	case c == '"':
		return p.text()
	case c == '{':
		return p.object(depth + 1)
	case c == '[':
		return p.array(depth + 1)
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	case c == 't' && p.word("true"):
		return true, nil
	case c == 'f' && p.word("false"):
		return false, nil
	case c == 'n' && p.word("null"):
		return nil, nil
	}
	return nil, errSyntax
}

func (p *parser) object(depth int) (map[string]any, error) {
	if depth > MaxDepth {
		return nil, errDeep
	}
	p.at++
	m := map[string]any{}
	if p.take('}') {
		return m, nil
	}
	for {
		if err := p.member(m, depth); err != nil {
			return nil, err
		}
		if p.take(',') {
			continue
		}
		if p.take('}') {
			return m, nil
		}
		return nil, errSyntax
	}
}

func (p *parser) member(m map[string]any, depth int) error {
	if p.keys++; p.keys > MaxKeys {
		return errMany
	}
	if p.space(); p.peek() != '"' {
		return errSyntax
	}
	key, err := p.text()
	if err != nil {
		return err
	}
	if _, twice := m[key]; twice {
		return errDuplicate
	}
	if !p.take(':') {
		return errSyntax
	}
	m[key], err = p.value(depth)
	return err
}

func (p *parser) array(depth int) (any, error) {
	if depth > MaxDepth {
		return nil, errDeep
	}
	p.at++
	list := []any{}
	if p.take(']') {
		return list, nil
	}
	for {
		v, err := p.value(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if p.take(',') {
			continue
		}
		if p.take(']') {
			return list, nil
		}
		return nil, errSyntax
	}
}

// number reads by JSON's grammar, which is narrower than strconv's.
func (p *parser) number() (any, error) {
	start := p.at
	if p.peek() == '-' {
		p.at++
	}
	first := p.peek()
	if n := p.digits(); n == 0 || first == '0' && n > 1 {
		return nil, errSyntax
	}
	if p.peek() == '.' {
		p.at++
		if p.digits() == 0 {
			return nil, errSyntax
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.at++
		if c := p.peek(); c == '+' || c == '-' {
			p.at++
		}
		if p.digits() == 0 {
			return nil, errSyntax
		}
	}
	f, err := strconv.ParseFloat(string(p.raw[start:p.at]), 64)
	if err != nil {
		return nil, errNumber
	}
	return f, nil
}

func (p *parser) digits() int {
	start := p.at
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.at++
	}
	return p.at - start
}

// text reads a string. Most have no escapes and no bytes beyond ASCII and are copied at once.
func (p *parser) text() (string, error) {
	p.at++
	start := p.at
	for p.at < len(p.raw) {
		switch c := p.raw[p.at]; {
		case c == '"':
			s := string(p.raw[start:p.at])
			p.at++
			return s, nil
		case c == '\\' || c >= utf8.RuneSelf:
			return p.slowText(start)
		case c < ' ':
			return "", errSyntax
		}
		p.at++
	}
	return "", errSyntax
}

// slowText goes on where text met a byte that must be looked at. Invalid UTF-8 becomes U+FFFD.
func (p *parser) slowText(start int) (string, error) {
	buf := append(make([]byte, 0, p.at-start+32), p.raw[start:p.at]...)
	for p.at < len(p.raw) {
		c := p.raw[p.at]
		switch {
		case c == '"':
			p.at++
			return string(buf), nil
		case c < ' ':
			return "", errSyntax
		case c == '\\':
			r, ok := p.escape()
			if !ok {
				return "", errSyntax
			}
			buf = utf8.AppendRune(buf, r)
		case c < utf8.RuneSelf:
			buf = append(buf, c)
			p.at++
		default:
			r, size := utf8.DecodeRune(p.raw[p.at:])
			buf = utf8.AppendRune(buf, r)
			p.at += size
		}
	}
	return "", errSyntax
}

// escape reads a backslash and what it stands for.
func (p *parser) escape() (rune, bool) {
	p.at++
	c := p.peek()
	p.at++
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		return p.unicode()
	}
	return 0, false
}

// unicode reads four hexadecimal digits, and a second escape when they are half of a pair. A half without
// its other becomes U+FFFD.
func (p *parser) unicode() (rune, bool) {
	r, ok := p.hex4(p.at)
	if !ok {
		return 0, false
	}
	p.at += 4
	if !utf16.IsSurrogate(r) {
		return r, true
	}
	if p.at+1 < len(p.raw) && p.raw[p.at] == '\\' && p.raw[p.at+1] == 'u' {
		if low, ok := p.hex4(p.at + 2); ok {
			if full := utf16.DecodeRune(r, low); full != utf8.RuneError {
				p.at += 6
				return full, true
			}
		}
	}
	return utf8.RuneError, true
}

func (p *parser) hex4(at int) (rune, bool) {
	if at+4 > len(p.raw) {
		return 0, false
	}
	var r rune
	for _, c := range p.raw[at : at+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
