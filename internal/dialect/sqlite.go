package dialect

import (
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/internal/rule"
)

// SQLite is the dialect of SQLite 3.51 and later.
var SQLite = &Dialect{
	Name:        "sqlite",
	Placeholder: func(dst []byte, _ int) []byte { return append(dst, '?') },
	Ident: func(dst []byte, name string) []byte {
		return append(append(append(dst, '"'), strings.ReplaceAll(name, `"`, `""`)...), '"')
	},
	Same: " IS ", Differ: " IS NOT ",
	Like: " LIKE ", NotLike: " NOT LIKE ", Escape: ` ESCAPE '\'`,
	Asc: " ASC", Desc: " DESC",
	Random: "RANDOM()", RowID: "_rowid_",
	Greatest: "max", Least: "min",
	Strftime: "strftime",
	True:     "1", False: "0",
	AsText: "TEXT", AsNumber: "NUMERIC",
	Columns: sqliteColumns,
	JSON:    sqliteJSON,
	Length:  sqliteLength,
	Each: func(s *SQL, c Ref) {
		s.Text("json_each(")
		sqliteArray(s, c)
		s.Text(")")
	},
	EachOf: func(s *SQL, list rule.Value) { s.Text("json_each(").Arg(list).Text(")") },
	Bare:   func(s *SQL, c Ref) { s.Text("+").Ref(c) },
}

// sqliteJSON guards against text that is no JSON, which would fail the whole statement.
func sqliteJSON(s *SQL, c Ref, path []rule.Step) {
	s.Text("(CASE WHEN json_valid(").Ref(c).Text(") THEN json_extract(").Ref(c).Text(", '$")
	sqlitePath(s, path)
	s.Text("') ELSE ")
	if len(path) == 0 {
		s.Text("json_extract(json_array(").Ref(c).Text("), '$[0]')")
	} else {
		s.Text("NULL")
	}
	s.Text(" END)")
}

// sqlitePath writes steps whose keys are made of letters, digits and underscores alone.
func sqlitePath(s *SQL, path []rule.Step) {
	for _, step := range path {
		if step.Key != "" {
			s.Text(".", step.Key)
		} else {
			s.Text("[", strconv.Itoa(step.Index), "]")
		}
	}
}

// sqliteArray is the column when it is a JSON array, else an array of its one value.
func sqliteArray(s *SQL, c Ref) {
	s.Text("CASE WHEN json_valid(").Ref(c).Text(") THEN CASE WHEN json_type(").Ref(c).Text(") = 'array' THEN ")
	s.Ref(c).Text(" ELSE json_array(").Ref(c).Text(") END ELSE json_array(").Ref(c).Text(") END")
}

func sqliteLength(s *SQL, c Ref, kind rule.Kind) {
	if kind != rule.List {
		s.Text("(CASE WHEN ").Ref(c).Text(" = '' OR ").Ref(c).Text(" IS NULL THEN 0 ELSE 1 END)")
		return
	}
	s.Text("(CASE WHEN ").Ref(c).Text(" = '' OR ").Ref(c).Text(" IS NULL THEN 0 ELSE json_array_length(")
	sqliteArray(s, c)
	s.Text(") END)")
}
