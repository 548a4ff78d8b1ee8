package schema

import (
	"errors"
	"regexp"
	"strings"
)

// Index is one parsed CREATE INDEX statement.
type Index struct {
	Unique  bool
	Name    string
	Table   string
	Columns []IndexColumn
	Where   string
}

// IndexColumn is an indexed column or expression.
type IndexColumn struct {
	Name    string // column name, or the text of an expression
	Expr    bool   // Name is an expression and is not quoted
	Collate string
	Sort    string // "", "ASC" or "DESC"
}

var (
	errIndex    = errors.New("not a CREATE INDEX statement of the form CREATE [UNIQUE] INDEX name ON table (columns) [WHERE condition]")
	indexHead   = regexp.MustCompile(`(?is)^\s*create\s+(unique\s+)?index\s+(?:if\s+not\s+exists\s+)?(?:(` + identifier + `)\s*\.\s*)?(` + identifier + `)\s+on\s+(` + identifier + `)\s*\(`)
	indexSort   = regexp.MustCompile(`(?is)\s+(asc|desc)\s*$`)
	indexColl   = regexp.MustCompile("(?is)^(.*?)\\s+collate\\s+([\\w\"'`\\[\\]]+)\\s*$")
	indexWhere  = regexp.MustCompile(`(?is)^where\b\s*(.+)$`)
	indexQuotes = strings.NewReplacer("{{", "`", "}}", "`", "[[", "`", "]]", "`")
)

const identifier = "`[^`]+`|\"[^\"]+\"|'[^']+'|\\[[^\\]]+\\]|[^\\s.`\"'()\\[\\]]+"

// ParseIndex reads a CREATE INDEX statement. Names may be quoted in any of SQLite's ways.
func ParseIndex(text string) (Index, error) {
	text = strings.TrimRight(strings.TrimSpace(indexQuotes.Replace(text)), "; \t\r\n")
	m := indexHead.FindStringSubmatch(text)
	if m == nil {
		return Index{}, errIndex
	}
	ix := Index{Unique: m[1] != "", Name: unquote(m[3]), Table: unquote(m[4])}
	inside, rest, ok := cutParen(text[len(m[0]):])
	if !ok {
		return Index{}, errIndex
	}
	for _, part := range splitTop(inside) {
		c, err := parseIndexColumn(part)
		if err != nil {
			return Index{}, err
		}
		ix.Columns = append(ix.Columns, c)
	}
	if rest = strings.TrimSpace(rest); rest != "" {
		w := indexWhere.FindStringSubmatch(rest)
		if w == nil {
			return Index{}, errIndex
		}
		ix.Where = strings.TrimSpace(w[1])
	}
	return ix, nil
}

func parseIndexColumn(s string) (IndexColumn, error) {
	s = strings.TrimSpace(s)
	var c IndexColumn
	if m := indexSort.FindStringSubmatch(s); m != nil {
		c.Sort = strings.ToUpper(m[1])
		s = s[:len(s)-len(m[0])]
	}
	if m := indexColl.FindStringSubmatch(s); m != nil {
		s, c.Collate = m[1], unquote(m[2])
	}
	s = strings.TrimSpace(s)
	if s == "" {
		return c, errIndex
	}
	if strings.ContainsAny(s, "( \t\n") && unquote(s) == s {
		c.Name, c.Expr = s, true
		return c, nil
	}
	c.Name = unquote(s)
	return c, nil
}

// cutParen returns what stands before the parenthesis that closes an open one, and what follows it.
func cutParen(s string) (inside, rest string, ok bool) {
	depth := 1
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[:i], s[i+1:], true
			}
		case '\'', '"', '`':
			j := strings.IndexByte(s[i+1:], s[i])
			if j < 0 {
				return "", "", false
			}
			i += j + 1
		}
	}
	return "", "", false
}

// splitTop cuts at commas that stand in no parenthesis and no quotes.
func splitTop(s string) []string {
	var parts []string
	depth, start := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case '\'', '"', '`':
			if j := strings.IndexByte(s[i+1:], s[i]); j >= 0 {
				i += j + 1
			}
		case ',':
			if depth == 0 {
				parts = append(parts, s[start:i])
				start = i + 1
			}
		}
	}
	return append(parts, s[start:])
}

func unquote(s string) string {
	if len(s) < 2 {
		return s
	}
	switch a, z := s[0], s[len(s)-1]; {
	case a == z && (a == '`' || a == '"' || a == '\''), a == '[' && z == ']':
		return s[1 : len(s)-1]
	}
	return s
}

// String writes the statement in normal form: names in back-ticks, several columns on lines of their own.
func (ix Index) String() string {
	var b strings.Builder
	b.WriteString("CREATE ")
	if ix.Unique {
		b.WriteString("UNIQUE ")
	}
	b.WriteString("INDEX `" + ix.Name + "` ON `" + ix.Table + "` (")
	for i, c := range ix.Columns {
		if len(ix.Columns) > 1 {
			b.WriteString("\n  ")
		}
		if c.Expr {
			b.WriteString(c.Name)
		} else {
			b.WriteString("`" + c.Name + "`")
		}
		if c.Collate != "" {
			b.WriteString(" COLLATE " + c.Collate)
		}
		if c.Sort != "" {
			b.WriteString(" " + c.Sort)
		}
		if i < len(ix.Columns)-1 {
			b.WriteString(",")
		}
	}
	if len(ix.Columns) > 1 {
		b.WriteString("\n")
	}
	b.WriteString(")")
	if ix.Where != "" {
		b.WriteString(" WHERE " + ix.Where)
	}
	return b.String()
}
