package holdall

import (
	"context"
	"errors"
	"fmt"

	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/files"
	"github.com/holdall-dev/holdall/internal/settings"
)

// FilesAt names a place for the files of records.
type FilesAt string

// The places there are.
const (
	FilesOnDisk FilesAt = "disk" // the folder storage of the data directory
	FilesInS3   FilesAt = "s3"   // the object store that the settings name, enabled or not
)

// FilesMoved counts what MoveFiles did so far.
type FilesMoved = files.Moved

// MoveFiles moves all files of a data directory that nobody serves. Each is copied and read back; when all
// are the same in both places the settings change over, and only then they go from where they were. It may
// be interrupted at any moment: files are complete where the settings say, and doing it again goes on.
// progress may be nil. A directory that is served is refused.
func MoveFiles(ctx context.Context, o Options, to FilesAt, progress func(FilesMoved)) (done FilesMoved, err error) {
	a := &App{o: o.withDefaults()}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.openData(ctx); err != nil {
		return done, err
	}
	conf := a.settings.Current().S3
	from, target, err := a.ends(conf, to)
	if err != nil {
		return done, err
	}
	told := func(m FilesMoved) {
		done = m
		if progress != nil {
			progress(m)
		}
	}
	ours := files.Owned(a.catalog.Current())
	if err := files.Copy(ctx, from, target, ours, told); err != nil {
		return done, err
	}
	if enabled := to == FilesInS3; conf.Enabled != enabled {
		if _, err := a.settings.Patch(ctx, fmt.Appendf(nil, `{"s3":{"enabled":%t}}`, enabled)); err != nil {
			return done, fmt.Errorf("the files are copied, but the settings do not change: %w", err)
		}
	}
	err = files.Clear(ctx, from, target, ours, func(n int64) {
		m := done
		m.Removed = n
		told(m)
	})
	return done, err
}

// ends are the bucket to move files from and the one to move them to.
func (a *App) ends(conf settings.S3, to FilesAt) (from, target blob.Bucket, err error) {
	if conf.Endpoint == "" || conf.Bucket == "" {
		return nil, nil, errors.New("the settings name no object store: fill in s3 first, it need not be enabled")
	}
	remote, err := files.OpenS3(conf, a.out)
	switch {
	case err != nil:
		return nil, nil, err
	case to == FilesInS3:
		return a.buckets.local, remote, nil
	case to == FilesOnDisk:
		return remote, a.buckets.local, nil
	}
	return nil, nil, fmt.Errorf("%q is no place for files: it is %s or %s", to, FilesOnDisk, FilesInS3)
}
