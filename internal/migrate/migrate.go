// Package migrate moves a whole database from one engine to another: collections, records, settings, the log of
// changes and how far its consumers have read it.
//
// The source is only read. The target bears a mark from the first row until everything was counted and compared,
// so that a half-done move is neither served nor taken for something else, and goes on where it stopped.
package migrate

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// Move says what to move where.
type Move struct {
	From store.Source
	To   store.Bulk
	// Progress hears how far it is; nil is silence.
	Progress func(Progress)
	// Chunk is how many rows are committed together; 0 is 10,000.
	Chunk int
}

// Doing is what is being done to a table.
type Doing string

// What is done, in this order.
const (
	Copying   Doing = "copy"
	Indexing  Doing = "index"
	Comparing Doing = "compare"
)

// Progress tells how many rows of a table were copied or compared.
type Progress struct {
	Doing       Doing
	Table       string
	Done, Total int64
}

// Report is what was moved.
type Report struct {
	Tables  []Sum
	Rows    int64 // of all tables
	Copied  int64 // by this run; the others were there from an earlier one
	Altered int64 // rows with a value that not every engine can keep, and which are spelled in another way now
}

// Errors about the target.
var (
	ErrOccupied = errors.New("it holds data already: give an empty one")
	ErrOther    = errors.New("it holds a half-done move of something else, or the source has changed since: give an empty one")
	// ErrUnfinished says that a database is the target of a move that has not ended.
	ErrUnfinished = errors.New("a move into it was not finished: run holdall migrate again, which goes on where it stopped")
)

// run is a move on its way.
type run struct {
	Move
	list   []*schema.Collection // of the source, in order of creation
	report Report
}

// Run moves everything, or goes on with what another Run of the same source began. When it returns without an
// error both hold the same, row by row.
func Run(ctx context.Context, m Move) (*Report, error) {
	if m.Progress == nil {
		m.Progress = func(Progress) {}
	}
	if m.Chunk <= 0 {
		m.Chunk = 10_000
	}
	r := &run{Move: m}
	var err error
	if r.list, err = m.From.Collections(ctx); err != nil {
		return nil, err
	}
	print, err := fingerprint(ctx, m.From)
	if err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return r.begin(ctx, print) },
		r.copyAll, r.indexes, r.definitions, r.compare,
		func(ctx context.Context) error { return r.unchanged(ctx, print) },
		m.To.Settle, r.end,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return &r.report, nil
}

// begin marks the target and makes the tables, unless that was done before.
func (r *run) begin(ctx context.Context, print string) error {
	_, err := r.To.Update(ctx, func(tx store.Tx) error {
		mark, err := tx.Param(ctx, store.MoveMark)
		if err != nil {
			return err
		}
		there, err := tx.Collections(ctx)
		switch {
		case err != nil:
			return err
		case string(mark) == print:
			return nil
		case mark != nil:
			return ErrOther
		case len(there) > 0:
			return ErrOccupied
		}
		if err := tx.SetParam(ctx, store.MoveMark, []byte(print)); err != nil {
			return err
		}
		return r.tables(ctx, tx)
	})
	return err
}

// tables makes everything as it will be, while there are no rows: what the target refuses, such as the query of
// a view, it refuses now. Then it drops the indexes, which are made when the rows are there.
func (r *run) tables(ctx context.Context, tx store.Tx) error {
	if err := tx.Reshape(ctx, schema.Plan{Create: viewsLast(r.list)}); err != nil {
		return r.explain(err)
	}
	var p schema.Plan
	for _, c := range r.list {
		if !c.IsView() && len(c.Indexes) > 0 {
			bare := c.Clone()
			bare.Indexes = nil
			p.Change = append(p.Change, schema.Pair{Old: c, New: bare.Seal()})
		}
	}
	return tx.Reshape(ctx, p)
}

// explain names the index that cannot be made.
func (r *run) explain(err error) error {
	bad, ok := errors.AsType[*store.IndexError](err)
	if !ok {
		return err
	}
	for _, c := range r.list {
		if c.ID == bad.Collection && bad.Position < len(c.Indexes) {
			return fmt.Errorf("collection %s: the target cannot make the index %q: %w", c.Name, c.Indexes[bad.Position], err)
		}
	}
	return err
}

// records are the parts that are copied row by row.
func (r *run) records() (parts []store.Part) {
	for _, c := range r.list {
		if !c.IsView() {
			parts = append(parts, store.RecordsOf(c))
		}
	}
	return append(parts, store.Changes)
}

// copyAll copies all rows but definitions.
func (r *run) copyAll(ctx context.Context) error {
	for _, p := range r.records() {
		if err := r.copy(ctx, p); err != nil {
			return err
		}
	}
	for _, p := range []store.Part{store.Cursors, store.Params} {
		if err := r.To.Replace(ctx, p, r.From.Dump(ctx, p, 0)); err != nil {
			return err
		}
	}
	return nil
}

// copy copies the rows of a part that are not there yet.
func (r *run) copy(ctx context.Context, p store.Part) error {
	total, _, err := r.From.Extent(ctx, p)
	if err != nil {
		return err
	}
	done, last, err := r.To.Extent(ctx, p)
	if err != nil {
		return err
	}
	next, stop := iter.Pull2(r.From.Dump(ctx, p, last))
	defer stop()
	for full := true; full; {
		r.Progress(Progress{Copying, p.Name, done, total})
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		n := 0
		err := r.To.Load(ctx, p, func(yield func(store.Line, error) bool) {
			for ; n < r.Chunk; n++ {
				l, err, ok := next()
				if !ok || !yield(l, err) {
					return
				}
			}
		})
		if err != nil {
			return err
		}
		full = n == r.Chunk
		done += int64(n)
		r.report.Copied += int64(n)
	}
	r.Progress(Progress{Copying, p.Name, done, total})
	return nil
}

// indexes makes those that are not there yet.
func (r *run) indexes(ctx context.Context) error {
	for _, c := range r.list {
		if c.IsView() || len(c.Indexes) == 0 {
			continue
		}
		r.Progress(Progress{Indexing, c.Name, 0, int64(len(c.Indexes))})
		_, err := r.To.Update(ctx, func(tx store.Tx) error {
			there, err := tx.Collections(ctx)
			if err != nil {
				return err
			}
			at := slices.IndexFunc(there, func(x *schema.Collection) bool { return x.ID == c.ID })
			if at < 0 || slices.Equal(there[at].Indexes, c.Indexes) {
				return nil
			}
			return tx.Reshape(ctx, schema.Plan{Change: []schema.Pair{{Old: there[at], New: c}}})
		})
		if err != nil {
			return r.explain(err)
		}
	}
	return nil
}

// definitions puts the collections down as the source has them, to the letter and in its order.
func (r *run) definitions(ctx context.Context) error {
	return r.To.Replace(ctx, store.Definitions, r.From.Dump(ctx, store.Definitions, 0))
}

// unchanged proves that nobody wrote to the source meanwhile.
func (r *run) unchanged(ctx context.Context, print string) error {
	now, err := fingerprint(ctx, r.From)
	if err == nil && now != print {
		err = errors.New("the source changed while it was read: stop what writes to it, and begin again with an empty target")
	}
	return err
}

// end takes the mark away.
func (r *run) end(ctx context.Context) error {
	_, err := r.To.Update(ctx, func(tx store.Tx) error { return tx.SetParam(ctx, store.MoveMark, nil) })
	return err
}

// Finished reports, as ErrUnfinished, that a store is the target of a move that has not ended.
func Finished(ctx context.Context, st interface {
	Param(ctx context.Context, key string) ([]byte, error)
}) error {
	mark, err := st.Param(ctx, store.MoveMark)
	if err == nil && mark != nil {
		err = ErrUnfinished
	}
	return err
}
