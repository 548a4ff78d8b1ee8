package holdall

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/holdall-dev/holdall/internal/migrate"
	"github.com/holdall-dev/holdall/internal/store/postgres"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
)

// MigrateProgress tells how far a move of the data is.
type MigrateProgress = migrate.Progress

// What MigrateProgress tells of, besides copying.
const (
	MigrateIndexing  = migrate.Indexing
	MigrateComparing = migrate.Comparing
)

// Migration is what a move of the data brought: every table with its count and checksum.
type Migration = migrate.Report

// MigrateToPostgres moves the data of the directory o.Dir, which nobody may be serving, into the empty database
// o.DB. The directory is only read; its files are not moved. Every table is counted and compared, row by row. It
// may be interrupted at any moment: doing it again goes on, and until it has ended the database is not served.
// progress may be nil.
func MigrateToPostgres(ctx context.Context, o Options, progress func(MigrateProgress)) (_ *Migration, err error) {
	o = o.withDefaults()
	path := filepath.Join(o.Dir, "data.db")
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%s is not a data directory: %w", o.Dir, err)
	}
	lock, err := lockDir(o.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	from, err := sqlite.OpenSource(ctx, path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if err := migrate.Finished(ctx, from); err != nil {
		return nil, fmt.Errorf("the directory %s: %w", o.Dir, err)
	}
	to, err := openPostgres(ctx, postgres.Options{DSN: o.DB, Wait: o.DBWait, Now: o.Now, Log: o.Log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	done, err := migrate.Run(ctx, migrate.Move{From: from, To: to, Progress: progress})
	if err != nil {
		return nil, fmt.Errorf("move %s to %s: %w", path, to, err)
	}
	return done, nil
}

// MigrateToSQLite moves the data of the database o.DB, which nobody may be serving, into the directory o.Dir,
// which has no data yet. All that is said of [MigrateToPostgres] holds the other way round.
func MigrateToSQLite(ctx context.Context, o Options, progress func(MigrateProgress)) (_ *Migration, err error) {
	o = o.withDefaults()
	from, err := openPostgres(ctx, postgres.Options{DSN: o.DB, Wait: o.DBWait, Existing: true, Now: o.Now, Log: o.Log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if err := migrate.Finished(ctx, from); err != nil {
		return nil, fmt.Errorf("%s: %w", from, err)
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	lock, err := lockDir(o.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	path := filepath.Join(o.Dir, "data.db")
	if err := private(path); err != nil {
		return nil, fmt.Errorf("make the database: %w", err)
	}
	opened, err := sqlite.Open(ctx, sqlite.Options{Path: path, Now: o.Now, Log: o.Log})
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	to := opened.(*sqlite.Store) // as Open promises
	defer func() { err = errors.Join(err, to.Close()) }()
	done, err := migrate.Run(ctx, migrate.Move{From: from, To: to, Progress: progress})
	if err != nil {
		return nil, fmt.Errorf("move %s to %s: %w", from, path, err)
	}
	return done, nil
}

// openPostgres opens a database that no other process of ours uses.
func openPostgres(ctx context.Context, o postgres.Options) (*postgres.Store, error) {
	opened, err := postgres.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	st := opened.(*postgres.Store) // as Open promises
	if err := st.Alone(ctx); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return st, nil
}
