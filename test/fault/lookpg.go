package faulttest

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// findings are what the ledger's table on PostgreSQL holds.
type findings struct {
	present map[string]State
	broken  []string // records whose checksum is wrong
	twice   []string // records whose changes in the log are not one for each version
	head    int64
}

// look reads the ledger's table past the server. A record in its third version has three changes in the log: a
// write that was made twice would have left one more.
func look(ctx context.Context, dsn string) (f findings, err error) {
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, c.Close(ctx)) }()
	rows, err := c.Query(ctx, `SELECT r.id, r.version::int, r.sum, r.body, count(l.seq)::int, coalesce(max(l.seq), 0), r."@seq"
		FROM `+collection+` r LEFT JOIN _changes l ON l.record = r.id AND l.collection = (SELECT id FROM _collections WHERE name = '`+collection+`')
		GROUP BY r.id, r.version, r.sum, r.body, r."@seq"`)
	if err != nil {
		return f, err
	}
	f.present = map[string]State{}
	var id, sum, body string
	var version, changes int
	var last, seq int64
	_, err = pgx.ForEachRow(rows, []any{&id, &version, &sum, &body, &changes, &last, &seq}, func() error {
		f.present[id] = State{Version: version, Sum: sum}
		if Sum(id, version, body) != sum {
			f.broken = append(f.broken, fmt.Sprintf("%s: version %d does not match its checksum", id, version))
		}
		if changes != version || last != seq {
			f.twice = append(f.twice, fmt.Sprintf("%s: version %d has %d changes, the last %d for sequence %d", id, version, changes, last, seq))
		}
		f.head = max(f.head, last)
		return nil
	})
	return f, err
}
