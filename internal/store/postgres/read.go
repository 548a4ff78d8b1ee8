package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
	"github.com/holdall-dev/holdall/schema"
)

// errMoved says that the stored collections are others than those that a statement was made for.
var errMoved = errors.New("tables changed")

// rows runs a query and calls each for every row. proof is a condition that fails the statement when the
// tables are not what t says.
func (c *conn) rows(ctx context.Context, t *sqlbase.Table, q store.Query, proof string, each func(store.Row) error) error {
	c.w.Reset()
	c.w.Always = proof
	t.Select(c.w, q)
	s, err := c.takeBytes(ctx, c.w.Bytes())
	if err != nil {
		return err
	}
	r := &row{t: t, reads: s.reads}
	_, err = c.run(ctx, s, c.w.Args(), func(cells [][]byte) error {
		r.cells = cells
		return each(r)
	})
	if code(err) == planChanged {
		c.drop(s)
	}
	return err
}

// count runs a counting query.
func (c *conn) count(ctx context.Context, t *sqlbase.Table, q store.Query, proof string) (n int64, err error) {
	c.w.Reset()
	c.w.Always = proof
	t.Count(c.w, q)
	s, err := c.takeBytes(ctx, c.w.Bytes())
	if err != nil {
		return 0, err
	}
	_, err = c.run(ctx, s, c.w.Args(), func(cells [][]byte) error {
		n = bigint(cells[0])
		return nil
	})
	return n, err
}

// Select implements store.Reader.
func (s *Store) Select(ctx context.Context, q store.Query, each func(store.Row) error) error {
	if looksUp(q) && s.readers.busy() {
		if r, ok := s.lookUp(ctx, q); ok {
			return handOut(q, r, each)
		}
	}
	begun := false
	return s.read(ctx, q, &begun, func(c *conn, t *sqlbase.Table, proof string) error {
		return c.rows(ctx, t, q, proof, func(r store.Row) error {
			begun = true
			return each(r)
		})
	})
}

// handOut gives the record that a query found, if there is one, to each.
func handOut(q store.Query, r *row, each func(store.Row) error) error {
	if r == nil {
		return nil
	}
	if err := each(r); err != nil {
		return fmt.Errorf("query %s: %w", q.From.Name, err)
	}
	return nil
}

// Count implements store.Reader.
func (s *Store) Count(ctx context.Context, q store.Query) (n int64, err error) {
	err = s.read(ctx, q, new(bool), func(c *conn, t *sqlbase.Table, proof string) error {
		n, err = c.count(ctx, t, q, proof)
		return err
	})
	return n, err
}

// tries is how often a read is begun anew while tables are being reshaped or the server restarts.
const tries = 5

// read lends a connection to fn, again while tables are being reshaped under it and once when the connection
// turns out to be lost, unless rows were handed out already.
func (s *Store) read(ctx context.Context, q store.Query, begun *bool, fn func(*conn, *sqlbase.Table, string) error) error {
	var err error
	for range tries {
		if err = s.readOnce(ctx, q, fn); err == nil {
			return nil
		}
		if errors.Is(err, errMoved) {
			s.log.turn(s.shapes.Current().Version, 0)
		}
		again := errors.Is(err, errMoved) || isContest(err) || isLost(err)
		if *begun || !again || ctx.Err() != nil {
			break
		}
	}
	return fmt.Errorf("query %s: %w", q.From.Name, ended(ctx, err))
}

func (s *Store) readOnce(ctx context.Context, q store.Query, fn func(*conn, *sqlbase.Table, string) error) error {
	sh := s.shapes.Current()
	t, err := sh.Asked(q)
	if err != nil {
		return errors.Join(err, s.alive())
	}
	if sqlbase.Nothing(q) {
		return s.alive()
	}
	c, err := s.readers.trust(ctx)
	if err != nil {
		return err
	}
	defer s.readers.put(c)
	err = fn(c, t, sh.Proof)
	if err != nil && mayHaveMoved(err) {
		if moved, fresh := s.refresh(ctx, c, sh); moved || fresh != nil {
			return errors.Join(errMoved, fresh)
		}
	}
	return err
}

// Collections implements store.Reader.
func (s *Store) Collections(ctx context.Context) ([]*schema.Collection, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	return s.shapes.Current().List, ctx.Err()
}

// Param implements store.Reader.
func (s *Store) Param(ctx context.Context, key string) (value []byte, err error) {
	err = s.simple(ctx, func(c *conn) error {
		value, err = c.param(ctx, key)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read parameter %s: %w", key, err)
	}
	return value, nil
}

// Params implements store.Reader.
func (s *Store) Params(ctx context.Context, prefix string) (all map[string][]byte, err error) {
	err = s.simple(ctx, func(c *conn) error {
		all, err = c.params(ctx, prefix)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read parameters %s…: %w", prefix, err)
	}
	return all, nil
}

// simple lends a connection to fn, which only reads, once more when the connection turns out to be lost.
func (s *Store) simple(ctx context.Context, fn func(*conn) error) (err error) {
	for range 2 {
		var c *conn
		if c, err = s.readers.get(ctx); err != nil {
			return err
		}
		err = fn(c)
		s.readers.put(c)
		if !isLost(err) {
			break
		}
	}
	return ended(ctx, err)
}

func (c *conn) param(ctx context.Context, key string) (value []byte, err error) {
	_, err = c.exec(ctx, "SELECT value FROM _params WHERE id = $1", func(row [][]byte) error {
		if row[0] != nil {
			value = append([]byte{}, text(row[0])...)
		}
		return nil
	}, rule.TextValue(key))
	return value, err
}

// params reads by a range of keys, which the primary key serves.
func (c *conn) params(ctx context.Context, prefix string) (map[string][]byte, error) {
	all := map[string][]byte{}
	_, err := c.exec(ctx, "SELECT id, value FROM _params WHERE id >= $1 AND starts_with(id, $1) AND value IS NOT NULL ORDER BY id", func(row [][]byte) error {
		all[string(text(row[0]))] = append([]byte{}, text(row[1])...)
		return nil
	}, rule.TextValue(prefix))
	return all, err
}

// Snapshot implements store.Store. Tables are not reshaped while it lasts; fn must not write.
func (s *Store) Snapshot(ctx context.Context, fn func(store.Reader) error) error {
	c, err := s.readers.get(ctx)
	if err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	defer s.readers.put(c)
	defer c.rollback()
	sh, err := s.pin(ctx, c)
	if err != nil {
		return fmt.Errorf("snapshot: %w", ended(ctx, err))
	}
	return fn(&session{c: c, shape: sh})
}

// pin begins a read transaction and returns the shape of its moment.
func (s *Store) pin(ctx context.Context, c *conn) (*sqlbase.Shape, error) {
	for range tries {
		// The lock comes before the first snapshot: what is reshaped, is so before it or after the end.
		if err := c.command(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE _lanes IN ROW SHARE MODE"); err != nil {
			return nil, err
		}
		version, err := c.number(ctx, "SELECT version FROM _shape")
		if err != nil {
			return nil, err
		}
		if sh := s.shapes.Current(); sh.Version == version {
			return sh, nil
		}
		c.rollback()
		if _, err := s.refresh(ctx, c, nil); err != nil {
			return nil, err
		}
	}
	return nil, errMoved
}

// session reads on a connection that stands in a transaction.
type session struct {
	c     *conn
	shape *sqlbase.Shape
}

// Select implements store.Reader. The rows are read before the first is handed out: each may ask again.
func (s *session) Select(ctx context.Context, q store.Query, each func(store.Row) error) error {
	return s.read(ctx, q, func(t *sqlbase.Table) error {
		var all []*row
		err := s.c.rows(ctx, t, q, "", func(r store.Row) error {
			all = append(all, r.(*row).copy())
			return nil
		})
		if err != nil {
			return err
		}
		for _, r := range all {
			if err := each(r); err != nil {
				return err
			}
		}
		return nil
	})
}

// Count implements store.Reader.
func (s *session) Count(ctx context.Context, q store.Query) (n int64, err error) {
	err = s.read(ctx, q, func(t *sqlbase.Table) error {
		n, err = s.c.count(ctx, t, q, "")
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
	if err := fn(t); err != nil {
		return fmt.Errorf("query %s: %w", q.From.Name, ended(ctx, err))
	}
	return nil
}

// Collections implements store.Reader.
func (s *session) Collections(context.Context) ([]*schema.Collection, error) {
	return s.shape.List, nil
}

// Param implements store.Reader.
func (s *session) Param(ctx context.Context, key string) ([]byte, error) {
	value, err := s.c.param(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("read parameter %s: %w", key, ended(ctx, err))
	}
	return value, nil
}

// Params implements store.Reader.
func (s *session) Params(ctx context.Context, prefix string) (map[string][]byte, error) {
	all, err := s.c.params(ctx, prefix)
	if err != nil {
		return nil, fmt.Errorf("read parameters %s…: %w", prefix, ended(ctx, err))
	}
	return all, nil
}
