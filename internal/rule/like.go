package rule

import (
	"strings"
	"unicode/utf8"
)

// pattern is the operand that ~ compares with, made of a constant; the constant itself where only the
// database knows its text.
func pattern(o *Operand) *Operand {
	p := &Operand{Kind: ConstOperand, Join: -1, Pattern: true}
	switch {
	case o.Value.Type == Null:
		return p
	case o.Literal:
		p.Value = TextValue(likePattern(literalText(o.Value)))
	default:
		s, sure := textOf(o.Value)
		if !sure {
			return o
		}
		p.Value = TextValue("%" + s + "%")
	}
	return p
}

// likePattern makes a pattern of a text: as it is when it has a % that no backslash takes the meaning of,
// else looked for anywhere, with every character meaning itself.
func likePattern(s string) string {
	if openPercent(s) {
		return s
	}
	var b strings.Builder
	b.WriteByte('%')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s) && (s[i+1] == '%' || s[i+1] == '_' || s[i+1] == '\\'):
			b.WriteString(s[i : i+2])
			i++
		case c == '\\' || c == '_':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('%')
	return b.String()
}

// openPercent reports whether s has a % without a backslash before it that is not itself escaped.
func openPercent(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '%':
			return true
		}
	}
	return false
}

// maxPattern is the longest pattern that SQLite accepts, in bytes.
const maxPattern = 50000

func (e *Expr) like(a, b datum) truth {
	if a.Type == Null || b.Type == Null {
		return null
	}
	left, sureLeft := textOf(a.Value)
	right, sureRight := textOf(b.Value)
	if !e.R.Pattern {
		right = "%" + right + "%"
	}
	if !sureLeft || !sureRight || len(right) > maxPattern || !utf8.ValidString(left) || !utf8.ValidString(right) ||
		strings.IndexByte(left, 0) >= 0 || strings.IndexByte(right, 0) >= 0 {
		return unsure
	}
	return truthOf(likeMatch(right, left) == (e.Op == Like))
}

// likeMatch is LIKE … ESCAPE '\': ASCII letters match in any case, % any text, _ one character.
func likeMatch(p, s string) bool {
	// On a mismatch after a % the match goes on one character later; an earlier % need not be tried again.
	back, mark := -1, 0
	i, j := 0, 0
	for {
		if i < len(p) && p[i] == '%' {
			i++
			back, mark = i, j
			continue
		}
		if j >= len(s) {
			return i >= len(p)
		}
		if n, m, ok := likeOne(p[i:], s[j:]); ok {
			i, j = i+n, j+m
			continue
		}
		if back < 0 {
			return false
		}
		_, w := utf8.DecodeRuneInString(s[mark:])
		mark += w
		i, j = back, mark
	}
}

// likeOne matches one character of a pattern that is no %, and tells how far both go.
func likeOne(p, s string) (n, m int, ok bool) {
	if p == "" {
		return 0, 0, false
	}
	_, w := utf8.DecodeRuneInString(s)
	switch {
	case p[0] == '_':
		return 1, w, true
	case p[0] == '\\':
		if len(p) == 1 {
			return 0, 0, false
		}
		n, p = 1, p[1:]
	}
	_, v := utf8.DecodeRuneInString(p)
	if v == 1 && w == 1 {
		return n + 1, 1, lower(p[0]) == lower(s[0])
	}
	return n + v, w, v == w && p[:v] == s[:w]
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// lowerText puts ASCII letters in lower case, all others stay.
func lowerText(s string) string {
	for i := 0; i < len(s); i++ {
		if lower(s[i]) != s[i] {
			b := []byte(s)
			for ; i < len(b); i++ {
				b[i] = lower(b[i])
			}
			return string(b)
		}
	}
	return s
}
