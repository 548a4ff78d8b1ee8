package postgres

import (
	"context"
	"errors"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/dialect"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlbase"
)

const (
	maxFused  = 32   // records that one statement creates
	maxParams = 4096 // of a statement that creates several
)

// errFused says that a statement of several jobs failed: which of them is to blame shows when each has its own.
var errFused = errors.New("one of several records cannot be created")

// alike returns how many of the jobs at the front one statement can do: those that create one record of the
// same collection, in a power of two, so that few statements are kept ready.
func (v *voyage) alike(group []*job, fit []int) int {
	first := group[fit[0]].What
	if v.plain || !first.creates() {
		return 1
	}
	c := first.ms[0].Rec.Collection()
	most := min(maxFused, maxParams/(len(c.Fields)+3), len(fit))
	n := 1
	for n < most && group[fit[n]].What.creates() && group[fit[n]].What.ms[0].Rec.Collection() == c {
		n++
	}
	for n&(n-1) != 0 {
		n &= n - 1
	}
	return max(n, 1)
}

// creates reports whether the batch is one new record.
func (b *batch) creates() bool { return len(b.ms) == 1 && b.ms[0].Op == change.Create }

// fuse writes the guards of several jobs and then one statement that does them all.
func (v *voyage) fuse(ctx context.Context, group []*job, list []int) error {
	ms := make([]*store.Mutation, len(list))
	for i, at := range list {
		b := group[at].What
		b.seqs = append(b.seqs[:0], 0)
		ms[i] = &b.ms[0]
		if err := v.guards(ctx, at, ms[i].If); err != nil {
			return err
		}
	}
	t, _ := v.shape.Table(ms[0].Rec.Collection())
	v.c.w.Reset()
	createAll(v.c.w, t, ms, v.stamp)
	if err := v.part(ctx, list[0], -1); err != nil {
		return err
	}
	v.parts[len(v.parts)-1].fused = list
	return nil
}

// createAll writes the statement that creates several records and enters them in the log. Sequences are drawn row
// by row, in the order of ms.
//
//	WITH w AS (INSERT INTO "posts" ("id", …, "@seq") VALUES ($1, …, nextval('_changes_seq')), … RETURNING "id" AS id, "@seq" AS seq)
//	INSERT INTO _changes (seq, …) SELECT w.seq, … FROM w JOIN (VALUES ($40, …), …) AS d (id, author, doc) USING (id) RETURNING seq
func createAll(w *dialect.SQL, t *sqlbase.Table, ms []*store.Mutation, st stamp) {
	w.Text("WITH w AS (INSERT INTO ").Ident(t.C.Name).Text(" (")
	for _, f := range t.C.Fields {
		w.Ident(f.Base().Name).Text(", ")
	}
	w.Ident(sqlbase.Seq).Text(") VALUES ")
	for i, m := range ms {
		if i > 0 {
			w.Text(", ")
		}
		w.Text("(")
		for ord := range t.C.Fields {
			w.Arg(stored(m.Rec, ord)).Text(", ")
		}
		w.Text(nextSeq, ")")
	}
	w.Text(" RETURNING ").Ident("id").Text(" AS id, ").Ident(sqlbase.Seq).Text(" AS seq) ")
	enterAll(w, t, ms, st)
}

func enterAll(w *dialect.SQL, t *sqlbase.Table, ms []*store.Mutation, st stamp) {
	w.Text("INSERT INTO _changes (seq, at, op, collection, record, author, origin, doc) SELECT w.seq, ")
	w.Arg(rule.IntValue(st.at.UnixMicro())).Text("::bigint, ").Arg(rule.IntValue(int64(change.Create))).Text("::smallint, ")
	w.Arg(rule.TextValue(t.C.ID)).Text(", w.id, d.author, ").Arg(rule.IntValue(st.origin)).Text("::bigint, d.doc FROM w JOIN (VALUES ")
	for i, m := range ms {
		if i > 0 {
			w.Text(", ")
		}
		w.Text("(").Arg(rule.TextValue(m.Rec.ID())).Text("::text, ").Arg(rule.TextValue(m.By)).Text("::text, ").Arg(document(m)).Text("::text)")
	}
	w.Text(") AS d (id, author, doc) ON d.id = w.id RETURNING seq")
}
