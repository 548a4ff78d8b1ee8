package write

import (
	"context"
	"errors"
	"strings"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
)

// quietly does what makes an account. Where sign-up is private, nobody learns by it whether the e-mail is taken: who
// would be refused for that alone gets the record that would have been made, nothing of it is stored, and both ways
// leave the same wish behind, by which the owner of the address hears of it or nobody does. What programs write
// within the transaction of a sign-up that is refused is undone.
func quietly(do step) step {
	return func(ctx context.Context, w *work) error {
		hides, err := w.hides(ctx)
		switch {
		case err != nil:
			return err
		case !hides || w.New.String("email") == "":
			return do(ctx, w)
		}
		if err := w.workBefore(ctx); err != nil {
			return err
		}
		w.quiet = true
		return w.alone(ctx, func(ctx context.Context) error {
			if err := w.lane.part(ctx, func() error { return do(ctx, w) }); err != nil && !w.refused {
				return err
			}
			if w.refused {
				w.lane.later(func(ctx context.Context) { w.s.files.Settle(ctx, w.memo.claims) })
			}
			return w.s.signedUp(ctx, w.New)
		})
	}
}

// hides reports whether the caller must not learn who has an account: everybody who does not manage accounts, where
// the collection says so. Ways of signing in that make accounts prove the address, and need not be told.
func (w *work) hides(ctx context.Context) (bool, error) {
	asks := w.By.Context == caller.ContextDefault || w.By.Context == caller.ContextBatch
	if w.op != change.Create || !asks || !w.c.IsAuth() || !w.c.Auth.PrivateSignUp.Enabled || w.s.signedUp == nil {
		return false, nil
	}
	may, err := w.manager(ctx)
	return !may, err
}

// workBefore does what is slow, and refuses what is wrong in any case, before everybody has to wait.
func (w *work) workBefore(ctx context.Context) error {
	if err := w.hashAhead(ctx); err != nil {
		return err
	}
	if !w.point().Joins(&w.Write) { // else programs may still mend it
		if err := check(ctx, w); err != nil {
			return err
		}
	}
	return w.checkAndStage(ctx)
}

// commitQuietly writes the account when nobody has its e-mail. What else is wrong with it is found out first and for
// everybody, with an e-mail that nobody can have: an answer that depends on both would tell of the one.
func (w *work) commitQuietly(ctx context.Context) error {
	if err := w.rehearse(ctx); err != nil {
		return err
	}
	err := w.apply(ctx)
	_, w.refused = errors.AsType[*store.Unique](err)
	return err
}

// errRehearsed undoes what was written for a rehearsal.
var errRehearsed = errors.New("it would have been written")

func (w *work) rehearse(ctx context.Context) error {
	m := w.mutation()
	m.Rec = w.New.Clone()
	m.Rec.SetAt(w.c.Ord("email"), stranger(w.New.String("email")))
	err := w.lane.part(ctx, func() error {
		if err := w.lane.apply(ctx, m); err != nil {
			return err
		}
		return errRehearsed
	})
	if errors.Is(err, errRehearsed) {
		return nil
	}
	return err
}

// stranger is an address at the same place that nobody has.
func stranger(email string) string {
	_, domain, _ := strings.Cut(email, "@")
	return field.RandomText(40, field.Alphanumeric) + "@" + domain
}
