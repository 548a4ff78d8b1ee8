// Package dashboard is what the dashboard asks for beyond the public API: nothing here grants more than a superuser
// may do anyway, and all of it reads and writes through the same services as the API.
package dashboard

import (
	"context"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/catalog"
	"github.com/holdall-dev/holdall/internal/settings"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/write"
	"github.com/holdall-dev/holdall/schema"
)

// Needs is what the service asks.
type Needs struct {
	Catalog  *catalog.Service
	Settings *settings.Service
	Store    store.Store
	Gate     *access.Gate
	Write    *write.Service
	Console  store.Console // answers SQL; nil when the operator has not switched that on
	Version  string
	Engine   string   // "sqlite" or "postgres"
	Origins  []string // of web pages that may read answers; none allows all
	Now      func() time.Time
}

// Service answers the dashboard.
type Service struct {
	Needs
	seats   chan struct{} // of the console
	columns chan struct{} // of columns whose values are read
}

// New returns the service.
func New(n Needs) *Service {
	return &Service{n, make(chan struct{}, consoleSeats), make(chan struct{}, valuesSeats)}
}

// Bootstrap is what the dashboard's first screen needs to know: one small answer (spec/dashboard.md §16).
type Bootstrap struct {
	Version     string        `json:"version"`
	Engine      string        `json:"engine"`
	Environment string        `json:"environment"` // see [Service.SetEnvironment]
	Can         Capabilities  `json:"can"`
	Meta        settings.Meta `json:"meta"`
	Collections []Mark        `json:"collections"`
	// First has the view that the caller sees first of a collection, by the collection's id.
	First map[string]View `json:"first"`
}

// Capabilities are what this server has that another one may not have.
type Capabilities struct {
	SQL bool `json:"sql"` // the console is on
}

// Mark is a collection as a list of them shows it.
type Mark struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Type   schema.Type `json:"type"`
	System bool        `json:"system"`
	Access Access      `json:"access"`
}

// Access says who may do each thing: "superusers", "everyone", or "rule" when a rule decides.
type Access struct {
	List   string `json:"list"`
	View   string `json:"view"`
	Create string `json:"create"`
	Update string `json:"update"`
	Delete string `json:"delete"`
}

// Bootstrap returns it as things are now for by.
func (s *Service) Bootstrap(ctx context.Context, by *caller.Caller) (Bootstrap, error) {
	all := s.Catalog.Current().All()
	environment, err := s.environment(ctx)
	if err != nil {
		return Bootstrap{}, err
	}
	first, err := s.firstViews(ctx, by.Auth.ID())
	b := Bootstrap{First: first, Version: s.Version, Engine: s.Engine, Environment: environment, Can: Capabilities{SQL: s.Console != nil}, Meta: s.Settings.Current().Meta, Collections: make([]Mark, len(all))}
	for i, c := range all {
		b.Collections[i] = Mark{ID: c.ID, Name: c.Name, Type: c.Type, System: c.System, Access: accessOf(c.Rules)}
	}
	return b, err
}

func accessOf(r schema.Rules) Access {
	return Access{List: who(r.List), View: who(r.View), Create: who(r.Create), Update: who(r.Update), Delete: who(r.Delete)}
}

func who(rule *string) string {
	switch {
	case rule == nil:
		return "superusers"
	case *rule == "":
		return "everyone"
	}
	return "rule"
}
