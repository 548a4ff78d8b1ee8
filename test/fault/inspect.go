package faulttest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ncruces/go-sqlite3"
)

// inspect looks into the data directory with SQLite itself, past the server.
func inspect(ctx context.Context, dir string, each func(*sqlite3.Conn) error) (err error) {
	c, err := sqlite3.OpenFlags("file:"+filepath.Join(dir, "data.db")+"?mode=ro", sqlite3.OPEN_READONLY|sqlite3.OPEN_URI)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	defer c.SetInterrupt(c.SetInterrupt(ctx))
	// One moment for all questions.
	if err := c.Exec("BEGIN"); err != nil {
		return err
	}
	return each(c)
}

// rows reads the ledger's table: each record's state, and a complaint about those whose checksum is wrong.
func rows(c *sqlite3.Conn, storage string) (present map[string]State, broken []string, err error) {
	present = map[string]State{}
	stmt, _, err := c.Prepare("SELECT id, version, sum, body, doc FROM " + collection)
	if err != nil {
		return nil, nil, err
	}
	defer stmt.Close()
	for stmt.Step() {
		id, s := stmt.ColumnText(0), State{Version: stmt.ColumnInt(1), Sum: stmt.ColumnText(2)}
		if Sum(id, s.Version, stmt.ColumnText(3)) != s.Sum {
			broken = append(broken, fmt.Sprintf("%s: version %d does not match its checksum", id, s.Version))
		}
		if name := stmt.ColumnText(4); name != "" {
			bytes, err := os.ReadFile(filepath.Join(storage, id, name))
			if err != nil {
				broken = append(broken, fmt.Sprintf("%s: its file is not there: %v", id, err))
			}
			s.File = sumBytes(bytes)
		}
		present[id] = s
	}
	return present, broken, stmt.Err()
}

// sound asks SQLite for its own opinion.
func sound(c *sqlite3.Conn, pragma string) error {
	stmt, _, err := c.Prepare("PRAGMA " + pragma)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for stmt.Step() {
		if text := stmt.ColumnText(0); text != "ok" {
			return fmt.Errorf("%s: %s", pragma, text)
		}
	}
	return stmt.Err()
}

// logged checks the change log: numbered without a gap, and every record's last change is in it.
func logged(c *sqlite3.Conn) (head int64, err error) {
	one := func(sql string) (n int64, err error) {
		stmt, _, err := c.Prepare(sql)
		if err != nil {
			return 0, err
		}
		defer stmt.Close()
		if stmt.Step() {
			n = stmt.ColumnInt64(0)
		}
		return n, stmt.Err()
	}
	head, err1 := one("SELECT coalesce(max(seq), 0) FROM _changes")
	gaps, err2 := one("SELECT coalesce(max(seq) - min(seq) + 1 - count(*), 0) FROM _changes")
	missing, err3 := one(`SELECT count(*) FROM ` + collection + ` r WHERE NOT EXISTS (
		SELECT 1 FROM _changes c WHERE c.seq = r."@seq" AND c.record = r.id)`)
	stale, err4 := one(`SELECT count(*) FROM ` + collection + ` r WHERE EXISTS (
		SELECT 1 FROM _changes c WHERE c.seq > r."@seq" AND c.record = r.id AND c.collection = (SELECT id FROM _collections WHERE name = '` + collection + `'))`)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return head, err
	}
	if gaps != 0 || missing != 0 || stale != 0 {
		return head, fmt.Errorf("change log: %d numbers are missing, %d records without their entry, %d with a later one", gaps, missing, stale)
	}
	return head, nil
}
