package rule

import (
	"fmt"
	"strings"
)

// tokenKind says what a token is.
type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenNumber
	tokenText
	tokenOperator
	tokenAnd
	tokenOr
	tokenOpen
	tokenClose
	tokenComma
)

// token is one word of the language. Text of a tokenText is unescaped.
type token struct {
	kind tokenKind
	pos  int
	end  int
	text string
}

// lexer cuts text into tokens.
type lexer struct {
	src string
	at  int
}

// fail makes an error at a byte offset.
func fail(pos int, format string, args ...any) *Error {
	return &Error{Pos: pos, Msg: fmt.Sprintf(format, args...)}
}

// next returns the next token; at the end of the text a tokenEnd, again and again.
func (l *lexer) next() (token, *Error) {
	l.skipBlank()
	if l.at >= len(l.src) {
		return token{kind: tokenEnd, pos: l.at, end: l.at}, nil
	}
	switch c := l.src[l.at]; {
	case isNameStart(c):
		return l.name()
	case c == '-' || isDigit(c):
		return l.number()
	case c == '\'' || c == '"':
		return l.text(c)
	case strings.IndexByte("=!<>~?", c) >= 0:
		return l.run(tokenOperator, "=!<>~?"), nil
	case c == '&' || c == '|':
		return l.join()
	case c == '(':
		return l.one(tokenOpen), nil
	case c == ')':
		return l.one(tokenClose), nil
	case c == ',':
		return l.one(tokenComma), nil
	}
	return token{}, fail(l.at, "unexpected character %q", l.src[l.at])
}

// skipBlank passes spaces, tabs, line feeds and comments. A carriage return is none of these.
func (l *lexer) skipBlank() {
	for l.at < len(l.src) {
		switch c := l.src[l.at]; {
		case c == ' ' || c == '\t' || c == '\n':
			l.at++
		case c == '/' && strings.HasPrefix(l.src[l.at:], "//"):
			n := strings.IndexByte(l.src[l.at:], '\n')
			if n < 0 {
				n = len(l.src) - l.at
			}
			l.at += n
		default:
			return
		}
	}
}

func (l *lexer) one(k tokenKind) token {
	l.at++
	return token{kind: k, pos: l.at - 1, end: l.at}
}

func (l *lexer) run(k tokenKind, of string) token {
	start := l.at
	for l.at < len(l.src) && strings.IndexByte(of, l.src[l.at]) >= 0 {
		l.at++
	}
	return token{kind: k, pos: start, end: l.at, text: l.src[start:l.at]}
}

func (l *lexer) join() (token, *Error) {
	t := l.run(tokenAnd, "&|")
	switch t.text {
	case "&&":
		return t, nil
	case "||":
		t.kind = tokenOr
		return t, nil
	}
	return t, fail(t.pos, "unknown join %q: use && or ||", t.text)
}

func (l *lexer) name() (token, *Error) {
	start := l.at
	for l.at++; l.at < len(l.src) && isNamePart(l.src[l.at]); l.at++ {
	}
	s := l.src[start:l.at]
	if last := s[len(s)-1]; last == '.' || last == ':' || s == "_" || s == "@" || s == "#" {
		return token{}, fail(start, "incomplete name %q", s)
	}
	return token{kind: tokenName, pos: start, end: l.at, text: s}, nil
}

func (l *lexer) number() (token, *Error) {
	start := l.at
	if l.src[l.at] == '-' {
		l.at++
	}
	whole := l.digits()
	fraction := 1
	if l.at < len(l.src) && l.src[l.at] == '.' {
		l.at++
		fraction = l.digits()
	}
	if whole == 0 || fraction == 0 || l.at < len(l.src) && (isNamePart(l.src[l.at]) || l.src[l.at] == '@' || l.src[l.at] == '#') {
		return token{}, fail(start, "not a number: %q", l.src[start:l.at])
	}
	return token{kind: tokenNumber, pos: start, end: l.at, text: l.src[start:l.at]}, nil
}

func (l *lexer) digits() int {
	start := l.at
	for l.at < len(l.src) && isDigit(l.src[l.at]) {
		l.at++
	}
	return l.at - start
}

// escapes are the characters that a backslash changes; before any other it stays what it is.
var escapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', '\\': '\\', '\'': '\'', '"': '"'}

func (l *lexer) text(quote byte) (token, *Error) {
	start := l.at
	var b strings.Builder
	for i := start + 1; i < len(l.src); i++ {
		c := l.src[i]
		if c == quote {
			l.at = i + 1
			return token{kind: tokenText, pos: start, end: l.at, text: b.String()}, nil
		}
		if c == '\\' && i+1 < len(l.src) {
			if e, ok := escapes[l.src[i+1]]; ok {
				b.WriteByte(e)
				i++
				continue
			}
		}
		b.WriteByte(c)
	}
	return token{}, fail(start, "text without a closing quote")
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '_'
}

func isNameStart(c byte) bool { return isWord(c) && !isDigit(c) || c == '@' || c == '#' }

func isNamePart(c byte) bool { return isWord(c) || c == '.' || c == ':' }
