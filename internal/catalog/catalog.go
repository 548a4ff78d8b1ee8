// Package catalog creates, changes, imports and deletes collections, and holds the live catalog.
package catalog

import (
	"context"
	"encoding/json"
	"time"

	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// Service owns the live catalog.
type Service struct{}

// Open loads the collections of st; an empty store first gets the system collections and "users".
func Open(ctx context.Context, st store.Store, now func() time.Time) (*Service, error) {
	panic("to be built")
}

// Current is the catalog of this moment.
func (s *Service) Current() *schema.Catalog { panic("to be built") }

// Create makes a collection of its JSON (collections.md §7).
func (s *Service) Create(ctx context.Context, raw []byte) (*schema.Collection, error) {
	panic("to be built")
}

// Change merges JSON on the collection.
func (s *Service) Change(ctx context.Context, c *schema.Collection, raw []byte) (*schema.Collection, error) {
	panic("to be built")
}

// Delete drops the collection and its records.
func (s *Service) Delete(ctx context.Context, c *schema.Collection) error { panic("to be built") }

// Import makes the catalog hold the given collections (collections.md §11).
func (s *Service) Import(ctx context.Context, list []json.RawMessage, deleteMissing bool) error {
	panic("to be built")
}

// Scaffolds are blank collections by type.
func (s *Service) Scaffolds() map[string]*schema.Collection { panic("to be built") }

// DryRun derives the fields of a view's query and returns up to ten of its rows, decoded as the records of
// an unnamed view would be, without keeping anything.
func (s *Service) DryRun(ctx context.Context, query string) (fields *schema.Collection, sample []json.RawMessage, err error) {
	panic("to be built")
}

// OnChange registers fn to be called after every committed change with the renamed collections (old name to
// new name) and the ids of the dropped ones.
func (s *Service) OnChange(fn func(renamed map[string]string, dropped []string)) {
	panic("to be built")
}
