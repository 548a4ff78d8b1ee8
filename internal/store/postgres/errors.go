package postgres

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
)

// Errors of the server that we act upon.
const (
	uniqueViolation  = "23505"
	serialization    = "40001"
	deadlock         = "40P01"
	divisionByZero   = "22012"
	queryCanceled    = "57014"
	diskFull         = "53100"
	tooManyClients   = "53300"
	undefinedColumn  = "42703"
	undefinedTable   = "42P01"
	planChanged      = "0A000"
	readOnlyServer   = "25006"
	wrongPassword    = "28P01"
	wrongUser        = "28000"
	unknownDatabase  = "3D000"
	lockNotAvailable = "55P03"
)

// code is the code that the server gave an error, "" when it was not the server that spoke.
func code(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// explain turns the error of a statement that wrote to a table into one of the store's.
func explain(err error, t *sqlbase.Table) error {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == uniqueViolation {
		return &store.Unique{Collection: t.C.ID, Columns: uniqueColumns(t, e.ConstraintName)}
	}
	return err
}

// maxName is how many bytes of a name the server keeps.
const maxName = 63

// uniqueColumns are the columns of an index, none when it has expressions. The index that is no definition's
// is the one of the primary key.
func uniqueColumns(t *sqlbase.Table, index string) (columns []string) {
	for _, ix := range t.C.ParsedIndexes() {
		if !strings.EqualFold(ix.Name[:min(len(ix.Name), maxName)], index) {
			continue
		}
		for _, c := range ix.Columns {
			if c.Expr {
				return nil
			}
			columns = append(columns, columnName(t.C.Fields, c.Name))
		}
		return columns
	}
	return []string{"id"}
}

// columnName is how the field of a column is spelled.
func columnName(fields []field.Field, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.Base().Name, name) {
			return f.Base().Name
		}
	}
	return name
}

// lost is the error of a connection that broke.
type lost struct{ error }

func (l lost) Unwrap() error { return l.error }

// judge marks the error of a connection that is gone, or that leads to a server that takes no writes any more.
func (c *conn) judge(err error) error {
	if err == nil {
		return nil
	}
	if no := code(err); strings.HasPrefix(no, "57P") || strings.HasPrefix(no, "08") || no == readOnlyServer {
		c.close()
		return lost{err}
	}
	if c.IsClosed() {
		return lost{err}
	}
	return err
}

// isLost reports whether an error says that the connection, or the server, is gone.
func isLost(err error) bool {
	_, ok := errors.AsType[lost](err)
	return ok
}

// isContest reports whether an error only says that another transaction came in between: trying again helps.
func isContest(err error) bool {
	c := code(err)
	return c == deadlock || c == serialization
}

// mayHaveMoved reports whether an error may come from tables that are not what they were.
func mayHaveMoved(err error) bool {
	switch code(err) {
	case divisionByZero, undefinedColumn, undefinedTable, planChanged:
		return true
	}
	return false
}

var (
	errUnreachable = unavailable("The database cannot be reached. Try again in a moment.")
	errSlow        = unavailable("The database took too long. Try again in a moment.")
	errCrowded     = unavailable("The database has too many connections. Try again in a moment.")
	errContest     = unavailable("Others keep writing the same records. Try again in a moment.")
)

func unavailable(msg string) *fault.Error {
	return &fault.Error{Kind: fault.Unavailable, Msg: msg, Retry: time.Second}
}

// unreachable is the fault of a connection that could not be made.
func unreachable(err error) error {
	if code(err) == tooManyClients {
		return errCrowded.Because(err)
	}
	return errUnreachable.Because(err)
}

// ended names the error of a statement: its context's, when that ended it, or the fault of a server that is
// gone, full, or too slow.
func ended(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && isLost(err) && errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return errUnreachable.Because(errors.Join(context.Cause(ctx), err)) // it answered neither in time nor afterwards
	case ctx.Err() != nil && (code(err) == queryCanceled || isLost(err)):
		return context.Cause(ctx)
	case code(err) == queryCanceled, code(err) == lockNotAvailable:
		return errSlow.Because(err)
	case code(err) == diskFull:
		return errors.Join(store.ErrFull, err)
	case isContest(err):
		return errContest.Because(err)
	case isLost(err), errors.Is(err, errUndone):
		return errUnreachable.Because(err)
	}
	return err
}

// isHopeless reports whether trying to connect again cannot help.
func isHopeless(err error) bool {
	switch code(err) {
	case wrongPassword, wrongUser, unknownDatabase:
		return true
	}
	return false
}
