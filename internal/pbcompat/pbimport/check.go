package pbimport

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/holdall-dev/holdall/internal/store/sqlite"
)

// lastMigration stands in every directory of v0.23 or later.
const lastMigration = "1717233559_v0.23_migrate4.go"

// ErrForeign is wrapped by every refusal of a directory that is not, or not yet, importable.
var ErrForeign = errors.New("not an importable PocketBase data directory")

// checkSource refuses early what can be seen from the outside.
func checkSource(dir string) error {
	st, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForeign, err)
	}
	if !st.IsDir() {
		return fmt.Errorf("%w: %s is a file; name the folder that holds data.db", ErrForeign, dir)
	}
	f, err := os.Open(filepath.Join(dir, "data.db"))
	if err != nil {
		return fmt.Errorf("%w: %s holds no data.db", ErrForeign, dir)
	}
	defer f.Close()
	var head [16]byte
	if _, err := io.ReadFull(f, head[:]); err != nil || string(head[:]) != "SQLite format 3\x00" {
		return fmt.Errorf("%w: %s is damaged: it does not begin like an SQLite file", ErrForeign, f.Name())
	}
	return nil
}

// checkSchema refuses databases of other products and of older versions.
func checkSchema(f sqlite.Foreign) error {
	have, err := names(f, "SELECT name FROM sqlite_master WHERE type = 'table'")
	if err != nil {
		return err
	}
	if have["_changes"] {
		return fmt.Errorf("%w: it is a data directory of Holdall already; serve it with --dir", ErrForeign)
	}
	if have["_admins"] {
		return fmt.Errorf("%w: it was written by a version before v0.23: start it once with PocketBase v0.39 to upgrade it, then import", ErrForeign)
	}
	for _, t := range []string{"_collections", "_params", "_migrations", "_superusers"} {
		if !have[t] {
			return fmt.Errorf("%w: its database has no table %s", ErrForeign, t)
		}
	}
	applied, err := names(f, "SELECT file FROM _migrations")
	if err != nil {
		return err
	}
	if !applied[lastMigration] {
		return fmt.Errorf("%w: it was never upgraded to v0.23: start it once with PocketBase v0.39, then import", ErrForeign)
	}
	return nil
}

func names(f sqlite.Foreign, sql string) (map[string]bool, error) {
	rows, err := f.Query(sql)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	set := make(map[string]bool, len(rows))
	for _, r := range rows {
		if r[0] != nil {
			set[*r[0]] = true
		}
	}
	return set, nil
}
