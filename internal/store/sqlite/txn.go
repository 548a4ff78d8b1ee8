package sqlite

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
	"github.com/holdall-dev/holdall/record"
)

// txn is a transaction on the writer's connection while it is put together.
type txn struct {
	c       *conn
	shape   *sqlbase.Shape
	at      time.Time
	head    change.Seq      // the last sequence that was given out
	changes []change.Change // in order; they are told to nobody before the commit
}

// errEnded says that SQLite gave a transaction up, so that further statements would stand alone.
var errEnded = errors.New("the transaction has ended")

// whole is an error that no single mutation is to blame for: the transaction must be given up.
type whole struct{ error }

func (w whole) Unwrap() error { return w.error }

// mark is a place to go back to.
type mark struct {
	head    change.Seq
	changes int
}

func (x *txn) mark() mark { return mark{x.head, len(x.changes)} }

func (x *txn) back(m mark) { x.head, x.changes = m.head, x.changes[:m.changes] }

// all applies mutations all or none. One mutation is one statement that SQLite undoes by itself when it
// fails; several need a savepoint.
func (x *txn) all(ms []store.Mutation) error {
	if len(ms) == 1 {
		return x.apply(&ms[0])
	}
	return x.nested(func() error {
		for i := range ms {
			if err := x.apply(&ms[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// nested runs fn within a savepoint and undoes all it did when it fails.
func (x *txn) nested(fn func() error) (err error) {
	m := x.mark()
	if err := x.c.run("SAVEPOINT part"); err != nil {
		return whole{err}
	}
	ok := false
	defer func() {
		if ok {
			return
		}
		x.back(m)
		if undo := errors.Join(x.c.run("ROLLBACK TO part"), x.c.run("RELEASE part")); undo != nil {
			err = whole{errors.Join(err, undo)}
		}
	}()
	if err := fn(); err != nil {
		return err
	}
	if err := x.c.run("RELEASE part"); err != nil {
		return whole{err}
	}
	ok = true
	return nil
}

// apply writes one record and its entry in the log.
func (x *txn) apply(m *store.Mutation) error {
	c := m.Rec.Collection()
	t, err := x.shape.Table(c)
	if err != nil {
		return err
	}
	if c.IsView() {
		return fmt.Errorf("%s %s: a view stores no records", m.Op, c.Name)
	}
	if x.c.GetAutocommit() {
		return whole{errEnded}
	}
	if err := x.guard(m.If); err != nil {
		return fmt.Errorf("%s in %s: %w", m.Op, c.Name, err)
	}
	if err := x.write(t, m); err != nil {
		return fmt.Errorf("%s in %s: %w", m.Op, c.Name, x.judge(err, t))
	}
	return x.enter(m)
}

// judge tells errors of one statement from those of the whole transaction.
func (x *txn) judge(err error, t *sqlbase.Table) error {
	if isWhole(err) || x.c.GetAutocommit() {
		return whole{diskError(err)}
	}
	return explain(err, t)
}

func (x *txn) write(t *sqlbase.Table, m *store.Mutation) error {
	switch m.Op {
	case change.Create:
		return x.insert(t, m.Rec)
	case change.Update:
		return x.update(t, m)
	case change.Delete:
		return x.remove(t, m)
	}
	return fmt.Errorf("unknown operation %d", m.Op)
}

func (x *txn) insert(t *sqlbase.Table, r *record.Record) error {
	s, err := x.c.take(t.Insert)
	if err != nil {
		return err
	}
	defer x.c.done(s)
	for i := range r.Collection().Fields {
		v := r.Value(i)
		if err := bindOne(s, i+1, &v); err != nil {
			return err
		}
	}
	if err := s.BindInt64(len(r.Collection().Fields)+1, x.head+1); err != nil {
		return err
	}
	return s.Exec()
}

// update writes what differs, while the record still has the version of the guard.
func (x *txn) update(t *sqlbase.Table, m *store.Mutation) error {
	var room [32]int
	ords := sqlbase.Changed(m, room[:0])
	x.c.w.Reset()
	t.Update(x.c.w, ords)
	if m.If.Versioned {
		sqlbase.WhileAt(x.c.w)
	}
	s, err := x.c.takeBytes(x.c.w.Bytes())
	if err != nil {
		return err
	}
	defer x.c.done(s)
	for i, ord := range ords {
		v := m.Rec.Value(ord)
		if err := bindOne(s, i+1, &v); err != nil {
			return err
		}
	}
	n := len(ords)
	if err := s.BindInt64(n+1, x.head+1); err != nil {
		return err
	}
	if m.If.Versioned {
		if err := s.BindInt64(n+3, m.If.Seq); err != nil {
			return err
		}
	}
	err = x.touch(s, n+2, m.Rec.ID())
	if errors.Is(err, store.ErrGone) {
		return cmp.Or(x.version(t, m), err) // the record is gone, or it has moved on
	}
	return err
}

func (x *txn) remove(t *sqlbase.Table, m *store.Mutation) error {
	if err := x.version(t, m); err != nil {
		return err
	}
	s, err := x.c.take(t.Delete)
	if err != nil {
		return err
	}
	defer x.c.done(s)
	return x.touch(s, 1, m.Rec.ID())
}

// touch runs a statement that must find the one record; the id is parameter at.
func (x *txn) touch(s *statement, at int, id string) error {
	if err := s.BindText(at, id); err != nil {
		return err
	}
	if err := s.Exec(); err != nil {
		return err
	}
	if x.c.Changes() == 0 {
		return store.ErrGone
	}
	return nil
}

// version proves that the record still has the version of the guard.
func (x *txn) version(t *sqlbase.Table, m *store.Mutation) error {
	if !m.If.Versioned {
		return nil
	}
	have := change.Seq(-1)
	err := x.c.query(t.Version, func(s *sqlite3.Stmt) error {
		have = s.ColumnInt64(0)
		return nil
	}, rule.TextValue(m.Rec.ID()))
	switch {
	case err != nil:
		return err
	case have < 0:
		return store.ErrGone
	case have != m.If.Seq:
		return store.ErrConflict
	}
	return nil
}

// guard proves which records are there and which are not.
func (x *txn) guard(g store.Guard) error {
	for _, ref := range g.Exists {
		ok, err := x.exists(ref)
		if err != nil {
			return err
		}
		if !ok {
			return &store.MissingRef{Ref: ref}
		}
	}
	for _, ref := range g.Absent {
		ok, err := x.exists(ref)
		if err != nil {
			return err
		}
		if ok {
			return &store.Taken{Ref: ref}
		}
	}
	return nil
}

func (x *txn) exists(ref store.Ref) (found bool, err error) {
	t, err := x.shape.Table(ref.Collection)
	if err != nil {
		return false, err
	}
	err = x.c.query(t.Exists, func(*sqlite3.Stmt) error {
		found = true
		return nil
	}, rule.TextValue(ref.ID))
	if err != nil {
		return false, x.judge(err, t)
	}
	return found, nil
}

// enter writes the log's row of a mutation.
func (x *txn) enter(m *store.Mutation) error {
	ch := sqlbase.Entry(m, x.head+1, x.at)
	if err := x.logRow(&ch); err != nil {
		return whole{diskError(err)} // the record is written: it must not stay without its entry
	}
	x.head = ch.Seq
	x.changes = append(x.changes, ch)
	return nil
}

func (x *txn) logRow(ch *change.Change) error {
	s, err := x.c.take("INSERT INTO _changes (seq, at, op, collection, record, author) VALUES (?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	defer x.c.done(s)
	err = errors.Join(s.BindInt64(1, ch.Seq), s.BindInt64(2, ch.At.UnixMicro()), s.BindInt64(3, int64(ch.Op)),
		s.BindText(4, ch.Collection), s.BindText(5, ch.ID), s.BindText(6, ch.By))
	if err != nil {
		return err
	}
	return s.Exec()
}
