package catalog

import "strings"

// tokenize cuts SQL into tokens; space and comments are dropped. It never fails: whether the query is one is
// for the engine to say.
func tokenize(sql string) []token {
	var list []token
	depth, space := 0, false
	for i := 0; i < len(sql); {
		if n := skipBlank(sql[i:]); n > 0 {
			i, space = i+n, true
			continue
		}
		t := token{space: space, depth: depth}
		n := 1
		switch c := sql[i]; {
		case c == '(':
			depth++
		case c == ')':
			depth = max(depth-1, 0)
			t.depth = depth
		case c == '\'':
			n = quoted(sql[i:], '\'')
		case c == '"' || c == '`':
			n = quoted(sql[i:], c)
			t.name = strings.Trim(sql[i:i+n], string(c))
		case c == '[':
			n = quoted(sql[i:], ']')
			t.name = strings.Trim(sql[i:i+n], "[]")
		case wordByte(c):
			for n < len(sql)-i && wordByte(sql[i+n]) {
				n++
			}
			if c < '0' || c > '9' {
				t.name = sql[i : i+n]
			}
		}
		t.text = sql[i : i+n]
		list = append(list, t)
		i, space = i+n, false
	}
	return list
}

// skipBlank is the length of the space or comment that s begins with.
func skipBlank(s string) int {
	end := func(mark string, from int) int {
		if i := strings.Index(s[from:], mark); i >= 0 {
			return from + i + len(mark)
		}
		return len(s)
	}
	switch {
	case strings.IndexByte(" \t\r\n\f", s[0]) >= 0:
		return 1
	case strings.HasPrefix(s, "--"):
		return end("\n", 0)
	case strings.HasPrefix(s, "/*"):
		return end("*/", 2)
	}
	return 0
}

// quoted is the length of a quoted text; a doubled end mark is part of it.
func quoted(s string, end byte) int {
	for i := 1; i < len(s); i++ {
		if s[i] != end {
			continue
		}
		if i+1 < len(s) && s[i+1] == end && end != ']' {
			i++
			continue
		}
		return i + 1
	}
	return len(s)
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
