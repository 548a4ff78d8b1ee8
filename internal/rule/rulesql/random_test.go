package rulesql_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/holdall-dev/holdall/internal/rule"
)

// The values that random rows and expressions are made of: what trips conversions, LIKE and JSON.
var (
	someTexts = []string{"", "a", "A", "ab", "aB%", "5", "5.0", " 5 ", "1e1", "-0", "0x10", "é", "É", "ß日本", "100%_x", `\`, `\%`, `a\`,
		"[1]", `["a"]`, "null", "true", "2024-05-06 07:08:09.123Z", "it's", "9007199254740993", "1e400", ".5", "5.", "Infinity", "nan", "+5",
		"-3", "r0", "r1", "r2", "%", "_", "a\nb", "5 x", "1.5e", "--1", "0", "00", "1", "1.0"}
	someNumbers = []float64{0, 1, 5, -3, 5.5, 1e21, 1e15, 0.1, -0.000012345, 9007199254740991, 123456789012345680, 1e-7, 3.0000000000000004, 10, 100.25}
	someJSON    = []string{`{"a":1}`, `{"a":{"b":["x",2,null,true,1.5]}}`, `[1,"two",[3]]`, `"hello"`, `""`, `"5"`, `5`, `5.5`, `5.0`, `1e3`, `true`,
		`null`, `{"a":"é\u00e9\n\"x\""}`, `[]`, `{}`, `{ "a" : [ 1 , {"b": 2} ] }`, `abc`, `[1,`, `{"a":"5","b":5.0,"c":-0}`, `{"a":false,"0":"zero"}`,
		`{"b":{"a":null},"a":[[],{}]}`, `{"lon":10,"lat":20}`, `{"a":12345678901234567890}`}
	someItems = []string{"a", "b", "aa", "r0", "r1", "r2", "é", "5", `q"x`}
)

// chance makes random worlds and expressions; equal seeds make equal ones.
type chance struct{ *rand.Rand }

func pick[T any](c chance, of []T) T { return of[c.IntN(len(of))] }

// tables makes a base table t0 and two more, all of which may sign in.
func (c chance) tables() []*rule.Table {
	out := make([]*rule.Table, 3)
	for i := range out {
		t := &rule.Table{ID: fmt.Sprintf("t%d_id", i), Name: fmt.Sprintf("t%d", i), Auth: true, Columns: []rule.Column{{Name: "id"}}}
		for k := range 2 + c.IntN(7) {
			t.Columns = append(t.Columns, c.column(k))
		}
		out[i] = t
	}
	return out
}

func (c chance) column(k int) rule.Column {
	col := rule.Column{Name: fmt.Sprintf("f%d", k), Kind: rule.Kind(c.IntN(int(rule.Geo) + 1))}
	if col.Kind == rule.Text || col.Kind == rule.List {
		col.Items = c.IntN(2) == 0 || col.Kind == rule.List
		if col.Items && c.IntN(2) == 0 {
			col.Target = fmt.Sprintf("t%d_id", c.IntN(3))
		}
	}
	return col
}

func (c chance) row(t *rule.Table, n int) []rule.Value {
	row := []rule.Value{text(fmt.Sprintf("r%d", n))}
	for _, col := range t.Columns[1:] {
		row = append(row, c.stored(col))
	}
	return row
}

func (c chance) stored(col rule.Column) rule.Value {
	switch col.Kind {
	case rule.Number:
		return number(pick(c, someNumbers))
	case rule.Bool:
		return boolean(c.IntN(2) == 0)
	case rule.List:
		return text(jsonList(c.items(col)))
	case rule.JSON:
		if c.IntN(4) == 0 {
			return rule.Value{}
		}
		return text(pick(c, someJSON))
	case rule.Geo:
		return text(fmt.Sprintf(`{"lon":%d,"lat":%d}`, c.IntN(360)-180, c.IntN(180)-90))
	}
	if col.Target != "" {
		return text(pick(c, []string{"", "r0", "r1", "r2", "gone"}))
	}
	return text(pick(c, someTexts))
}

func (c chance) items(col rule.Column) []string {
	var out []string
	for range c.IntN(4) {
		if col.Target != "" {
			out = append(out, fmt.Sprintf("r%d", c.IntN(4)))
		} else {
			out = append(out, pick(c, someItems))
		}
	}
	return out
}

func jsonList(items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = strings.ReplaceAll(strconv.Quote(s), `\u00e9`, "é")
	}
	return "[" + strings.Join(quoted, ",") + "]"
}

// world fills a lab; t0 has the most rows.
func (c chance) world(l *lab) {
	for i, most := range []int{14, 4, 3} {
		name := fmt.Sprintf("t%d", i)
		for n := range 1 + c.IntN(most) {
			l.insert(name, c.row(l.tables[name], n)...)
		}
	}
}

// request is signed in as a record of t1, or not at all.
func (c chance) request(l *lab) (scope request, auth *rule.Table) {
	scope.query = map[string]string{"q": pick(c, someTexts)}
	scope.body = map[string]any{}
	for _, col := range l.tables["t0"].Columns {
		if c.IntN(2) == 0 {
			scope.body[col.Name] = c.submitted(col)
		}
	}
	if c.IntN(3) > 0 {
		scope.auth, auth = pick(c, l.rows["t1"]), l.tables["t1"]
	}
	return scope, auth
}

func (c chance) submitted(col rule.Column) any {
	switch v := c.stored(col); {
	case col.Kind == rule.List:
		return append([]string{}, c.items(col)...)
	case col.Kind == rule.Bool:
		return v.I == 1
	case v.Type == rule.Int:
		return float64(v.I)
	case v.Type == rule.Real:
		return v.F
	case v.Type == rule.Txt:
		return v.S
	}
	return nil
}

// tree is a random expression that can be made smaller.
type tree struct {
	or       bool
	kids     []*tree
	l, op, r string
}

func (e *tree) String() string {
	if len(e.kids) == 0 {
		return e.l + " " + e.op + " " + e.r
	}
	parts := make([]string, len(e.kids))
	for i, kid := range e.kids {
		parts[i] = "(" + kid.String() + ")"
	}
	if e.or {
		return strings.Join(parts, " || ")
	}
	return strings.Join(parts, " && ")
}

// smaller are the trees that leave one part of e out.
func (e *tree) smaller() []*tree {
	out := append([]*tree(nil), e.kids...)
	for i, kid := range e.kids {
		for _, less := range kid.smaller() {
			d := *e
			d.kids = append([]*tree(nil), e.kids...)
			d.kids[i] = less
			out = append(out, &d)
		}
	}
	return out
}

// shrunk is the smallest part of e that still fails.
func shrunk(e *tree, fails func(*tree) bool) *tree {
	for again := true; again; {
		again = false
		for _, less := range e.smaller() {
			if fails(less) {
				e, again = less, true
				break
			}
		}
	}
	return e
}

var someOps = []string{"=", "!=", ">", ">=", "<", "<=", "~", "!~", "?=", "?!=", "?>", "?>=", "?<", "?<=", "?~", "?!~"}

func (c chance) tree(l *lab, auth *rule.Table, depth int) *tree {
	if depth == 0 || c.IntN(3) == 0 {
		return &tree{l: c.side(l, auth), op: pick(c, someOps), r: c.side(l, auth)}
	}
	e := &tree{or: c.IntN(2) == 0}
	for range 2 + c.IntN(2) {
		e.kids = append(e.kids, c.tree(l, auth, depth-1))
	}
	return e
}

func (c chance) side(l *lab, auth *rule.Table) string {
	base := l.tables["t0"]
	switch c.IntN(13) {
	case 0, 1:
		return quoted(pick(c, someTexts))
	case 2:
		return strconv.FormatFloat(pick(c, someNumbers), 'f', -1, 64)
	case 3:
		return pick(c, []string{"null", "true", "false", "''", "@now", "@day", "@yearStart", "@request.query.q", "@request.query.none", "@request.method"})
	case 4:
		return "@request.body." + c.bodyName(base)
	case 5:
		if auth == nil {
			return "@request.auth.id"
		}
		return "@request.auth." + c.name(l, auth, 2)
	case 6:
		return c.function(l, base)
	case 7:
		return "@collection.t2." + c.name(l, l.tables["t2"], 1)
	}
	return c.name(l, base, 3)
}

func quoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}

// name is a path from a table, over relations now and then.
func (c chance) name(l *lab, t *rule.Table, steps int) string {
	col := pick(c, t.Columns)
	if steps > 0 && c.IntN(12) == 0 {
		if via := c.back(l, t); via != "" {
			return via
		}
	}
	switch {
	case col.Target != "" && steps > 0 && c.IntN(2) == 0:
		target, _ := l.Table(col.Target)
		return col.Name + "." + c.name(l, target, steps-1)
	case col.Kind == rule.JSON && c.IntN(3) > 0:
		return col.Name + pick(c, []string{".a", ".b", ".a.b", ".a.b.0", ".0", ".1", ".2.0", ".a.0", ".a.1.b", ".0.a", ".c"})
	case col.Kind == rule.Geo && c.IntN(2) == 0:
		return col.Name + ".lon"
	}
	return col.Name + pick(c, []string{"", "", "", ":lower", ":length", ":each", ":each"})
}

func (c chance) back(l *lab, t *rule.Table) string {
	for _, from := range []string{"t0", "t1", "t2"} {
		for _, col := range l.tables[from].Columns {
			if col.Target == t.ID {
				return from + "_via_" + col.Name + "." + c.name(l, l.tables[from], 0)
			}
		}
	}
	return ""
}

func (c chance) bodyName(t *rule.Table) string {
	col := pick(c, t.Columns)
	mods := []string{"", "", ":lower", ":isset", ":changed"}
	if col.Items {
		mods = append(mods, ":length", ":each")
	}
	return col.Name + pick(c, mods)
}

func (c chance) function(l *lab, t *rule.Table) string {
	if c.IntN(3) == 0 {
		return fmt.Sprintf("strftime('%%Y', %s)", c.name(l, t, 1))
	}
	arg := func() string {
		if c.IntN(2) == 0 {
			return strconv.Itoa(c.IntN(180) - 90)
		}
		return c.name(l, t, 0)
	}
	return fmt.Sprintf("geoDistance(%s, %s, %s, %s)", arg(), arg(), arg(), arg())
}

// sort is what records are sorted by, or nothing.
func (c chance) sort(l *lab) string {
	var keys []string
	for range c.IntN(3) {
		keys = append(keys, pick(c, []string{"", "-"})+c.name(l, l.tables["t0"], 2))
	}
	return strings.Join(keys, ",")
}
