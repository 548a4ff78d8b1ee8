package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
)

// cursors implements change.Cursors over the table _cursors.
type cursors struct {
	readers *pool
	write   func(context.Context, func(*txn) error) (store.Commit, error)
}

// claim is a row of _cursors.
type claim struct {
	seq   change.Seq
	node  string
	until int64 // Unix microseconds
}

func (x *txn) claim(consumer string) (c claim, err error) {
	err = x.c.query("SELECT seq, node, until FROM _cursors WHERE consumer = ?", func(s *sqlite3.Stmt) error {
		c = claim{s.ColumnInt64(0), s.ColumnText(1), s.ColumnInt64(2)}
		return nil
	}, rule.TextValue(consumer))
	return c, err
}

// Claim implements change.Cursors.
func (k cursors) Claim(ctx context.Context, consumer, node string, ttl time.Duration) (at change.Seq, err error) {
	_, err = k.write(ctx, func(x *txn) error {
		c, err := x.claim(consumer)
		if err != nil {
			return err
		}
		if c.node != "" && c.node != node && c.until > x.at.UnixMicro() {
			return change.ErrHeld
		}
		at = c.seq
		return x.c.run(`INSERT INTO _cursors (consumer, seq, node, until) VALUES (?1, 0, ?2, ?3)
			ON CONFLICT (consumer) DO UPDATE SET node = ?2, until = ?3`,
			rule.TextValue(consumer), rule.TextValue(node), rule.IntValue(x.at.Add(ttl).UnixMicro()))
	})
	if err != nil {
		return 0, fmt.Errorf("claim consumer %s: %w", consumer, err)
	}
	return at, nil
}

// Advance implements change.Cursors.
func (k cursors) Advance(ctx context.Context, consumer, node string, to change.Seq) error {
	_, err := k.write(ctx, func(x *txn) error {
		c, err := x.claim(consumer)
		if err != nil {
			return err
		}
		if c.node != node {
			return change.ErrHeld
		}
		return x.c.run("UPDATE _cursors SET seq = max(seq, ?) WHERE consumer = ?", rule.IntValue(to), rule.TextValue(consumer))
	})
	if err != nil {
		return fmt.Errorf("advance consumer %s: %w", consumer, err)
	}
	return nil
}

// Low implements change.Cursors.
func (k cursors) Low(ctx context.Context) (at change.Seq, ok bool, err error) {
	c, err := k.readers.get(ctx)
	if err != nil {
		return 0, false, err
	}
	defer k.readers.put(c)
	err = c.query("SELECT seq FROM _cursors WHERE consumer <> ? ORDER BY seq LIMIT 1", func(s *sqlite3.Stmt) error {
		at, ok = s.ColumnInt64(0), true
		return nil
	}, rule.TextValue(trimmed))
	return at, ok, err
}
