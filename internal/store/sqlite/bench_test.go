package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/internal/store/storetest"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

func benchStore(b *testing.B, rows int) (store.Store, *schema.Collection) {
	b.Helper()
	st, err := sqlite.Open(b.Context(), sqlite.Options{Path: filepath.Join(b.TempDir(), "data.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = st.Close() })
	c := storetest.Posts()
	_, err = st.Update(b.Context(), func(tx store.Tx) error {
		if err := tx.Reshape(b.Context(), schema.Plan{Create: []*schema.Collection{c}}); err != nil {
			return err
		}
		for i := range rows {
			if err := tx.Apply(b.Context(), store.Mutation{Op: change.Create, Rec: benchRecord(c, i)}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return st, c
}

func benchRecord(c *schema.Collection, i int) *record.Record {
	return storetest.Rec(c, map[string]any{
		"id": fmt.Sprintf("%015d", i), "title": "A title of usual length", "views": i, "public": i%2 == 0,
		"tags": []string{"red", "blue"}, "mood": "good", "meta": field.JSON(`{"a":1}`),
		"place": field.Geo{Lon: 12.5, Lat: 41.9}, "due": "2024-02-29 10:00:00.000Z",
	})
}

func BenchmarkGet(b *testing.B) {
	st, c := benchStore(b, 10000)
	v := record.NewView(c, false, nil)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		dst := make([]byte, 0, 4096)
		for i := 0; pb.Next(); i++ {
			q := store.Query{From: c, IDs: []string{fmt.Sprintf("%015d", i%10000)}}
			err := st.Select(context.Background(), q, func(r store.Row) error {
				dst = r.AppendJSON(dst[:0], v)
				return nil
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkList30(b *testing.B) {
	st, c := benchStore(b, 10000)
	v := record.NewView(c, false, nil)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		dst := make([]byte, 0, 32768)
		for i := 0; pb.Next(); i++ {
			dst = dst[:0]
			q := store.Query{From: c, Limit: 30, Offset: 30 * (i % 10)}
			err := st.Select(context.Background(), q, func(r store.Row) error {
				dst = r.AppendJSON(dst, v)
				return nil
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkInsert(b *testing.B) {
	for _, writers := range []int{1, 64, 256} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			st, c := benchStore(b, 0)
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for range writers {
				wg.Go(func() {
					for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
						if _, err := st.Apply(context.Background(), store.Mutation{Op: change.Create, Rec: benchRecord(c, int(i))}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}
