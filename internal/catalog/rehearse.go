package catalog

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// errRehearsal rolls a rehearsal back.
var errRehearsal = errors.New("rehearsal")

// See looks at the tables and the catalog as they would be.
type See func(rd store.Reader, next *schema.Catalog) error

// Rehearse does what Change does, lets see look at what came of it, and keeps nothing. No other writer gets
// on meanwhile, so see must be quick. Faults: those of Change; and what see returns.
func (s *Service) Rehearse(ctx context.Context, c *schema.Collection, raw []byte, see See) error {
	failed, seen := s.rehearse(ctx, see, func(e *edit) error {
		_, err := e.change(ctx, c, raw)
		return err
	})
	if failed != nil {
		return worded(failed, updateFailed)
	}
	return seen
}

// RehearseImport is to Import what Rehearse is to Change.
func (s *Service) RehearseImport(ctx context.Context, list []json.RawMessage, deleteMissing bool, see See) error {
	if len(list) == 0 {
		return nothingToImport()
	}
	failed, seen := s.rehearse(ctx, see, func(e *edit) error { return e.takeIn(ctx, list, deleteMissing) })
	if failed != nil {
		return importFault(failed)
	}
	return seen
}

// rehearse tells what the change says and what see says apart.
func (s *Service) rehearse(ctx context.Context, see See, change func(*edit) error) (failed, seen error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.st.Update(ctx, func(tx store.Tx) error {
		e, err := s.edit(ctx, tx)
		if err != nil {
			return err
		}
		if err := change(e); err != nil {
			return err
		}
		seen = see(tx, e.catalog())
		return errRehearsal
	})
	if errors.Is(err, errRehearsal) {
		return nil, seen
	}
	return err, nil
}
