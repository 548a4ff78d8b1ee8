package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
)

// voyage is a group on its way: all statements of all jobs and the COMMIT, sent at once and answered at once.
type voyage struct {
	c     *conn
	shape *sqlbase.Shape
	stamp stamp
	parts []part
	seqs  []change.Seq // scratch
	plain bool         // each mutation is a statement of its own, so that one that fails is known
}

// part is one statement.
type part struct {
	s     *statement
	args  []rule.Value
	of    int   // the job of the group; below zero for what frames the transaction
	m     int   // the mutation that it writes; below zero for a guard
	fused []int // the jobs of which it writes the only mutation, when they are several
}

// attempt writes a group in one transaction. A job whose statement finds no record is left without outcome. An
// error means that nothing was written; bad is the job whose statement failed, or below zero when no single
// one is to blame.
func (w *writer) attempt(ctx context.Context, group []*job, plain bool) (bad int, err error) {
	c, err := w.conn(ctx)
	if err != nil {
		return -1, err
	}
	v := &voyage{c: c, shape: w.s.shapes.Current(), stamp: w.stamp(), plain: plain}
	if err = v.load(ctx, group); err != nil {
		return -1, w.trouble(ctx, v, err)
	}
	bad, changes, err := v.sail(ctx, group)
	if isLost(err) {
		bad = -1
		changes, err = w.fateOfGroup(v, group, err)
	}
	switch {
	case err == nil:
		w.arrived(changes)
		return -1, nil
	case bad >= 0:
		c.rollback()
		return bad, err
	}
	return -1, w.trouble(ctx, v, err)
}

// arrived tells the log's followers of what was committed.
func (w *writer) arrived(changes []change.Change) {
	w.groups.Add(1)
	for i := range changes {
		w.seen = max(w.seen, changes[i].Seq)
	}
	w.s.log.publish(changes)
}

// trouble names the error of a group that no single job is to blame for.
func (w *writer) trouble(ctx context.Context, v *voyage, err error) error {
	v.c.rollback()
	switch {
	case mayHaveMoved(err):
		if _, fresh := w.s.refresh(ctx, v.c, v.shape); fresh != nil {
			return ended(ctx, fresh)
		}
		w.s.log.turn(w.s.shapes.Current().Version, 0)
		return errMoved
	case errors.Is(err, errFused):
		return err
	case isContest(err), isLost(err), errors.Is(err, errUndone):
		return errors.Join(errMoved, err) // nothing was written: once more
	}
	return ended(ctx, err)
}

// load writes the statements of all jobs. What cannot be written has its error at once.
func (v *voyage) load(ctx context.Context, group []*job) error {
	if err := v.c.trim(ctx); err != nil {
		return err
	}
	for _, text := range []string{"BEGIN", "LOCK TABLE _lanes IN ROW EXCLUSIVE MODE", "SELECT pg_current_xact_id()::text, " + v.shape.Proof} {
		if err := v.frame(ctx, text); err != nil {
			return err
		}
	}
	fit := make([]int, 0, len(group))
	for at, j := range group {
		j.Err, j.Commit = nil, store.Commit{}
		if j.Err = v.admit(j.What); j.Err == nil {
			fit = append(fit, at)
		}
	}
	for len(fit) > 0 {
		n := v.alike(group, fit)
		if err := v.jobs(ctx, group, fit[:n]); err != nil {
			return err
		}
		fit = fit[n:]
	}
	return v.frame(ctx, "COMMIT")
}

func (v *voyage) frame(ctx context.Context, text string) error {
	s, err := v.c.take(ctx, text)
	v.parts = append(v.parts, part{s: s, of: -1, m: -1})
	return err
}

// admit refuses what the tables in memory do not fit.
func (v *voyage) admit(b *batch) error {
	for i := range b.ms {
		m := &b.ms[i]
		if _, err := v.shape.Table(m.Rec.Collection()); err != nil {
			return err
		}
		if m.Rec.Collection().IsView() {
			return errView(m)
		}
		for _, refs := range [][]store.Ref{m.If.Exists, m.If.Absent} {
			for _, ref := range refs {
				if _, err := v.shape.Table(ref.Collection); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// jobs writes the statements of one job, or of several that are alike.
func (v *voyage) jobs(ctx context.Context, group []*job, list []int) error {
	if len(list) > 1 {
		return v.fuse(ctx, group, list)
	}
	return v.job(ctx, list[0], group[list[0]].What)
}

// job writes the statements of one job that was admitted.
func (v *voyage) job(ctx context.Context, at int, b *batch) error {
	b.seqs = append(b.seqs[:0], make([]change.Seq, len(b.ms))...)
	write := mutation
	if len(b.ms) > 1 {
		write = mustMutate
	}
	for i := range b.ms {
		m := &b.ms[i]
		if err := v.guards(ctx, at, m.If); err != nil {
			return err
		}
		t, _ := v.shape.Table(m.Rec.Collection())
		v.c.w.Reset()
		write(v.c.w, t, m, v.stamp)
		if err := v.part(ctx, at, i); err != nil {
			return err
		}
	}
	return nil
}

func (v *voyage) guards(ctx context.Context, at int, g store.Guard) error {
	for _, ref := range g.Exists {
		t, _ := v.shape.Table(ref.Collection)
		v.c.w.Reset()
		mustBePresent(v.c.w, t, ref)
		if err := v.part(ctx, at, -1); err != nil {
			return err
		}
	}
	for _, ref := range g.Absent {
		v.c.w.Reset()
		v.c.w.Text("SELECT pg_advisory_xact_lock(hashtextextended(").Arg(rule.TextValue(ref.ID)).Text(", 0))")
		if err := v.part(ctx, at, -1); err != nil {
			return err
		}
		t, _ := v.shape.Table(ref.Collection)
		v.c.w.Reset()
		mustBeAbsent(v.c.w, t, ref)
		if err := v.part(ctx, at, -1); err != nil {
			return err
		}
	}
	return nil
}

// part takes what was written to the scratch text.
func (v *voyage) part(ctx context.Context, of, m int) error {
	s, err := v.c.takeBytes(ctx, v.c.w.Bytes())
	if err != nil {
		return err
	}
	v.parts = append(v.parts, part{s: s, args: slices.Clone(v.c.w.Args()), of: of, m: m})
	return nil
}

// sail sends everything and reads the answers.
func (v *voyage) sail(ctx context.Context, group []*job) (bad int, changes []change.Change, err error) {
	p := v.c.StartPipeline(ctx)
	for i := range v.parts {
		part := &v.parts[i]
		p.SendQueryStatement(part.s.StatementDescription, v.c.bind(part.args), nil, part.s.formats)
	}
	err = p.Sync()
	bad = -1
	for i := range v.parts {
		if err != nil {
			break
		}
		part := &v.parts[i]
		var seqs []change.Seq
		if seqs, err = answer(p, v.seqs[:0]); err != nil {
			bad = part.of
			if code(err) == planChanged {
				v.c.drop(part.s)
			}
			if part.fused != nil {
				bad, err = -1, errors.Join(errFused, err)
			}
		}
		part.note(group, seqs)
		v.seqs = seqs
	}
	err = v.c.judge(errors.Join(err, p.Close()))
	if err != nil {
		if isLost(err) || isContest(err) {
			bad = -1
		}
		return bad, nil, err
	}
	return -1, v.arrived(group), nil
}

// note gives the mutations of a statement the sequences that it returned.
func (p *part) note(group []*job, seqs []change.Seq) {
	switch {
	case len(seqs) == 0 || p.of < 0:
	case p.fused != nil:
		slices.Sort(seqs) // they were drawn in the order of the jobs
		for i, at := range p.fused[:len(seqs)] {
			group[at].What.seqs[0] = seqs[i]
		}
	case p.m >= 0:
		group[p.of].What.seqs[p.m] = seqs[0]
	}
}

// answer reads what one statement returned: sequences, or nothing.
func answer(p *pgconn.Pipeline, seqs []change.Seq) ([]change.Seq, error) {
	result, err := p.GetResults()
	if err != nil {
		return nil, err
	}
	rr, ok := result.(*pgconn.ResultReader)
	if !ok {
		return nil, fmt.Errorf("the database answered with %T", result)
	}
	for rr.NextRow() {
		if row := rr.Values(); len(row) > 0 {
			seqs = append(seqs, bigint(row[0]))
		}
	}
	_, err = rr.Close()
	return seqs, err
}

// arrived gives the jobs their outcome and returns what the log has of them.
func (v *voyage) arrived(group []*job) (changes []change.Change) {
	for _, j := range group {
		b := j.What
		if j.Err != nil || b.seqs[0] == 0 {
			continue
		}
		j.Commit = b.commit()
		for i := range b.ms {
			changes = append(changes, sqlbase.Entry(&b.ms[i], b.seqs[i], v.stamp.at))
		}
	}
	return changes
}
