package read

import (
	"context"
	"fmt"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// View appends the JSON of one record. On an error dst comes back as it was given. Faults: Forbidden for a
// nil rule; NotFound, also when the rule is not satisfied; Invalid for a bad expand or choice of fields.
func (s *Service) View(ctx context.Context, dst []byte, by *caller.Caller, c *schema.Collection, id string, sh Shape) ([]byte, error) {
	out, err := s.view(ctx, dst, by, c, id, sh)
	if err != nil {
		return dst, fmt.Errorf("view %s/%s: %w", c.Name, id, err)
	}
	return out, nil
}

func (s *Service) view(ctx context.Context, dst []byte, by *caller.Caller, c *schema.Collection, id string, sh Shape) ([]byte, error) {
	where, err := s.viewRule(by, c)
	if err != nil {
		return nil, err
	}
	t, err := s.table(s.st, by, c, sh)
	if err != nil {
		return nil, err
	}
	n := 0
	if where == nil || !where.Never() {
		if dst, n, err = t.read(ctx, dst, store.Query{From: c, IDs: []string{id}, Where: where, Limit: 1}); err != nil {
			return nil, err
		}
	}
	if n == 0 {
		return nil, fault.New(fault.NotFound, "")
	}
	return dst, nil
}

// viewRule is the folded view rule. One that no longer resolves hides the record, as its failing would.
func (s *Service) viewRule(by *caller.Caller, c *schema.Collection) (*rule.Bound, error) {
	where, err := s.gate.Ask(by, c, access.Want{Rule: c.Rules.View})
	if fault.Is(err, fault.Invalid) {
		return nil, fault.New(fault.NotFound, "").Because(err)
	}
	return where, err
}

// Show appends the JSON of a record that is at hand, without asking its view rule; rd answers expands and
// manage rules, and is a transaction inside a batch. On an error dst comes back as it was given. Fault:
// Invalid for a bad expand or choice of fields.
func (s *Service) Show(ctx context.Context, dst []byte, rd store.Reader, by *caller.Caller, rec *record.Record, sh Shape) ([]byte, error) {
	c := rec.Collection()
	t, err := s.table(rd, viewer(by, rec, sh), c, sh)
	if err == nil {
		var out []byte
		if out, err = t.show(ctx, dst, rec); err == nil {
			return out, nil
		}
	}
	return dst, fmt.Errorf("show %s/%s: %w", c.Name, rec.ID(), err)
}

// viewer is whose eyes the record is shown to. A superuser who signs in as somebody stays one.
func viewer(by *caller.Caller, rec *record.Record, sh Shape) *caller.Caller {
	if !sh.Own || by.IsSuper() {
		return by
	}
	own := *by
	own.Auth, own.Trust = rec, caller.User
	if rec.Collection().ID == schema.SuperusersID {
		own.Trust = caller.Superuser
	}
	return &own
}
