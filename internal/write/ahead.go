package write

import (
	"context"
	"errors"

	"github.com/holdall-dev/holdall/internal/change"
)

// errNoUploads ends steps that are done for the sake of uploads alone.
var errNoUploads = errors.New("no uploads")

// stageAhead stores the bytes of an item of a batch before its transaction begins, for everybody waits
// meanwhile. It goes through the steps as they would go now. Where one fails nothing is stored, and nothing said:
// an item before this one may yet bring about what it needs, and whatever is wrong the transaction finds out.
// Whoever calls it settles the work.
func (w *work) stageAhead(ctx context.Context, a Action) error {
	if w.lane.tx != nil || a == Delete || !w.mayUpload() {
		return nil
	}
	w.op = change.Create
	if a == Update || a == Upsert {
		old, err := one(ctx, w.lane, w.c, w.id)
		if err != nil || old == nil && a == Update {
			return err
		}
		if old != nil {
			w.op = change.Update
		}
	}
	steps := []step{open, fill, uploading, allow, form, generate, check}
	if w.op == change.Update {
		steps = []step{open, load, fill, uploading, allow, form, generate, check}
	}
	if w.once(ctx, w.lane, steps) != nil {
		return nil
	}
	w.memo.owned = true
	return stage(ctx, w)
}

// uploading ends the steps of a work that brings no files.
func uploading(_ context.Context, w *work) error {
	if len(w.memo.byName) == 0 {
		return errNoUploads
	}
	return nil
}

// checkAndStage stores the bytes of a work ahead of the transaction that a program joins. What is wrong with it
// is said there.
func (w *work) checkAndStage(ctx context.Context) error {
	if w.lane.tx != nil || len(w.memo.byName) == 0 || check(ctx, w) != nil {
		return nil
	}
	return stage(ctx, w)
}
