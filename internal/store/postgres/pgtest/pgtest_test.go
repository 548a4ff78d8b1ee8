package pgtest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func exec(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// TestFresh: two tests do not see each other's tables.
func TestFresh(t *testing.T) {
	t.Parallel()
	for range 2 {
		exec(t, connect(t, pgtest.DSN(t)), "CREATE TABLE x (n int)")
	}
}

// TestServer: what was committed outlives a stop and a crash, and nobody is let in while the server is down.
func TestServer(t *testing.T) {
	t.Parallel()
	s := pgtest.Start(t, "max_connections=10")
	dsn := s.Fresh(t)
	exec(t, connect(t, dsn), "CREATE TABLE x (n int)")
	for _, end := range []func() error{s.Stop, s.Crash} {
		conn := connect(t, dsn)
		exec(t, conn, "INSERT INTO x VALUES (1)")
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), "SELECT 1"); err == nil {
			t.Error("a server that was ended answers")
		}
		if _, err := pgx.Connect(t.Context(), dsn); err == nil {
			t.Error("a server that was ended lets in")
		}
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
	}
	var n int
	var limit string
	if err := connect(t, dsn).QueryRow(t.Context(), "SELECT count(*), current_setting('max_connections') FROM x").Scan(&n, &limit); err != nil {
		t.Fatal(err)
	}
	if n != 2 || limit != "10" {
		t.Errorf("%d rows and %s connections, want 2 and 10\n%s", n, limit, s.Log())
	}
}
