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

// Update changes the record with the id and returns it as stored. Fields that in does not name keep the
// value they have at the moment of the commit: two updates of different fields never lose each other, and
// "n+" counts every time.
//
// A superuser's "@expect" names values that the fields must have at the moment of the commit, else the error is a
// *[Changed].
//
// Faults: as for Create, and NotFound when there is no such record or the rule does not let by see it.
func (s *Service) Update(ctx context.Context, by *caller.Caller, c *schema.Collection, id string, in body.Body) (*record.Record, error) {
	w := &work{s: s, op: change.Update, c: c, id: id, in: in}
	w.By = by
	rec, err := w.update(ctx)
	if err != nil {
		return nil, fmt.Errorf("update %s/%s: %w", c.Name, id, err)
	}
	return rec, nil
}

func (w *work) update(ctx context.Context) (*record.Record, error) {
	return w.result(w.run(ctx,
		open,     // a view cannot be written, a nil rule lets superusers alone pass
		load,     // the record as it is stored
		fill,     // input → clean values on a copy, modifiers applied
		allow,    // the rule, asked of the stored record
		expect,   // what the caller has seen is still there
		form,     // what an account's e-mail and password ask besides
		generate, // dates
		before,   // programs may still change or refuse it
		together( // one moment, in a transaction when a program takes part in it:
			check,  // every field judges its value, changed or not
			seal,   // passwords become hashes, token keys turn, dates are now
			stage,  // bytes of files lie where the row will say
			commit, // unless the record moved on: then all is done again
		),
		after, // programs that want to know
	))
}

// given takes rec as the new record.
func given(rec *record.Record) step {
	return func(_ context.Context, w *work) error {
		w.New = rec
		return nil
	}
}
