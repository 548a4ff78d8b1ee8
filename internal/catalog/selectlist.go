package catalog

import "strings"

// selected is what the text of a query says about its result: the expressions of the columns and the tables
// that they may come from.
type selected struct {
	columns []string            // expressions in lower case, aliases cut off
	tables  map[string]string   // by alias and by name, in lower case
	first   string              // alias of the first table
	star    bool                // a column is * or table.*
	sql     []token             // the tokens of the query
	ctes    map[string]struct{} // names that are no tables but parts of the query itself, in lower case
}

// token is a word, a quoted name, a text or a sign of SQL, as it stands in the query.
type token struct {
	text  string
	name  string // unquoted, of words and quoted names
	depth int    // of parentheses around it
	space bool   // stands right behind space or a comment
}

func (t token) is(word string) bool { return t.name == t.text && strings.EqualFold(t.text, word) }

func (t token) isOneOf(words map[string]bool) bool {
	return t.name == t.text && words[strings.ToLower(t.text)]
}

// parseSelect reads the first SELECT of a query that stands in no parenthesis: behind a WITH it is the main
// one, of a UNION the one that names the columns.
func parseSelect(query string) selected {
	s := selected{tables: map[string]string{}, ctes: map[string]struct{}{}}
	s.sql = tokenize(query)
	at := s.find(0, "select")
	if at < 0 {
		return s
	}
	s.readCTEs(at)
	at++
	if at < len(s.sql) && (s.sql[at].is("distinct") || s.sql[at].is("all")) {
		at++
	}
	from := s.find(at, "from")
	end := s.clauseEnd(at, from)
	for _, part := range s.split(at, end) {
		s.addColumn(part)
	}
	if from >= 0 && from == end {
		s.readTables(from + 1)
	}
	return s
}

// find is the position of a word outside parentheses, or -1.
func (s *selected) find(at int, word string) int {
	for i := at; i < len(s.sql); i++ {
		if s.sql[i].depth == 0 && s.sql[i].is(word) {
			return i
		}
	}
	return -1
}

// clauseEnd is where the list of columns ends.
func (s *selected) clauseEnd(at, from int) int {
	for i := at; i < len(s.sql); i++ {
		if i == from || s.sql[i].depth == 0 && s.sql[i].isOneOf(afterTables) {
			return i
		}
	}
	return len(s.sql)
}

// afterTables are the words behind which no more table of the same SELECT comes, joinWords those that stand
// in front of one.
var (
	afterTables = map[string]bool{
		"where": true, "group": true, "having": true, "order": true, "limit": true, "offset": true,
		"union": true, "intersect": true, "except": true, "window": true,
	}
	joinWords = map[string]bool{
		"join": true, "left": true, "right": true, "inner": true, "cross": true, "full": true, "outer": true, "natural": true,
	}
)

// split cuts tokens at commas outside parentheses.
func (s *selected) split(at, end int) [][]token {
	var parts [][]token
	start := at
	for i := at; i < end; i++ {
		if s.sql[i].depth == 0 && s.sql[i].text == "," {
			parts = append(parts, s.sql[start:i])
			start = i + 1
		}
	}
	return append(parts, s.sql[start:end])
}

// addColumn keeps the expression of one column without its alias.
func (s *selected) addColumn(part []token) {
	n := len(part)
	if n == 0 {
		s.columns = append(s.columns, "")
		return
	}
	if part[n-1].text == "*" && (n == 1 || part[n-2].text == ".") {
		s.star = true
	}
	switch {
	case n >= 3 && part[n-2].depth == 0 && part[n-2].is("as"):
		part = part[:n-2]
	case n >= 2 && part[n-1].name != "" && part[n-1].depth == 0 && endsExpr(part[n-2]):
		part = part[:n-1]
	}
	var b strings.Builder
	for i, t := range part {
		if i > 0 && t.space {
			b.WriteByte(' ')
		}
		if t.name != "" {
			b.WriteString(strings.ToLower(t.name))
		} else {
			b.WriteString(t.text)
		}
	}
	s.columns = append(s.columns, b.String())
}

// endsExpr reports whether an expression may end with t, so that a name behind it is an alias.
func endsExpr(t token) bool {
	if t.text == ")" || strings.HasPrefix(t.text, "'") {
		return true
	}
	switch strings.ToLower(t.name) {
	case "":
		return t.text != "" && t.text[0] >= '0' && t.text[0] <= '9'
	case "and", "or", "not", "is", "like", "in", "between", "collate", "then", "else", "when", "case":
		return false
	}
	return true
}

// readCTEs keeps the names that a WITH in front of the main SELECT defines.
func (s *selected) readCTEs(end int) {
	for i := 0; i+1 < end; i++ {
		if t := s.sql[i]; t.depth == 0 && t.name != "" && (s.sql[i+1].text == "(" || s.sql[i+1].is("as")) {
			s.ctes[strings.ToLower(t.name)] = struct{}{}
		}
	}
}

// readTables keeps the tables of FROM and of the joins by alias and name.
func (s *selected) readTables(at int) {
	expect := true
	for i := at; i < len(s.sql); i++ {
		t := s.sql[i]
		switch {
		case t.depth > 0 || t.isOneOf(joinWords) && !t.is("join"):
		case t.isOneOf(afterTables):
			return
		case t.text == "," || t.is("join"):
			expect = true
		case expect && t.name != "":
			i = s.addTable(i)
			expect = false
		case expect && t.text == "(":
			expect = false // a sub-select: its columns have no table
			if s.first == "" {
				s.first = "("
			}
		}
	}
}

// addTable reads "[schema.]name [[AS] alias]" and returns the position of its last token.
func (s *selected) addTable(i int) int {
	for i+2 < len(s.sql) && s.sql[i+1].text == "." {
		i += 2
	}
	name := s.sql[i].name
	alias := name
	if i+1 < len(s.sql) && s.sql[i+1].is("as") {
		i++
	}
	if i+1 < len(s.sql) {
		if next := s.sql[i+1]; next.name != "" && next.depth == 0 && !notAlias(next) {
			i++
			alias = next.name
		}
	}
	alias = strings.ToLower(alias)
	if _, own := s.ctes[strings.ToLower(name)]; !own {
		s.tables[alias] = name
	}
	if s.first == "" {
		s.first = alias
	}
	return i
}

func notAlias(t token) bool {
	return t.isOneOf(afterTables) || t.isOneOf(joinWords) || t.is("on") || t.is("using") || t.is("indexed") || t.is("not")
}
