package dialect

import "strings"

// postgresQuery makes names of a query be found as SQLite finds them: in any case, and quoted in any of its
// ways. A name that is neither a table nor a column is spelled as where it stands first. Functions of SQLite
// that PostgreSQL knows by other names are renamed, and LIKE takes ASCII letters in any case; others are in the
// schema of [PostgresFunctions].
func postgresQuery(query string, spelled func(string) string) string {
	q := querier{spelled: spelled, first: map[string]string{}}
	for i := 0; i < len(query); {
		n := q.token(query[i:], i > 0 && query[i-1] == '.')
		i += n
	}
	return q.out.String()
}

type querier struct {
	spelled func(string) string
	first   map[string]string // by name in lower case
	out     strings.Builder
}

// token copies one token and returns its length.
func (q *querier) token(s string, afterDot bool) int {
	switch c := s[0]; {
	case strings.HasPrefix(s, "--"):
		return q.copy(s, through(s, "\n", 2))
	case strings.HasPrefix(s, "/*"):
		return q.copy(s, through(s, "*/", 2))
	case c == '\'':
		return q.copy(s, quotedLen(s, '\''))
	case c == '"' || c == '`':
		n := quotedLen(s, c)
		q.name(strings.ReplaceAll(strings.Trim(s[:n], string(c)), string(c)+string(c), string(c)))
		return n
	case c == '[':
		n := quotedLen(s, ']')
		q.name(strings.Trim(s[:n], "[]"))
		return n
	case strings.HasPrefix(s, "=="):
		q.out.WriteByte('=')
		return 2
	case c >= '0' && c <= '9' || wordByte(c):
		return q.word(s, afterDot)
	}
	return q.copy(s, 1)
}

func (q *querier) copy(s string, n int) int {
	q.out.WriteString(s[:n])
	return n
}

// word copies a number, a keyword, a function or a name.
func (q *querier) word(s string, afterDot bool) int {
	n := 1
	for n < len(s) && wordByte(s[n]) {
		n++
	}
	word := s[:n]
	lower := strings.ToLower(word)
	call := strings.HasPrefix(strings.TrimLeft(s[n:], " \t\r\n"), "(")
	switch {
	case word[0] >= '0' && word[0] <= '9':
		q.out.WriteString(word)
	case !afterDot && lower == "like":
		q.out.WriteString("ILIKE") // ASCII letters match in any case
	case !afterDot && keywords[lower]:
		q.out.WriteString(word)
	case call && functions[lower] != "":
		q.out.WriteString(functions[lower])
	case call:
		q.out.WriteString(word)
	default:
		q.name(word)
	}
	return n
}

// name writes an identifier, quoted.
func (q *querier) name(name string) {
	lower := strings.ToLower(name)
	as := q.spelled(name)
	if as == "" {
		if q.first[lower] == "" {
			q.first[lower] = name
		}
		as = q.first[lower]
	}
	q.out.Write(SQLite.Ident(nil, as))
}

// functions are those that have another name, and nothing else that is different.
var functions = map[string]string{"ifnull": "coalesce", "strftime": "holdall.strftime", "instr": "strpos", "total": "sum"}

// keywords are the words of a SELECT that are no names.
var keywords = set(`all and any as asc between by case cast collate cross current_date current_time current_timestamp
	desc distinct else end escape except exists false filter first following for from full group having ilike in inner
	intersect interval is isnull join last lateral left like limit materialized natural not notnull null nulls of offset
	on only or order outer over partition preceding range recursive right row rows select similar some symmetric then
	ties to true unbounded union using values when where window with within
	text integer int bigint smallint real numeric decimal boolean double precision date timestamp varchar char json jsonb`)

func set(words string) map[string]bool {
	all := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		all[w] = true
	}
	return all
}

// through is the length of s up to and including the first end mark from a place on.
func through(s, end string, from int) int {
	if i := strings.Index(s[from:], end); i >= 0 {
		return from + i + len(end)
	}
	return len(s)
}

// quotedLen is the length of a quoted text; a doubled end mark is part of it.
func quotedLen(s string, end byte) int {
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
