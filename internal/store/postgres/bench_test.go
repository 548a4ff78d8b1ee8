package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/postgres"
	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
	"github.com/holdall-dev/holdall/internal/store/storetest"
	"github.com/holdall-dev/holdall/schema"
)

const callers = 64

// BenchmarkCreate is 64 callers that each want a record kept, on a server that flushes: in groups, and with a
// transaction for each on 64 connections, which is what the groups have to beat.
func BenchmarkCreate(b *testing.B) {
	server, err := pgtest.New("fsync=on", "max_connections=100")
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	dsn := server.Fresh(b)
	st, err := postgres.Open(b.Context(), postgres.Options{DSN: dsn})
	if err != nil {
		b.Fatal(err)
	}
	defer st.Close()
	c := storetest.Posts()
	if _, err := st.Update(b.Context(), func(tx store.Tx) error {
		return tx.Reshape(b.Context(), schema.Plan{Create: []*schema.Collection{c}})
	}); err != nil {
		b.Fatal(err)
	}
	var n atomic.Int64
	b.Run("grouped", func(b *testing.B) {
		together(b, func() func() error {
			return func() error {
				id := fmt.Sprint("g", n.Add(1))
				_, err := st.Apply(context.Background(), store.Mutation{Op: change.Create, Rec: storetest.Rec(c, map[string]any{"id": id, "slug": id})})
				return err
			}
		})
	})
	b.Run("alone", func(b *testing.B) {
		together(b, func() func() error {
			conn, err := pgconn.Connect(b.Context(), dsn)
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = conn.Close(context.Background()) })
			if _, err := conn.Prepare(b.Context(), "alone", alone, nil); err != nil {
				b.Fatal(err)
			}
			return func() error {
				id := []byte(fmt.Sprint("a", n.Add(1)))
				return conn.ExecPrepared(context.Background(), "alone", [][]byte{id}, nil, nil).Read().Err
			}
		})
	})
}

// alone writes a record and its change, all columns of both, in a transaction of its own: prepared, and in one
// round trip.
const alone = `WITH w AS (INSERT INTO posts (id, title, slug, views, public, tags, mood, meta, place, due, secret, "@seq")
		VALUES ($1, '', $1, 0, FALSE, '[]', '', 'null', '{"lon":0,"lat":0}', '', '', nextval('_changes_seq')) RETURNING "@seq" AS seq)
	INSERT INTO _changes (seq, at, op, collection, record, author, origin, doc) SELECT seq, 0, 1, 'posts00000000id', $1, '', 0, '{}' FROM w RETURNING seq`

// together spreads b.N calls over the callers; each gets its own from one.
func together(b *testing.B, one func() func() error) {
	calls := make([]func() error, callers)
	for i := range calls {
		calls[i] = one()
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	var wg sync.WaitGroup
	b.ResetTimer()
	for _, call := range calls {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := call(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}
