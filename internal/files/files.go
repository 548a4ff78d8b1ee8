// Package files knows the files of records: how uploads are named and judged, how their bytes come to lie in a
// bucket before the row that names them, who may read them, and how they go when nothing names them any more.
//
// Two promises hold whenever a process may end: a name in a row has its bytes, and bytes without a name go.
// For the first, bytes are stored before the row is written. For the second, a note of what is about to be
// stored lies in the bucket until the row is written ([Service.Stage]), and a durable consumer of the change
// log removes what updates and deletes leave behind ([Service.Run]).
package files

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/files/pending"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Needs is what the service is made of.
type Needs struct {
	Store   store.Store
	Gate    *access.Gate
	Catalog func() *schema.Catalog // the live one
	Bucket  func() blob.Bucket     // the current one
	// Origin finds the stored field that a view's file field shows; ok is false when it cannot be told.
	Origin func(view *schema.Collection, ord int) (from *schema.Collection, at int, ok bool)
	Now    func() time.Time
	Log    *slog.Logger
	Node   string // this process among those that share the store
	Thumbs Thumbs
	// Pending are uploads that arrive in pieces; nil: there are none.
	Pending *pending.Shelf
}

// Service keeps the files of records. It is safe for concurrent use.
type Service struct {
	Needs
	thumbs *maker

	notes notebook

	mu      sync.Mutex
	crossed map[Place]bool // records that were swept while something was uploaded to them
	dropped []string       // collections that are gone and still to be swept
	poke    chan struct{}  // has something when dropped, or the catalog, changed
}

// New makes the service.
func New(n Needs) *Service {
	return &Service{Needs: n, thumbs: newMaker(n.Thumbs), crossed: map[Place]bool{}, poke: make(chan struct{}, 1)}
}

// Place is where the files of a record lie.
type Place struct{ Collection, Record string } // ids

// folder is the prefix of all keys of the record.
func (p Place) folder() string { return p.Collection + "/" + p.Record + "/" }

func (p Place) key(name string) string { return p.folder() + name }

const thumbsPrefix = "thumbs_"

// thumbs is the prefix of the keys of a file's thumbs.
func (p Place) thumbs(name string) string { return p.folder() + thumbsPrefix + name + "/" }

// nameIn is the stored name that a key of the record belongs to, be it the file's or that of a thumb.
func (p Place) nameIn(key string) string {
	rest := strings.TrimPrefix(key, p.folder())
	if folder, _, ok := strings.Cut(rest, "/"); ok {
		return strings.TrimPrefix(folder, thumbsPrefix)
	}
	return rest
}

// names are the files that a record names.
func names(rec *record.Record) map[string]bool {
	all := map[string]bool{}
	if rec == nil {
		return all
	}
	for i, f := range rec.Collection().Fields {
		if k, ok := f.(field.Keeper); ok {
			for _, name := range k.Files(rec.At(i)) {
				all[name] = true
			}
		}
	}
	return all
}

// hasFiles reports whether records of c may have files.
func hasFiles(c *schema.Collection) bool {
	for _, f := range c.Fields {
		if _, ok := f.(field.Keeper); ok {
			return true
		}
	}
	return false
}

// named are the files that the record at a place names now.
func (s *Service) named(ctx context.Context, p Place) (map[string]bool, error) {
	c, ok := s.Catalog().ByID(p.Collection)
	if !ok || c.IsView() {
		return nil, nil
	}
	rec, err := s.one(ctx, store.Query{From: c, IDs: []string{p.Record}, Limit: 1})
	return names(rec), err
}

// one is the only record that q finds, nil when there is none.
func (s *Service) one(ctx context.Context, q store.Query) (rec *record.Record, err error) {
	err = s.Store.Select(ctx, q, func(row store.Row) (err error) {
		rec, err = row.Record()
		return err
	})
	return rec, err
}

// remove deletes a file and its thumbs. The file goes first: whoever makes a thumb meanwhile looks for it
// afterwards.
func (s *Service) remove(ctx context.Context, p Place, name string) error {
	b := s.Bucket()
	if err := b.Delete(ctx, p.key(name)); err != nil {
		return err
	}
	return blob.DeleteAll(ctx, b, p.thumbs(name))
}
