package realtime

import (
	"slices"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// maxAlso is how many records that are no more one question may bring along.
const maxAlso = 256

// together finds what a rule that is asked about a deleted record must see besides the database: the records
// that the same transaction deleted and to which the rule may lead. Without them it would be asked in a world
// where a parent is gone before its child. ok is false when that cannot be told.
func together(ch change.Change, rec *record.Record, where *rule.Bound, cat *schema.Catalog) (list []*record.Record, ok bool) {
	if ch.Op != change.Delete || len(where.Joins) == 0 {
		return nil, true
	}
	if ch.Torn {
		return nil, false
	}
	if len(ch.With) == 0 {
		return nil, true
	}
	list = reach(ch.With, rec)
	for _, j := range where.Joins {
		if j.Table == nil || j.Kind == rule.OneJoin || j.Kind == rule.IDsJoin {
			continue // relations lead there, and were followed
		}
		for _, r := range ch.With {
			if r.Collection().ID == j.Table.ID && !slices.Contains(list, r) {
				list = append(list, r)
			}
		}
	}
	if len(list) > maxAlso {
		return nil, false
	}
	return inForm(list, cat)
}

// reach are the records of a list to which relations lead from one.
func reach(list []*record.Record, from *record.Record) (found []*record.Record) {
	for next := []*record.Record{from}; len(next) > 0; next = next[1:] {
		for i, f := range next[0].Collection().Fields {
			ref, ok := f.(field.Referrer)
			if !ok {
				continue
			}
			for _, id := range ref.Refs(next[0].At(i)) {
				if r := find(list, ref.Target(), id); r != nil && !slices.Contains(found, r) && len(found) <= maxAlso {
					found, next = append(found, r), append(next, r)
				}
			}
		}
	}
	return found
}

func find(list []*record.Record, collection, id string) *record.Record {
	for _, r := range list {
		if r.ID() == id && r.Collection().ID == collection {
			return r
		}
	}
	return nil
}

// inForm is the records in the present form of their collections; false when one of those is gone.
func inForm(list []*record.Record, cat *schema.Catalog) ([]*record.Record, bool) {
	for i, r := range list {
		c, ok := cat.ByID(r.Collection().ID)
		if !ok {
			return nil, false
		}
		list[i] = reformed(r, c)
	}
	return list, true
}
