package write

import (
	"context"
	"fmt"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/schema"
)

// MayUpload judges whether by may begin to upload a file for the record id of c, or for one that is to be
// made when id is "". The rule that counts is asked again, of everything, when the record takes the file; this
// keeps away who could not write there whatever they send. An update rule is asked of the record, a create
// rule of an empty one, and that only of guests: an account may be about to send what the rule wants.
//
// Faults: Forbidden for a nil rule, NotFound when there is no such record to change, Invalid.
func (s *Service) MayUpload(ctx context.Context, by *caller.Caller, c *schema.Collection, id string) error {
	w := &work{s: s, op: change.Create, c: c, id: id}
	w.By = by
	steps := []step{open, fill}
	switch {
	case id != "":
		w.op, steps = change.Update, []step{open, load, allow}
	case by.Auth == nil:
		steps = append(steps, allow)
	}
	if err := w.once(ctx, s.lane(ctx), steps); err != nil {
		return fmt.Errorf("begin to upload to %s: %w", c.Name, err)
	}
	return nil
}
