package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
	"github.com/holdall-dev/holdall/schema"
)

// proof is a condition that fails the statement it stands in unless the stored shape has a version. The
// server evaluates it once for a statement, when all tables of the statement are locked against reshaping.
func proof(version int64) string {
	return "(SELECT 1 / (version = " + strconv.FormatInt(version, 10) + ")::int FROM _shape) = 1"
}

func newShape(version int64, list []*schema.Collection, before *sqlbase.Shape) *sqlbase.Shape {
	sh := sqlbase.NewShape(dialect.Postgres, list, before)
	sh.Version, sh.Proof = version, proof(version)
	return sh
}

// refresh loads the stored shape if it is not the one in memory, and reports whether the one in memory is
// another one than from by now. c stands in no transaction.
func (s *Store) refresh(ctx context.Context, c *conn, from *sqlbase.Shape) (moved bool, err error) {
	now := s.shapes.Current()
	version, err := c.number(ctx, "SELECT version FROM _shape")
	if err != nil {
		return false, fmt.Errorf("read the version of the tables: %w", err)
	}
	if version > now.Version {
		if err := s.reload(ctx, c); err != nil {
			return false, err
		}
	}
	return s.shapes.Current() != from, nil
}

// reload reads the stored shape as another process left it.
func (s *Store) reload(ctx context.Context, c *conn) error {
	if err := c.command(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
		return err
	}
	defer c.rollback()
	sh, err := c.storedShape(ctx, s.shapes.Current())
	if err != nil {
		return err
	}
	s.adopt(sh)
	return nil
}

// storedShape reads version and collections. Collections that are as they were before stay the same ones. c
// stands in a transaction.
func (c *conn) storedShape(ctx context.Context, before *sqlbase.Shape) (*sqlbase.Shape, error) {
	version, err := c.number(ctx, "SELECT version FROM _shape")
	if err != nil {
		return nil, fmt.Errorf("read the version of the tables: %w", err)
	}
	list, err := c.collections(ctx)
	if err != nil {
		return nil, err
	}
	if before != nil {
		for i, col := range list {
			list[i] = before.Same(col)
		}
	}
	return newShape(version, list, before), nil
}

// adopt makes a shape that was found stored the current one.
func (s *Store) adopt(sh *sqlbase.Shape) {
	s.shapes.Replace(func(now *sqlbase.Shape) *sqlbase.Shape {
		if sh.Version > now.Version {
			return sh
		}
		return now
	})
}

// CatchUp looks for what other processes changed of collections and named settings, and returns when OnTurn has
// told of it.
func (s *Store) CatchUp(ctx context.Context) error {
	var version, turns int64
	err := s.simple(ctx, func(c *conn) (err error) {
		if _, err = s.refresh(ctx, c, nil); err != nil {
			return err
		}
		version = s.shapes.Current().Version
		turns, err = c.number(ctx, "SELECT coalesce(max(seq), 0) FROM _cursors WHERE consumer = '"+turned+"'")
		return err
	})
	if err == nil {
		s.log.turn(version, turns)
	}
	return err
}
