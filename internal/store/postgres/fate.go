package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
)

// fateTime is how long a writer waits for the database to say what became of a commit.
const fateTime = 5 * time.Second

// errUndone says that a transaction whose connection broke has left nothing.
var errUndone = errors.New("the connection broke before the commit")

// entry is what the log says of one mutation.
type entry struct {
	seq                change.Seq
	collection, record string
	op                 change.Op
}

// outcome asks until the database answers, or gives up with errUnknown.
func (w *writer) outcome(err error, pid uint32, ask func(context.Context, *conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), fateTime)
	defer cancel()
	for {
		again := w.s.withSide(ctx, func(c *conn) error {
			if err := c.bury(ctx, pid); err != nil {
				return err
			}
			return ask(ctx, c)
		})
		if again == nil || errors.Is(again, errUndone) {
			return again
		}
		select {
		case <-time.After(fateTime / 50):
		case <-ctx.Done():
			// As text: whoever sees a broken connection would take it for one that left nothing, and write again.
			return errUnknown.Because(fmt.Errorf("%v; then %v", err, again)) //nolint:errorlint // on purpose
		}
	}
}

// withSide lends a connection for small writes.
func (s *Store) withSide(ctx context.Context, fn func(*conn) error) error {
	c, err := s.side.get(ctx)
	if err != nil {
		return err
	}
	defer s.side.put(c)
	return fn(c)
}

// errAlive says that the server still works for a connection that is gone here.
var errAlive = errors.New("the server has not noticed yet")

// bury makes sure that the server has ended what served a connection of ours that broke: until then its
// transaction may still be committed.
func (c *conn) bury(ctx context.Context, pid uint32) error {
	n, err := c.exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE pid = $1::int AND pid <> pg_backend_pid() AND application_name = current_setting('application_name')`, nil, rule.IntValue(int64(pid)))
	if err == nil && n > 0 {
		return errAlive
	}
	return err
}

// entries are what the log has of a transaction; none when it was not committed.
func (c *conn) entries(ctx context.Context, st stamp, after change.Seq) (list []entry, err error) {
	_, err = c.exec(ctx, "SELECT seq, collection, record, op FROM _changes WHERE seq > $1::bigint AND at = $2::bigint AND origin = $3::bigint ORDER BY seq",
		func(row [][]byte) error {
			list = append(list, entry{bigint(row[0]), string(text(row[1])), string(text(row[2])), change.Op(asInt2.int(row[3]))})
			return nil
		}, rule.IntValue(after), rule.IntValue(st.at.UnixMicro()), rule.IntValue(st.origin))
	return list, err
}

// fateOfGroup finds out whether a group was committed, and gives its jobs their outcome then. A job of one
// mutation that found no record is in no log: it is left without.
func (w *writer) fateOfGroup(v *voyage, group []*job, lost error) ([]change.Change, error) {
	var list []entry
	err := w.outcome(lost, v.c.PID(), func(ctx context.Context, c *conn) (err error) {
		if list, err = c.entries(ctx, v.stamp, w.seen); err == nil && len(list) == 0 {
			return errUndone
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, j := range group {
		clear(j.What.seqs)
		if j.Err != nil || len(list) < len(j.What.ms) {
			continue
		}
		for i := range j.What.ms {
			m, e := &j.What.ms[i], list[i]
			if e != (entry{e.seq, m.Rec.Collection().ID, m.Rec.ID(), m.Op}) {
				clear(j.What.seqs)
				break
			}
			j.What.seqs[i] = e.seq
		}
		if j.What.seqs[0] != 0 {
			list = list[len(j.What.ms):]
		}
	}
	return v.arrived(group), nil
}

// fateOf finds out whether a transaction was committed: its first entry is in the log, or, of one without
// entries, its number is known as committed. nil means that it was.
func (w *writer) fateOf(x *txn, lost error) error {
	return w.outcome(lost, x.c.PID(), func(ctx context.Context, c *conn) error {
		text, args := "SELECT 1 WHERE pg_xact_status($1::xid8) = 'committed'", []rule.Value{rule.TextValue(x.xid)}
		if len(x.changes) > 0 {
			text = "SELECT 1 FROM _changes WHERE seq = $1::bigint AND at = $2::bigint AND origin = $3::bigint"
			args = []rule.Value{rule.IntValue(x.changes[0].Seq), rule.IntValue(x.stamp.at.UnixMicro()), rule.IntValue(x.stamp.origin)}
		}
		n, err := c.exec(ctx, text, nil, args...)
		if err == nil && n == 0 {
			return errUndone
		}
		return err
	})
}
