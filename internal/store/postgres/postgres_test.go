package postgres_test

import (
	"fmt"
	"strings"
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
		o := postgres.Options{DSN: dsn + "&search_path=" + fmt.Sprint("exam", schemas.Add(1))}
		return storetest.Gapped{Store: open(t, o)}
	})
}

// TestEveryTableMoves: whoever adds a table of ours says whether it is moved with the rest.
func TestEveryTableMoves(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	open(t, postgres.Options{DSN: dsn})
	rr := connect(t, dsn).ExecParams(t.Context(), "SELECT string_agg(relname, ' ' ORDER BY relname COLLATE \"C\") FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace", nil, nil, nil, nil).Read()
	if rr.Err != nil {
		t.Fatal(rr.Err)
	}
	// The engine's own: the lock of the lanes, counts that are soon over, and the version of the tables.
	want := strings.Join([]string{store.Changes.Name, store.Definitions.Name, store.Cursors.Name, "_lanes", "_limits", store.Params.Name, "_shape"}, " ")
	if got := string(rr.Rows[0][0]); got != want {
		t.Errorf("there are the tables %s, and these are moved or the engine's own: %s (sqlbase/bulk.go)", got, want)
	}
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

func connect(t *testing.T, dsn string) *pgconn.PgConn {
	t.Helper()
	c, err := pgconn.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTurns: another process hears of settings, and not of the notes that are kept beside them.
func TestTurns(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	one, other := open(t, postgres.Options{DSN: dsn}), open(t, postgres.Options{DSN: dsn})
	var heard atomic.Int64
	other.OnTurn(func() { heard.Add(1) })
	for _, c := range []struct {
		key  string
		want int64
	}{{"answer/1", 0}, {"settings", 1}, {"mail/7", 1}, {"settings", 2}} {
		if _, err := one.Update(t.Context(), func(tx store.Tx) error { return tx.SetParam(t.Context(), c.key, []byte("{}")) }); err != nil {
			t.Fatal(err)
		}
		if err := other.(*postgres.Store).CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := heard.Load(); got != c.want {
			t.Errorf("after %s: heard %d times, want %d", c.key, got, c.want)
		}
	}
}
