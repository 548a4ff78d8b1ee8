package sqlite

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/store"
)

// maxValue is the longest value that a statement of the console may make, in bytes.
const maxValue = 16 << 20

// Ask implements store.Console.
func (s *Store) Ask(ctx context.Context, q store.Question) (*store.Answer, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	c, err := dial(ctx, s.o, true)
	if err != nil {
		return nil, ended(ctx, err)
	}
	defer c.close()
	w := &warden{secret: q.Secret}
	if err := w.guard(c); err != nil {
		return nil, err
	}
	c.SetInterrupt(ctx)
	a, err := c.ask(q)
	switch {
	case w.refused != nil:
		return nil, w.refused
	case err != nil:
		return nil, wrongSQL(ctx, q.SQL, err)
	}
	return a, nil
}

func (c *conn) ask(q store.Question) (*store.Answer, error) {
	stmt, tail, err := c.Prepare(q.SQL)
	if err != nil {
		return nil, err
	}
	if stmt == nil {
		return nil, &store.SQLError{Msg: store.NoStatement, At: -1}
	}
	defer stmt.Close()
	more, _, err := c.Prepare(tail)
	if more != nil || err != nil || !stmt.ReadOnly() {
		return nil, errors.Join(&store.SQLError{Msg: store.OnlyReads, At: -1}, more.Close())
	}
	a := &store.Answer{Columns: make([]string, stmt.ColumnCount())}
	for i := range a.Columns {
		a.Columns[i] = stmt.ColumnName(i)
	}
	for left := q.Bytes; stmt.Step(); {
		if a.More = len(a.Rows) == q.Rows || left <= 0; a.More {
			return a, nil
		}
		row := make([]any, len(a.Columns))
		for i := range row {
			row[i] = shown(stmt, i, &left)
		}
		a.Rows = append(a.Rows, row)
	}
	return a, stmt.Err()
}

// shown is a value as an answer has it; its size is taken off what is left.
func shown(s *sqlite3.Stmt, i int, left *int) any {
	*left -= 8
	switch s.ColumnType(i) {
	case sqlite3.INTEGER:
		return s.ColumnInt64(i)
	case sqlite3.FLOAT:
		if f := s.ColumnFloat(i); !math.IsInf(f, 0) {
			return f
		}
	case sqlite3.BLOB:
		raw := s.ColumnRawBlob(i)
		*left -= 2 * len(raw)
		return "x'" + hex.EncodeToString(raw) + "'"
	case sqlite3.NULL:
		return nil
	}
	text := strings.ToValidUTF8(s.ColumnText(i), "�")
	*left -= len(text)
	return text
}

// wrongSQL says what SQLite found wrong with a statement, and where.
func wrongSQL(ctx context.Context, sql string, err error) error {
	if ctx.Err() != nil {
		return ended(ctx, err)
	}
	e, ok := errors.AsType[*sqlite3.Error](err)
	if !ok {
		return err
	}
	msg := strings.TrimPrefix(strings.TrimPrefix(e.Error(), "sqlite3: "), "SQL logic error: ")
	at := -1
	if rest := e.SQL(); rest != "" && strings.HasSuffix(sql, rest) {
		at = utf8.RuneCountInString(sql[:len(sql)-len(rest)])
	}
	return &store.SQLError{Msg: msg, At: at}
}

// warden lets a statement read what is no secret, and nothing else.
type warden struct {
	secret  func(table, column string) bool
	refused *store.SQLError
}

// guard puts the warden before all that a connection prepares.
func (w *warden) guard(c *conn) error {
	if on, err := c.Config(sqlite3.DBCONFIG_DEFENSIVE, true); err != nil || !on {
		return errors.Join(errors.New("the defensive mode cannot be switched on"), err)
	}
	c.Limit(sqlite3.LIMIT_LENGTH, maxValue)
	if err := c.SetAuthorizer(w.judge); err != nil {
		return fmt.Errorf("guard a connection: %w", err)
	}
	return nil
}

// harmless are pragmas that describe the schema.
var harmless = []string{"table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list", "compile_options"}

func (w *warden) judge(action sqlite3.AuthorizerActionCode, first, second, _, _ string) sqlite3.AuthorizerReturnCode {
	switch action {
	case sqlite3.AUTH_SELECT, sqlite3.AUTH_RECURSIVE:
		return sqlite3.AUTH_OK
	case sqlite3.AUTH_READ:
		return w.read(first, second)
	case sqlite3.AUTH_FUNCTION:
		if !strings.EqualFold(second, "load_extension") {
			return sqlite3.AUTH_OK
		}
	case sqlite3.AUTH_PRAGMA:
		if slices.Contains(harmless, strings.ToLower(first)) {
			return sqlite3.AUTH_OK
		}
	}
	return w.refuse(&store.SQLError{Msg: store.OnlyReads, At: -1})
}

// read judges a column. Statistics of indexes and raw pages hold values of any column.
func (w *warden) read(table, column string) sqlite3.AuthorizerReturnCode {
	name := strings.ToLower(table)
	raw := strings.HasPrefix(name, "sqlite_") && !strings.HasSuffix(name, "master") && !strings.HasSuffix(name, "schema")
	switch {
	case raw || w.secret(table, ""):
		return w.refuse(store.SecretError(table, ""))
	case column != "" && w.secret(table, column):
		return w.refuse(store.SecretError(table, column))
	}
	return sqlite3.AUTH_OK
}

func (w *warden) refuse(e *store.SQLError) sqlite3.AuthorizerReturnCode {
	if w.refused == nil {
		w.refused = e
	}
	return sqlite3.AUTH_DENY
}
