// Package sqlite is the embedded engine: one writer with group commit, many readers. It is the only package
// that imports the SQLite driver.
package sqlite

import (
	"context"
	"log/slog"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/store"
)

// Options say how to open a database.
type Options struct {
	Path    string
	Normal  bool // synchronous=NORMAL: faster for one writer, and a power cut may take the last commits
	Readers int  // 0: max(4, GOMAXPROCS)
	VFS     string
	Now     func() time.Time
	Log     *slog.Logger
}

// Open opens or makes the database.
func Open(ctx context.Context, o Options) (store.Store, error) { panic("to be built") }

// createInternal makes the tables that are ours and no collection's.
func createInternal(c *sqlite3.Conn) error { panic("to be built") }
