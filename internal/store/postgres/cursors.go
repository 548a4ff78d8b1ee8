package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
)

// Rows of _cursors that are no consumer's.
const (
	trimmed = "@trim"       // up to where the log was trimmed
	turned  = sqlbase.Turns // how often named settings were changed
)

// cursors implements change.Cursors over the table _cursors. Claims end by the server's clock, which all nodes
// share.
type cursors struct{ s *Store }

const serverNow = "(extract(epoch from clock_timestamp()) * 1000000)::bigint"

// Claim implements change.Cursors.
func (k cursors) Claim(ctx context.Context, consumer, node string, ttl time.Duration) (at change.Seq, err error) {
	n, err := k.s.small(ctx, `INSERT INTO _cursors (consumer, seq, node, until) VALUES ($1, 0, $2, `+serverNow+` + $3::bigint)
		ON CONFLICT (consumer) DO UPDATE SET node = excluded.node, until = excluded.until
		WHERE _cursors.node IN ('', excluded.node) OR _cursors.until <= `+serverNow+` RETURNING seq`, func(row [][]byte) error {
		at = bigint(row[0])
		return nil
	}, rule.TextValue(consumer), rule.TextValue(node), rule.IntValue(ttl.Microseconds()))
	if err == nil && n == 0 {
		err = change.ErrHeld
	}
	if err != nil {
		return 0, fmt.Errorf("claim consumer %s: %w", consumer, err)
	}
	return at, nil
}

// Advance implements change.Cursors.
func (k cursors) Advance(ctx context.Context, consumer, node string, to change.Seq) error {
	n, err := k.s.small(ctx, "UPDATE _cursors SET seq = greatest(seq, $1::bigint) WHERE consumer = $2 AND node = $3", nil,
		rule.IntValue(to), rule.TextValue(consumer), rule.TextValue(node))
	if err == nil && n == 0 {
		err = change.ErrHeld
	}
	if err != nil {
		return fmt.Errorf("advance consumer %s: %w", consumer, err)
	}
	return nil
}

// Low implements change.Cursors.
func (k cursors) Low(ctx context.Context) (at change.Seq, ok bool, err error) {
	err = k.s.simple(ctx, func(c *conn) error {
		_, err := c.exec(ctx, "SELECT seq FROM _cursors WHERE consumer NOT LIKE '@%' ORDER BY seq LIMIT 1", func(row [][]byte) error {
			at, ok = bigint(row[0]), true
			return nil
		})
		return err
	})
	return at, ok, err
}

// small runs a statement that writes and commits it at once. When the connection breaks it runs again: it must
// bear that.
func (s *Store) small(ctx context.Context, text string, each func([][]byte) error, args ...rule.Value) (n int64, err error) {
	for range tries {
		var c *conn
		if c, err = s.side.get(ctx); err != nil {
			return 0, err
		}
		n, err = c.exec(ctx, text, each, args...)
		s.side.put(c)
		if !isLost(err) && !isContest(err) {
			break
		}
	}
	return n, ended(ctx, err)
}
