package sqlite

import (
	"context"
	"errors"
	"strings"
	"syscall"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
)

// explain turns the error of a statement that wrote to a table into one of the store's.
func explain(err error, t *sqlbase.Table) error {
	if errors.Is(err, sqlite3.CONSTRAINT_UNIQUE) || errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY) {
		return &store.Unique{Collection: t.C.ID, Columns: uniqueColumns(err.Error())}
	}
	return diskError(err)
}

// uniqueColumns reads the columns out of "UNIQUE constraint failed: posts.a, posts.b". For an index over
// expressions SQLite names the index instead, and there are no columns.
func uniqueColumns(msg string) []string {
	_, list, ok := strings.Cut(msg, "UNIQUE constraint failed: ")
	if !ok || strings.HasPrefix(list, "index '") {
		return nil
	}
	var columns []string
	for part := range strings.SplitSeq(list, ", ") {
		columns = append(columns, part[strings.LastIndexByte(part, '.')+1:])
	}
	return columns
}

// diskError marks the errors of a disk that is full.
func diskError(err error) error {
	if isFull(err) {
		return errors.Join(store.ErrFull, err)
	}
	return err
}

// isFull reports whether a write found no space. The driver may say so as an IO error with the system's reason.
func isFull(err error) bool {
	return errors.Is(err, sqlite3.FULL) ||
		(errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)) && !errors.Is(err, sqlite3.IOERR_FSYNC)
}

// ended returns the context's error for a statement that was interrupted by it.
func ended(ctx context.Context, err error) error {
	if errors.Is(err, sqlite3.INTERRUPT) && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// isFlushFailure reports whether an error leaves it open what is on the disk: after a failed flush the
// kernel may drop what it could not write and say nothing the next time.
func isFlushFailure(err error) bool {
	return errors.Is(err, sqlite3.IOERR) && !isFull(err) || errors.Is(err, sqlite3.CORRUPT) || errors.Is(err, sqlite3.NOTADB)
}

// isWhole reports whether an error speaks of the whole transaction and not of one statement.
func isWhole(err error) bool {
	for _, code := range []sqlite3.ErrorCode{
		sqlite3.FULL, sqlite3.IOERR, sqlite3.NOMEM, sqlite3.INTERRUPT, sqlite3.BUSY, sqlite3.CORRUPT, sqlite3.NOTADB, sqlite3.CANTOPEN, sqlite3.READONLY,
	} {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}
