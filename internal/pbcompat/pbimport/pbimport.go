// Package pbimport turns a data directory of PocketBase v0.23 to v0.39 into one of Holdall's.
//
// The source is only ever read. The target is put together beside its final place and moved there at the
// end, so it is there as a whole or not at all.
package pbimport

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/holdall-dev/holdall/internal/store/sqlite"
)

// Options say what to import and who hears of it.
type Options struct {
	Source string // the pb_data directory
	Target string // the data directory to make; must not exist or be empty
	// Progress hears of each step as it happens; nil is silence.
	Progress func(Step)
}

// Step is one thing done: a table verified, or files copied.
type Step struct {
	What  string // "table", "files", "logs"
	Name  string
	Count int64 // rows, files
	Bytes int64
}

// Report is what an import brought.
type Report struct {
	Tables []sqlite.TableSum
	Rows   int64
	Files  int64
	Bytes  int64 // of files
	Logs   bool
}

// Import reads the source and makes the target. On error the target is as it was before.
func Import(ctx context.Context, o Options) (r *Report, err error) {
	if o.Progress == nil {
		o.Progress = func(Step) {}
	}
	if err := checkSource(o.Source); err != nil {
		return nil, err
	}
	stage, err := openStage(o.Target)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stage.discard()) }()
	r = &Report{}
	if err := r.database(ctx, o, stage); err != nil {
		return nil, err
	}
	if err := r.storage(ctx, o, stage); err != nil {
		return nil, err
	}
	if err := r.logs(ctx, o, stage); err != nil {
		return nil, err
	}
	return r, stage.publish()
}

// database copies data.db with its write-ahead log and makes the copy ours.
func (r *Report) database(ctx context.Context, o Options, s *stage) error {
	dst := s.path("data.db")
	if err := copyDatabase(ctx, filepath.Join(o.Source, "data.db"), dst); err != nil {
		return err
	}
	sums, err := sqlite.Adopt(ctx, sqlite.Adoption{
		Path:      dst,
		Check:     checkSchema,
		Normalize: normalizeIndexes,
		Progress: func(t sqlite.TableSum) {
			o.Progress(Step{What: "table", Name: t.Name, Count: t.Rows})
		},
	})
	if err != nil {
		return fmt.Errorf("import %s: %w", filepath.Join(o.Source, "data.db"), err)
	}
	r.Tables = sums
	for _, t := range sums {
		r.Rows += t.Rows
	}
	return nil
}

// storage copies uploaded files with their side files, and thumbs.
func (r *Report) storage(ctx context.Context, o Options, s *stage) error {
	src := filepath.Join(o.Source, "storage")
	if _, err := os.Stat(src); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := r.copyTree(ctx, src, s.path("storage")); err != nil {
		return fmt.Errorf("copy files: %w", err)
	}
	o.Progress(Step{What: "files", Count: r.Files, Bytes: r.Bytes})
	return nil
}

// logs keeps the request logs beside the data; they are not part of it.
func (r *Report) logs(ctx context.Context, o Options, s *stage) error {
	src := filepath.Join(o.Source, "auxiliary.db")
	if _, err := os.Stat(src); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := copyDatabase(ctx, src, s.path("auxiliary.db")); err != nil {
		return err
	}
	n, err := sqlite.CountRows(ctx, s.path("auxiliary.db"), "_logs")
	if err != nil {
		return fmt.Errorf("import %s: %w", src, err)
	}
	r.Logs = true
	o.Progress(Step{What: "logs", Count: n})
	return nil
}
