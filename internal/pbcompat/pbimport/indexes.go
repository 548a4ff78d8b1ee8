package pbimport

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/schema"
)

// normalizeIndexes does for older directories what the current version does on start: indexes that exist
// in the database and are missing from a collection's list are added to it, so that no later change of the
// collection drops them unseen. Doubles of the indexes every auth collection has are dropped.
func normalizeIndexes(f sqlite.Foreign) error {
	rows, err := f.Query("SELECT id, name, type, indexes FROM _collections WHERE type != 'view' AND system = 0")
	if err != nil {
		return fmt.Errorf("read collections: %w", err)
	}
	for _, r := range rows {
		if err := normalizeCollection(f, *r[0], *r[1], *r[3]); err != nil {
			return fmt.Errorf("indexes of %s: %w", *r[1], err)
		}
	}
	return nil
}

func normalizeCollection(f sqlite.Foreign, id, name, list string) error {
	var listed []string
	if err := json.Unmarshal([]byte(list), &listed); err != nil {
		return err
	}
	rows, err := f.Query("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", name)
	if err != nil {
		return err
	}
	known := parseAll(listed)
	changed := false
	for _, r := range rows {
		ix, err := schema.ParseIndex(*r[1])
		if err != nil || slices.ContainsFunc(known, func(k schema.Index) bool { return strings.EqualFold(k.Name, ix.Name) }) {
			continue
		}
		if slices.ContainsFunc(known, func(k schema.Index) bool { return sameAuthIndex(k, ix) }) {
			if err := f.Exec("DROP INDEX " + "\"" + strings.ReplaceAll(*r[0], `"`, `""`) + "\""); err != nil {
				return err
			}
			continue
		}
		listed, known, changed = append(listed, *r[1]), append(known, ix), true
	}
	if !changed {
		return nil
	}
	text, err := json.Marshal(listed)
	if err != nil {
		return err
	}
	return f.Exec("UPDATE _collections SET indexes = ? WHERE id = ?", string(text), id)
}

func parseAll(list []string) []schema.Index {
	var all []schema.Index
	for _, text := range list {
		if ix, err := schema.ParseIndex(text); err == nil {
			all = append(all, ix)
		}
	}
	return all
}

// sameAuthIndex reports whether both are the unique index of tokenKey or email.
func sameAuthIndex(a, b schema.Index) bool {
	one := func(ix schema.Index) string {
		if !ix.Unique || len(ix.Columns) != 1 {
			return ""
		}
		return strings.ToLower(ix.Columns[0].Name)
	}
	c := one(a)
	return c == one(b) && (c == "tokenkey" || c == "email")
}
