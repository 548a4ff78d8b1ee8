package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
	"github.com/holdall-dev/holdall/schema"
)

// errMoved says that tables were reshaped between looking a table up and reading its first row.
var errMoved = errors.New("tables changed")

// still proves that a shape was stored when a statement read its first row. Its zero value proves nothing and
// is for connections that stand in a transaction.
type still struct {
	all  *sqlbase.Shapes
	have *sqlbase.Shape
}

func (s still) moved() bool { return s.all != nil && s.all.Now() != s.have }

// rows runs a query and calls each for every row.
func (c *conn) rows(t *sqlbase.Table, q store.Query, at still, each func(store.Row) error) error {
	c.w.Reset()
	t.Select(c.w, q)
	s, err := c.start(at)
	if err != nil {
		return err
	}
	defer c.done(s)
	r := &row{stmt: s.Stmt, t: t}
	more := s.Step()
	if at.moved() {
		return errMoved
	}
	for ; more; more = s.Step() {
		if err := each(r); err != nil {
			return err
		}
	}
	return s.Err()
}

// count runs a counting query.
func (c *conn) count(t *sqlbase.Table, q store.Query, at still) (int64, error) {
	c.w.Reset()
	t.Count(c.w, q)
	s, err := c.start(at)
	if err != nil {
		return 0, err
	}
	defer c.done(s)
	var n int64
	if s.Step() {
		n = s.ColumnInt64(0)
	}
	if at.moved() {
		return 0, errMoved
	}
	return n, s.Err()
}

// start prepares and binds what was written to the scratch text.
func (c *conn) start(at still) (*statement, error) {
	s, err := c.takeBytes(c.w.Bytes())
	if err != nil {
		if at.moved() {
			return nil, errMoved
		}
		return nil, err
	}
	if err := bind(s, c.w.Args()); err != nil {
		c.done(s)
		return nil, err
	}
	return s, nil
}

// Select implements store.Reader.
func (s *Store) Select(ctx context.Context, q store.Query, each func(store.Row) error) error {
	return s.read(ctx, q, func(c *conn, t *sqlbase.Table, at still) error { return c.rows(t, q, at, each) })
}

// Count implements store.Reader.
func (s *Store) Count(ctx context.Context, q store.Query) (n int64, err error) {
	err = s.read(ctx, q, func(c *conn, t *sqlbase.Table, at still) error {
		n, err = c.count(t, q, at)
		return err
	})
	return n, err
}

// read lends a connection to fn, again while tables are being reshaped under it.
func (s *Store) read(ctx context.Context, q store.Query, fn func(*conn, *sqlbase.Table, still) error) error {
	c, err := s.readers.get(ctx)
	if err != nil {
		return fmt.Errorf("query %s: %w", q.From.Name, err)
	}
	defer s.readers.put(c)
	for {
		sh := s.shapes.Current()
		t, err := sh.Asked(q)
		if err != nil {
			return fmt.Errorf("query %s: %w", q.From.Name, err)
		}
		if sqlbase.Nothing(q) {
			return nil
		}
		if err = fn(c, t, still{&s.shapes, sh}); err == nil {
			return nil
		}
		if !errors.Is(err, errMoved) {
			return fmt.Errorf("query %s: %w", q.From.Name, ended(ctx, err))
		}
	}
}

// Collections implements store.Reader.
func (s *Store) Collections(ctx context.Context) ([]*schema.Collection, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	return s.shapes.Current().List, ctx.Err()
}

// Param implements store.Reader.
func (s *Store) Param(ctx context.Context, key string) ([]byte, error) {
	c, err := s.readers.get(ctx)
	if err != nil {
		return nil, fmt.Errorf("read parameter %s: %w", key, err)
	}
	defer s.readers.put(c)
	return c.param(ctx, key)
}

// Params implements store.Reader.
func (s *Store) Params(ctx context.Context, prefix string) (map[string][]byte, error) {
	c, err := s.readers.get(ctx)
	if err != nil {
		return nil, fmt.Errorf("read parameters %s…: %w", prefix, err)
	}
	defer s.readers.put(c)
	return c.params(ctx, prefix)
}

// params reads by a range of keys, which the primary key serves.
func (c *conn) params(ctx context.Context, prefix string) (map[string][]byte, error) {
	all := map[string][]byte{}
	err := c.query("SELECT id, value FROM _params WHERE id >= ?1 AND substr(id, 1, length(?1)) = ?1 AND value IS NOT NULL", func(s *sqlite3.Stmt) error {
		all[s.ColumnText(0)] = append([]byte{}, s.ColumnRawText(1)...)
		return nil
	}, rule.TextValue(prefix))
	if err != nil {
		return nil, fmt.Errorf("read parameters %s…: %w", prefix, ended(ctx, err))
	}
	return all, nil
}

func (c *conn) param(ctx context.Context, key string) (value []byte, err error) {
	err = c.query("SELECT value FROM _params WHERE id = ?", func(s *sqlite3.Stmt) error {
		if s.ColumnType(0) != sqlite3.NULL {
			value = append([]byte{}, s.ColumnRawText(0)...)
		}
		return nil
	}, rule.TextValue(key))
	if err != nil {
		return nil, fmt.Errorf("read parameter %s: %w", key, ended(ctx, err))
	}
	return value, nil
}

// Snapshot implements store.Store.
func (s *Store) Snapshot(ctx context.Context, fn func(store.Reader) error) error {
	c, err := s.readers.get(ctx)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	defer s.readers.put(c)
	sh, err := s.pin(c)
	if err != nil {
		return fmt.Errorf("snapshot: %w", ended(ctx, err))
	}
	defer c.rollback()
	return fn(&session{c: c, shape: sh})
}

// pin begins a read transaction and returns the shape of its moment.
func (s *Store) pin(c *conn) (*sqlbase.Shape, error) {
	for {
		sh := s.shapes.Current()
		if err := c.run("BEGIN"); err != nil {
			return nil, err
		}
		// A deferred transaction starts with its first read.
		if err := c.query("SELECT 1 FROM _params LIMIT 1", func(*sqlite3.Stmt) error { return nil }); err != nil {
			c.rollback()
			return nil, err
		}
		if s.shapes.Now() == sh {
			return sh, nil
		}
		c.rollback()
	}
}

// rollback ends a transaction, if there is one, come what may.
func (c *conn) rollback() {
	if c.GetAutocommit() {
		return
	}
	old := c.SetInterrupt(context.Background())
	defer c.SetInterrupt(old)
	_ = c.run("ROLLBACK") // fails only when the transaction is gone already
}

// session reads on a connection that stands in a transaction.
type session struct {
	c     *conn
	shape *sqlbase.Shape
}

// Select implements store.Reader.
func (s *session) Select(ctx context.Context, q store.Query, each func(store.Row) error) error {
	return s.read(ctx, q, func(t *sqlbase.Table) error { return s.c.rows(t, q, still{}, each) })
}

// Count implements store.Reader.
func (s *session) Count(ctx context.Context, q store.Query) (n int64, err error) {
	err = s.read(ctx, q, func(t *sqlbase.Table) error {
		n, err = s.c.count(t, q, still{})
		return err
	})
	return n, err
}

func (s *session) read(ctx context.Context, q store.Query, fn func(*sqlbase.Table) error) error {
	t, err := s.shape.Asked(q)
	if err != nil {
		return fmt.Errorf("query %s: %w", q.From.Name, err)
	}
	if sqlbase.Nothing(q) {
		return nil
	}
	defer s.within(ctx)()
	if err := fn(t); err != nil {
		return fmt.Errorf("query %s: %w", q.From.Name, ended(ctx, err))
	}
	return nil
}

// within makes statements end with ctx until the function it returns is called.
func (s *session) within(ctx context.Context) func() {
	old := s.c.SetInterrupt(ctx)
	return func() { s.c.SetInterrupt(old) }
}

// Collections implements store.Reader.
func (s *session) Collections(context.Context) ([]*schema.Collection, error) {
	return s.shape.List, nil
}

// Param implements store.Reader.
func (s *session) Param(ctx context.Context, key string) ([]byte, error) {
	defer s.within(ctx)()
	return s.c.param(ctx, key)
}

// Params implements store.Reader.
func (s *session) Params(ctx context.Context, prefix string) (map[string][]byte, error) {
	defer s.within(ctx)()
	return s.c.params(ctx, prefix)
}
