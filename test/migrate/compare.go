package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ncruces/go-sqlite3"
)

// content is what SQLite's own eyes see of a database: for every table how many rows it has and a hash over
// types and values in the order of their rowids; and the names of views and indexes.
type content map[string]string

// compare reads both files with the driver alone, past all of our own code.
func compare(ctx context.Context, was, is string) error {
	want, err := read(ctx, was)
	if err != nil {
		return err
	}
	got, err := read(ctx, is)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] != want[name] {
			return fmt.Errorf("%s was %s and is %s", name, want[name], got[name])
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("there were %d tables, views and indexes, and there are %d", len(want), len(got))
	}
	fmt.Printf("Equal: %d tables, views and indexes, all values with their types.\n", len(want))
	return nil
}

func read(ctx context.Context, path string) (all content, err error) {
	c, err := sqlite3.OpenContext(ctx, "file:"+path+"?mode=ro")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	all = content{}
	var tables []string
	err = each(c, "SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_migrations'", func(s *sqlite3.Stmt) {
		if kind, name := s.ColumnText(0), s.ColumnText(1); kind == "table" {
			tables = append(tables, name)
		} else {
			all[kind+" "+name] = "there"
		}
	})
	for _, table := range tables {
		if err == nil {
			all["table "+table], err = readTable(c, table)
		}
	}
	return all, err
}

func each(c *sqlite3.Conn, sql string, row func(*sqlite3.Stmt)) error {
	s, _, err := c.Prepare(sql)
	if err != nil {
		return err
	}
	defer s.Close()
	for s.Step() {
		row(s)
	}
	return s.Err()
}

// readTable reads columns by name. Claims of consumers are those of a process that has ended.
func readTable(c *sqlite3.Conn, table string) (string, error) {
	var columns []string
	err := each(c, "SELECT name FROM pragma_table_info('"+table+"') ORDER BY name", func(s *sqlite3.Stmt) {
		if name := s.ColumnText(0); table != "_cursors" || name != "node" && name != "until" {
			columns = append(columns, `"`+name+`"`)
		}
	})
	if err != nil {
		return "", err
	}
	rows, h, order := 0, sha256.New(), map[string]string{"_cursors": "consumer", "_params": "id"}[table]
	if order == "" {
		order = "rowid"
		columns = append(columns, order)
	}
	err = each(c, "SELECT "+strings.Join(columns, ", ")+` FROM "`+table+`" ORDER BY `+order, func(s *sqlite3.Stmt) {
		rows++
		for i := range s.ColumnCount() {
			if s.ColumnType(i) == sqlite3.FLOAT {
				fmt.Fprintf(h, "real %x ", s.ColumnFloat(i))
				continue
			}
			raw := s.ColumnRawBlob(i)
			fmt.Fprintf(h, "%d %d ", s.ColumnType(i), len(raw))
			h.Write(raw)
		}
	})
	return fmt.Sprintf("%d rows, %x", rows, h.Sum(nil)[:8]), err
}
