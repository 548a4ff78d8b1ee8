// Package write turns wishes into committed changes.
package write

import (
	"context"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Service writes records.
type Service struct{}

// Needs is what the service is made of.
type Needs struct {
	Store   store.Store
	Gate    *access.Gate
	Catalog func() *schema.Catalog
	Hooks   *hook.Points
	Now     func() time.Time
}

// New makes the service.
func New(n Needs) *Service { panic("to be built") }

// Create makes the record that by asks for and returns it as stored.
func (s *Service) Create(ctx context.Context, by *caller.Caller, c *schema.Collection, in body.Body) (*record.Record, error) {
	panic("to be built")
}

// Update changes the record with the id and returns it as stored.
func (s *Service) Update(ctx context.Context, by *caller.Caller, c *schema.Collection, id string, in body.Body) (*record.Record, error) {
	panic("to be built")
}

// Delete removes the record with the id and what must go with it (records.md §10).
func (s *Service) Delete(ctx context.Context, by *caller.Caller, c *schema.Collection, id string) error {
	panic("to be built")
}

// Truncate deletes all records of c, with all that follows from each, in one transaction.
func (s *Service) Truncate(ctx context.Context, by *caller.Caller, c *schema.Collection) error {
	panic("to be built")
}

// Action is what an item of a batch does.
type Action uint8

// The actions.
const (
	Create Action = iota
	Update
	Upsert // update when Body's id names a stored record, else create
	Delete
)

// Item is one write of a batch.
type Item struct {
	Action     Action
	By         *caller.Caller
	Collection *schema.Collection
	ID         string // of Update and Delete
	Body       body.Body
}

// ItemError is the error of the item that made a batch fail.
type ItemError struct {
	Index int
	Err   error
}

// Error names the item.
func (e *ItemError) Error() string { return e.Err.Error() }

// Unwrap returns the item's error.
func (e *ItemError) Unwrap() error { return e.Err }

// Batch runs the items in order in one transaction: all or none. done hears of each written record (nil
// after a delete) while the transaction is open, with a reader that sees it; its error ends the batch.
// The error of an item is an *ItemError.
func (s *Service) Batch(ctx context.Context, items []Item, done func(i int, rd store.Reader, rec *record.Record) error) error {
	panic("to be built")
}
