package dialect

import (
	"strconv"

	"github.com/holdall-dev/holdall/internal/rule"
)

// Postgres is the dialect of PostgreSQL 15 and later. Its functions are made by [PostgresFunctions].
var Postgres = &Dialect{
	Name:        "postgres",
	Placeholder: func(dst []byte, n int) []byte { return strconv.AppendInt(append(dst, '$'), int64(n), 10) },
	Ident:       SQLite.Ident,
	Clean:       postgresClean,
	Same:        " IS NOT DISTINCT FROM ", Differ: " IS DISTINCT FROM ",
	Like: " ILIKE ", NotLike: " NOT ILIKE ", Escape: ` ESCAPE '\'`,
	Asc: " ASC NULLS FIRST", Desc: " DESC NULLS LAST",
	Random: "random()", RowID: "@row",
	Strftime: "holdall.strftime",
	True:     "TRUE", False: "FALSE",
	NoLimit: rule.Value{},
	Columns: PostgresColumns,
	Typed: &Typed{
		Key:       postgresKey,
		NumberKey: "holdall.number_key(", NumericKey: "holdall.numeric_key(", JSONKey: "holdall.json_key(", JSONNumericKey: "holdall.json_numeric_key(",
		NumberText: "holdall.number_text(", RealText: "holdall.real_text(", JSONText: "holdall.json_text(", JSONWholeText: "holdall.json_whole_text(",
		Number: "holdall.number(", JSONNumber: "holdall.json_number(", Distance: "holdall.distance",
		Text: "text", Float: "double precision", Int: "integer", Collate: ` COLLATE "C"`,
	},
	JSON:   postgresJSON,
	Length: postgresLength,
	Each:   func(s *SQL, c Ref) { s.Text("json_array_elements_text(holdall.list(").Ref(c).Text("))") },
	EachOf: func(s *SQL, list rule.Value) { postgresElements(s, list) },
	OneOf: func(s *SQL, list rule.Value) {
		s.Text(" = ANY (ARRAY(SELECT ")
		postgresElements(s, list)
		s.Text("))")
	},
	Holds:  func(s *SQL, c Ref, text rule.Value) { s.Text("strpos(").Ref(c).Text(", ").Arg(text).Text(") > 0") },
	Folded: func(s *SQL, c Ref) { s.Text("lower(").Ref(c).Text(")") },
	Given:  postgresGiven,
	Bare:   func(s *SQL, c Ref) { s.Ref(c) },

	SameName: func(a, b string) bool { return a == b },
	Query:    postgresQuery,
	Fold:     func(column string) string { return "lower(" + column + ` COLLATE "C")` },
	ToList: func(c string) string {
		return "CASE WHEN coalesce(" + c + ", '') = '' THEN '[]' ELSE holdall.list(" + c + ")::text END"
	},
	ToOne: func(c string) string {
		return "CASE WHEN coalesce(" + c + ", '') = '' THEN '' ELSE coalesce(holdall.list(" + c + ") ->> -1, '') END"
	},
}

// postgresJSON has type json. A column never holds text that is no JSON (see [PostgresColumns]).
func postgresJSON(s *SQL, c Ref, path []rule.Step) {
	s.Text("(").Ref(c).Text("::json")
	for _, step := range path {
		if step.Key != "" {
			s.Text(" -> '", step.Key, "'")
		} else {
			s.Text(" -> ", strconv.Itoa(step.Index))
		}
	}
	s.Text(")")
}

func postgresLength(s *SQL, c Ref, kind rule.Kind) {
	if kind != rule.List {
		s.Text("(CASE WHEN ").Ref(c).Text(" = '' OR ").Ref(c).Text(" IS NULL THEN 0 ELSE 1 END)")
		return
	}
	s.Text("(CASE WHEN ").Ref(c).Text(" IS NULL THEN 0 ELSE json_array_length(holdall.list(").Ref(c).Text(")) END)")
}

// postgresElements are the elements of a list that came with the request.
func postgresElements(s *SQL, list rule.Value) {
	if list.Type == rule.Txt {
		list.S = PostgresJSON(list.S)
	}
	s.Text("json_array_elements_text(").Arg(list).Text("::json)")
}

// postgresGiven gives a value the type that the column has.
func postgresGiven(s *SQL, kind rule.Kind, v rule.Value) {
	switch kind {
	case rule.Number:
		s.Text("CAST(").Arg(v).Text(" AS double precision)")
	case rule.Bool:
		s.Text("CAST(CAST(").Arg(v).Text(" AS integer) AS boolean)")
	case rule.Text:
		s.Text("CAST(").Arg(v).Text(` AS text) COLLATE "C"`)
	default:
		if v.Type == rule.Txt {
			v.S = PostgresJSON(v.S)
		}
		s.Text("CAST(").Arg(v).Text(` AS text) COLLATE "C"`)
	}
}
