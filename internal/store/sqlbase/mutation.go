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

// maxTogether is how many records that were deleted together are kept in memory together.
const maxTogether = 4096

// Together lets the deletes of one transaction know of each other. changes are all that it wrote, in order.
func Together(changes []change.Change) {
	gone, deletes := before(changes)
	if deletes < 2 {
		return
	}
	var with []*record.Record
	for _, rec := range gone {
		if rec != nil {
			with = append(with, rec)
		}
	}
	for i := range changes {
		ch := &changes[i]
		if ch.Op != change.Delete {
			continue
		}
		if ch.Torn = deletes > maxTogether || gone[placeOf(ch)] != ch.Old; !ch.Torn {
			ch.With = with
		}
	}
}

// place names a record.
type place struct{ collection, id string }

func placeOf(ch *change.Change) place { return place{ch.Collection, ch.ID} }

// before finds what deleted records were like before the transaction; nil for those that it made.
func before(changes []change.Change) (gone map[place]*record.Record, deletes int) {
	for i := range changes {
		if changes[i].Op == change.Delete {
			deletes++
		}
	}
	if deletes < 2 || deletes > maxTogether {
		return nil, deletes
	}
	first := make(map[place]*record.Record, len(changes))
	gone = make(map[place]*record.Record, deletes)
	for i := range changes {
		ch := &changes[i]
		at := placeOf(ch)
		if _, known := first[at]; !known {
			first[at] = ch.Old
		}
		if ch.Op == change.Delete {
			gone[at] = first[at]
		}
	}
	return gone, deletes
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
