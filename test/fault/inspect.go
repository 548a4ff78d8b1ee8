package faulttest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

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
	stmt, _, err := c.Prepare("SELECT id, version, sum, body, doc, docs FROM " + collection)
	if err != nil {
		return nil, nil, err
	}
	defer stmt.Close()
	for stmt.Step() {
		id, s := stmt.ColumnText(0), State{Version: stmt.ColumnInt(1), Sum: stmt.ColumnText(2)}
		if Sum(id, s.Version, stmt.ColumnText(3)) != s.Sum {
			broken = append(broken, fmt.Sprintf("%s: version %d does not match its checksum", id, s.Version))
		}
		var bytes []byte
		names := filesOf(stmt.ColumnText(4), stmt.ColumnText(5))
		for _, name := range names {
			content, err := os.ReadFile(filepath.Join(storage, id, name))
			if err != nil {
				broken = append(broken, fmt.Sprintf("%s: its file is not there: %v", id, err))
			}
			bytes = append(bytes, content...)
		}
		if len(names) > 0 {
			s.File = sumBytes(bytes)
		}
		present[id] = s
	}
	return present, broken, stmt.Err()
}

// filesOf are the names in the single field and in that of several.
func filesOf(single, several string) (names []string) {
	if single != "" {
		names = append(names, single)
	}
	var list []string
	if json.Unmarshal([]byte(several), &list) != nil && several != "" {
		return append(names, several) // it is missed, for it names no file
	}
	return append(names, list...)
}

// sweepTime is how long the server may take to remove what an earlier one left.
const sweepTime = 30 * time.Second

// orphans waits until every file below storage belongs to a record, and complains about those that still do
// not.
func orphans(ctx context.Context, c *sqlite3.Conn, storage string) (complaints []string) {
	named, err := fileNames(c)
	if err != nil {
		return []string{err.Error()}
	}
	for deadline := time.Now().Add(sweepTime); ; {
		complaints, err = strangers(storage, named)
		if err != nil || len(complaints) == 0 || time.Now().After(deadline) || ctx.Err() != nil {
			return complaints
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// fileNames are the files of the ledger's records, by their paths below the collection's folder.
func fileNames(c *sqlite3.Conn) (map[string]bool, error) {
	stmt, _, err := c.Prepare("SELECT id, doc, docs FROM " + collection)
	if err != nil {
		return nil, err
	}
	defer stmt.Close()
	named := map[string]bool{}
	for stmt.Step() {
		for _, name := range filesOf(stmt.ColumnText(1), stmt.ColumnText(2)) {
			path := filepath.Join(stmt.ColumnText(0), name)
			named[path], named[path+".attrs"] = true, true
		}
	}
	return named, stmt.Err()
}

// strangers are the files below storage that nobody names, and what is still written or noted beside it.
func strangers(storage string, named map[string]bool) (list []string, err error) {
	for root, known := range map[string]map[string]bool{storage: named, filepath.Join(storage, "..", ".holdall"): nil} {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if errors.Is(err, os.ErrNotExist) {
				return nil
			}
			if err != nil || d.IsDir() {
				return err
			}
			if rel, _ := filepath.Rel(root, path); !known[rel] {
				list = append(list, "a file that no record names: "+path)
			}
			return nil
		})
		if err != nil {
			return list, err
		}
	}
	return list, nil
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
