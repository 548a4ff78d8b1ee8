package write

import (
	"context"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// accountRows are the system collections whose records belong to an account, by its collectionRef and
// recordRef.
var accountRows = []string{schema.AuthOrigins, schema.ExternalAuths, schema.MFAs, schema.OTPs}

const (
	installer      = "__pbinstaller@example.com" // who sets the first superuser up
	tokenKeyLength = 50
)

// checkAccountRow judges a record that belongs to an account (collections.md §5).
func (w *work) checkAccountRow(fs fault.Fields) {
	if !isAccountRow(w.c) {
		return
	}
	c, ok := w.s.catalog().ByID(w.New.String("collectionRef"))
	switch {
	case !ok:
		fs.Add("collectionRef", fault.Field("validation_invalid_collection_id", "Missing or invalid collection reference."))
	case !c.IsAuth():
		fs.Add("collectionRef", fault.Field("validation_invalid_collection_type", "The referenced collection is not an auth collection."))
	default:
		if id := w.New.String("recordRef"); id != "" {
			w.refs = append(w.refs, store.Ref{Collection: c, ID: id, Ord: w.c.Ord("recordRef")})
		}
	}
	if w.c.Name == schema.ExternalAuths && w.s.known != nil {
		if p := w.New.String("provider"); p != "" && !w.s.known(p) {
			fs.Add("provider", fault.NotIn())
		}
	}
}

// turnTokenKey makes all tokens of an account worthless when its password was set, or its e-mail or phone
// changed or its phone was proved, unless the same save brings a new key.
func (w *work) turnTokenKey() {
	if !w.c.IsAuth() || w.Old == nil || w.New.String("tokenKey") != w.Old.String("tokenKey") {
		return
	}
	called := w.phone(w.New) != w.phone(w.Old) || w.phoneProven(w.New) && !w.phoneProven(w.Old)
	if w.rehashed() || w.New.String("email") != w.Old.String("email") || called {
		w.newTokenKey()
	}
}

// phone is the number that the account may sign in by, "" when there is none.
func (w *work) phone(rec *record.Record) string {
	ord := w.c.PhoneOrd()
	if ord < 0 {
		return ""
	}
	number, _ := rec.At(ord).(string)
	return number
}

// phoneProven reports whether the account has proved its number.
func (w *work) phoneProven(rec *record.Record) bool {
	return w.c.PhoneOrd() >= 0 && rec.Bool("phoneVerified")
}

func (w *work) newTokenKey() {
	w.New.SetAt(w.c.Ord("tokenKey"), field.RandomText(tokenKeyLength, field.Alphanumeric))
}

func (w *work) rehashed() bool {
	return w.New.Password("password").Hash != w.Old.Password("password").Hash
}

// renews reports whether the account gets another password or e-mail, and somebody wants to know.
func (w *work) renews() bool {
	return w.s.renewed != nil && w.c.IsAuth() && w.Old != nil && w.New != nil && (w.rehashed() || w.New.String("email") != w.Old.String("email") || w.phone(w.New) != w.phone(w.Old))
}

// proven reports whether the save verifies the account's e-mail.
func (w *work) proven() bool {
	return w.c.IsAuth() && w.Old != nil && w.New.Bool("verified") && !w.Old.Bool("verified")
}

// stale lists what the save of an account makes worthless, as names of account rows. For external accounts
// more is to be done: see unlinkUnproven.
func (w *work) stale() (names []string) {
	if !w.c.IsAuth() || w.Old == nil {
		return nil
	}
	if w.proven() {
		names = append(names, schema.ExternalAuths)
	}
	if w.rehashed() {
		names = append(names, schema.MFAs, schema.AuthOrigins)
	}
	if w.New.String("tokenKey") != w.Old.String("tokenKey") {
		names = append(names, schema.OTPs)
	}
	return names
}

// unlinkUnproven takes the external accounts off that were linked before the e-mail was verified: who
// linked them need not be its owner. Every token made until now dies with them.
func (w *work) unlinkUnproven(ctx context.Context) error {
	if !w.proven() {
		return nil
	}
	n, err := w.dropRows(ctx, schema.ExternalAuths, w.c, w.Old.ID())
	if err == nil && n > 0 && w.New.String("tokenKey") == w.Old.String("tokenKey") {
		w.newTokenKey()
	}
	return err
}

// dropRows deletes what belongs to an account in one of the system collections.
func (w *work) dropRows(ctx context.Context, name string, c *schema.Collection, id string) (int, error) {
	rows, ids, err := w.rowsOf(ctx, name, c, id)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if err := w.clean(ctx, rows, id); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

// rowsOf lists what belongs to an account in one of the system collections.
func (w *work) rowsOf(ctx context.Context, name string, c *schema.Collection, id string) (rows *schema.Collection, ids []string, err error) {
	rows, ok := w.s.catalog().Find(name)
	if !ok || rows.Ord("recordRef") < 0 || rows.Ord("collectionRef") < 0 {
		return nil, nil, nil
	}
	q := store.Query{From: rows, By: &store.By{Ord: rows.Ord("recordRef"), Values: []string{id}}}
	ref := rows.Ord("collectionRef")
	err = w.lane.Select(ctx, q, func(row store.Row) error {
		if string(row.Text(ref)) == c.ID {
			ids = append(ids, row.ID())
		}
		return nil
	})
	return rows, ids, err
}

func isSuperusers(c *schema.Collection) bool { return c.ID == schema.SuperusersID }

// lastSuperuser refuses to leave nobody who may do everything.
func (w *work) lastSuperuser(ctx context.Context, c *schema.Collection) error {
	if !isSuperusers(c) {
		return nil
	}
	n, err := w.lane.Count(ctx, store.Query{From: c})
	if err == nil && n <= 1 {
		return fault.New(fault.Invalid, "You can't delete the only existing superuser.")
	}
	return err
}

// dismissInstaller removes the account that was there to make the first superuser.
func (w *work) dismissInstaller(ctx context.Context) error {
	if !w.installs() {
		return nil
	}
	ids, err := idsBy(ctx, w.lane, w.c, w.c.Ord("email"), installer)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := w.clean(ctx, w.c, id); err != nil {
			return err
		}
	}
	return nil
}

func (w *work) installs() bool {
	return isSuperusers(w.c) && w.op == change.Create && w.New.String("email") != installer
}

// superusersAreVerified keeps a promise that others build on.
func superusersAreVerified(rec *record.Record) {
	if c := rec.Collection(); isSuperusers(c) {
		rec.SetAt(c.Ord("verified"), true)
	}
}
