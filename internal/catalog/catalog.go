// Package catalog creates, changes, imports and deletes collections, and holds the live catalog.
//
// Every change runs in the exclusive lane of the store: definition, tables and dependent views are committed
// together, and only then does the live catalog move on. Readers take [Service.Current] once per request and
// keep it; they never wait.
package catalog

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// Service owns the live catalog. It is safe for concurrent use.
type Service struct {
	st   store.Store
	now  func() time.Time
	log  atomic.Pointer[slog.Logger]
	live atomic.Pointer[schema.Catalog]

	mu       sync.Mutex // one change at a time, and its announcement
	watchers []func(renamed map[string]string, dropped []string)
}

// Open loads the collections of st; an empty store first gets the system collections and "users".
func Open(ctx context.Context, st store.Store, now func() time.Time) (*Service, error) {
	s := &Service{st: st, now: now}
	s.log.Store(slog.New(slog.DiscardHandler))
	list, err := st.Collections(ctx)
	if err != nil {
		return nil, fmt.Errorf("load collections: %w", err)
	}
	if len(list) == 0 {
		if list, err = first(ctx, st, now()); err != nil {
			return nil, fmt.Errorf("make the first collections: %w", err)
		}
	}
	s.live.Store(schema.NewCatalog(list))
	return s, nil
}

// first makes the collections of an empty store, unless another process did meanwhile.
func first(ctx context.Context, st store.Store, now time.Time) (list []*schema.Collection, err error) {
	_, err = st.Update(ctx, func(tx store.Tx) error {
		if list, err = tx.Collections(ctx); err != nil || len(list) > 0 {
			return err
		}
		list = schema.InitialCollections(field.FormatDate(now))
		return tx.Reshape(ctx, schema.Plan{Create: list})
	})
	return list, err
}

// Refresh makes the stored collections the live catalog, after another process changed them.
func (s *Service) Refresh(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, err := s.st.Collections(ctx)
	if err != nil {
		return fmt.Errorf("load collections: %w", err)
	}
	was := s.Current()
	if slices.Equal(list, was.All()) {
		return nil
	}
	next := schema.NewCatalog(list)
	renamed, dropped := difference(was, next)
	s.live.Store(next)
	for _, w := range s.watchers {
		w(renamed, dropped)
	}
	return nil
}

// difference is what watchers are told of a step from one catalog to the next.
func difference(was, is *schema.Catalog) (renamed map[string]string, dropped []string) {
	renamed = map[string]string{}
	p := schema.Diff(was, is)
	for _, pair := range p.Change {
		if pair.Old.Name != pair.New.Name {
			renamed[pair.Old.Name] = pair.New.Name
		}
	}
	for _, c := range p.Drop {
		dropped = append(dropped, c.ID)
	}
	return renamed, dropped
}

// Current is the catalog of this moment. It never changes; the next change makes another one.
func (s *Service) Current() *schema.Catalog { return s.live.Load() }

// LogTo says where failures are told that do not fail the change, such as a view that lost its table.
func (s *Service) LogTo(log *slog.Logger) { s.log.Store(log) }

// OnChange registers fn to be called after every committed change with the renamed collections (old name to
// new name) and the ids of the dropped ones. Calls come in the order of the commits; fn must not change
// collections itself.
func (s *Service) OnChange(fn func(renamed map[string]string, dropped []string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers = append(s.watchers, fn)
}

// Scaffolds are blank collections by type.
func (s *Service) Scaffolds() map[string]*schema.Collection {
	all := make(map[string]*schema.Collection, 3)
	for _, typ := range []schema.Type{schema.Base, schema.Auth, schema.View} {
		all[string(typ)] = schema.Scaffold(typ).Seal()
	}
	return all
}

// update runs fn on an edit in the exclusive lane and makes its outcome the live catalog.
func (s *Service) update(ctx context.Context, fn func(*edit) error) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var e *edit
	_, err = s.st.Update(ctx, func(tx store.Tx) error {
		if e, err = s.edit(ctx, tx); err != nil {
			return err
		}
		return fn(e)
	})
	if err != nil {
		return err
	}
	s.live.Store(e.catalog())
	for _, w := range s.watchers {
		w(e.renamed, e.dropped)
	}
	return nil
}

// edit begins a change with what is stored, which another process may have changed a moment ago.
func (s *Service) edit(ctx context.Context, tx store.Tx) (*edit, error) {
	list, err := tx.Collections(ctx)
	if err != nil {
		return nil, fmt.Errorf("load collections: %w", err)
	}
	cat := s.Current()
	e := newEdit(tx, cat, s.now(), s.log.Load())
	if !slices.Equal(list, cat.All()) {
		e.list = slices.Clone(list)
		e.renamed, e.dropped = difference(cat, e.catalog())
	}
	return e, nil
}
