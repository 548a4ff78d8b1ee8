package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// tx implements store.Tx: a session on the writer's connection that can write.
type tx struct {
	session
	x *txn
}

// Update implements store.Store.
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) (store.Commit, error) {
	return s.writer.exclusive(ctx, func(x *txn) error {
		return fn(&tx{session: session{c: x.c, shape: x.shape}, x: x})
	})
}

// open refuses to go on in a transaction that SQLite gave up: statements would stand alone.
func (t *tx) open() error {
	if t.c.GetAutocommit() {
		return errEnded
	}
	return nil
}

// Apply implements store.Tx.
func (t *tx) Apply(ctx context.Context, ms ...store.Mutation) error {
	if len(ms) == 0 {
		return nil
	}
	if err := t.open(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	first := t.x.head + 1
	if err := t.x.all(ms); err != nil {
		return err
	}
	for i := range ms {
		ms[i].Rec.SetSeq(first + change.Seq(i))
	}
	return nil
}

// Part implements store.Tx.
func (t *tx) Part(ctx context.Context, fn func() error) error {
	if err := errors.Join(t.open(), ctx.Err()); err != nil {
		return err
	}
	return t.x.nested(fn)
}

// SetParam implements store.Tx.
func (t *tx) SetParam(ctx context.Context, key string, value []byte) error {
	if err := errors.Join(t.open(), ctx.Err()); err != nil {
		return err
	}
	var err error
	if value == nil {
		err = t.c.run("DELETE FROM _params WHERE id = ?", rule.TextValue(key))
	} else {
		err = t.c.run(`INSERT INTO _params (id, value) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE
			SET value = ?2, updated = strftime('%Y-%m-%d %H:%M:%fZ')`, rule.TextValue(key), rule.TextValue(string(value)))
	}
	if err != nil {
		return fmt.Errorf("set parameter %s: %w", key, err)
	}
	return nil
}

// TableExists implements store.Tx.
func (t *tx) TableExists(ctx context.Context, name string) (bool, error) {
	defer t.within(ctx)()
	n, err := t.c.number("SELECT count(*) FROM sqlite_schema WHERE type IN ('table', 'view') AND name = ? COLLATE NOCASE", rule.TextValue(name))
	return n > 0, ended(ctx, err)
}

// IndexTable implements store.Tx.
func (t *tx) IndexTable(ctx context.Context, index string) (table string, err error) {
	defer t.within(ctx)()
	err = t.c.query("SELECT tbl_name FROM sqlite_schema WHERE type = 'index' AND name = ? COLLATE NOCASE", func(s *sqlite3.Stmt) error {
		table = s.ColumnText(0)
		return nil
	}, rule.TextValue(index))
	return table, ended(ctx, err)
}

// Describe implements store.Tx.
func (t *tx) Describe(ctx context.Context, query string) (cols []schema.ViewColumn, err error) {
	defer t.within(ctx)()
	s, err := t.c.selection(query, "")
	if err != nil {
		return nil, ended(ctx, err)
	}
	defer s.Close()
	for i := range s.ColumnCount() {
		cols = append(cols, schema.ViewColumn{
			Name: s.ColumnName(i), Declared: s.ColumnDeclType(i), Table: s.ColumnTableName(i), Column: s.ColumnOriginName(i),
		})
	}
	return cols, nil
}

// Sample implements store.Tx.
func (t *tx) Sample(ctx context.Context, query string, limit int) (rows [][]*string, err error) {
	defer t.within(ctx)()
	s, err := t.c.selection(query, fmt.Sprintf(" LIMIT %d", limit))
	if err != nil {
		return nil, ended(ctx, err)
	}
	defer s.Close()
	for s.Step() {
		row := make([]*string, s.ColumnCount())
		for i := range row {
			row[i] = optional(s, i)
		}
		rows = append(rows, row)
	}
	return rows, ended(ctx, s.Err())
}

// selection compiles a query that must be one SELECT. Within another SELECT nothing else compiles, and what
// would break out of it leaves a second statement behind.
func (c *conn) selection(query, limit string) (*sqlite3.Stmt, error) {
	s, tail, err := c.Prepare("SELECT * FROM (" + schema.TrimQuery(query) + "\n)" + limit)
	if err != nil {
		return nil, err
	}
	if tail != "" || !s.ReadOnly() {
		return nil, errors.Join(errors.New("the query must be one SELECT"), s.Close())
	}
	return s, nil
}
