package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
	"github.com/holdall-dev/holdall/schema"
)

func bulkOf(p store.Part) *sqlbase.Bulk { return sqlbase.NewBulk(dialect.SQLite, p, nil) }

// Dump implements store.Source.
func (s *Store) Dump(ctx context.Context, p store.Part, after int64) store.Lines {
	return func(yield func(store.Line, error) bool) {
		c, err := s.readers.get(ctx)
		if err != nil {
			yield(store.Line{}, err)
			return
		}
		defer s.readers.put(c)
		c.dump(ctx, p, after)(yield)
	}
}

func (c *conn) dump(ctx context.Context, p store.Part, after int64) store.Lines {
	return func(yield func(store.Line, error) bool) {
		b := bulkOf(p)
		var args []rule.Value
		if b.Placed {
			args = append(args, rule.IntValue(after))
		}
		var room []rule.Value
		err := c.query(b.Select, func(st *sqlite3.Stmt) error {
			l := b.Line(&row{stmt: st}, room)
			room = l.Values
			if !yield(l, nil) {
				return errEnough
			}
			return nil
		}, args...)
		if err != nil && !errors.Is(err, errEnough) {
			yield(store.Line{}, fmt.Errorf("read table %s: %w", p.Name, ended(ctx, err)))
		}
	}
}

// errEnough ends a query whose further rows nobody wants.
var errEnough = errors.New("enough")

// Extent implements store.Source.
func (s *Store) Extent(ctx context.Context, p store.Part) (rows, last int64, err error) {
	c, err := s.readers.get(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer s.readers.put(c)
	return c.extent(p)
}

func (c *conn) extent(p store.Part) (rows, last int64, err error) {
	err = c.query(bulkOf(p).Extent, func(st *sqlite3.Stmt) error {
		rows, last = st.ColumnInt64(0), st.ColumnInt64(1)
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("count table %s: %w", p.Name, err)
	}
	return rows, last, nil
}

// Load implements store.Bulk.
func (s *Store) Load(ctx context.Context, p store.Part, lines store.Lines) error {
	_, err := s.writer.exclusive(ctx, func(x *txn) error { return x.load(ctx, p, lines) })
	return err
}

// Replace implements store.Bulk.
func (s *Store) Replace(ctx context.Context, p store.Part, lines store.Lines) error {
	_, err := s.writer.exclusive(ctx, func(x *txn) error {
		if err := x.c.run(bulkOf(p).Clear); err != nil {
			return fmt.Errorf("empty table %s: %w", p.Name, err)
		}
		if err := x.load(ctx, p, lines); err != nil || p != store.Definitions {
			return err
		}
		list, err := x.c.collections()
		if err == nil {
			x.shape = sqlbase.NewShape(dialect.SQLite, list, x.shape)
		}
		return err
	})
	return err
}

func (x *txn) load(ctx context.Context, p store.Part, lines store.Lines) (err error) {
	b := bulkOf(p)
	var room []rule.Value
	for l, err := range lines {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		room = b.Args(l, room)
		if err := x.c.run(b.Insert, room...); err != nil {
			return fmt.Errorf("fill table %s: %w", p.Name, diskError(err))
		}
	}
	x.head, err = x.c.logHead()
	return err
}

// Settle implements store.Bulk: rows are numbered behind the highest anyway.
func (s *Store) Settle(ctx context.Context) error {
	_, err := s.writer.exclusive(ctx, func(x *txn) error { return x.c.run("ANALYZE") })
	return err
}

// Source reads a database file that nobody has open, and changes not a byte of it. It is not safe for concurrent
// use.
type Source struct {
	c    *conn
	path string
	tidy bool // there was no write-ahead log, and there is to be none
}

// OpenSource opens a database file for reading.
func OpenSource(ctx context.Context, path string) (*Source, error) {
	s := &Source{path: path}
	st, err := os.Stat(path + "-wal")
	s.tidy = errors.Is(err, fs.ErrNotExist) || err == nil && st.Size() == 0
	uri := "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=ro"
	db, err := sqlite3.OpenContext(ctx, uri)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s.c = newConn(db)
	_, err = db.Config(sqlite3.DBCONFIG_NO_CKPT_ON_CLOSE, true)
	if err == nil {
		err = db.Exec("PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY; SELECT 1 FROM _collections LIMIT 1")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), s.Close())
	}
	return s, nil
}

// Collections implements store.Source.
func (s *Source) Collections(context.Context) ([]*schema.Collection, error) { return s.c.collections() }

// Param reads a named setting; nil when it was never set.
func (s *Source) Param(ctx context.Context, key string) ([]byte, error) { return s.c.param(ctx, key) }

// Dump implements store.Source.
func (s *Source) Dump(ctx context.Context, p store.Part, after int64) store.Lines {
	return func(yield func(store.Line, error) bool) {
		old := s.c.SetInterrupt(ctx)
		defer s.c.SetInterrupt(old)
		s.c.dump(ctx, p, after)(yield)
	}
}

// Extent implements store.Source.
func (s *Source) Extent(_ context.Context, p store.Part) (rows, last int64, err error) {
	return s.c.extent(p)
}

// Close lets go of the file and leaves no other behind.
func (s *Source) Close() error {
	err := s.c.close()
	if !s.tidy {
		return err
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if gone := os.Remove(s.path + suffix); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}
