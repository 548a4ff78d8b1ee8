package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
)

const (
	asView   = `CREATE TEMP VIEW "@asked" AS SELECT 1 FROM (`
	asCursor = "DECLARE asked NO SCROLL CURSOR FOR "
)

// reads is how a statement begins that can be a cursor.
var reads = regexp.MustCompile(`(?is)^(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(?:select|with|values|table)\b`)

// Ask implements store.Console. The server itself tells what a statement reads: it is made a view, which is looked
// at and undone, before it is run in a transaction that can only read. Whatever can be a subquery and a cursor on its own
// is the same statement in both.
func (s *Store) Ask(ctx context.Context, q store.Question) (*store.Answer, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	q.SQL = strings.TrimRight(q.SQL, "; \t\r\n")
	switch {
	case q.SQL == "":
		return nil, &store.SQLError{Msg: store.NoStatement, At: -1}
	case !reads.MatchString(q.SQL):
		return nil, &store.SQLError{Msg: store.OnlyReads, At: -1}
	}
	c, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer c.close()
	if err := c.judgeReads(ctx, q); err != nil {
		return nil, wrongSQL(ctx, asView, err)
	}
	a, err := c.ask(ctx, q)
	if err != nil {
		return nil, wrongSQL(ctx, asCursor, err)
	}
	return a, nil
}

// judgeReads refuses a statement that reads secrets or calls what does more than compute.
func (c *conn) judgeReads(ctx context.Context, q store.Question) error {
	if err := c.command(ctx, "BEGIN"); err != nil {
		return err
	}
	defer c.rollback()
	if err := c.single(ctx, asView+q.SQL+"\n) AS q"); err != nil {
		return err
	}
	var top int64
	top, err := c.number(ctx, `SELECT '"@asked"'::regclass::oid::bigint`)
	if err != nil {
		return err
	}
	p := &prober{c: c, secret: q.Secret, seen: map[int64]bool{}}
	return p.view(ctx, top)
}

// single runs exactly one statement without results.
func (c *conn) single(ctx context.Context, sql string) error {
	_, err := c.ExecParams(ctx, sql, nil, nil, nil, nil).Close()
	return c.judge(err)
}

func (c *conn) ask(ctx context.Context, q store.Question) (*store.Answer, error) {
	if err := c.command(ctx, "SET default_transaction_read_only = on; BEGIN READ ONLY"); err != nil {
		return nil, err
	}
	defer c.rollback()
	if err := c.single(ctx, asCursor+q.SQL); err != nil {
		return nil, err
	}
	a := &store.Answer{}
	for left := q.Bytes; !a.More; {
		n, err := c.fetch(ctx, a, min(100, q.Rows-len(a.Rows)+1), &left)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			break
		}
		if a.More = len(a.Rows) > q.Rows || left <= 0; len(a.Rows) > q.Rows {
			a.Rows = a.Rows[:q.Rows]
		}
	}
	return a, nil
}

// fetch adds the next rows of the cursor.
func (c *conn) fetch(ctx context.Context, a *store.Answer, rows int, left *int) (n int, err error) {
	rr := c.ExecParams(ctx, "FETCH "+strconv.Itoa(rows)+" FROM asked", nil, nil, nil, nil)
	fields := rr.FieldDescriptions()
	if a.Columns == nil {
		a.Columns = make([]string, len(fields))
		for i, f := range fields {
			a.Columns[i] = f.Name
		}
	}
	for ; rr.NextRow(); n++ {
		row := make([]any, len(fields))
		for i, raw := range rr.Values() {
			row[i] = shown(fields[i].DataTypeOID, raw)
			*left -= 8 + len(raw)
		}
		a.Rows = append(a.Rows, row)
	}
	_, err = rr.Close()
	return n, c.judge(err)
}

// shown is a value as an answer has it.
func shown(oid uint32, raw []byte) any {
	text := string(raw)
	switch as := readingOf[oid]; {
	case raw == nil:
		return nil
	case as == asBool:
		return text == "t"
	case as.isInt():
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case as != asText:
		if f, err := strconv.ParseFloat(text, 64); err == nil && json.Valid(raw) {
			return f
		}
	}
	return text
}

// wrongSQL says what the server found wrong with a statement that stands behind a prefix, and where.
func wrongSQL(ctx context.Context, prefix string, err error) error {
	e, ok := errors.AsType[*pgconn.PgError](err)
	switch {
	case code(err) == readOnlyServer:
		return &store.SQLError{Msg: store.OnlyReads, At: -1}
	case !ok || ctx.Err() != nil || isLost(err):
		return ended(ctx, err)
	}
	return &store.SQLError{Msg: e.Message, At: max(int(e.Position)-1-len(prefix), -1)}
}

// prober looks at what a view reads, and what the views that it reads do.
type prober struct {
	c      *conn
	secret func(table, column string) bool
	seen   map[int64]bool
}

// The server keeps a view as the tree of its query. A table that is read stands there with a set of its columns: their
// numbers plus seven, so that the row as a whole is 7.
var (
	readColumns = regexp.MustCompile(`:selectedCols \(b([ 0-9]*)\)`)
	calls       = regexp.MustCompile(`:(?:funcid|aggfnoid|winfnoid|opfuncid) (\d+)`)
)

const firstColumn = 7

func (p *prober) view(ctx context.Context, oid int64) error {
	if p.seen[oid] {
		return nil
	}
	p.seen[oid] = true
	tree := ""
	if _, err := p.c.exec(ctx, "SELECT ev_action::text FROM pg_rewrite WHERE ev_class = $1::bigint::oid", func(row [][]byte) error {
		tree += string(row[0])
		return nil
	}, rule.IntValue(oid)); err != nil {
		return err
	}
	if err := p.functions(ctx, tree); err != nil {
		return err
	}
	for _, part := range strings.Split(tree, ":relid ")[1:] {
		number, _, _ := strings.Cut(part, " ")
		rel, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return fmt.Errorf("read the tree of a view: %w", err)
		}
		var columns []string
		if m := readColumns.FindStringSubmatch(part); m != nil {
			columns = strings.Fields(m[1])
		}
		if err := p.table(ctx, rel, columns); err != nil {
			return err
		}
	}
	return nil
}

// table judges the columns of a table or view that are read.
func (p *prober) table(ctx context.Context, oid int64, read []string) error {
	var name string
	var system, ours, isView bool
	_, err := p.c.exec(ctx, `SELECT c.relname::text, n.nspname IN ('pg_catalog', 'information_schema'), n.nspname = current_schema(), c.relkind = 'v'
		FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.oid = $1::bigint::oid`, func(row [][]byte) error {
		name, system, ours, isView = string(row[0]), row[1][0] == 1, row[2][0] == 1, row[3][0] == 1
		return nil
	}, rule.IntValue(oid))
	if err != nil {
		return err
	}
	switch {
	case isView:
		return p.view(ctx, oid)
	case system && slices.Contains(guarded, name), !system && !ours, !system && p.secret(name, ""):
		return store.SecretError(name, "")
	case system:
		return nil
	}
	return p.columns(ctx, oid, name, read)
}

// guarded are tables of the server that hold values of others, or passwords.
var guarded = []string{
	"pg_statistic", "pg_statistic_ext_data", "pg_authid", "pg_user_mapping", "pg_largeobject", "pg_subscription", "pg_foreign_server",
}

func (p *prober) columns(ctx context.Context, oid int64, table string, read []string) error {
	secret := ""
	_, err := p.c.exec(ctx, "SELECT attname::text, attnum::bigint FROM pg_attribute WHERE attrelid = $1::bigint::oid AND attnum > 0 ORDER BY attnum", func(row [][]byte) error {
		n := strconv.FormatInt(bigint(row[1])+firstColumn, 10)
		if name := string(row[0]); secret == "" && p.secret(table, name) && (slices.Contains(read, n) || slices.Contains(read, strconv.Itoa(firstColumn))) {
			secret = name
		}
		return nil
	}, rule.IntValue(oid))
	if err != nil || secret == "" {
		return err
	}
	return store.SecretError(table, secret)
}

// functions refuses calls of functions that do something, or that run statements which nobody looked at.
func (p *prober) functions(ctx context.Context, tree string) error {
	var oids []string
	for _, m := range calls.FindAllStringSubmatch(tree, -1) {
		oids = append(oids, m[1])
	}
	name := ""
	_, err := p.c.exec(ctx, `SELECT p.proname::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
		WHERE p.oid = ANY (string_to_array($1::text, ',')::oid[]) AND (n.nspname NOT IN ('pg_catalog', 'holdall') OR p.proname LIKE '%\_to\_xml%'
			OR p.provolatile = 'v' AND p.proname NOT IN ('random', 'gen_random_uuid', 'clock_timestamp', 'timeofday', 'pg_sleep'))
		LIMIT 1`, func(row [][]byte) error {
		name = string(row[0])
		return nil
	}, rule.TextValue(strings.Join(oids, ",")))
	if err != nil || name == "" {
		return err
	}
	return &store.SQLError{Msg: "The function " + name + " cannot be called here: it may do more than read.", At: -1}
}
