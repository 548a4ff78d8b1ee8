package postgres

import (
	"context"
	"fmt"
	"strconv"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// tx implements store.Tx: a session on the writer's connection that can write. Since the server gives a
// transaction up when a statement fails, whatever may fail runs within a savepoint.
type tx struct {
	session
	x *txn
}

// Update implements store.Store.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) (store.Commit, error) {
	if err := s.alive(); err != nil {
		return store.Commit{}, err
	}
	return s.writer.exclusive(ctx, func(x *txn) error {
		return fn(&tx{session: session{c: x.c, shape: x.shape}, x: x})
	})
}

// open refuses to go on in a transaction that ended.
func (t *tx) open(ctx context.Context) error {
	if t.c.TxStatus() != 'T' {
		return errEnded
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// part runs fn so that its failure undoes what it did and ends nothing else.
func (t *tx) part(ctx context.Context, fn func() error) error {
	if err := t.open(ctx); err != nil {
		return err
	}
	return ended(ctx, t.c.nested(ctx, fn))
}

// Select implements store.Reader.
func (t *tx) Select(ctx context.Context, q store.Query, each func(store.Row) error) error {
	return t.part(ctx, func() error { return t.session.Select(ctx, q, each) })
}

// Count implements store.Reader.
func (t *tx) Count(ctx context.Context, q store.Query) (n int64, err error) {
	err = t.part(ctx, func() error {
		n, err = t.session.Count(ctx, q)
		return err
	})
	return n, err
}

// Apply implements store.Tx.
func (t *tx) Apply(ctx context.Context, ms ...store.Mutation) error {
	if len(ms) == 0 {
		return nil
	}
	b := &batch{ms: ms}
	if err := t.part(ctx, func() error { return t.x.all(ctx, b) }); err != nil {
		return err
	}
	b.tell()
	return nil
}

// Part implements store.Tx.
func (t *tx) Part(ctx context.Context, fn func() error) error {
	n, params := len(t.x.changes), t.x.params
	err := t.part(ctx, fn)
	if err != nil {
		t.x.changes, t.x.params = t.x.changes[:n], params
	}
	return err
}

// SetParam implements store.Tx.
func (t *tx) SetParam(ctx context.Context, key string, value []byte) error {
	err := t.part(ctx, func() (err error) {
		if value == nil {
			_, err = t.c.exec(ctx, "DELETE FROM _params WHERE id = $1", nil, rule.TextValue(key))
		} else {
			_, err = t.c.exec(ctx, `INSERT INTO _params (id, value) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE
				SET value = excluded.value, updated = now()`, nil, rule.TextValue(key), rule.TextValue(string(value)))
		}
		if err != nil || !store.Told(key) {
			return err
		}
		return t.turn(ctx)
	})
	if err != nil {
		return fmt.Errorf("set parameter %s: %w", key, err)
	}
	return nil
}

// turn tells other processes that named settings are not what they were.
func (t *tx) turn(ctx context.Context) error {
	if t.x.params {
		return nil
	}
	t.x.params = true
	_, err := t.c.exec(ctx, `INSERT INTO _cursors (consumer, seq) VALUES ($1, 1) ON CONFLICT (consumer) DO UPDATE
		SET seq = _cursors.seq + 1`, nil, rule.TextValue(turned))
	return err
}

// TableExists implements store.Tx.
func (t *tx) TableExists(ctx context.Context, name string) (bool, error) {
	n, err := t.c.number(ctx, `SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace
		AND relkind IN ('r', 'v', 'm', 'f', 'p') AND lower(relname) = lower($1)`, rule.TextValue(name))
	return n > 0, ended(ctx, err)
}

// IndexTable implements store.Tx.
func (t *tx) IndexTable(ctx context.Context, index string) (table string, err error) {
	_, err = t.c.exec(ctx, `SELECT t.relname::text FROM pg_class i JOIN pg_index x ON x.indexrelid = i.oid JOIN pg_class t ON t.oid = x.indrelid
		WHERE i.relnamespace = current_schema()::regnamespace AND lower(i.relname) = lower($1)`, func(row [][]byte) error {
		table = string(row[0])
		return nil
	}, rule.TextValue(index))
	return table, ended(ctx, err)
}

// Describe implements store.Tx.
func (t *tx) Describe(ctx context.Context, query string) (cols []schema.ViewColumn, err error) {
	err = t.part(ctx, func() error {
		cols, err = t.c.describe(ctx, t.portable(query))
		return err
	})
	return cols, err
}

// describe says what the columns of a query are and where they come from.
func (c *conn) describe(ctx context.Context, query string) (cols []schema.ViewColumn, err error) {
	if err := c.lendFunctions(ctx); err != nil {
		return nil, err
	}
	d, err := c.Prepare(ctx, "", selection(query), nil)
	if err != nil {
		return nil, c.judge(err)
	}
	for _, f := range d.Fields {
		col := schema.ViewColumn{Name: f.Name}
		if f.TableOID != 0 {
			if readingOf[f.DataTypeOID] == asText {
				col.Declared = "TEXT"
			}
			_, err := c.exec(ctx, "SELECT c.relname::text, a.attname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.oid = $1::bigint AND a.attnum = $2::int",
				func(row [][]byte) error {
					col.Table, col.Column = string(row[0]), string(row[1])
					return nil
				}, rule.IntValue(int64(f.TableOID)), rule.IntValue(int64(f.TableAttributeNumber)))
			if err != nil {
				return nil, err
			}
		}
		cols = append(cols, col)
	}
	return cols, nil
}

// selection is a query that must be one SELECT: within another SELECT nothing else is accepted, and the server
// takes one statement at a time.
func selection(query string) string { return "SELECT * FROM (" + query + "\n) AS q" }

// Sample implements store.Tx.
func (t *tx) Sample(ctx context.Context, query string, limit int) (rows [][]*string, err error) {
	err = t.part(ctx, func() error {
		if err := t.c.lendFunctions(ctx); err != nil {
			return err
		}
		rr := t.c.ExecParams(ctx, selection(t.portable(query))+" LIMIT "+strconv.Itoa(limit), nil, nil, nil, nil)
		for rr.NextRow() {
			row := make([]*string, len(rr.Values()))
			for i, cell := range rr.Values() {
				row[i] = optional(cell)
			}
			rows = append(rows, row)
		}
		_, err := rr.Close()
		return t.c.judge(err)
	})
	return rows, err
}

// portable is a view's query in the words of this engine.
func (t *tx) portable(query string) string {
	return dialect.Postgres.Query(schema.TrimQuery(query), t.names)
}

// names is how a table or a column is spelled that a query may name in any case; "" for what is neither.
func (t *tx) names(name string) string { return t.shape.Spelled(name) }
