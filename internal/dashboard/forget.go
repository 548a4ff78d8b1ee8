package dashboard

import (
	"context"
	"fmt"

	"github.com/holdall-dev/holdall/internal/store"
)

// Forget removes what is kept beside collections that are no more, by their ids: the tests of their rules and the ways
// to look at their records.
func (s *Service) Forget(ctx context.Context, dropped []string) error {
	var keys []string
	for _, id := range dropped {
		views, err := s.Store.Params(ctx, viewKeys+id+"/")
		if err != nil {
			return fmt.Errorf("read the views of %s: %w", id, err)
		}
		for key := range views {
			keys = append(keys, key)
		}
		tests, err := s.Store.Param(ctx, testKeys+id)
		if err != nil {
			return fmt.Errorf("read tests of rules: %w", err)
		}
		if tests != nil {
			keys = append(keys, testKeys+id)
		}
	}
	if keys == nil {
		return nil
	}
	_, err := s.Store.Update(ctx, func(tx store.Tx) error {
		for _, key := range keys {
			if err := tx.SetParam(ctx, key, nil); err != nil {
				return fmt.Errorf("forget %s: %w", key, err)
			}
		}
		return nil
	})
	return err
}
