package sqlite

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ncruces/go-sqlite3"
)

// Adoption turns a database file that was written elsewhere, and whose record tables are laid out like
// ours, into one of our own. The file is changed in place: give it a copy.
type Adoption struct {
	Path string
	// Check judges the foreign file before anything is changed; its error refuses the adoption.
	Check func(Foreign) error
	// Normalize may put the foreign tables in order before they become ours; nil does nothing.
	Normalize func(Foreign) error
	// Progress hears of every table once it was verified; nil is silence.
	Progress func(TableSum)
}

// TableSum is what a table held before and after the adoption.
type TableSum struct {
	Name string
	Rows int64
	Sum  [sha256.Size]byte // over all values in order of insertion
}

// Foreign is a look into a file that is being adopted.
type Foreign struct{ c *sqlite3.Conn }

// Query returns all rows of a statement as text; NULL is nil.
func (f Foreign) Query(sql string, args ...string) ([][]*string, error) {
	stmt, _, err := f.c.Prepare(sql)
	if err != nil {
		return nil, err
	}
	defer stmt.Close()
	for i, a := range args {
		if err := stmt.BindText(i+1, a); err != nil {
			return nil, err
		}
	}
	var rows [][]*string
	for stmt.Step() {
		row := make([]*string, stmt.ColumnCount())
		for i := range row {
			if stmt.ColumnType(i) != sqlite3.NULL {
				s := stmt.ColumnText(i)
				row[i] = &s
			}
		}
		rows = append(rows, row)
	}
	return rows, stmt.Err()
}

// Exec runs a statement with text arguments.
func (f Foreign) Exec(sql string, args ...string) error {
	_, err := f.Query(sql, args...)
	return err
}

// Adopt checks the file, adds what our tables have and foreign ones lack, and proves that no value was
// changed by it: every table has the same count and checksum before and after. It is all or nothing.
func Adopt(ctx context.Context, a Adoption) (sums []TableSum, err error) {
	c, err := sqlite3.OpenContext(ctx, a.Path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", a.Path, err)
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	if err := sound(c); err != nil {
		return nil, err
	}
	f := Foreign{c}
	if err := a.Check(f); err != nil {
		return nil, err
	}
	tables, err := recordTables(f)
	if err != nil {
		return nil, err
	}
	if sums, err = sumAll(c, slices.Concat(tables, []string{"_params", "_migrations"})); err != nil {
		return nil, err
	}
	if err := adoptTables(f, tables, a.Normalize); err != nil {
		return nil, err
	}
	if err := a.verify(c, sums); err != nil {
		return nil, err
	}
	// The write-ahead log goes back into the file, so that it can be moved as one.
	return sums, c.Exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE")
}

// sound refuses files that SQLite itself finds damaged.
func sound(c *sqlite3.Conn) error {
	rows, err := Foreign{c}.Query("PRAGMA integrity_check(1)")
	if err != nil {
		return fmt.Errorf("the database file is damaged or is not one: %w", err)
	}
	if len(rows) != 1 || rows[0][0] == nil || *rows[0][0] != "ok" {
		return fmt.Errorf("the database file is damaged: %s", *rows[0][0])
	}
	return nil
}

// recordTables lists the tables of all collections that store records, and the tables of settings.
func recordTables(f Foreign) ([]string, error) {
	rows, err := f.Query("SELECT name FROM _collections WHERE type != 'view' ORDER BY created, rowid")
	if err != nil {
		return nil, fmt.Errorf("list collections: %w", err)
	}
	var tables []string
	for _, r := range rows {
		tables = append(tables, *r[0])
	}
	return tables, nil
}

// adoptTables makes the tables ours in one transaction.
func adoptTables(f Foreign, tables []string, normalize func(Foreign) error) (err error) {
	tx, err := f.c.BeginImmediate()
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.End(&err)
	for _, t := range tables {
		if err := f.c.Exec("ALTER TABLE " + quote(t) + ` ADD COLUMN "@seq" INTEGER NOT NULL DEFAULT 0`); err != nil {
			return fmt.Errorf("adopt table %s: %w", t, err)
		}
	}
	if normalize != nil {
		if err := normalize(f); err != nil {
			return err
		}
	}
	return createInternal(f.c)
}

// verify compares every table with what it was.
func (a Adoption) verify(c *sqlite3.Conn, before []TableSum) error {
	for _, want := range before {
		got, err := sumTable(c, want.Name)
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("table %s changed on the way: %d rows before, %d after", want.Name, want.Rows, got.Rows)
		}
		if a.Progress != nil {
			a.Progress(got)
		}
	}
	return nil
}

func sumAll(c *sqlite3.Conn, tables []string) ([]TableSum, error) {
	sums := make([]TableSum, 0, len(tables))
	for _, t := range tables {
		s, err := sumTable(c, t)
		if err != nil {
			return nil, err
		}
		sums = append(sums, s)
	}
	return sums, nil
}

// sumTable hashes type and bytes of every value but our own column's.
func sumTable(c *sqlite3.Conn, table string) (TableSum, error) {
	s := TableSum{Name: table}
	stmt, _, err := c.Prepare("SELECT * FROM " + quote(table) + " ORDER BY rowid")
	if err != nil {
		return s, fmt.Errorf("read table %s: %w", table, err)
	}
	defer stmt.Close()
	h := sha256.New()
	var head [9]byte
	for stmt.Step() {
		s.Rows++
		for i := range stmt.ColumnCount() {
			if stmt.ColumnName(i) == "@seq" {
				continue
			}
			raw := stmt.ColumnRawBlob(i)
			head[0] = byte(stmt.ColumnType(i))
			binary.LittleEndian.PutUint64(head[1:], uint64(len(raw)))
			h.Write(head[:])
			h.Write(raw)
		}
	}
	if err := stmt.Err(); err != nil {
		return s, fmt.Errorf("read table %s: %w", table, err)
	}
	h.Sum(s.Sum[:0])
	return s, nil
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// CountRows returns how many rows a table of a database file that is not ours has.
func CountRows(ctx context.Context, path, table string) (n int64, err error) {
	c, err := sqlite3.OpenContext(ctx, path)
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	stmt, _, err := c.Prepare("SELECT count(*) FROM " + quote(table))
	if err != nil {
		return 0, err
	}
	defer stmt.Close()
	if stmt.Step() {
		n = stmt.ColumnInt64(0)
	}
	return n, stmt.Err()
}
