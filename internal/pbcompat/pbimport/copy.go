package pbimport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// stage is the target while it is being put together, in a folder beside it.
type stage struct {
	dir, target string
}

// openStage refuses a target that holds anything, and makes the folder beside it.
func openStage(target string) (*stage, error) {
	target, err := filepath.Abs(target)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(target)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look into %s: %w", target, err)
	}
	if len(entries) > 0 {
		return nil, fmt.Errorf("%s is not empty: import into a new folder with --dir", target)
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(target), "."+filepath.Base(target)+"-import-")
	if err != nil {
		return nil, fmt.Errorf("make room beside %s: %w", target, err)
	}
	return &stage{dir: dir, target: target}, nil
}

func (s *stage) path(name string) string { return filepath.Join(s.dir, name) }

// publish moves the finished folder to its place, durably.
func (s *stage) publish() error {
	if err := syncDir(s.dir); err != nil {
		return err
	}
	if err := os.Remove(s.target); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replace %s: %w", s.target, err)
	}
	if err := os.Rename(s.dir, s.target); err != nil {
		return fmt.Errorf("move the import to %s: %w", s.target, err)
	}
	s.dir = ""
	return syncDir(filepath.Dir(s.target))
}

// discard removes what was not published.
func (s *stage) discard() error {
	if s.dir == "" {
		return nil
	}
	return os.RemoveAll(s.dir)
}

// copyDatabase copies a database file and its write-ahead log, and refuses when either moved meanwhile:
// then somebody is still writing to it.
func copyDatabase(ctx context.Context, src, dst string) error {
	before, err := stamp(src)
	if err != nil {
		return err
	}
	for _, suffix := range []string{"", "-wal"} {
		if _, err := os.Stat(src + suffix); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if _, err := copyFile(ctx, src+suffix, dst+suffix); err != nil {
			return err
		}
	}
	after, err := stamp(src)
	if err != nil {
		return err
	}
	if before != after {
		return fmt.Errorf("%s changed while it was read: stop the PocketBase server that uses it, then import again", src)
	}
	return nil
}

// stamp tells one state of a database's files from another.
func stamp(src string) (string, error) {
	var s strings.Builder
	for _, suffix := range []string{"", "-wal"} {
		st, err := os.Stat(src + suffix)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&s, "%d@%d;", st.Size(), st.ModTime().UnixNano())
	}
	return s.String(), nil
}

// copyTree copies regular files and folders; links and devices are left out.
func (r *Report) copyTree(ctx context.Context, src, dst string) error {
	return filepath.WalkDir(src, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(src, path)
		if err != nil {
			return err
		}
		to := filepath.Join(dst, rel)
		if d.IsDir() {
			return os.MkdirAll(to, 0o700)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		n, err := copyFile(ctx, path, to)
		r.Files++
		r.Bytes += n
		return err
	})
}

// copyFile copies one file and flushes it.
func copyFile(ctx context.Context, src, dst string) (n int64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	in, err := os.Open(src)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := os.OpenFile(dst, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if n, err = io.Copy(out, in); err != nil {
		return n, fmt.Errorf("copy %s: %w", src, err)
	}
	return n, out.Sync()
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
