package sqlite

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"

	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
)

const (
	maxStatements = 256       // kept ready per connection
	oldest        = "3.51.3"  // older versions can corrupt a database when its log is reset
	busyMillis    = 10000     // how long to wait for another process
	cacheKiB      = 32 * 1024 // of pages, per connection
	logBytes      = 200000000 // what an emptied log may keep on disk
)

// conn is one connection with its prepared statements. It is not safe for concurrent use.
type conn struct {
	*sqlite3.Conn
	ready map[string]*list.Element // of *statement
	order *list.List               // most recently used first
	w     *dialect.SQL             // scratch for texts
}

type statement struct {
	*sqlite3.Stmt
	text string
	used bool // somebody is stepping through it
	kept bool // it is in the cache
}

// dial opens a connection with the pragmas that all of ours have and proves that they took.
func dial(ctx context.Context, o Options, reader bool) (*conn, error) {
	uri := "file:" + (&url.URL{Path: o.Path}).EscapedPath()
	if o.VFS != "" {
		uri += "?vfs=" + url.QueryEscape(o.VFS)
	}
	db, err := sqlite3.OpenContext(ctx, uri)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", o.Path, err)
	}
	c := newConn(db)
	if err := c.checkVersion(); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", o.Path, err), c.close())
	}
	if err := c.configure(o, reader); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", o.Path, err), c.close())
	}
	return c, nil
}

func newConn(db *sqlite3.Conn) *conn {
	return &conn{Conn: db, ready: make(map[string]*list.Element), order: list.New(), w: dialect.SQLite.New()}
}

func (c *conn) checkVersion() error {
	have, err := c.text("SELECT sqlite_version()")
	if err != nil {
		return err
	}
	if versionLess(have, oldest) {
		return fmt.Errorf("SQLite %s is too old: %s or newer is needed, since older ones can corrupt a database", have, oldest)
	}
	return nil
}

// versionLess compares dotted numbers.
func versionLess(a, b string) bool {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		m, _ := strconv.Atoi(x[i])
		n, _ := strconv.Atoi(y[i])
		if m != n {
			return m < n
		}
	}
	return len(x) < len(y)
}

// pragma is a setting and how SQLite spells it when asked.
type pragma struct{ name, set, want string }

func pragmas(o Options, reader bool) []pragma {
	sync := pragma{"synchronous", "FULL", "2"}
	if o.Normal {
		sync = pragma{"synchronous", "NORMAL", "1"}
	}
	list := []pragma{
		{"busy_timeout", strconv.Itoa(busyMillis), strconv.Itoa(busyMillis)},
		{"journal_mode", "WAL", "wal"},
		sync,
		{"foreign_keys", "ON", "1"},
		{"temp_store", "MEMORY", "2"},
		{"cache_size", strconv.Itoa(-cacheKiB), strconv.Itoa(-cacheKiB)},
		{"journal_size_limit", strconv.Itoa(logBytes), strconv.Itoa(logBytes)},
		{"fullfsync", "ON", "1"},
		{"trusted_schema", "OFF", "0"},
	}
	if reader {
		return append(list, pragma{"query_only", "ON", "1"}, pragma{"wal_autocheckpoint", "0", "0"})
	}
	return append(list, pragma{"wal_autocheckpoint", strconv.Itoa(o.LogPages), strconv.Itoa(o.LogPages)})
}

// configure sets the pragmas and reads them back: a misspelt or refused one would be silent.
func (c *conn) configure(o Options, reader bool) error {
	for _, p := range pragmas(o, reader) {
		if err := c.Exec("PRAGMA " + p.name + "=" + p.set); err != nil {
			return fmt.Errorf("set %s: %w", p.name, err)
		}
		got, err := c.text("PRAGMA " + p.name)
		if err != nil {
			return fmt.Errorf("read %s: %w", p.name, err)
		}
		if got != p.want {
			return fmt.Errorf("%s is %q after it was set to %q", p.name, got, p.set)
		}
	}
	return c.keepPlans()
}

// keepPlans makes SQLite plan without looking at the values of parameters. Where it looks, as it does for
// LIMIT, it compiles a statement again for every new value, which costs more than most queries.
func (c *conn) keepPlans() error {
	if on, err := c.Config(sqlite3.DBCONFIG_ENABLE_QPSG, true); err != nil || !on {
		return errors.Join(errors.New("stable query plans cannot be switched on"), err)
	}
	return nil
}

// supported reports whether the platform can share a write-ahead log between connections.
const supported = vfs.SupportsSharedMemory

// text returns the first column of the first row, "" when there is none.
func (c *conn) text(sql string) (string, error) {
	stmt, _, err := c.Prepare(sql)
	if err != nil {
		return "", err
	}
	defer stmt.Close()
	if stmt.Step() {
		return stmt.ColumnText(0), nil
	}
	return "", stmt.Err()
}

// take returns the statement of a text, ready to be bound. Give it back with done.
func (c *conn) take(text string) (*statement, error) {
	if s := c.free(c.ready[text]); s != nil {
		return s, nil
	}
	return c.prepare(text)
}

// takeBytes is take for a text that need not become a string when its statement is ready.
func (c *conn) takeBytes(text []byte) (*statement, error) {
	if s := c.free(c.ready[string(text)]); s != nil {
		return s, nil
	}
	return c.prepare(string(text))
}

// free takes the statement of a cache entry unless it is being stepped through.
func (c *conn) free(e *list.Element) *statement {
	if e == nil {
		return nil
	}
	s := e.Value.(*statement)
	if s.used {
		return nil
	}
	s.used = true
	c.order.MoveToFront(e)
	return s
}

// prepare compiles a statement and keeps it, unless one of the same text is being stepped through.
func (c *conn) prepare(text string) (*statement, error) {
	stmt, tail, err := c.PrepareFlags(text, sqlite3.PREPARE_PERSISTENT)
	if err != nil {
		return nil, err
	}
	if stmt == nil || strings.TrimSpace(tail) != "" {
		return nil, errors.Join(fmt.Errorf("not one statement: %q", text), stmt.Close())
	}
	s := &statement{Stmt: stmt, text: text, used: true}
	if _, twin := c.ready[text]; !twin {
		s.kept = true
		c.ready[text] = c.order.PushFront(s)
		c.evict()
	}
	return s, nil
}

func (c *conn) evict() {
	for e := c.order.Back(); e != nil && len(c.ready) > maxStatements; {
		s, prev := e.Value.(*statement), e.Prev()
		if !s.used {
			c.order.Remove(e)
			delete(c.ready, s.text)
			_ = s.Close() // reports the error of its last run again
		}
		e = prev
	}
}

// done gives a statement back.
func (c *conn) done(s *statement) {
	s.used = false
	if !s.kept {
		_ = s.Close()
		return
	}
	_ = s.Reset() // reports the error of the run again
}

// forget closes all statements that are not in use.
func (c *conn) forget() {
	for e := c.order.Front(); e != nil; {
		s, next := e.Value.(*statement), e.Next()
		if s.used {
			s.kept = false
		} else {
			_ = s.Close()
		}
		e = next
	}
	clear(c.ready)
	c.order.Init()
}

func (c *conn) close() error {
	c.forget()
	return c.Close()
}

// bind puts values in the parameters from the first on.
func bind(s *statement, args []rule.Value) error {
	for i := range args {
		if err := bindOne(s, i+1, &args[i]); err != nil {
			return err
		}
	}
	return nil
}

func bindOne(s *statement, at int, v *rule.Value) error {
	switch v.Type {
	case rule.Int:
		return s.BindInt64(at, v.I)
	case rule.Real:
		return s.BindFloat(at, v.F)
	case rule.Txt:
		return s.BindText(at, v.S)
	}
	return s.BindNull(at)
}

// run executes a statement of a constant text.
func (c *conn) run(text string, args ...rule.Value) error {
	s, err := c.take(text)
	if err != nil {
		return err
	}
	defer c.done(s)
	if err := bind(s, args); err != nil {
		return err
	}
	return s.Exec()
}

// query runs a statement of a constant text and calls each for every row.
func (c *conn) query(text string, each func(*sqlite3.Stmt) error, args ...rule.Value) error {
	s, err := c.take(text)
	if err != nil {
		return err
	}
	defer c.done(s)
	if err := bind(s, args); err != nil {
		return err
	}
	for s.Step() {
		if err := each(s.Stmt); err != nil {
			return err
		}
	}
	return s.Err()
}
