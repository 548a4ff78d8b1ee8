package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/postgres"
	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
	"github.com/holdall-dev/holdall/internal/store/storetest"
	"github.com/holdall-dev/holdall/schema"
)

// TestFate: while connections are cut again and again, in the middle of commits too, and the server crashes, every
// write that was acknowledged is there, every write that failed is not, and none was made twice. Failures are
// faults that ask for another try. Afterwards the store works as before.
func TestFate(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	dsn := server.Fresh(t)
	st := open(t, postgres.Options{DSN: dsn})
	c := storetest.Posts()
	if _, err := st.Update(t.Context(), func(tx store.Tx) error {
		return tx.Reshape(t.Context(), schema.Plan{Create: []*schema.Collection{c}})
	}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var writers, cutter sync.WaitGroup
	var acked, failed, unknown sync.Map
	var count atomic.Int64
	for w := range 16 {
		writers.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				id := fmt.Sprintf("w%di%d", w, i)
				err := create(st, c, id, i)
				switch f, ok := fault.Of(err); {
				case err == nil:
					count.Add(1)
					acked.Store(id, true)
				case !ok || f.Kind != fault.Unavailable || f.Retry == 0:
					t.Errorf("%s: %v", id, err)
				case f.Fields["commit"] != nil:
					unknown.Store(id, true)
				default:
					failed.Store(id, true)
				}
			}
		})
	}
	cutter.Go(func() { cut(t, server, dsn, &count) })
	cutter.Wait()
	stop()
	writers.Wait()
	present := map[string]bool{}
	if err := st.Select(t.Context(), store.Query{From: c}, func(r store.Row) error {
		present[r.ID()] = true
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, list := range []struct {
		ids  *sync.Map
		want bool
	}{{&acked, true}, {&failed, false}} {
		list.ids.Range(func(id, _ any) bool {
			if present[id.(string)] != list.want {
				t.Errorf("%s is there: %v, want %v", id, present[id.(string)], list.want)
			}
			return true
		})
	}
	logged(t, st, present)
	t.Logf("acknowledged %d, failed %d, unknown %d", size(&acked), size(&failed), size(&unknown))
}

// create writes one record, in the shared lane mostly and sometimes in the exclusive one.
func create(st store.Store, c *schema.Collection, id string, i int) error {
	m := store.Mutation{Op: change.Create, Rec: storetest.Rec(c, map[string]any{"id": id, "slug": id})}
	if i%8 != 7 {
		_, err := st.Apply(context.Background(), m)
		return err
	}
	_, err := st.Update(context.Background(), func(tx store.Tx) error { return tx.Apply(context.Background(), m) })
	return err
}

// cut ends our connections whenever some writes went through, and crashes the server twice.
func cut(t *testing.T, server *pgtest.Server, dsn string, count *atomic.Int64) {
	var c *pgconn.PgConn
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for round := 1; round <= 30; round++ {
		for goal := count.Load() + 10; count.Load() < goal && !t.Failed(); {
			<-look.C
		}
		if round%12 == 0 {
			if err := errors.Join(server.Crash(), server.Start()); err != nil {
				t.Error(err)
			}
			continue
		}
		if c == nil || c.IsClosed() {
			c = connect(t, dsn)
		}
		_, _ = c.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'holdall%'").ReadAll()
	}
	if c != nil {
		_ = c.Close(t.Context())
	}
}

// logged proves that the log has every record once.
func logged(t *testing.T, st store.Store, present map[string]bool) {
	t.Helper()
	list, err := st.Log().Read(t.Context(), 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, ch := range list {
		if seen[ch.ID] || !present[ch.ID] {
			t.Errorf("the log has %s twice, or there is no such record", ch.ID)
		}
		seen[ch.ID] = true
	}
	if len(seen) != len(present) {
		t.Errorf("%d records, %d in the log", len(present), len(seen))
	}
}

func size(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}
