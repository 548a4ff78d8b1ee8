package write

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/files"
	"github.com/holdall-dev/holdall/internal/store"
)

// uploads are the files that came with a wish. They keep their names when the steps are done again.
type uploads struct {
	taken  map[string][]*files.Upload // by key of the input
	byName map[string]*files.Upload   // by the name they will have
	staged []*files.Staged            // whose bytes are stored and whose row may not be
	owned  bool                       // somebody will settle what is staged
	claims []string                   // uploads that came in pieces
}

// input is what the wish says under a key; sent is false when that is nothing but files for what cannot have
// files. Names of uploads follow those that are sent as text.
func (w *work) input(key string, ord int) (in any, sent bool, err error) {
	in, sent = w.in.Data[key]
	if ord < 0 {
		return in, sent, nil
	}
	f, ok := w.c.Fields[ord].(*field.File)
	if !ok {
		return in, sent, nil
	}
	in, pieces, ids := w.s.files.Claim(w.By, w.c, f, in)
	if len(w.in.Files[key])+len(pieces) == 0 {
		return in, sent, nil
	}
	list, err := w.take(key, pieces, ids)
	if err != nil {
		return nil, false, err
	}
	stored := make([]string, len(list))
	for i, up := range list {
		stored[i] = up.Stored
	}
	return f.Join(in, stored), true, nil
}

// mayUpload reports whether the wish could bring files at all.
func (w *work) mayUpload() bool {
	for _, f := range w.c.Fields {
		if _, ok := f.(*field.File); ok {
			return true
		}
	}
	return false
}

// take names the uploads of a key, once; those that came in pieces are the last.
func (w *work) take(key string, pieces []field.Upload, ids []string) ([]*files.Upload, error) {
	if list, ok := w.memo.taken[key]; ok {
		return list, nil
	}
	if w.memo.taken == nil {
		w.memo.taken, w.memo.byName = map[string][]*files.Upload{}, map[string]*files.Upload{}
	}
	list := make([]*files.Upload, 0, len(w.in.Files[key]))
	for _, raw := range slices.Concat(w.in.Files[key], pieces) {
		up, err := files.Take(raw)
		if err != nil {
			return nil, err
		}
		list = append(list, up)
		w.memo.byName[up.Stored] = up
	}
	w.memo.taken[key] = list
	w.memo.claims = append(w.memo.claims, ids...)
	return list, nil
}

// uploaded are the uploads whose names are in v, the value of a file field.
func (w *work) uploaded(f *field.File, v any) (list []*files.Upload, stored []string) {
	if len(w.memo.byName) == 0 {
		return nil, nil
	}
	for _, name := range f.Files(v) {
		if up := w.memo.byName[name]; up != nil {
			list, stored = append(list, up), append(stored, name)
		}
	}
	return list, stored
}

// withUploads is the value at an ordinal as rules see it: a new file is more than its name.
func (w *work) withUploads(ord int) any {
	v := w.New.At(ord)
	f, ok := w.c.Fields[ord].(*field.File)
	if list, _ := w.uploaded(f, v); !ok || list == nil {
		return v
	}
	if name, single := v.(string); single {
		return w.memo.byName[name].Shown()
	}
	var shown []any
	for _, name := range f.Files(v) {
		if up := w.memo.byName[name]; up != nil {
			shown = append(shown, up.Shown())
			continue
		}
		shown = append(shown, name)
	}
	return shown
}

// checkFiles judges the files of a field: names that nobody knows, and what was uploaded.
func (w *work) checkFiles(fs fault.Fields, ord int, f *field.File) {
	list, stored := w.uploaded(f, w.New.At(ord))
	fs.Add(f.Name, f.CheckNames(w.before(ord), w.New.At(ord), stored...))
	for _, up := range list {
		fs.Add(f.Name, up.Check(f))
	}
}

// stage stores the bytes of the uploads that the record names, ahead of the row.
func stage(ctx context.Context, w *work) error {
	list := w.unstaged()
	if len(list) == 0 {
		return nil
	}
	if !w.memo.owned {
		w.memo.owned = true
		w.lane.owe(w)
	}
	st, err := w.s.files.Stage(ctx, w.place(), list)
	if err != nil {
		return fmt.Errorf("upload to %s: %w", w.c.Name, err)
	}
	w.memo.staged = append(w.memo.staged, st)
	return nil
}

func (w *work) place() files.Place { return files.Place{Collection: w.c.ID, Record: w.New.ID()} }

// unstaged are the uploads that the record names and whose bytes do not lie with it yet.
func (w *work) unstaged() (list []*files.Upload) {
	if len(w.memo.byName) == 0 {
		return nil
	}
	lying := map[string]bool{}
	for _, st := range w.memo.staged {
		for _, name := range st.Names {
			lying[name] = lying[name] || st.Place() == w.place()
		}
	}
	for i, f := range w.c.Fields {
		file, ok := f.(*field.File)
		if !ok {
			continue
		}
		ups, _ := w.uploaded(file, w.New.At(i))
		for _, up := range ups {
			if !lying[up.Stored] {
				list = append(list, up)
			}
		}
	}
	return list
}

// settle ends what was staged, now that it is known whether the row was written. When nobody knows, the next process
// looks.
func (w *work) settle(ctx context.Context, err error) {
	staged := w.memo.staged
	w.memo.staged, w.memo.owned = nil, false
	if undecided(err) {
		return
	}
	if err == nil && w.written {
		w.s.files.Settle(ctx, w.memo.claims)
	}
	for _, st := range staged {
		if err == nil && w.written && st.Place() == w.place() {
			st.Keep(ctx)
			continue
		}
		st.Drop(ctx)
	}
}

// undecided reports whether nobody knows what became of a commit: the flush failed, or the connection to the database
// broke meanwhile.
func undecided(err error) bool {
	if errors.Is(err, store.ErrReadOnly) {
		return true
	}
	f, ok := fault.Of(err)
	if !ok {
		return false
	}
	commit := f.Fields["commit"]
	return commit != nil && commit.Code == fault.CodeCommitUnknown
}
