package rulesql_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// postgres connects to a database of the test's own.
func postgres(t testing.TB) *pgx.Conn {
	config, err := pgx.ParseConfig(pgtest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // no statement comes twice
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), dialect.PostgresFunctions); err != nil {
		t.Fatal(err)
	}
	return conn
}

// room makes an empty schema in which tables are made from now on.
func room(t testing.TB, conn *pgx.Conn) (drop func()) {
	run := func(statement string) {
		if _, err := conn.Exec(t.Context(), statement, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatal(err)
		}
	}
	run("CREATE SCHEMA room; SET search_path TO room")
	return func() { run("SET client_min_messages TO warning; DROP SCHEMA room CASCADE") }
}

func (l *lab) createPostgres(t *rule.Table) {
	if l.pg == nil {
		return
	}
	d := dialect.Postgres
	w := d.New().Text("CREATE TABLE ").Ident(t.Name).Text(" (")
	for _, c := range t.Columns {
		definition := d.Columns.Of[c.Kind]
		if c.Name == "id" {
			definition = d.Columns.ID
		}
		w.Text(d.Define(c.Name, definition), ", ")
	}
	w.Text(d.Define(d.RowID, d.Columns.Row), ")")
	if _, err := l.pg.Exec(l.ctx, w.String()); err != nil {
		l.t.Fatalf("%v\n%s", err, w)
	}
}

func (l *lab) insertPostgres(t *rule.Table, values []rule.Value) {
	if l.pg == nil {
		return
	}
	w := dialect.Postgres.New().Text("INSERT INTO ").Ident(t.Name).Text(" VALUES (")
	for i, v := range values {
		if i > 0 {
			w.Text(", ")
		}
		w.D.Given(w, t.Columns[i].Kind, v)
	}
	if _, err := l.queryPostgres(w.Text(")")); err != nil {
		l.t.Fatalf("%v\n%s %v", err, w, w.Args())
	}
}

// queryPostgres runs a statement and returns the first column of its rows.
func (l *lab) queryPostgres(w *dialect.SQL) ([]string, error) {
	a := l.allPostgres([]*dialect.SQL{w})[0]
	return a.rows, a.err
}

// answer is the first column of the rows of a statement.
type answer struct {
	rows []string
	err  error
}

// allPostgres runs several statements in one go. After one that fails none is run.
func (l *lab) allPostgres(statements []*dialect.SQL) []answer {
	batch := &pgx.Batch{}
	for _, w := range statements {
		var args []any
		for _, v := range w.Args() {
			args = append(args, native(v))
		}
		batch.Queue(w.String(), args...)
	}
	results := l.pg.SendBatch(l.ctx, batch)
	out := make([]answer, len(statements))
	for i := range out {
		rows, err := results.Query()
		if err == nil {
			out[i].rows, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		if out[i].err = err; err != nil {
			break
		}
	}
	if err := results.Close(); err != nil && out[len(out)-1].err == nil {
		out[len(out)-1].err = err
	}
	return out
}

func native(v rule.Value) any {
	switch v.Type {
	case rule.Int:
		return v.I
	case rule.Real:
		return v.F
	case rule.Txt:
		return v.S
	}
	return nil
}
