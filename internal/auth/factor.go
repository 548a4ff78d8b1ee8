package auth

import (
	"context"
	"errors"
	"fmt"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
)

// factors is the collection that keeps first factors until the second one is proved.
const factors = "_mfas"

// factor asks for a second factor where the collection wants one (auth.md §6.14). It returns the id of the
// first one when that is all there is yet, and "" when nothing is missing.
func (s *Service) factor(ctx context.Context, m Method, a Attempt, rec *record.Record) (id string, err error) {
	mfa := a.Collection.Auth.MFA
	if !mfa.Enabled {
		return "", nil
	}
	if mfa.Rule != "" {
		wanted, err := s.Gate.Passes(ctx, s.Store, a.By, rec, mfa.Rule, a.In.Data, false)
		if err != nil {
			return "", fault.New(fault.Invalid, "").Because(err)
		}
		if !wanted {
			return "", nil
		}
	}
	given := a.By.Query.Get("mfaId")
	if given == "" {
		if given, err = a.In.Text("mfaId"); err != nil {
			return "", err
		}
	}
	if given != "" {
		return "", s.spendFactor(ctx, m, a, rec, given)
	}
	return s.begin(ctx, m, rec)
}

// begin keeps a first factor.
func (s *Service) begin(ctx context.Context, m Method, rec *record.Record) (string, error) {
	c, ok := s.Catalog().Find(factors)
	if !ok {
		return "", fmt.Errorf("no collection %s", factors)
	}
	row, err := s.Write.Create(ctx, caller.AsSystem(s.Now()), c, body.Body{Data: map[string]any{
		"collectionRef": rec.Collection().ID,
		"recordRef":     rec.ID(),
		"method":        m.Name(),
	}})
	if err != nil {
		return "", fmt.Errorf("keep the first factor: %w", err)
	}
	return row.ID(), nil
}

// spendFactor uses a first factor up. Of two attempts with the same one, only one can delete it.
func (s *Service) spendFactor(ctx context.Context, m Method, a Attempt, rec *record.Record, id string) error {
	refused := fault.New(fault.Invalid, "Invalid or expired MFA session.")
	c, ok := s.Catalog().Find(factors)
	if !ok {
		return fmt.Errorf("no collection %s", factors)
	}
	row, err := s.one(ctx, store.Query{From: c, IDs: []string{id}, Limit: 1})
	if errors.Is(err, errNone) {
		return refused
	}
	if err != nil {
		return err
	}
	expired := s.expired(row, a.Collection.Auth.MFA.Duration)
	fits := row.String("recordRef") == rec.ID() && row.String("collectionRef") == rec.Collection().ID && row.String("method") != m.Name()
	if !expired && !fits {
		return refused
	}
	if err := s.Write.Delete(ctx, caller.AsSystem(s.Now()), c, id); err != nil || expired {
		return refused.Because(err)
	}
	return nil
}
