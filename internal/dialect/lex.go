package dialect

import "strings"

// Kind is what a token of SQL is.
type Kind int

// Kinds of tokens.
const (
	Sign   Kind = iota // one byte of any other kind, or ==
	Blank              // white space, or a comment
	Text               // in single quotes
	Quoted             // a name in quotes or brackets
	Word               // a keyword, a function or a name
	Number
)

// Token is a piece of SQL.
type Token struct {
	Kind Kind
	Text string // as it is written
	Name string // without the quotes; of a Word and a Quoted
}

// Next cuts the first token off SQL as SQLite reads it, which must not be empty. It never fails: what is not closed
// goes to the end, and whether it all is a query is for the engine to say.
func Next(sql string) Token {
	switch c := sql[0]; {
	case strings.IndexByte(" \t\r\n\f", c) >= 0:
		return Token{Kind: Blank, Text: sql[:1]}
	case strings.HasPrefix(sql, "--"):
		return Token{Kind: Blank, Text: through(sql, "\n")}
	case strings.HasPrefix(sql, "/*"):
		return Token{Kind: Blank, Text: through(sql, "*/")}
	case c == '\'':
		return Token{Kind: Text, Text: quoted(sql, c)}
	case c == '"' || c == '`':
		text, mark := quoted(sql, c), string(c)
		return Token{Quoted, text, strings.ReplaceAll(strings.Trim(text, mark), mark+mark, mark)}
	case c == '[':
		text := quoted(sql, ']')
		return Token{Quoted, text, strings.Trim(text, "[]")}
	case strings.HasPrefix(sql, "=="):
		return Token{Kind: Sign, Text: sql[:2]}
	case c >= '0' && c <= '9':
		return Token{Kind: Number, Text: word(sql)}
	case wordByte(c):
		return Token{Word, word(sql), word(sql)}
	}
	return Token{Kind: Sign, Text: sql[:1]}
}

// through is the beginning of s up to and including the first end mark behind the two bytes that open a comment.
func through(s, end string) string {
	if i := strings.Index(s[2:], end); i >= 0 {
		return s[:2+i+len(end)]
	}
	return s
}

// quoted is the quoted text that s begins with; a doubled end mark is part of it.
func quoted(s string, end byte) string {
	for i := 1; i < len(s); i++ {
		if s[i] != end {
			continue
		}
		if i+1 < len(s) && s[i+1] == end && end != ']' {
			i++
			continue
		}
		return s[:i+1]
	}
	return s
}

func word(s string) string {
	n := 1
	for n < len(s) && wordByte(s[n]) {
		n++
	}
	return s[:n]
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
