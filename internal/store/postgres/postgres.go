// Package postgres is the engine for those who outgrew one machine: many nodes on one PostgreSQL, 15 or later.
// It is the only package that imports the PostgreSQL driver. DESIGN.md of package store tells of lanes, order
// and shapes.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
)

// Options say how to use a database.
type Options struct {
	// DSN is where it is: a URL ("postgres://user@host/name") or key=value pairs, with PGHOST and its kin for
	// what is left out. Tables lie in the first schema of the search path.
	DSN     string
	Readers int           // connections that read at once; 0: max(4, 2×GOMAXPROCS)
	Wait    time.Duration // how long to wait at Open for a database that does not answer; 0: a minute
	Dial    time.Duration // how long a connection may take to be made; 0: 5 seconds
	// Statement is how long one statement may run and Think how long a program may think between the statements
	// of one Update, by the server's clock. 0: 30 seconds each; reshaping has no limit.
	Statement, Think time.Duration
	// Existing refuses a database that is none of ours instead of making it one.
	Existing bool
	Now      func() time.Time // nil: time.Now
	Log      *slog.Logger     // nil: silence
}

func (o Options) withDefaults() Options {
	if o.Readers <= 0 {
		o.Readers = max(4, 2*runtime.GOMAXPROCS(0))
	}
	for at, standard := range map[*time.Duration]time.Duration{
		&o.Wait: time.Minute, &o.Dial: 5 * time.Second, &o.Statement: 30 * time.Second, &o.Think: 30 * time.Second,
	} {
		if *at <= 0 {
			*at = standard
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Store implements store.Store.
type Store struct {
	o       Options
	config  *pgconn.Config
	origin  int64 // of the changes that this store makes
	readers *pool
	looks   looks // that wait for one of them
	side    *pool // for small writes that need no lane
	writer  *writer
	shapes  sqlbase.Shapes
	log     *account
	bus     *Bus

	closed atomic.Bool
	once   sync.Once
}

// Open connects to the database, waits for it if need be, and makes the tables that are missing. Several
// processes may do so at once.
func Open(ctx context.Context, o Options) (store.Store, error) {
	o = o.withDefaults()
	s := &Store{o: o, origin: rand.Int64()}
	if err := s.configure(); err != nil {
		return nil, err
	}
	c, err := s.await(ctx)
	if err != nil {
		return nil, err
	}
	s.readers, s.side = newPool(o.Readers, s.dial, o.Now), newPool(2, s.dial, o.Now)
	s.log, s.bus = newAccount(s), newBus(s)
	s.writer = newWriter(s, c)
	if err := s.load(ctx, c); err != nil {
		c.close()
		return nil, fmt.Errorf("prepare the database: %w", err)
	}
	s.log.start()
	return s, nil
}

// configure reads the DSN and adds what the server is to know of our connections.
func (s *Store) configure() (err error) {
	if s.config, err = pgconn.ParseConfig(s.o.DSN); err != nil {
		return fmt.Errorf("the address of the database is wrong: %w", err)
	}
	maps.Copy(s.config.RuntimeParams, map[string]string{
		"application_name":  "holdall " + strconv.FormatUint(uint64(s.origin), 36),
		"statement_timeout": millis(s.o.Statement), "idle_in_transaction_session_timeout": millis(s.o.Think),
		"default_transaction_isolation": "read committed", "client_encoding": "UTF8", "timezone": "UTC",
	})
	return nil
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// await makes the first connection.
func (s *Store) await(ctx context.Context) (*conn, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.o.Wait, errors.New("the database did not answer in "+s.o.Wait.String()))
	defer cancel()
	for said := false; ; said = true {
		c, err := s.dial(ctx)
		if err == nil {
			return c, nil
		}
		if f, ok := fault.Of(err); ok {
			err = f.Unwrap() // whoever starts a server wants to know more than a client
		}
		if isHopeless(err) {
			return nil, fmt.Errorf("connect to the database: %w", err)
		}
		if !said {
			s.o.Log.Warn("waiting for the database", "host", s.config.Host, "port", s.config.Port, "for", s.o.Wait, "error", err)
		}
		select {
		case <-time.After(time.Second / 4):
		case <-ctx.Done():
			return nil, fmt.Errorf("connect to the database at %s: %w: %w", s.config.Host, context.Cause(ctx), err)
		}
	}
}

// load makes what is missing and reads what is kept in memory.
func (s *Store) load(ctx context.Context, c *conn) error {
	if err := c.checkVersion(); err != nil {
		return err
	}
	if err := s.prepare(ctx, c); err != nil {
		return err
	}
	sh, err := c.storedShape(ctx, nil)
	if err != nil {
		return err
	}
	s.shapes.Set(sh)
	s.log.version = sh.Version
	s.log.turns, err = c.number(ctx, "SELECT coalesce(max(seq), 0) FROM _cursors WHERE consumer = '"+turned+"'")
	return err
}

// prepare makes the tables that are missing, unless nothing is to be made.
func (s *Store) prepare(ctx context.Context, c *conn) error {
	if s.o.Existing {
		n, err := c.number(ctx, "SELECT count(*) FROM pg_class WHERE oid = to_regclass('_collections')")
		if err == nil && n == 0 {
			err = fmt.Errorf("there is no Holdall in %s", s)
		}
		if err != nil {
			return err
		}
	}
	return c.prepareDatabase(ctx)
}

// oldest is the oldest server that can be used.
const oldest = 15

func (c *conn) checkVersion() error {
	have := c.ParameterStatus("server_version")
	var major int
	if _, err := fmt.Sscanf(have, "%d", &major); err != nil || major < oldest {
		return fmt.Errorf("PostgreSQL %s is too old: %d or newer is needed", have, oldest)
	}
	return nil
}

// String says which database it is, without the password.
func (s *Store) String() string {
	return fmt.Sprintf("postgres %s at %s:%d", s.config.Database, s.config.Host, s.config.Port)
}

func (s *Store) alive() error {
	if s.closed.Load() {
		return store.ErrClosed
	}
	return nil
}

// Apply implements store.Store.
func (s *Store) Apply(ctx context.Context, ms ...store.Mutation) (store.Commit, error) {
	if len(ms) == 0 {
		return store.Commit{}, s.alive()
	}
	b := &batch{ms: ms}
	at, err := s.writer.lane.Share(ctx, b)
	if err != nil {
		return store.Commit{}, err
	}
	b.tell()
	return at, nil
}

// Log implements store.Store.
func (s *Store) Log() change.Log { return s.log }

// Cursors implements store.Store.
func (s *Store) Cursors() change.Cursors { return cursors{s} }

// Backup implements store.Store: a database server has its own means.
func (s *Store) Backup(context.Context, io.Writer) error {
	return fault.New(fault.Invalid, "The data lies in PostgreSQL: back it up with pg_dump or the means of the server.")
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.once.Do(func() {
		s.closed.Store(true)
		s.log.close()
		s.writer.close()
		s.readers.close()
		s.side.close()
	})
	return nil
}
