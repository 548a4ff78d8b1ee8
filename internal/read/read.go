// Package read answers questions: lists, single records, and what their relations point to, as the caller
// may see them.
package read

import (
	"context"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Service reads records.
type Service struct{}

// New makes the service.
func New(st store.Store, gate *access.Gate, cat func() *schema.Catalog) *Service {
	panic("to be built")
}

// ListQuery is what a client asks of a list. Page and PerPage are as sent, 0 when absent.
type ListQuery struct {
	Page, PerPage  int
	SkipTotal      bool
	Filter, Sort   string
	Expand, Fields string
}

// List appends the JSON envelope of one page (records.md §3).
func (s *Service) List(ctx context.Context, dst []byte, by *caller.Caller, c *schema.Collection, q ListQuery) ([]byte, error) {
	panic("to be built")
}

// Shape is how one record is to be shown.
type Shape struct {
	Expand, Fields string
	// Own shows the record as its owner sees it: expand asks as the record itself, and its e-mail is shown.
	// Hidden fields are shown to superusers alone. It is how a sign-in answers.
	Own bool
}

// View appends the JSON of one record. Faults: Forbidden for a nil rule, NotFound.
func (s *Service) View(ctx context.Context, dst []byte, by *caller.Caller, c *schema.Collection, id string, sh Shape) ([]byte, error) {
	panic("to be built")
}

// Show appends the JSON of a record that is at hand, without asking its view rule; rd answers expands and
// manage rules, and is a transaction inside a batch.
func (s *Service) Show(ctx context.Context, dst []byte, rd store.Reader, by *caller.Caller, rec *record.Record, sh Shape) ([]byte, error) {
	panic("to be built")
}
