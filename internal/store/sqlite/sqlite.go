// Package sqlite is the embedded engine: one writer with group commit, many readers. It is the only package
// that imports the SQLite driver. DESIGN.md of package store tells of lanes and order.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
)

// Options say how to open a database.
type Options struct {
	Path    string
	Normal  bool // synchronous=NORMAL: faster for one writer, and a power cut may take the last commits
	Readers int  // connections that read at once; 0: max(4, GOMAXPROCS)
	// LogPages is how long the write-ahead log may grow before the writer moves its pages into the database,
	// even while others wait. 0: 16000, that is 64 MB. Fewer pages cost throughput, since a page that is
	// written often is then moved more often.
	LogPages int
	VFS      string           // name of a registered file system of the driver; "" is the operating system's
	Now      func() time.Time // nil: time.Now
	Log      *slog.Logger     // nil: silence
}

func (o Options) withDefaults() Options {
	if o.Readers <= 0 {
		o.Readers = max(4, runtime.GOMAXPROCS(0))
	}
	if o.LogPages <= 0 {
		o.LogPages = 16000
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
	readers *pool
	writer  *writer
	shapes  sqlbase.Shapes
	log     *account
	cursors cursors

	closed atomic.Bool
	once   sync.Once
	end    error
}

// Open opens or makes the database. Its write-ahead log is recovered first, if there is one.
func Open(ctx context.Context, o Options) (store.Store, error) {
	o = o.withDefaults()
	if !supported {
		return nil, errors.New("this platform cannot share a write-ahead log between connections")
	}
	c, err := dial(ctx, o, false)
	if err != nil {
		return nil, err
	}
	s := &Store{o: o, readers: newPool(o.Readers, func(ctx context.Context) (*conn, error) { return dial(ctx, o, true) })}
	if err := s.load(c); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", o.Path, err), c.close())
	}
	return s, nil
}

// load makes what is missing and reads what is kept in memory.
func (s *Store) load(c *conn) error {
	if err := prepareFile(c); err != nil {
		return err
	}
	list, err := c.collections()
	if err != nil {
		return err
	}
	head, err := c.logHead()
	if err != nil {
		return err
	}
	version, err := c.number("PRAGMA data_version")
	if err != nil {
		return err
	}
	s.shapes.Set(sqlbase.NewShape(dialect.SQLite, list, nil))
	s.log = newAccount(s.readers, head)
	s.writer = &writer{c: c, now: s.o.Now, shapes: &s.shapes, log: s.log, head: head, version: version}
	s.writer.lane = sqlbase.NewLane(s.writer.commitGroup)
	s.log.write = s.writer.share
	s.cursors = cursors{s.readers, s.writer.share}
	s.writer.startTidying(s.o.Log)
	return nil
}

func prepareFile(c *conn) (err error) {
	tx, err := c.BeginImmediate()
	if err != nil {
		return err
	}
	defer tx.End(&err)
	return createInternal(c.Conn)
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
	at, err := s.writer.share(ctx, func(x *txn) error { return x.all(ms) })
	if err != nil {
		return store.Commit{}, err
	}
	for i := range ms {
		ms[i].Rec.SetSeq(at.First + change.Seq(i))
	}
	return at, nil
}

// Log implements store.Store.
func (s *Store) Log() change.Log { return s.log }

// Cursors implements store.Store.
func (s *Store) Cursors() change.Cursors { return s.cursors }

// OnTurn implements store.Store: the file has no other process that would reshape it.
func (s *Store) OnTurn(func()) {}

// Close implements store.Store.
func (s *Store) Close() error {
	s.once.Do(func() {
		s.closed.Store(true)
		s.log.close()
		s.writer.stopTidying()
		s.end = errors.Join(s.readers.close(), s.writer.close())
	})
	return s.end
}
