package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/postgres"
	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
	"github.com/holdall-dev/holdall/internal/store/storetest"
	"github.com/holdall-dev/holdall/schema"
)

// TestLookUps: those who want records while the only connection is lent are asked for together, each gets its own
// record or none, one that goes away is not waited for, and when the connection of all breaks each asks again.
func TestLookUps(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	st := open(t, postgres.Options{DSN: dsn, Readers: 1})
	posts, notes := storetest.Posts(), storetest.Collection("notes0000000id", "notes", nil,
		`{"id":"f_id","name":"id","type":"text","system":true,"required":true,"primaryKey":true}`)
	if _, err := st.Update(t.Context(), func(tx store.Tx) error {
		return tx.Reshape(t.Context(), schema.Plan{Create: []*schema.Collection{posts, notes}})
	}); err != nil {
		t.Fatal(err)
	}
	var ms []store.Mutation
	for i := range 8 {
		id := fmt.Sprint("r", i)
		ms = append(ms, store.Mutation{Op: change.Create, Rec: storetest.Rec(posts, map[string]any{"id": id, "slug": id})},
			store.Mutation{Op: change.Create, Rec: storetest.Rec(notes, map[string]any{"id": id})})
	}
	if _, err := st.Apply(t.Context(), ms...); err != nil {
		t.Fatal(err)
	}
	admin, holder := connect(t, dsn), connect(t, dsn)
	command(t, holder, "BEGIN; LOCK TABLE posts IN ACCESS EXCLUSIVE MODE")

	first, endFirst := context.WithCancel(t.Context())
	var callers sync.WaitGroup
	callers.Go(func() {
		if got, err := lookUp(first, st, posts, "r0"); !errors.Is(err, context.Canceled) {
			t.Errorf("the first got %q, %v, want that it was cancelled", got, err)
		}
	})
	until(t, "the first waits for the table", func() bool { return len(blocked(t, admin)) == 1 })

	ask := func(c *schema.Collection, id, want string) {
		callers.Go(func() {
			if got, err := lookUp(t.Context(), st, c, id); err != nil || fmt.Sprint(got) != want {
				t.Errorf("%s %s: got %v, %v, want %s", c.Name, id, got, err, want)
			}
		})
	}
	for i := range 8 {
		id := fmt.Sprint("r", i)
		ask(posts, id, "["+id+"]")
	}
	for range 2 {
		ask(posts, "r1", "[r1]")
		ask(posts, "nobody", "[]")
		ask(notes, "r2", "[r2]")
	}
	gone, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := lookUp(gone, st, posts, "r3")
		left <- err
	}()
	until(t, "all wait", func() bool { return postgres.Waiting(st) == 15 })
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who went away got %v", err)
	}

	endFirst()
	until(t, "one asks for all of its collection", func() bool { return postgres.Waiting(st) <= 2 && len(blocked(t, admin)) == 1 })
	for _, pid := range blocked(t, admin) {
		command(t, admin, "SELECT pg_terminate_backend("+pid+")")
	}
	command(t, holder, "ROLLBACK")
	callers.Wait()
}

// lookUp returns the ids that a look-up finds.
func lookUp(ctx context.Context, st store.Store, c *schema.Collection, id string) (ids []string, err error) {
	err = st.Select(ctx, store.Query{From: c, IDs: []string{id}, Limit: 1}, func(r store.Row) error {
		ids = append(ids, r.ID())
		return nil
	})
	return ids, err
}

// blocked are the connections of ours that wait for a table.
func blocked(t *testing.T, c *pgconn.PgConn) (pids []string) {
	t.Helper()
	r := c.ExecParams(t.Context(), "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'holdall%' AND wait_event_type = 'Lock'", nil, nil, nil, nil).Read()
	if r.Err != nil {
		t.Fatal(r.Err)
	}
	for _, row := range r.Rows {
		pids = append(pids, string(row[0]))
	}
	return pids
}

func command(t *testing.T, c *pgconn.PgConn, sql string) {
	t.Helper()
	if _, err := c.Exec(t.Context(), sql).ReadAll(); err != nil {
		t.Fatal(err)
	}
}

// until waits for a condition, a minute at most.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for end := time.Now().Add(time.Minute); !holds(); <-look.C {
		if time.Now().After(end) {
			t.Fatal("in vain: ", what)
		}
	}
}

// TestReadsOutliveConnections: when the server ends all connections at once, more of them than a read is tried
// anew, the next read is answered all the same.
func TestReadsOutliveConnections(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	st := open(t, postgres.Options{DSN: dsn, Readers: 8})
	c := storetest.Posts()
	if _, err := st.Update(t.Context(), func(tx store.Tx) error {
		return tx.Reshape(t.Context(), schema.Plan{Create: []*schema.Collection{c}})
	}); err != nil {
		t.Fatal(err)
	}
	admin := connect(t, dsn)
	for range 3 {
		if err := atOnce(t.Context(), st, 8); err != nil {
			t.Fatal(err)
		}
		command(t, admin, "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'holdall%'")
		if _, err := lookUp(t.Context(), st, c, "nobody"); err != nil {
			t.Errorf("a read after all connections were ended: %v", err)
		}
	}
}

// atOnce has n readers, each of which has a connection until the last has one.
func atOnce(ctx context.Context, st store.Store, n int) error {
	if n == 0 {
		return nil
	}
	return st.Snapshot(ctx, func(store.Reader) error { return atOnce(ctx, st, n-1) })
}
