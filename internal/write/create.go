package write

import (
	"context"
	"fmt"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Create makes the record that by asks for and returns it as stored. The order of the steps is part of
// the contract (records.md §4, §7).
//
// Faults: Forbidden for a nil rule, Unavailable when the database takes no writes, Invalid for the rest,
// with Fields that name what is wrong with which field.
func (s *Service) Create(ctx context.Context, by *caller.Caller, c *schema.Collection, in body.Body) (*record.Record, error) {
	w := &work{s: s, op: change.Create, c: c, in: in}
	w.By = by
	rec, err := w.create(ctx)
	if err != nil {
		return nil, fmt.Errorf("create in %s: %w", c.Name, err)
	}
	return rec, nil
}

func (w *work) create(ctx context.Context) (*record.Record, error) {
	return w.result(w.run(ctx,
		open,     // a view cannot be written, a nil rule lets superusers alone pass
		fill,     // input → clean values on a new record, modifiers applied
		allow,    // the rule, asked of the proposed record
		form,     // what an account's e-mail and password ask besides
		generate, // id, generated texts, dates
		before,   // programs may still change or refuse it
		quietly(together( // one moment, in a transaction when a program takes part in it:
			check,  // every field judges its value
			seal,   // passwords become hashes, dates are now
			stage,  // bytes of files lie where the row will say
			commit, // row and log entry in one transaction; Within handlers join it
		)),
		after, // programs that want to know
	))
}
