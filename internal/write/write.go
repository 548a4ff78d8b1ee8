// Package write turns wishes into committed changes.
//
// Create, Update and Delete are lists of steps, and a batch is a list of them; the files named so read as
// tables of contents. The same steps serve both lanes of the store: alone among others, with a version
// that is proved under the writer's lock and everything done again when the record moved on meanwhile,
// and inside a transaction, where nothing can move.
package write

import (
	"context"
	"log/slog"
	"time"

	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/files"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Service writes records. It is safe for concurrent use.
type Service struct {
	store   store.Store
	gate    *access.Gate
	catalog func() *schema.Catalog
	hooks   *hook.Points
	now     func() time.Time
	known   func(provider string) bool
	log     *slog.Logger
	hasher  *Hasher
	files   *files.Service
	renewed func(ctx context.Context, was, is *record.Record)
	// see Needs.SignedUp
	signedUp func(ctx context.Context, rec *record.Record) error
}

// Needs is what the service is made of.
type Needs struct {
	Store   store.Store
	Gate    *access.Gate
	Catalog func() *schema.Catalog // the live one
	Hooks   *hook.Points           // nil: none
	Now     func() time.Time
	// KnowsProvider says whether an OAuth2 provider of that name exists; nil lets every name pass.
	KnowsProvider func(name string) bool
	Log           *slog.Logger // nil: none
	Hasher        *Hasher      // nil: one of its own
	Files         *files.Service
	// Renewed is told after an account's password, e-mail or phone was changed, once it is committed; nil: nobody.
	Renewed func(ctx context.Context, was, is *record.Record)
	// SignedUp is told, within the transaction, of an account that somebody asked for where sign-up is private: it is
	// not stored when another one has its e-mail. nil: sign-up is private nowhere.
	SignedUp func(ctx context.Context, rec *record.Record) error
}

// New makes the service.
func New(n Needs) *Service {
	s := &Service{
		store: n.Store, gate: n.Gate, catalog: n.Catalog, hooks: n.Hooks, now: n.Now,
		known: n.KnowsProvider, log: n.Log, hasher: n.Hasher, files: n.Files, renewed: n.Renewed, signedUp: n.SignedUp,
	}
	if s.hooks == nil {
		s.hooks = new(hook.Points)
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.hasher == nil {
		s.hasher = NewHasher()
	}
	return s
}

// panicked notes a handler that broke after the commit: what happened stays, the others are told.
func (s *Service) panicked(v any) { s.log.Error("a hook panicked after a write", "panic", v) }
