package rulesql_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/rule/rulesql"
)

// lab is a small world of tables, kept three times: in memory, in SQLite and, where there is a connection, in
// PostgreSQL.
type lab struct {
	t      testing.TB
	ctx    context.Context // of t, which must not be asked for it while it fuzzes
	conn   *sqlite3.Conn
	pg     *pgx.Conn
	tables map[string]*rule.Table
	rows   map[string][]memoryRow // by table name, in order of insertion
}

// memoryRow is one row; values by ordinal.
type memoryRow []rule.Value

func (r memoryRow) Value(ord int) rule.Value { return r[ord] }

func (l *lab) Table(nameOrID string) (*rule.Table, bool) {
	for _, t := range l.tables {
		if t.ID == nameOrID || strings.EqualFold(t.Name, nameOrID) {
			return t, true
		}
	}
	return nil, false
}

func newLab(t testing.TB, pg *pgx.Conn, tables ...*rule.Table) *lab {
	conn, err := sqlite3.Open(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	l := &lab{t: t, ctx: t.Context(), conn: conn, pg: pg, tables: map[string]*rule.Table{}, rows: map[string][]memoryRow{}}
	for _, table := range tables {
		l.tables[table.Name] = table.Seal()
		l.create(table)
		l.createPostgres(table)
	}
	return l
}

// declared is how the engine declares columns.
var declared = [...]string{
	rule.Text: "TEXT DEFAULT '' NOT NULL", rule.Number: "NUMERIC DEFAULT 0 NOT NULL", rule.Bool: "BOOLEAN DEFAULT FALSE NOT NULL",
	rule.List: "JSON DEFAULT '[]' NOT NULL", rule.JSON: "JSON DEFAULT NULL", rule.Geo: "JSON DEFAULT '{}' NOT NULL",
}

func (l *lab) create(t *rule.Table) {
	w := dialect.SQLite.New().Text("CREATE TABLE ").Ident(t.Name).Text(" (")
	for i, c := range t.Columns {
		if i > 0 {
			w.Text(", ")
		}
		w.Ident(c.Name).Text(" ", declared[c.Kind])
	}
	if err := l.conn.Exec(w.Text(")").String()); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) insert(table string, values ...rule.Value) {
	t := l.tables[table]
	w := dialect.SQLite.New().Text("INSERT INTO ").Ident(t.Name).Text(" VALUES (")
	for i, v := range values {
		if i > 0 {
			w.Text(", ")
		}
		w.Arg(v)
	}
	if _, err := l.query(w.Text(")")); err != nil {
		l.t.Fatal(err)
	}
	l.insertPostgres(t, values)
	l.rows[table] = append(l.rows[table], values)
}

// query runs a statement and returns the first column of its rows.
func (l *lab) query(w *dialect.SQL) ([]string, error) {
	stmt, _, err := l.conn.Prepare(w.String())
	if err != nil {
		return nil, err
	}
	defer stmt.Close()
	for i, v := range w.Args() {
		if err := bindValue(stmt, i+1, v); err != nil {
			return nil, err
		}
	}
	var out []string
	for stmt.Step() {
		out = append(out, stmt.ColumnText(0))
	}
	return out, stmt.Err()
}

func bindValue(stmt *sqlite3.Stmt, i int, v rule.Value) error {
	switch v.Type {
	case rule.Int:
		return stmt.BindInt64(i, v.I)
	case rule.Real:
		return stmt.BindFloat(i, v.F)
	case rule.Txt:
		return stmt.BindText(i, v.S)
	}
	return stmt.BindNull(i)
}

// statement is the SELECT of a folded question, as an engine puts it together.
func statement(d *dialect.Dialect, b *rule.Bound) *dialect.SQL {
	w := d.New().Text("SELECT ").Col("base", "id").Text(" FROM ").Ident(b.Base.Name).Text(" AS base")
	rulesql.Joins(w, b, "base")
	w.Text(" WHERE ")
	rulesql.Where(w, b, "base")
	if rulesql.Multiplies(b) {
		w.Text(" GROUP BY ").Col("base", "id")
	}
	w.Text(" ORDER BY ")
	if b.Sorted() {
		rulesql.OrderBy(w, b, "base")
		w.Text(", ")
	}
	return w.Col("base", d.RowID)
}

// request is a fixed request.
type request struct {
	auth    memoryRow
	body    map[string]any
	query   map[string]string
	headers map[string]string
}

var moment = time.Date(2024, 5, 6, 7, 8, 9, 123e6, time.UTC)

func (r request) Now() time.Time                   { return moment }
func (r request) Context() string                  { return "default" }
func (r request) Method() string                   { return "PATCH" }
func (r request) Query(name string) (string, bool) { v, ok := r.query[name]; return v, ok }
func (r request) Header(name string) (string, bool) {
	v, ok := r.headers[name]
	return v, ok
}
func (r request) Body(name string) (any, bool) { v, ok := r.body[name]; return v, ok }
func (r request) AuthValue(ord int) rule.Value { return r.auth[ord] }

func text(s string) rule.Value    { return rule.TextValue(s) }
func number(f float64) rule.Value { return rule.NumberValue(f) }
func boolean(b bool) rule.Value   { return rule.BoolValue(b) }
func list(s ...string) rule.Value {
	if len(s) == 0 {
		return text("[]")
	}
	return text(`["` + strings.Join(s, `","`) + `"]`)
}
