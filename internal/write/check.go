package write

import (
	"context"
	"slices"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// check lets every field judge its value and reports all faults together. What no field can know alone,
// whether records exist, the commit proves under the writer's lock; it is asked here only when something
// else failed, so that the report is complete.
func check(ctx context.Context, w *work) error {
	fs := fault.Fields{}
	for name, err := range w.faults {
		fs.Add(name, err)
	}
	for i, f := range w.c.Fields {
		if i != w.c.IDOrd() || w.op == change.Create { // a stored id is not judged again
			fs.Add(f.Base().Name, f.Check(w.New.At(i)))
		}
		if file, ok := f.(*field.File); ok {
			w.checkFiles(fs, i, file)
		}
	}
	if err := w.checkKey(ctx, fs); err != nil {
		return err
	}
	w.refer(fs)
	w.checkAccountRow(fs)
	if len(fs) == 0 {
		return nil
	}
	if err := w.missing(ctx, fs); err != nil {
		return err
	}
	return w.failed(fs)
}

// before is the stored value at an ordinal, nil on create.
func (w *work) before(ord int) any {
	if w.Old == nil {
		return nil
	}
	return w.Old.At(ord)
}

// plainKey is the pattern of ids that have no upper case, so that none differ by case alone.
const plainKey = `^[a-z0-9]+$`

// checkKey judges the id against others. A file system or a person may not tell ids apart that differ by
// case alone.
func (w *work) checkKey(ctx context.Context, fs fault.Fields) error {
	id := w.New.ID()
	if w.op == change.Update {
		if id != w.Old.ID() {
			fs.Add("id", fault.Field("validation_pk_change", "The record id cannot be changed."))
		}
		return nil
	}
	if f, ok := w.c.Fields[w.c.IDOrd()].(*field.Text); ok && f.Pattern != plainKey && id != "" && fs["id"] == nil {
		n, err := w.lane.Count(ctx, store.Query{
			From: w.c, By: &store.By{Ord: w.c.IDOrd(), Values: []string{id}, NoCase: true}, Limit: 1,
		})
		if err != nil {
			return err
		}
		if n > 0 {
			fs.Add("id", fault.Field("validation_pk_invalid", "The record id is invalid or already exists."))
		}
	}
	w.rivals = nil
	if w.c.IsAuth() && id != w.made {
		w.rivals = w.namesakes(id)
	}
	return nil
}

// namesakes are the records of other auth collections that would have the same id. A generated id is not
// asked for: it has no equal.
func (w *work) namesakes(id string) (refs []store.Ref) {
	for _, c := range w.s.catalog().All() {
		if c.IsAuth() && c.ID != w.c.ID {
			refs = append(refs, store.Ref{Collection: c, ID: id, Ord: w.c.IDOrd()})
		}
	}
	return refs
}

// refer collects the records that the new one points to.
func (w *work) refer(fs fault.Fields) {
	w.refs = nil
	for i, f := range w.c.Fields {
		r, ok := f.(field.Referrer)
		if !ok {
			continue
		}
		ids := r.Refs(w.New.At(i))
		if len(ids) == 0 {
			continue
		}
		target, ok := w.s.catalog().ByID(r.Target())
		if !ok {
			fs.Add(f.Base().Name, fault.Field("validation_missing_rel_collection", "Relation collection doesn't exist."))
			continue
		}
		for _, id := range ids {
			w.refs = append(w.refs, store.Ref{Collection: target, ID: id, Ord: i})
		}
	}
}

// missing asks which of the records that must exist do not, and which of those that must not do.
func (w *work) missing(ctx context.Context, fs fault.Fields) error {
	gone, err := w.unlike(ctx, w.refs, false)
	if err != nil {
		return err
	}
	for _, r := range gone {
		fs.Add(w.c.Fields[r.Ord].Base().Name, w.missingRef())
	}
	there, err := w.unlike(ctx, w.rivals, true)
	if err != nil {
		return err
	}
	for range there {
		fs.Add("id", fault.Field("validation_invalid_auth_id", "The record id is invalid or already used by another auth collection."))
	}
	return nil
}

func (w *work) missingRef() *fault.Error {
	if isAccountRow(w.c) {
		return fault.Field("validation_invalid_record", "Missing or invalid record reference.")
	}
	return fault.Field("validation_missing_rel_records", "Failed to find all relation records with the provided ids.")
}

// unlike returns those of refs whose existence is the one given.
func (w *work) unlike(ctx context.Context, refs []store.Ref, exists bool) (bad []store.Ref, err error) {
	for len(refs) > 0 {
		c := refs[0].Collection
		n := slices.IndexFunc(refs, func(r store.Ref) bool { return r.Collection != c })
		if n < 0 {
			n = len(refs)
		}
		found, err := present(ctx, w.lane, c, idsOf(refs[:n]))
		if err != nil {
			return nil, err
		}
		for _, r := range refs[:n] {
			if found[r.ID] == exists {
				bad = append(bad, r)
			}
		}
		refs = refs[n:]
	}
	return bad, nil
}

func idsOf(refs []store.Ref) []string {
	ids := make([]string, len(refs))
	for i, r := range refs {
		ids[i] = r.ID
	}
	return ids
}

// isAccountRow reports whether records of c belong to an account: what it signed in with, and where.
func isAccountRow(c *schema.Collection) bool { return c.System && slices.Contains(accountRows, c.Name) }
