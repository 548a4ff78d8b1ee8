package sqlite

import (
	"fmt"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/schema"
)

// internalTables are ours and no collection's. The first two are as PocketBase lays them out, so that its
// files become ours by adding the others (collections.md §12.1).
const internalTables = `
CREATE TABLE IF NOT EXISTS _params (
	id TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL,
	value JSON DEFAULT NULL,
	created TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL,
	updated TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL
);
CREATE TABLE IF NOT EXISTS _collections (
	id TEXT PRIMARY KEY DEFAULT ('r'||lower(hex(randomblob(7)))) NOT NULL,
	system BOOLEAN DEFAULT FALSE NOT NULL,
	type TEXT DEFAULT 'base' NOT NULL,
	name TEXT UNIQUE NOT NULL,
	fields JSON DEFAULT '[]' NOT NULL,
	indexes JSON DEFAULT '[]' NOT NULL,
	listRule TEXT DEFAULT NULL,
	viewRule TEXT DEFAULT NULL,
	createRule TEXT DEFAULT NULL,
	updateRule TEXT DEFAULT NULL,
	deleteRule TEXT DEFAULT NULL,
	options JSON DEFAULT '{}' NOT NULL,
	created TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL,
	updated TEXT DEFAULT (strftime('%Y-%m-%d %H:%M:%fZ')) NOT NULL
);
CREATE INDEX IF NOT EXISTS idx__collections_type ON _collections (type);
CREATE TABLE IF NOT EXISTS _changes (
	seq INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,
	op INTEGER NOT NULL,
	collection TEXT NOT NULL,
	record TEXT NOT NULL,
	author TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS _cursors (
	consumer TEXT PRIMARY KEY NOT NULL,
	seq INTEGER NOT NULL DEFAULT 0,
	node TEXT NOT NULL DEFAULT '',
	until INTEGER NOT NULL DEFAULT 0
);
`

// createInternal makes the tables that are ours and no collection's.
func createInternal(c *sqlite3.Conn) error {
	if err := c.Exec(internalTables); err != nil {
		return fmt.Errorf("create internal tables: %w", err)
	}
	return nil
}

// collections reads all stored collections in order of creation.
func (c *conn) collections() ([]*schema.Collection, error) {
	var list []*schema.Collection
	err := c.query(`SELECT id, system, type, name, fields, indexes, listRule, viewRule, createRule, updateRule,
		deleteRule, options, created, updated FROM _collections ORDER BY rowid`, func(s *sqlite3.Stmt) error {
		col, err := schema.FromStored(schema.Stored{
			ID: s.ColumnText(0), System: s.ColumnBool(1), Type: s.ColumnText(2), Name: s.ColumnText(3),
			Fields: s.ColumnBlob(4, nil), Indexes: s.ColumnBlob(5, nil),
			ListRule: optional(s, 6), ViewRule: optional(s, 7), CreateRule: optional(s, 8), UpdateRule: optional(s, 9),
			DeleteRule: optional(s, 10), Options: s.ColumnBlob(11, nil), Created: s.ColumnText(12), Updated: s.ColumnText(13),
		})
		if err != nil {
			return err
		}
		list = append(list, col)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read collections: %w", err)
	}
	return list, nil
}

// optional is the text of a column, nil for NULL.
func optional(s *sqlite3.Stmt, col int) *string {
	if s.ColumnType(col) == sqlite3.NULL {
		return nil
	}
	text := s.ColumnText(col)
	return &text
}

// keep writes the row of a collection.
func (c *conn) keep(col *schema.Collection) error {
	s, err := col.Stored()
	if err != nil {
		return err
	}
	rules := make([]rule.Value, 0, 5)
	for _, r := range []*string{s.ListRule, s.ViewRule, s.CreateRule, s.UpdateRule, s.DeleteRule} {
		v := rule.Value{}
		if r != nil {
			v = rule.TextValue(*r)
		}
		rules = append(rules, v)
	}
	args := append([]rule.Value{
		rule.TextValue(s.ID), rule.BoolValue(s.System), rule.TextValue(s.Type), rule.TextValue(s.Name),
		rule.TextValue(string(s.Fields)), rule.TextValue(string(s.Indexes)),
	}, rules...)
	args = append(args, rule.TextValue(string(s.Options)), rule.TextValue(s.Created), rule.TextValue(s.Updated))
	return c.run(`INSERT INTO _collections (id, system, type, name, fields, indexes, listRule, viewRule, createRule,
		updateRule, deleteRule, options, created, updated) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
		ON CONFLICT (id) DO UPDATE SET system = ?2, type = ?3, name = ?4, fields = ?5, indexes = ?6, listRule = ?7,
		viewRule = ?8, createRule = ?9, updateRule = ?10, deleteRule = ?11, options = ?12, created = ?13, updated = ?14`, args...)
}
