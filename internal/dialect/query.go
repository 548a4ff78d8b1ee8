package dialect

import "strings"

// postgresQuery makes names of a query be found as SQLite finds them: in any case, and quoted in any of its
// ways. A name that is neither a table nor a column is spelled as where it stands first. Functions of SQLite
// that PostgreSQL knows by other names are renamed, and LIKE takes ASCII letters in any case; others are in the
// schema of [PostgresFunctions].
func postgresQuery(query string, spelled func(string) string) string {
	q := querier{spelled: spelled, first: map[string]string{}}
	for rest := query; rest != ""; {
		t := Next(rest)
		before := query[:len(query)-len(rest)]
		rest = rest[len(t.Text):]
		q.token(t, strings.HasSuffix(before, "."), rest)
	}
	return q.out.String()
}

type querier struct {
	spelled func(string) string
	first   map[string]string // by name in lower case
	out     strings.Builder
}

// token writes a token that rest follows.
func (q *querier) token(t Token, afterDot bool, rest string) {
	switch t.Kind {
	case Quoted:
		q.name(t.Name)
	case Word:
		q.word(t.Name, afterDot, rest)
	default:
		if t.Text == "==" {
			t.Text = "="
		}
		q.out.WriteString(t.Text)
	}
}

// word writes a keyword, a function or a name.
func (q *querier) word(word string, afterDot bool, rest string) {
	lower := strings.ToLower(word)
	call := strings.HasPrefix(strings.TrimLeft(rest, " \t\r\n"), "(")
	switch {
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
