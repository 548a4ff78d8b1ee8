package sqlbase

import (
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
)

// Changed lists the fields that an update must write: those that differ from what the guard proves to be
// stored, or all.
func Changed(m *store.Mutation, ords []int) []int {
	all := m.Old == nil || !m.If.Versioned || m.Old.Seq() != m.If.Seq
	for ord := range m.Rec.Collection().Fields {
		if all || !m.Rec.Same(m.Old, ord) {
			ords = append(ords, ord)
		}
	}
	return ords
}

// Entry is what the log tells of a mutation. Records that their owner goes on with are cloned.
func Entry(m *store.Mutation, seq change.Seq, at time.Time) change.Change {
	ch := change.Change{Seq: seq, Low: seq, At: at, Op: m.Op, Collection: m.Rec.Collection().ID, ID: m.Rec.ID(), Old: m.Old, By: m.By}
	switch {
	case m.Op != change.Delete:
		ch.New = m.Rec.Clone()
		ch.New.SetSeq(seq)
	case ch.Old == nil:
		ch.Old = m.Rec.Clone()
	default:
		ch.Old = ch.Old.Clone()
	}
	return ch
}

// Weight is about how many bytes the records of a change keep alive.
func Weight(ch *change.Change) int { return weight(ch.Old) + weight(ch.New) }

// weight is about how many bytes a record keeps alive.
func weight(r *record.Record) int {
	if r == nil {
		return 0
	}
	n := 64
	for i := range r.Collection().Fields {
		n += 16
		switch v := r.At(i).(type) {
		case string:
			n += len(v)
		case field.JSON:
			n += len(v)
		case []string:
			for _, s := range v {
				n += len(s) + 16
			}
		}
	}
	return n
}
