package storetest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

func randomID() string { return strings.ToLower(rand.Text()[:15]) }

// model is a store in memory that is obviously right: records in order of creation and a list of changes.
type model struct {
	c    *schema.Collection
	rows []*record.Record
	log  []string

	begun change.Seq // where the log stood before
}

func (m *model) find(id string) int {
	for i, r := range m.rows {
		if r.ID() == id {
			return i
		}
	}
	return -1
}

// apply does what a store must do with a batch, and says how it must fail.
func (m *model) apply(ms []store.Mutation) string {
	rows, log := append([]*record.Record(nil), m.rows...), m.log
	for _, x := range ms {
		if fail := m.one(x); fail != "" {
			m.rows, m.log = rows, log
			return fail
		}
	}
	return ""
}

func (m *model) one(x store.Mutation) string {
	for _, ref := range x.If.Exists {
		if m.find(ref.ID) < 0 {
			return "missing"
		}
	}
	for _, ref := range x.If.Absent {
		if m.find(ref.ID) >= 0 {
			return "taken"
		}
	}
	at := m.find(x.Rec.ID())
	switch {
	case x.Op == change.Create && at >= 0:
		return "unique"
	case x.Op != change.Create && at < 0:
		return "gone"
	case x.If.Versioned && x.If.Seq != m.rows[at].Seq():
		return "conflict"
	case x.Op != change.Delete && m.slugTaken(x.Rec):
		return "unique"
	}
	m.log = append(slices.Clip(m.log), fmt.Sprint(x.Op, " ", x.Rec.ID()))
	r := x.Rec.Clone()
	r.SetSeq(-change.Seq(len(m.log))) // no sequence yet
	switch x.Op {
	case change.Create:
		m.rows = append(m.rows, r)
	case change.Update:
		m.rows = append([]*record.Record(nil), m.rows...)
		m.rows[at] = r
	case change.Delete:
		m.rows = append(append([]*record.Record(nil), m.rows[:at]...), m.rows[at+1:]...)
	}
	return ""
}

func (m *model) slugTaken(r *record.Record) bool {
	for _, other := range m.rows {
		if other.ID() != r.ID() && other.String("slug") == r.String("slug") && r.String("slug") != "" {
			return true
		}
	}
	return false
}

// failure names an error of a store in the words of the model.
func failure(err error) string {
	_, unique := errors.AsType[*store.Unique](err)
	_, missing := errors.AsType[*store.MissingRef](err)
	_, taken := errors.AsType[*store.Taken](err)
	switch {
	case err == nil:
		return ""
	case unique:
		return "unique"
	case missing:
		return "missing"
	case taken:
		return "taken"
	case errors.Is(err, store.ErrGone):
		return "gone"
	case errors.Is(err, store.ErrConflict):
		return "conflict"
	}
	return err.Error()
}

// testHistories: random batches, guards and transactions have the outcome that the model predicts.
func testHistories(t *testing.T, open Open) {
	st := open(t)
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{c: Posts()}
		reshape(t, st, schema.Plan{Create: []*schema.Collection{m.c}})
		defer reshape(t, st, schema.Plan{Drop: []*schema.Collection{m.c}})
		m.begun, _ = st.Log().Head(t.Context())
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			m.step(t, rt, st)
			m.compare(t, rt, st)
		}
	})
}

var idGen = rapid.SampledFrom([]string{"a", "b", "c", "d", "e"})

func (m *model) step(t *testing.T, rt *rapid.T, st store.Store) {
	ms := make([]store.Mutation, rapid.IntRange(1, 3).Draw(rt, "mutations"))
	for i := range ms {
		ms[i] = m.draw(rt)
	}
	want := m.apply(ms)
	var err error
	if rapid.Bool().Draw(rt, "exclusive") {
		_, err = st.Update(t.Context(), func(tx store.Tx) error { return tx.Apply(t.Context(), ms...) })
	} else {
		_, err = st.Apply(t.Context(), ms...)
	}
	if got := failure(err); got != want {
		rt.Fatalf("got %q (%v), want %q", got, err, want)
	}
	if err == nil {
		m.number(ms)
	}
}

// number gives the rows the sequences that the store gave them; those of the log must be the same.
func (m *model) number(ms []store.Mutation) {
	for _, x := range ms {
		if at := m.find(x.Rec.ID()); at >= 0 && x.Op != change.Delete {
			m.rows[at].SetSeq(x.Rec.Seq())
		}
	}
	for i, x := range ms {
		at := len(m.log) - len(ms) + i
		m.log[at] = fmt.Sprint(x.Rec.Seq(), " ", m.log[at])
	}
}

func (m *model) draw(rt *rapid.T) store.Mutation {
	x := store.Mutation{Op: change.Op(rapid.IntRange(1, 3).Draw(rt, "op"))}
	x.Rec = Rec(m.c, map[string]any{
		"id": idGen.Draw(rt, "id"), "slug": rapid.SampledFrom([]string{"", "s", "t"}).Draw(rt, "slug"),
		"views": rapid.Float64Range(-1e18, 1e18).Draw(rt, "views"), "title": rapid.String().Draw(rt, "title"),
		"tags": rapid.SliceOfN(rapid.SampledFrom([]string{"red", "green", `a "b"`}), 0, 3).Draw(rt, "tags"),
	})
	if at := m.find(x.Rec.ID()); at >= 0 && x.Op != change.Create && rapid.Bool().Draw(rt, "old") {
		x.Old = m.rows[at].Clone() // by the time it is written, an earlier mutation of the batch may have passed it
	}
	switch rapid.IntRange(0, 5).Draw(rt, "guard") {
	case 0:
		x.If.Exists = []store.Ref{{Collection: m.c, ID: idGen.Draw(rt, "exists")}}
	case 1:
		x.If.Absent = []store.Ref{{Collection: m.c, ID: idGen.Draw(rt, "absent")}}
	case 2:
		if at := m.find(x.Rec.ID()); at >= 0 && x.Op != change.Create {
			x.If.Versioned = true
			x.If.Seq = m.rows[at].Seq() - change.Seq(rapid.IntRange(0, 1).Draw(rt, "behind"))
		}
	}
	return x
}

// compare holds everything that can be read against the model.
func (m *model) compare(t *testing.T, rt *rapid.T, st store.Store) {
	var got, want []string
	view := record.NewView(m.c, true, nil)
	err := st.Select(t.Context(), store.Query{From: m.c}, func(r store.Row) error {
		got = append(got, fmt.Sprint(r.Seq(), string(r.AppendJSON(nil, view))))
		return nil
	})
	for _, r := range m.rows {
		want = append(want, fmt.Sprint(r.Seq(), text(r)))
	}
	if err != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
		rt.Fatalf("%v; records are\n%s\nwant\n%s", err, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	list, err := st.Log().Read(t.Context(), m.begun, 1000)
	got = got[:0]
	for _, ch := range list {
		got = append(got, fmt.Sprint(ch.Seq, " ", ch.Op, " ", ch.ID))
	}
	if err != nil || strings.Join(got, "\n") != strings.Join(m.log, "\n") {
		rt.Fatalf("%v; the log is\n%s\nwant\n%s", err, strings.Join(got, "\n"), strings.Join(m.log, "\n"))
	}
}
