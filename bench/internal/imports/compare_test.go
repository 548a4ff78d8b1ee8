package imports_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // another reader than the one that wrote the copy
)

// tree is the checksum of every file below dir, by path; what SQLite rebuilds at will is left out.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if os.IsNotExist(err) || err == nil && (d.IsDir() || strings.HasSuffix(path, "-shm")) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		all[strings.TrimPrefix(path, dir)] = hex.EncodeToString(sum[:])
		return err
	})
	must(t, err)
	return all
}

func equal(a, b map[string]string) bool { return maps.Equal(a, b) }

func differing(got, want map[string]string) string {
	var all []string
	for name := range want {
		if got[name] != want[name] {
			all = append(all, name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			all = append(all, name+" (new)")
		}
	}
	return strings.Join(all, ", ")
}

// compareTables expects every table, view and index of a database in its copy, and every row as it was, in order.
func compareTables(t *testing.T, source, imported string) {
	t.Helper()
	from, to := open(t, source), open(t, imported)
	names := rowsOf(t, from, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
	if len(names) == 0 {
		t.Fatalf("%s holds no table", source)
	}
	for _, row := range names {
		name := row[0].(string)
		columns := rowsOf(t, from, `SELECT '"' || name || '"' FROM pragma_table_info(?)`, name)
		var list []string
		for _, c := range columns {
			list = append(list, c[0].(string))
		}
		query := fmt.Sprintf("SELECT %s FROM %q ORDER BY rowid", strings.Join(list, ", "), name)
		if got, want := fmt.Sprint(rowsOf(t, to, query)), fmt.Sprint(rowsOf(t, from, query)); got != want {
			t.Errorf("table %s: got %.300s; want %.300s", name, got, want)
		}
	}
	objects := "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'view') AND sql IS NOT NULL AND tbl_name NOT LIKE '#_#_%' ESCAPE '#' ORDER BY name"
	have := map[string]bool{}
	for _, o := range rowsOf(t, to, objects) {
		have[fmt.Sprint(o)] = true
	}
	for _, o := range rowsOf(t, from, objects) {
		if !have[fmt.Sprint(o)] {
			t.Errorf("missing in the copy: %v", o)
		}
	}
}

// open reads a copy, so that the original's write-ahead log stays as it is.
func open(t *testing.T, file string) *sql.DB {
	t.Helper()
	mine := filepath.Join(t.TempDir(), "copy.db")
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(file + suffix)
		if os.IsNotExist(err) && suffix != "" {
			continue
		}
		must(t, err)
		must(t, os.WriteFile(mine+suffix, data, 0o600))
	}
	db, err := sql.Open("sqlite", mine)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// rowsOf are a query's rows: text, numbers, bytes or nil.
func rowsOf(t *testing.T, db *sql.DB, query string, args ...any) (all [][]any) {
	t.Helper()
	rows, err := db.Query(query, args...)
	must(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	must(t, err)
	for rows.Next() {
		row, at := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			at[i] = &row[i]
		}
		must(t, rows.Scan(at...))
		all = append(all, row)
	}
	must(t, rows.Err())
	return all
}
