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
	Strftime: "strftime",
	True:     "1", False: "0",
	NoLimit: rule.IntValue(-1),
	Stored:  "main.",
	AsText:  "TEXT", AsNumber: "NUMERIC",
	Columns: sqliteColumns,
	JSON:    sqliteJSON,
	Length:  sqliteLength,
	Each: func(s *SQL, c Ref) {
		s.Text("json_each(")
		sqliteArray(s, c)
		s.Text(")")
	},
	EachOf: func(s *SQL, list rule.Value) { s.Text("json_each(").Arg(list).Text(")") },
	OneOf: func(s *SQL, list rule.Value) {
		s.Text(" IN (SELECT value FROM json_each(").Arg(list).Text("))")
	},
	Holds:  func(s *SQL, c Ref, text rule.Value) { s.Text("instr(").Ref(c).Text(", ").Arg(text).Text(")") },
	Folded: func(s *SQL, c Ref) { s.Ref(c).Text(" COLLATE NOCASE") },
	Given:  sqliteGiven,
	Bare:   func(s *SQL, c Ref) { s.Text("+").Ref(c) },

	SameName: strings.EqualFold,
	Fold:     func(column string) string { return column + " COLLATE NOCASE" },
	ToList: func(c string) string {
		return "CASE WHEN coalesce(" + c + ", '') = '' THEN '[]' WHEN " + sqliteIsList(c) + " THEN " + c + " ELSE json_array(" + c + ") END"
	},
	ToOne: func(c string) string {
		return "CASE WHEN coalesce(" + c + ", '') = '' THEN '' WHEN " + sqliteIsList(c) + " THEN coalesce(json_extract(" + c + ", '$[#-1]'), '') ELSE " + c + " END"
	},
}

func sqliteIsList(c string) string {
	return "CASE WHEN json_valid(" + c + ") THEN json_type(" + c + ") = 'array' ELSE FALSE END"
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

// sqliteGiven gives a value the affinity that the column has. Lists, points and JSON have no cast that leaves
// text alone, and need none: the language compares them through functions.
func sqliteGiven(s *SQL, kind rule.Kind, v rule.Value) {
	switch kind {
	case rule.Number, rule.Bool:
		s.Text("CAST(").Arg(v).Text(" AS NUMERIC)")
	case rule.Text:
		s.Text("CAST(").Arg(v).Text(" AS TEXT)")
	case rule.JSON:
		s.Arg(asNumeric(v))
	default:
		s.Arg(v)
	}
}

// asNumeric is what a column without TEXT affinity makes of a value: text that is a number becomes one.
func asNumeric(v rule.Value) rule.Value {
	if v.Type != rule.Txt {
		return v
	}
	if i, err := strconv.ParseInt(v.S, 10, 64); err == nil {
		return rule.IntValue(i)
	}
	if f, err := strconv.ParseFloat(v.S, 64); err == nil {
		return rule.NumberValue(f)
	}
	return v
}
