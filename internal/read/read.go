// Package read answers questions: lists, single records, and what their relations point to, as the caller
// may see them.
//
// Without expand and without a rule that must be asked about each address, rows go from the database to
// the answer in one pass. With them, the page is read first and what it points to is fetched relation by
// relation, never record by record.
package read

import (
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// Limits of one answer (records.md §3, §6).
const (
	DefaultPerPage = 30
	MaxPerPage     = 1000
	MaxLevels      = 6       // of an expand path; deeper parts are ignored
	MaxPaths       = 50      // of one expand; more are refused
	MaxExpanded    = 5_000   // records that expand brings to one answer; more are refused
	MaxExpandBytes = 8 << 20 // JSON that expand brings to one answer; more is refused
	MaxBack        = 1_000   // records that point back to one record; more are left out
)

// Service reads records. It is safe for concurrent use.
type Service struct {
	st      store.Store
	gate    *access.Gate
	catalog func() *schema.Catalog
	shapes  *lru.Cache[shapeKey, *shape]
}

// New makes the service.
func New(st store.Store, gate *access.Gate, cat func() *schema.Catalog) *Service {
	shapes, err := lru.New[shapeKey, *shape](keptShapes)
	if err != nil {
		panic(err) // only a size below 1 is refused
	}
	return &Service{st: st, gate: gate, catalog: cat, shapes: shapes}
}

// Shape is how one record is to be shown.
type Shape struct {
	Expand, Fields string
	// Own shows the record as its owner sees it: expand asks as the record itself, and its e-mail is shown.
	// Hidden fields are shown to superusers alone. It is how a sign-in answers.
	Own bool
}
