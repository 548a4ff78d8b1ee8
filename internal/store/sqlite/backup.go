package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
)

// backupPages are copied between two looks at the context.
const backupPages = 512

// Backup implements store.Store. The copy is made beside the database through SQLite's own means, from one
// snapshot, and then sent: w may be slow without holding the snapshot, and the log behind it, for long.
func (s *Store) Backup(ctx context.Context, w io.Writer) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("backup %s: %w", s.o.Path, err)
		}
	}()
	dir, err := os.MkdirTemp(filepath.Dir(s.o.Path), ".backup-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "data.db")
	if err := s.copyTo(ctx, path); err != nil {
		return ended(ctx, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}

func (s *Store) copyTo(ctx context.Context, path string) (err error) {
	c, err := s.readers.get(ctx)
	if err != nil {
		return err
	}
	defer s.readers.put(c)
	if _, err := s.pin(c); err != nil {
		return err
	}
	defer c.rollback()
	b, err := c.BackupInit("main", "file:"+(&url.URL{Path: path}).EscapedPath()+"?vfs=os")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	for {
		done, err := b.Step(backupPages)
		if done || err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}
