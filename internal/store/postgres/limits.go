package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/tally"
)

// limits is a tally.Counter over the table _limits: all processes that share the database count together, by its
// clock. The table is unlogged: a count costs no flush, and a crash of the server begins all windows anew.
type limits struct{ s *Store }

// Limits counts what may be done only so often on all servers together.
func (s *Store) Limits() tally.Counter { return limits{s} }

// The moment of a statement is one moment, unlike that of clock_timestamp: a window is either over or not.
const (
	waitLeft = "(extract(epoch from ends - statement_timestamp()) * 1000000)::bigint"

	takeLimit = `INSERT INTO _limits AS l (key, n, ends) VALUES ($1, 1, statement_timestamp() + $3::bigint * interval '1 microsecond')
		ON CONFLICT (key) DO UPDATE SET
			n = CASE WHEN l.ends > statement_timestamp() THEN least(l.n, 1000000) + 1 ELSE 1 END,
			ends = CASE WHEN l.ends > statement_timestamp() THEN l.ends ELSE excluded.ends END
		RETURNING CASE WHEN n > $2::bigint THEN ` + waitLeft + ` ELSE 0 END`
	spentLimit = "SELECT " + waitLeft + " FROM _limits WHERE key = $1 AND n >= $2::bigint AND ends > statement_timestamp()"
	// Both parts see what was there before; a count that comes between them is not lost, for the first looks again.
	forgetLimit = `WITH gone AS (DELETE FROM _limits WHERE key = $1 AND (n < $2::bigint OR ends <= statement_timestamp()))
		` + spentLimit
	// Rows that somebody is counting in are left to the next sweep: nobody waits for it.
	sweepLimits = `DELETE FROM _limits WHERE key IN (
		SELECT key FROM _limits WHERE ends <= statement_timestamp() LIMIT 10000 FOR UPDATE SKIP LOCKED)`
)

// limitKey is what stands for a key in the table, which shows nobody's address in plain text.
func limitKey(key string) rule.Value {
	sum := sha256.Sum256([]byte(key))
	return rule.TextValue(hex.EncodeToString(sum[:16]))
}

// Take implements tally.Counter.
func (l limits) Take(ctx context.Context, key string, limit int, window time.Duration) (time.Duration, error) {
	return l.ask(ctx, takeLimit, limitKey(key), rule.IntValue(int64(limit)), rule.IntValue(window.Microseconds()))
}

// Spent implements tally.Counter.
func (l limits) Spent(ctx context.Context, key string, limit int) (time.Duration, error) {
	return l.ask(ctx, spentLimit, limitKey(key), rule.IntValue(int64(limit)))
}

// Forget implements tally.Counter.
func (l limits) Forget(ctx context.Context, key string, limit int) (time.Duration, error) {
	return l.ask(ctx, forgetLimit, limitKey(key), rule.IntValue(int64(limit)))
}

// ask runs a statement that answers how long to wait, or nothing.
func (l limits) ask(ctx context.Context, text string, args ...rule.Value) (wait time.Duration, err error) {
	_, err = l.s.small(ctx, text, func(row [][]byte) error {
		wait = time.Duration(bigint(row[0])) * time.Microsecond
		return nil
	}, args...)
	if err != nil {
		return 0, fmt.Errorf("count what may be done only so often: %w", err)
	}
	return wait, nil
}

// Sweep implements tally.Counter.
func (l limits) Sweep(ctx context.Context) error {
	for {
		n, err := l.s.small(ctx, sweepLimits, nil)
		if err != nil {
			return fmt.Errorf("sweep counts: %w", err)
		}
		if n == 0 {
			return nil
		}
	}
}
