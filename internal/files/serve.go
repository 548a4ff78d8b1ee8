package files

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Found is a file that a record names.
type Found struct {
	Name  string
	Place Place // where it lies
	Field *field.File
}

func notFound() *fault.Error { return fault.New(fault.NotFound, "") }

// Find finds the file of that name of a record. Who asks matters for protected files alone; asker is called for
// those and must tell who it is. Fault: NotFound, whatever the reason (files.md §3.2).
func (s *Service) Find(ctx context.Context, c *schema.Collection, id, name string, asker func() *caller.Caller) (*Found, error) {
	rec, err := s.one(ctx, store.Query{From: c, IDs: []string{id}, Limit: 1})
	if err != nil {
		return nil, fmt.Errorf("find a file of %s/%s: %w", c.Name, id, err)
	}
	ord := holder(rec, name)
	if ord < 0 {
		return nil, notFound()
	}
	f := &Found{Name: name, Place: Place{c.ID, id}, Field: c.Fields[ord].(*field.File)}
	if f.Field.Protected {
		if err := s.may(ctx, asker(), rec); err != nil {
			return nil, err
		}
	}
	if c.IsView() {
		f.Place, err = s.origin(ctx, c, ord, name)
	}
	return f, err
}

// holder is the ordinal of the file field that names a file, -1 when none does.
func holder(rec *record.Record, name string) int {
	if rec == nil {
		return -1
	}
	return slices.IndexFunc(rec.Collection().Fields, func(f field.Field) bool {
		file, ok := f.(*field.File)
		return ok && name != "" && slices.Contains(file.Files(rec.Get(file.Name)), name)
	})
}

// may asks the view rule.
func (s *Service) may(ctx context.Context, by *caller.Caller, rec *record.Record) error {
	rule := rec.Collection().Rules.View
	if by.IsSuper() {
		return nil
	}
	if rule == nil {
		return notFound()
	}
	ok, err := s.Gate.Passes(ctx, s.Store, by, rec, *rule, nil, false)
	if f, known := fault.Of(err); err != nil && (!known || f.Kind != fault.Invalid) {
		return err
	}
	if !ok || err != nil {
		return notFound().Because(err)
	}
	return nil
}

// origin is the record of a stored collection that a view shows a file of.
func (s *Service) origin(ctx context.Context, view *schema.Collection, ord int, name string) (Place, error) {
	from, at, ok := s.Origin(view, ord)
	if !ok {
		return Place{}, notFound()
	}
	rec, err := s.one(ctx, store.Query{From: from, By: &store.By{Ord: at, Values: []string{name}}, Limit: 1})
	if err != nil {
		return Place{}, fmt.Errorf("find the record that %s shows a file of: %w", view.Name, err)
	}
	if rec == nil {
		return Place{}, notFound()
	}
	return Place{from.ID, rec.ID()}, nil
}

// directLife is how long an address of a file in the store is good for: long enough to begin a download.
const directLife = 2 * time.Minute

// Direct is the address at which the store itself serves the file, "" where it cannot.
func (s *Service) Direct(ctx context.Context, f *Found, as blob.Sent) string {
	signer, ok := s.Bucket().(blob.Signer)
	if !ok {
		return ""
	}
	to, err := signer.Sign(ctx, f.Place.key(f.Name), as, directLife)
	if err != nil {
		s.Log.WarnContext(ctx, "a file is not served by its store, but through the server", "error", err)
	}
	return to
}

// Open opens the file, or the thumb that is wanted when there can be one. name is what to call it. Where a thumb
// cannot be made the file itself takes its place (files.md §4). Fault: NotFound. It fails with blob.ErrDown or blob.ErrRefused when nobody
// can tell.
func (s *Service) Open(ctx context.Context, f *Found, want Wanted) (o *blob.Object, name string, err error) {
	if o, err = s.keptThumb(ctx, f, want); o != nil {
		return o, want.name(f.Name), nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("open a thumb of %s: %w", f.Name, err)
	}
	o, err = s.Bucket().Open(ctx, f.Place.key(f.Name))
	if errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrKey) {
		return nil, "", notFound().Because(err)
	}
	if untold(err) {
		return nil, "", fmt.Errorf("open %s: %w", f.Name, err)
	}
	if err != nil {
		return nil, "", notFound().Because(fmt.Errorf("open %s: %w", f.Name, err))
	}
	if small := s.thumb(ctx, f, o, want); small != nil {
		return small, want.name(f.Name), o.Close()
	}
	return o, f.Name, nil
}

// untold reports whether an error of a bucket says nothing of the object.
func untold(err error) bool { return errors.Is(err, blob.ErrDown) || errors.Is(err, blob.ErrRefused) }
