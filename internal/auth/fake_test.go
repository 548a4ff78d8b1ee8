package auth_test

import (
	"context"
	"slices"

	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// oneRecord is a store that holds a single record and answers questions by id and by one text column.
type oneRecord struct {
	store.Store
	rec   *record.Record
	asked *int
}

// Select yields the record when q is about it.
func (s oneRecord) Select(_ context.Context, q store.Query, each func(store.Row) error) error {
	if s.asked != nil {
		*s.asked++
	}
	if q.IDs != nil && !slices.Contains(q.IDs, s.rec.ID()) {
		return nil
	}
	if q.By != nil && !slices.Contains(q.By.Values, s.rec.At(q.By.Ord).(string)) {
		return nil
	}
	return each(row{rec: s.rec})
}

type row struct {
	store.Row
	rec *record.Record
}

// Record returns the record.
func (r row) Record() (*record.Record, error) { return r.rec, nil }

func catalogOf(list ...*schema.Collection) func() *schema.Catalog {
	c := schema.NewCatalog(list)
	return func() *schema.Catalog { return c }
}
