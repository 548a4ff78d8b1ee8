package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

const (
	maxDryRun  = 5000 // characters of a query
	sampleRows = 10
)

// errDryRun rolls a dry run back.
var errDryRun = errors.New("dry run")

// DryRun derives the fields of a view's query and returns up to ten of its rows, decoded as the records of
// an unnamed view would be, without keeping anything. Faults: Invalid.
func (s *Service) DryRun(ctx context.Context, query string) (fields *schema.Collection, sample []json.RawMessage, err error) {
	if bad := badDryRun(query); bad != nil {
		return nil, nil, bad
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &schema.Collection{Type: schema.View, ViewQuery: query}
	_, err = s.st.Update(ctx, func(tx store.Tx) error {
		e, err := s.edit(ctx, tx)
		if err != nil {
			return err
		}
		if c.Fields, err = e.queryFields(ctx, query); err != nil {
			return reshapeFault(err)
		}
		c.Seal()
		if sample, err = sampleOf(ctx, tx, c); err != nil {
			return reshapeFault(err)
		}
		return errDryRun
	})
	if !errors.Is(err, errDryRun) {
		return nil, nil, worded(err, "Invalid view query.")
	}
	return c, sample, nil
}

func badDryRun(query string) error {
	fs := fault.Fields{}
	switch n := utf8.RuneCountInString(query); {
	case n == 0:
		fs.Add("query", fault.Required())
	case n > maxDryRun:
		fs.Add("query", fault.LengthRange(1, maxDryRun))
	}
	if len(fs) == 0 {
		return nil
	}
	f := fs.Error()
	f.Msg = "An error occurred while validating the submitted data."
	return f
}

// sampleOf reads the first rows of a view that is not there.
func sampleOf(ctx context.Context, tx store.Tx, c *schema.Collection) ([]json.RawMessage, error) {
	rows, err := tx.Sample(ctx, schema.TrimQuery(c.ViewQuery), sampleRows)
	if err != nil {
		return nil, err
	}
	view := record.NewView(c, true, nil)
	seen := map[string]bool{}
	sample := []json.RawMessage{}
	for _, row := range rows {
		rec := record.New(c)
		for i, f := range c.Fields {
			if row[i] != nil {
				rec.SetAt(i, field.FromColumn(f, []byte(*row[i])))
			}
		}
		switch id := rec.ID(); {
		case id == "":
			return nil, errors.New("the query gives rows without an id")
		case seen[id]:
			return nil, errors.New("the query gives the same id for several rows")
		default:
			seen[id] = true
		}
		sample = append(sample, rec.AppendJSON(nil, view))
	}
	return sample, nil
}
