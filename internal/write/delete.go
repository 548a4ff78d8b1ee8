package write

import (
	"context"
	"fmt"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// Delete removes the record with the id and what must go with it (records.md §10).
//
// Faults: Forbidden for a nil rule, NotFound when there is no such record or the rule does not let by see
// it, Invalid when another record requires it, Unavailable when the database takes no writes.
func (s *Service) Delete(ctx context.Context, by *caller.Caller, c *schema.Collection, id string) error {
	w := &work{s: s, op: change.Delete, c: c, id: id}
	w.By = by
	if err := w.delete(ctx); err != nil {
		return fmt.Errorf("delete %s/%s: %w", c.Name, id, err)
	}
	return nil
}

func (w *work) delete(ctx context.Context) error {
	return w.run(ctx,
		open,   // a view cannot be written, a nil rule lets superusers alone pass
		load,   // the record as it is stored
		allow,  // the rule, asked of it
		before, // programs may still refuse it
		together(
			remove, // the row and, in the same transaction, what refers to it
		),
		after, // programs that want to know
	)
}

// truncateAt is how many records Truncate holds in memory at a time.
const truncateAt = 500

// Truncate deletes all records of c, with all that follows from each, in one transaction. It is for
// superusers; rules are not asked.
//
// Faults: as for Delete.
func (s *Service) Truncate(ctx context.Context, by *caller.Caller, c *schema.Collection) error {
	w := &work{s: s, op: change.Delete, c: c}
	w.By = by
	err := w.run(ctx, open, superuser, func(ctx context.Context, w *work) error {
		return w.alone(ctx, w.truncate)
	})
	if err != nil {
		return fmt.Errorf("truncate %s: %w", c.Name, err)
	}
	return nil
}

func superuser(_ context.Context, w *work) error {
	if !w.By.IsSuper() {
		return forbidden()
	}
	return nil
}

func (w *work) truncate(ctx context.Context) error {
	for last := ""; ; {
		var ids []string
		err := w.lane.Select(ctx, store.Query{From: w.c, Limit: truncateAt}, func(row store.Row) error {
			ids = append(ids, row.ID())
			return nil
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		if ids[0] == last {
			return fault.New(fault.Invalid, blocked)
		}
		last = ids[0]
		for _, id := range ids {
			if err := w.clean(ctx, w.c, id); err != nil {
				return err
			}
		}
	}
}
