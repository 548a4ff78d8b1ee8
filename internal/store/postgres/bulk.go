package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
)

const (
	bulkRows  = 5000    // read at once, so that no statement runs for long
	bulkBytes = 4 << 20 // sent at once
	parting   = 2 * time.Second
)

func bulkOf(p store.Part) *sqlbase.Bulk {
	return sqlbase.NewBulk(dialect.Postgres, p, func(column string) string {
		return "to_char(" + column + `, 'YYYY-MM-DD HH24:MI:SS.MS"Z"')`
	})
}

// errEnough ends a query whose further rows nobody wants.
var errEnough = errors.New("enough")

// Dump implements store.Source.
func (s *Store) Dump(ctx context.Context, p store.Part, after int64) store.Lines {
	return func(yield func(store.Line, error) bool) {
		err := s.lend(ctx, func(c *conn) error {
			d := dump{c: c, b: bulkOf(p), yield: yield}
			for more := true; more; {
				n, err := d.page(ctx, &after)
				if err != nil {
					return err
				}
				more = d.b.Placed && n == bulkRows
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(store.Line{}, fmt.Errorf("read table %s: %w", p.Name, err))
		}
	}
}

// lend lends a connection that reads, for as long as fn likes.
func (s *Store) lend(ctx context.Context, fn func(*conn) error) error {
	c, err := s.readers.get(ctx)
	if err != nil {
		return err
	}
	defer s.readers.put(c)
	return ended(ctx, fn(c))
}

// dump is a part on its way out.
type dump struct {
	c     *conn
	b     *sqlbase.Bulk
	room  []rule.Value
	yield func(store.Line, error) bool
}

// page yields the rows behind a place, moves it, and returns how many they were.
func (d *dump) page(ctx context.Context, after *int64) (n int, err error) {
	text, args := d.b.Select, []rule.Value(nil)
	if d.b.Placed {
		text += fmt.Sprint(" LIMIT ", bulkRows)
		args = append(args, rule.IntValue(*after))
	}
	st, err := d.c.take(ctx, text)
	if err != nil {
		return 0, err
	}
	_, err = d.c.run(ctx, st, args, func(cells [][]byte) error {
		l := d.b.Line(&row{reads: st.reads, cells: cells}, d.room)
		d.room, *after = l.Values, l.Place
		n++
		if !d.yield(l, nil) {
			return errEnough
		}
		return nil
	})
	return n, err
}

// Extent implements store.Source.
func (s *Store) Extent(ctx context.Context, p store.Part) (rows, last int64, err error) {
	err = s.lend(ctx, func(c *conn) error {
		_, err := c.exec(ctx, bulkOf(p).Extent, func(cells [][]byte) error {
			rows = bigint(cells[0])
			if last = 0; len(cells[1]) == 8 {
				last = bigint(cells[1])
			}
			return nil
		})
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("count table %s: %w", p.Name, err)
	}
	return rows, last, nil
}

// Load implements store.Bulk.
func (s *Store) Load(ctx context.Context, p store.Part, lines store.Lines) error {
	_, err := s.writer.exclusive(ctx, func(x *txn) error { return x.load(ctx, p, lines) })
	return err
}

// Replace implements store.Bulk.
func (s *Store) Replace(ctx context.Context, p store.Part, lines store.Lines) error {
	_, err := s.writer.exclusive(ctx, func(x *txn) error {
		if err := x.c.command(ctx, bulkOf(p).Clear); err != nil {
			return fmt.Errorf("empty table %s: %w", p.Name, err)
		}
		if err := x.load(ctx, p, lines); err != nil || p != store.Definitions {
			return err
		}
		next := x.before.Version + 1
		if _, err := x.c.exec(ctx, "UPDATE _shape SET version = $1::bigint", nil, rule.IntValue(next)); err != nil {
			return err
		}
		sh, err := x.c.storedShape(ctx, x.shape)
		x.shape = sh
		return err
	})
	return err
}

// load sends rows by COPY.
func (x *txn) load(ctx context.Context, p store.Part, lines store.Lines) error {
	b := bulkOf(p)
	var buf []byte
	var room []rule.Value
	send := func() error {
		_, err := x.c.CopyFrom(ctx, bytes.NewReader(buf), "COPY "+b.Table+" ("+b.Columns+") FROM STDIN")
		buf = buf[:0]
		if err != nil {
			return fmt.Errorf("fill table %s: %w", p.Name, ended(ctx, x.c.judge(err)))
		}
		return nil
	}
	for l, err := range lines {
		if err != nil {
			return err
		}
		room = b.Args(l, room)
		if buf = appendLine(buf, room); len(buf) < bulkBytes {
			continue
		}
		if err := send(); err != nil {
			return err
		}
	}
	if len(buf) == 0 {
		return nil
	}
	return send()
}

// appendLine spells a row for COPY.
func appendLine(dst []byte, values []rule.Value) []byte {
	for i := range values {
		if i > 0 {
			dst = append(dst, '\t')
		}
		v := dialect.Postgres.Clean(values[i])
		switch v.Type {
		case rule.Null:
			dst = append(dst, `\N`...)
		case rule.Txt:
			dst = appendEscaped(dst, v.S)
		default:
			dst = appendParam(dst, &v)
		}
	}
	return append(dst, '\n')
}

// appendEscaped spells a text for COPY.
func appendEscaped(dst []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; c {
		case '\\':
			dst = append(dst, `\\`...)
		case '\t':
			dst = append(dst, `\t`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// Settle implements store.Bulk. Whoever draws a number next gets one above those that are there.
func (s *Store) Settle(ctx context.Context) error {
	_, err := s.writer.exclusive(ctx, func(x *txn) error {
		texts := []string{`SELECT setval('_changes_seq', head) FROM (SELECT greatest((SELECT max(seq) FROM _changes),
			(SELECT seq FROM _cursors WHERE consumer = '` + trimmed + `')) AS head) AS h WHERE head > 0`}
		for _, c := range x.shape.List {
			if !c.IsView() {
				texts = append(texts, identity(c.Name))
			}
		}
		texts = append(texts, identity(store.Definitions.Name), "SET LOCAL statement_timeout = 0", "ANALYZE")
		for _, text := range texts {
			if err := x.c.command(ctx, text); err != nil {
				return fmt.Errorf("settle: %w", ended(ctx, err))
			}
		}
		return nil
	})
	return err
}

// identity makes the order of creation go on behind what is there.
func identity(table string) string {
	name, row := quote(table), quote(dialect.Postgres.RowID)
	return "SELECT setval(pg_get_serial_sequence(" + literal(name) + ", " + literal(dialect.Postgres.RowID) + "), last) FROM (SELECT max(" + row +
		") AS last FROM " + name + ") AS l WHERE last > 0"
}

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// Alone reports that other processes of ours use the database: none may while it is moved. One that was just
// killed has a moment to be missed by the server.
func (s *Store) Alone(ctx context.Context) error {
	return s.lend(ctx, func(c *conn) error {
		for left := 20; ; left-- {
			n, err := c.number(ctx, `SELECT count(DISTINCT application_name) FROM pg_stat_activity
				WHERE datname = current_database() AND application_name LIKE 'holdall %' AND application_name <> current_setting('application_name')`)
			if err != nil || n == 0 {
				return err
			}
			if left == 0 {
				return fmt.Errorf("%d other Holdall process(es) use %s: stop them first", n, s)
			}
			select {
			case <-time.After(parting / 20):
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	})
}
