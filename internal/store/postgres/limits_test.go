package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/postgres"
	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
	"github.com/holdall-dev/holdall/internal/tally"
	"github.com/holdall-dev/holdall/internal/tally/tallytest"
)

// TestLimits is the exam of two servers that count together.
func TestLimits(t *testing.T) {
	t.Parallel()
	dsn, schemas := pgtest.DSN(t), new(atomic.Int64)
	tallytest.Run(t, func(t *testing.T) []tally.Counter {
		o := postgres.Options{DSN: dsn + "&search_path=" + fmt.Sprint("limits", schemas.Add(1))}
		return []tally.Counter{limitsOf(t, open(t, o)), limitsOf(t, open(t, o))}
	})
}

// TestLimitsOfOld: a database that was made before there were counts has them after the next start. Nothing in them
// shows whom they are of, and nothing of them is flushed.
func TestLimitsOfOld(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	open(t, postgres.Options{DSN: dsn})
	db := connect(t, dsn)
	if _, err := db.Exec(t.Context(), "DROP TABLE _limits").ReadAll(); err != nil {
		t.Fatal(err)
	}
	if _, err := limitsOf(t, open(t, postgres.Options{DSN: dsn})).Take(t.Context(), "203.0.113.7 jo@example.com", 1, time.Hour); err != nil {
		t.Fatal(err)
	}
	rs, err := db.Exec(t.Context(), "SELECT l::text, c.relpersistence FROM _limits l, pg_class c WHERE c.oid = '_limits'::regclass").ReadAll()
	if err != nil || len(rs[0].Rows) != 1 {
		t.Fatal(err, rs)
	}
	if row := string(rs[0].Rows[0][0]); strings.Contains(row, "203.") || strings.Contains(row, "jo@") {
		t.Errorf("the table shows %s", row)
	}
	if kind := string(rs[0].Rows[0][1]); kind != "u" {
		t.Errorf("the table is %q, want unlogged", kind)
	}
}

// TestLimitsOfClosed: nobody passes because nobody counts.
func TestLimitsOfClosed(t *testing.T) {
	t.Parallel()
	st, err := postgres.Open(t.Context(), postgres.Options{DSN: pgtest.DSN(t)})
	if err != nil {
		t.Fatal(err)
	}
	counter := limitsOf(t, st)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := counter.Take(t.Context(), "k", 1, time.Hour); !errors.Is(err, store.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func limitsOf(t *testing.T, st store.Store) tally.Counter {
	t.Helper()
	s, ok := st.(*postgres.Store)
	if !ok {
		t.Fatalf("opened as %T", st)
	}
	return s.Limits()
}
