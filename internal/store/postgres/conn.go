package postgres

import (
	"container/list"
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
)

const (
	maxStatements = 256             // kept ready per connection
	cancelTime    = 3 * time.Second // after which a connection whose query does not end with its context is given up
)

// conn is one connection with its prepared statements. It is not safe for concurrent use.
type conn struct {
	*pgconn.PgConn
	ready map[string]*list.Element // of *statement
	order *list.List               // most recently used first
	names int                      // given to statements so far
	w     *dialect.SQL             // scratch for texts
	used  time.Time                // when it was last given back to a pool

	room  []byte   // scratch for parameters
	ends  []int    // where each ends in room; below zero for NULL
	bound [][]byte // slices of room
}

type statement struct {
	*pgconn.StatementDescription
	text    string
	formats []int16 // of the result columns
	reads   []reading
}

// dial opens a connection.
func (s *Store) dial(ctx context.Context) (*conn, error) {
	cfg := s.config.Copy()
	cfg.BuildContextWatcherHandler = func(pg *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: pg, DeadlineDelay: cancelTime}
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Dial)
	defer cancel()
	pg, err := pgconn.ConnectConfig(ctx, cfg)
	if err != nil {
		return nil, unreachable(err)
	}
	return &conn{PgConn: pg, ready: make(map[string]*list.Element), order: list.New(), w: dialect.Postgres.New()}, nil
}

// take returns the statement of a text.
func (c *conn) take(ctx context.Context, text string) (*statement, error) {
	if e := c.ready[text]; e != nil {
		c.order.MoveToFront(e)
		return e.Value.(*statement), nil
	}
	return c.prepare(ctx, text)
}

// takeBytes is take for a text that need not become a string when its statement is ready.
func (c *conn) takeBytes(ctx context.Context, text []byte) (*statement, error) {
	if e := c.ready[string(text)]; e != nil {
		c.order.MoveToFront(e)
		return e.Value.(*statement), nil
	}
	return c.prepare(ctx, string(text))
}

func (c *conn) prepare(ctx context.Context, text string) (*statement, error) {
	c.names++
	d, err := c.Prepare(ctx, "s"+strconv.Itoa(c.names), text, nil)
	if err != nil {
		return nil, c.judge(err)
	}
	s := &statement{StatementDescription: d, text: text}
	s.formats, s.reads = readings(d.Fields)
	c.ready[text] = c.order.PushFront(s)
	return s, nil
}

// trim forgets the statements that were not used for long.
func (c *conn) trim(ctx context.Context) error {
	for len(c.ready) > maxStatements {
		s := c.order.Back().Value.(*statement)
		c.drop(s)
		if err := c.Deallocate(ctx, s.Name); err != nil {
			return c.judge(err)
		}
	}
	return nil
}

// drop forgets a statement, so that its text is prepared anew.
func (c *conn) drop(s *statement) {
	if e := c.ready[s.text]; e != nil {
		c.order.Remove(e)
		delete(c.ready, s.text)
	}
}

// close ends the connection; the server is told if it still listens.
func (c *conn) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.Close(ctx) // whatever it says, the connection is gone
}

// sound reports whether the connection can be used by somebody else.
func (c *conn) sound() bool { return !c.IsClosed() && !c.IsBusy() && c.TxStatus() == 'I' }

// bind spells the parameters of a statement. They are valid until the next call.
func (c *conn) bind(args []rule.Value) [][]byte {
	c.room, c.ends = c.room[:0], c.ends[:0]
	for i := range args {
		if args[i].Type == rule.Null {
			c.ends = append(c.ends, -1)
			continue
		}
		c.room = appendParam(c.room, &args[i])
		c.ends = append(c.ends, len(c.room))
	}
	c.bound = c.bound[:0]
	start := 0
	for _, end := range c.ends {
		if end < 0 {
			c.bound = append(c.bound, nil)
			continue
		}
		c.bound = append(c.bound, c.room[start:end:end])
		start = end
	}
	return c.bound
}

// exec runs a statement of a constant text, calls each for every row, and returns how many rows there were or
// were written. each may be nil.
func (c *conn) exec(ctx context.Context, text string, each func([][]byte) error, args ...rule.Value) (int64, error) {
	s, err := c.take(ctx, text)
	if err != nil {
		return 0, err
	}
	for i := range args {
		args[i] = dialect.Postgres.Clean(args[i])
	}
	return c.run(ctx, s, args, each)
}

// run executes a statement and calls each for every row; the values die with the call.
func (c *conn) run(ctx context.Context, s *statement, args []rule.Value, each func([][]byte) error) (int64, error) {
	rr := c.ExecStatement(ctx, s.StatementDescription, c.bind(args), nil, s.formats)
	var failed error
	for failed == nil && each != nil && rr.NextRow() {
		failed = each(rr.Values())
	}
	tag, err := rr.Close()
	if failed != nil {
		return 0, failed
	}
	return tag.RowsAffected(), c.judge(err)
}

// command runs SQL without parameters and results, such as COMMIT.
func (c *conn) command(ctx context.Context, sql string) error {
	_, err := c.Exec(ctx, sql).ReadAll()
	return c.judge(err)
}

// number returns the first column of the first row, a bigint.
func (c *conn) number(ctx context.Context, text string, args ...rule.Value) (n int64, err error) {
	_, err = c.exec(ctx, text, func(row [][]byte) error {
		n = bigint(row[0])
		return nil
	}, args...)
	return n, err
}

// rollback ends a transaction, if there is one, come what may.
func (c *conn) rollback() {
	if c.IsClosed() || c.TxStatus() == 'I' {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), cancelTime)
	defer cancel()
	if err := c.command(ctx, "ROLLBACK"); err != nil {
		c.close()
	}
}

// nested runs fn within a savepoint and undoes all it did when it fails.
func (c *conn) nested(ctx context.Context, fn func() error) (err error) {
	if err := c.command(ctx, "SAVEPOINT part"); err != nil {
		return err
	}
	ok := false
	defer func() {
		if !ok && !c.IsClosed() {
			if undo := c.command(context.WithoutCancel(ctx), "ROLLBACK TO part; RELEASE part"); undo != nil {
				c.close()
				err = fmt.Errorf("%w; undo: %w", err, undo)
			}
		}
	}()
	if err := fn(); err != nil {
		return err
	}
	if err := c.command(ctx, "RELEASE part"); err != nil {
		return err
	}
	ok = true
	return nil
}
