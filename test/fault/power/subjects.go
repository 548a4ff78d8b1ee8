package power

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/internal/store/storetest"
	"github.com/holdall-dev/holdall/schema"
)

// Plain is SQLite alone, one transaction for each write: the control that proves the harness. With FULL it
// must lose nothing, with NORMAL something.
type Plain struct{ Synchronous string }

// Name implements Subject.
func (p Plain) Name() string { return "sqlite-" + p.Synchronous }

type plain struct {
	mu sync.Mutex
	c  *sqlite3.Conn
}

// Open implements Subject.
func (p Plain) Open(ctx context.Context, path, vfs string) (Database, error) {
	c, err := sqlite3.OpenContext(ctx, "file:"+filepath.ToSlash(path)+"?vfs="+vfs)
	if err != nil {
		return nil, err
	}
	err = c.Exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=" + p.Synchronous + "; PRAGMA wal_autocheckpoint=100; CREATE TABLE rows (id TEXT PRIMARY KEY, sum TEXT); PRAGMA wal_checkpoint(TRUNCATE)")
	return &plain{c: c}, err
}

// Write implements Database.
func (p *plain) Write(_ context.Context, rows map[string]string) (err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	tx, err := p.c.BeginImmediate()
	if err != nil {
		return err
	}
	defer tx.End(&err)
	for id, sum := range rows {
		if err := p.c.Exec("INSERT INTO rows VALUES (" + sqlite3.Quote(id) + "," + sqlite3.Quote(sum) + ")"); err != nil {
			return err
		}
	}
	return nil
}

// Close implements Database.
func (p *plain) Close() error { return p.c.Close() }

// Check implements Subject.
func (Plain) Check(ctx context.Context, path string) (map[string]string, error) {
	return readRows(ctx, path, "SELECT id, sum FROM rows")
}

// readRows proves that a database is sound and reads two columns.
func readRows(ctx context.Context, path, query string) (rows map[string]string, err error) {
	c, err := sqlite3.OpenContext(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	sound, err := pairs(c, "SELECT 'integrity', group_concat(integrity_check) FROM pragma_integrity_check")
	if err != nil {
		return nil, err
	}
	if sound["integrity"] != "ok" {
		return nil, fmt.Errorf("integrity check: %s", sound["integrity"])
	}
	return pairs(c, query)
}

func pairs(c *sqlite3.Conn, query string) (map[string]string, error) {
	s, _, err := c.Prepare(query)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	rows := map[string]string{}
	for s.Step() {
		rows[s.ColumnText(0)] = s.ColumnText(1)
	}
	return rows, s.Err()
}

// Store is our engine.
type Store struct{ Normal bool }

// Name implements Subject.
func (s Store) Name() string {
	if s.Normal {
		return "store-normal"
	}
	return "store"
}

type ours struct {
	store.Store
	c *schema.Collection
}

// Open implements Subject.
func (s Store) Open(ctx context.Context, path, vfs string) (Database, error) {
	st, err := sqlite.Open(ctx, sqlite.Options{Path: path, VFS: vfs, Normal: s.Normal, LogPages: 100})
	if err != nil {
		return nil, err
	}
	c := storetest.Posts()
	_, err = st.Update(ctx, func(tx store.Tx) error {
		return tx.Reshape(ctx, schema.Plan{Create: []*schema.Collection{c}})
	})
	return &ours{st, c}, err
}

// Write implements Database.
func (o *ours) Write(ctx context.Context, rows map[string]string) error {
	var ms []store.Mutation
	for id, sum := range rows {
		ms = append(ms, store.Mutation{Op: change.Create, Rec: storetest.Rec(o.c, map[string]any{"id": id, "title": sum, "slug": id})})
	}
	_, err := o.Apply(ctx, ms...)
	return err
}

// Check implements Subject. Besides the rows it proves that the log has no gap and an entry for every row.
func (Store) Check(ctx context.Context, path string) (map[string]string, error) {
	st, err := sqlite.Open(ctx, sqlite.Options{Path: path})
	if err != nil {
		return nil, err
	}
	list, err := st.Collections(ctx)
	if err == nil && len(list) == 1 {
		err = checkLog(ctx, st, list[0])
	}
	if err := errors.Join(err, st.Close()); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, nil // the very first commit is gone, as with NORMAL it may
	}
	return readRows(ctx, path, "SELECT id, title FROM posts")
}

func checkLog(ctx context.Context, st store.Store, c *schema.Collection) error {
	head, err := st.Log().Head(ctx)
	if err != nil {
		return err
	}
	changes, err := st.Log().Read(ctx, 0, int(head)+1)
	if err != nil {
		return err
	}
	seqs := map[string]change.Seq{}
	for i, ch := range changes {
		if ch.Seq != change.Seq(i)+1 {
			return fmt.Errorf("change %d has sequence %d", i+1, ch.Seq)
		}
		seqs[ch.ID] = ch.Seq
	}
	rows := 0
	err = st.Select(ctx, store.Query{From: c}, func(r store.Row) error {
		rows++
		if seqs[r.ID()] != r.Seq() {
			return fmt.Errorf("record %s has sequence %d, its change %d", r.ID(), r.Seq(), seqs[r.ID()])
		}
		return nil
	})
	if err == nil && rows != len(seqs) {
		return fmt.Errorf("%d records, %d changes", rows, len(seqs))
	}
	return err
}
