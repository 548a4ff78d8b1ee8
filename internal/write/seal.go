package write

import (
	"context"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
)

// seal makes the record what will be stored: plain passwords become hashes, token keys turn, dates are
// those of this moment.
func seal(ctx context.Context, w *work) error {
	for i, f := range w.c.Fields {
		p, ok := f.(*field.PasswordField)
		if !ok {
			continue
		}
		if err := w.hash(ctx, i, p); err != nil {
			return err
		}
	}
	superusersAreVerified(w.New)
	w.turnTokenKey()
	w.stamp()
	return nil
}

func (w *work) hash(ctx context.Context, ord int, f *field.PasswordField) error {
	v, _ := w.New.At(ord).(field.Password)
	if v.Plain == "" {
		return nil
	}
	hash, err := w.memo.hash(ctx, w.s.hasher, f, v.Plain)
	if err != nil {
		return err
	}
	w.New.SetAt(ord, field.Password{Hash: hash})
	return nil
}

// stamp sets the dates that only Holdall writes.
func (w *work) stamp() {
	op := field.OnUpdate
	if w.op == change.Create {
		op = field.OnCreate
	}
	now := w.s.now()
	for i, f := range w.c.Fields {
		if date, ok := f.(*field.Autodate); ok {
			if v, ok := date.Fill(op, now, nil); ok {
				w.New.SetAt(i, v)
			}
		}
	}
}

// hashAhead hashes the valid new passwords of the record, so that a transaction need not.
func (w *work) hashAhead(ctx context.Context) error {
	if w.New == nil {
		return nil
	}
	for i, f := range w.c.Fields {
		p, ok := f.(*field.PasswordField)
		if !ok {
			continue
		}
		if err := w.hashOne(ctx, p, w.New.At(i)); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) hashOne(ctx context.Context, f *field.PasswordField, v any) error {
	p, _ := v.(field.Password)
	if p.Plain == "" || f.Check(p) != nil {
		return nil
	}
	_, err := w.memo.hash(ctx, w.s.hasher, f, p.Plain)
	return err
}

// workAhead does the slow part of a wish before a transaction begins: hashing new passwords of the input
// and proving old ones.
func (w *work) workAhead(ctx context.Context) error {
	for i, f := range w.c.Fields {
		p, ok := f.(*field.PasswordField)
		in, sent := w.in.Data[f.Base().Name]
		if !ok || !sent || w.mayNot(i) {
			continue
		}
		v, err := p.Clean(in)
		if err != nil {
			continue
		}
		if err := w.hashOne(ctx, p, v); err != nil {
			return err
		}
	}
	return w.proveAhead(ctx)
}

func (w *work) proveAhead(ctx context.Context) error {
	old := w.text("oldPassword")
	if old == "" || !w.c.IsAuth() || w.By.IsSuper() || w.id == "" {
		return nil
	}
	rec, err := one(ctx, w.lane, w.c, w.id)
	if rec == nil || err != nil {
		return err
	}
	_, err = w.memo.verify(ctx, w.s.hasher, rec.Password("password").Hash, old)
	return err
}

// sentence says what could not be done.
func (w *work) sentence() string {
	switch w.op {
	case change.Create:
		return "Failed to create record."
	case change.Update:
		return "Failed to update record."
	}
	return blocked
}

const blocked = "Failed to delete record. Make sure that the record is not part of a required relation reference."

// failed is the fault of the whole write, with what is wrong with which field.
func (w *work) failed(fs fault.Fields) *fault.Error {
	return &fault.Error{Kind: fault.Invalid, Msg: w.sentence(), Fields: fs}
}
