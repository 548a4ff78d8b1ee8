package catalog

import (
	"context"
	"strings"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

const (
	createFailed = "Failed to create collection."
	updateFailed = "Failed to update collection."
	deleteFailed = "Failed to delete collection."
	badFormat    = "Failed to load the submitted data due to invalid formatting."
)

// Create makes a collection of its JSON (collections.md §7). Faults: Invalid, with the codes of §8.
func (s *Service) Create(ctx context.Context, raw []byte) (*schema.Collection, error) {
	c, err := schema.Decode(raw)
	if err != nil {
		return nil, fault.New(fault.Invalid, badFormat).Because(err)
	}
	err = s.update(ctx, func(e *edit) error { return e.save(ctx, nil, c) })
	if err != nil {
		return nil, worded(err, createFailed)
	}
	return c, nil
}

// Change merges JSON on the collection. Faults: NotFound when it is gone by now, Invalid.
func (s *Service) Change(ctx context.Context, c *schema.Collection, raw []byte) (*schema.Collection, error) {
	var next *schema.Collection
	err := s.update(ctx, func(e *edit) (err error) {
		next, err = e.change(ctx, c, raw)
		return err
	})
	if err != nil {
		return nil, worded(err, updateFailed)
	}
	return next, nil
}

func (e *edit) change(ctx context.Context, c *schema.Collection, raw []byte) (*schema.Collection, error) {
	old, err := e.find(c)
	if err != nil {
		return nil, err
	}
	next, err := old.Merge(raw)
	if err != nil {
		return nil, fault.New(fault.Invalid, badFormat).Because(err)
	}
	if next.ID != old.ID {
		return nil, fault.Mismatch().On("id")
	}
	return next, e.save(ctx, old, next)
}

// find is the collection as it is now: the caller's may be older than the lock.
func (e *edit) find(c *schema.Collection) (*schema.Collection, error) {
	now, ok := e.catalog().ByID(c.ID)
	if !ok {
		return nil, fault.New(fault.NotFound, "The collection doesn't exist.")
	}
	return now, nil
}

// Delete drops the collection and its records. Faults: NotFound, and Invalid for a system collection and for
// one that relations or views of others depend on.
func (s *Service) Delete(ctx context.Context, c *schema.Collection) error {
	err := s.update(ctx, func(e *edit) error {
		old, err := e.find(c)
		if err != nil {
			return err
		}
		if old.System {
			return fault.New(fault.Invalid, deleteFailed)
		}
		if names := e.referrers(old); names != nil {
			return fault.New(fault.Invalid, "Failed to delete collection probably due to existing reference in "+strings.Join(names, ", ")+".")
		}
		return e.deleteUnused(ctx, old)
	})
	return worded(err, deleteFailed)
}

// referrers are the names of the other collections with relations to c.
func (e *edit) referrers(c *schema.Collection) []string {
	var names []string
	for _, ref := range e.catalog().RefsTo(c.ID) {
		if ref.From.ID != c.ID && (len(names) == 0 || names[len(names)-1] != ref.From.Name) {
			names = append(names, ref.From.Name)
		}
	}
	return names
}

// deleteUnused drops c unless a view that works now would fail without it.
func (e *edit) deleteUnused(ctx context.Context, c *schema.Collection) error {
	broken := e.followViews(ctx, c)
	if err := e.drop(ctx, c); err != nil {
		return err
	}
	for view, err := range e.followViews(ctx, nil) {
		if broken[view] == nil {
			return fault.New(fault.Invalid, deleteFailed).Because(err)
		}
	}
	return nil
}

// drop removes c with its records and all that belongs to them.
func (e *edit) drop(ctx context.Context, c *schema.Collection) error {
	if c.IsAuth() {
		if err := e.deleteBelongings(ctx, c); err != nil {
			return err
		}
	}
	if err := e.tx.Reshape(ctx, schema.Plan{Drop: []*schema.Collection{c}}); err != nil {
		return reshapeFault(err)
	}
	e.remove(c)
	return nil
}

// deleteBelongings removes sign-in data of all records of an auth collection.
func (e *edit) deleteBelongings(ctx context.Context, c *schema.Collection) error {
	cat := e.catalog()
	for _, name := range []string{schema.ExternalAuths, schema.MFAs, schema.OTPs, schema.AuthOrigins} {
		refs, ok := cat.Find(name)
		if !ok {
			continue
		}
		var ms []store.Mutation
		q := store.Query{From: refs, By: &store.By{Ord: refs.Ord("collectionRef"), Values: []string{c.ID}}}
		err := e.tx.Select(ctx, q, func(row store.Row) error {
			rec, err := row.Record()
			ms = append(ms, deletion(rec))
			return err
		})
		if err != nil {
			return err
		}
		if err := e.tx.Apply(ctx, ms...); err != nil {
			return err
		}
	}
	return nil
}

func deletion(rec *record.Record) store.Mutation {
	return store.Mutation{Op: change.Delete, Rec: rec, Old: rec}
}
