package dashboard

import (
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/write"
	"github.com/holdall-dev/holdall/schema"
)

// world is where a rule is asked: among the collections as they are, or as they would be after a change.
type world struct {
	cat   *schema.Catalog
	gate  *access.Gate
	write *write.Service
}

// asIs is the world of this moment.
func (s *Service) asIs() world { return world{s.Catalog.Current(), s.Gate, s.Write} }

// after is the world that a change would make.
func (s *Service) after(cat *schema.Catalog) world {
	gate := access.New(func() *schema.Catalog { return cat })
	return world{cat, gate, s.Write.In(cat, gate)}
}
