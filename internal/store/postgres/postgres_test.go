package postgres_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/postgres"
	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
	"github.com/holdall-dev/holdall/internal/store/storetest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// TestStore is the exam. Every store has a schema of its own in one database.
func TestStore(t *testing.T) {
	t.Parallel()
	dsn, schemas := pgtest.DSN(t), new(atomic.Int64)
	storetest.Run(t, func(t *testing.T) store.Store {
		name := fmt.Sprint("exam", schemas.Add(1))
		command(t, dsn, "CREATE SCHEMA "+name)
		return storetest.Gapped{Store: open(t, postgres.Options{DSN: dsn + "&search_path=" + name})}
	})
}

func open(t *testing.T, o postgres.Options) store.Store {
	t.Helper()
	st, err := postgres.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return st
}

// command runs SQL beside the store.
func command(t *testing.T, dsn, sql string) {
	t.Helper()
	c := connect(t, dsn)
	defer c.Close(t.Context())
	if _, err := c.Exec(t.Context(), sql).ReadAll(); err != nil {
		t.Fatal(err)
	}
}

func connect(t *testing.T, dsn string) *pgconn.PgConn {
	t.Helper()
	c, err := pgconn.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
