package write

import (
	"context"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
)

// form asks what an account needs besides its fields: a password is confirmed, an owner proves the old
// one, only who manages accounts changes e-mail, phone and what of them is verified (records.md §11.1). When it finds a fault,
// the fields are not judged.
func form(ctx context.Context, w *work) error {
	if !w.c.IsAuth() || w.By.Trust == caller.System {
		return nil
	}
	fs := fault.Fields{}
	judge := w.changedAccount
	if w.op == change.Create {
		judge = w.newAccount
	}
	if err := judge(ctx, fs); err != nil {
		return err
	}
	if len(fs) > 0 {
		return w.failed(fs)
	}
	return nil
}

func (w *work) newAccount(ctx context.Context, fs fault.Fields) error {
	hides, err := w.hides(ctx)
	if err != nil {
		return err
	}
	if hides && w.New.ID() != "" { // whether the id is taken afterwards would tell
		fs.Add("id", fault.Field("validation_private_sign_up", "The id of an account is not chosen where sign-up is private."))
	}
	p, confirm := w.New.Password("password"), w.text("passwordConfirm")
	if p.Hash == "" { // a hash comes from Holdall itself
		if p.Plain == "" {
			fs.Add("password", fault.Required())
		}
		confirmed(fs, p.Plain, confirm, true)
	}
	verified, called := w.New.Bool("verified"), w.phoneProven(w.New)
	if !verified && !called {
		return nil
	}
	may, err := w.manager(ctx)
	if !may {
		unproven(fs, verified, called)
	}
	return err
}

func (w *work) changedAccount(ctx context.Context, fs fault.Fields) error {
	p, confirm, old := w.New.Password("password"), w.text("passwordConfirm"), w.text("oldPassword")
	changes := p.Plain != "" || confirm != ""
	if p.Plain == "" && (confirm != "" || old != "") {
		fs.Add("password", fault.Required())
	}
	confirmed(fs, p.Plain, confirm, p.Plain != "" || old != "")

	email := w.New.String("email") != w.Old.String("email")
	verified := w.New.Bool("verified") != w.Old.Bool("verified")
	phone := w.phone(w.New) != w.phone(w.Old)
	called := w.phoneProven(w.New) != w.phoneProven(w.Old)
	if !changes && !email && !verified && !phone && !called {
		return nil
	}
	may, err := w.manager(ctx)
	if may || err != nil {
		return err
	}
	if email {
		fs.Add("email", fault.Mismatch())
	}
	if phone {
		fs.Add("phone", fault.Mismatch())
	}
	unproven(fs, verified, called)
	if changes {
		return w.provesOld(ctx, fs, old)
	}
	return nil
}

// unproven refuses what nobody may say of an account without proof.
func unproven(fs fault.Fields, verified, called bool) {
	if verified {
		fs.Add("verified", fault.Mismatch())
	}
	if called {
		fs.Add("phoneVerified", fault.Mismatch())
	}
}

func confirmed(fs fault.Fields, password, confirm string, needed bool) {
	switch {
	case confirm == "" && needed:
		fs.Add("passwordConfirm", fault.Required())
	case confirm != password:
		fs.Add("passwordConfirm", fault.Mismatch())
	}
}

func (w *work) provesOld(ctx context.Context, fs fault.Fields, old string) error {
	if old == "" {
		fs.Add("oldPassword", fault.Required())
		return nil
	}
	ok, err := w.memo.verify(ctx, w.s.hasher, w.Old.Password("password").Hash, old)
	if err == nil && !ok {
		fs.Add("oldPassword", fault.Field("validation_invalid_old_password", "Missing or invalid old password."))
	}
	return err
}

// text is a key of the input as text, "" when it is absent.
func (w *work) text(key string) string { return asText(w.in.Data[key]) }

func asText(in any) string {
	v, _ := new(field.Text).Clean(in)
	s, _ := v.(string)
	return s
}
