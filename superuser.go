package holdall

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// HasSuperuser reports whether anybody can sign in as a superuser.
func (a *App) HasSuperuser(ctx context.Context) (bool, error) {
	return auth.HasSuperuser(ctx, a.store, a.superusers())
}

// OfferSetup returns the secret of a link by which whoever has it makes the first superuser: it is worth
// something once, for half an hour, and while there is none. The page is at /_/#/setup/ followed by it.
func (a *App) OfferSetup() string { return a.auth.OfferSetup() }

// IssueOTP makes a one-time code for a superuser and returns its id and the code. Faults: NotFound; Invalid when
// codes are off for superusers.
func (a *App) IssueOTP(ctx context.Context, email string) (id, code string, err error) {
	rec, err := a.superuser(ctx, email)
	if err != nil {
		return "", "", err
	}
	return a.auth.IssueOTP(ctx, rec)
}

// CreateSuperuser makes a superuser. Fault: Invalid when the address is taken or the password too weak.
func (a *App) CreateSuperuser(ctx context.Context, email, password string) error {
	by := caller.AsSystem(a.o.Now())
	_, err := a.write.Create(ctx, by, a.superusers(), credentials(email, password))
	return err
}

// UpdateSuperuser sets a superuser's password, which ends all tokens. Faults: NotFound, Invalid.
func (a *App) UpdateSuperuser(ctx context.Context, email, password string) error {
	rec, err := a.superuser(ctx, email)
	if err != nil {
		return err
	}
	by := caller.AsSystem(a.o.Now())
	_, err = a.write.Update(ctx, by, a.superusers(), rec.ID(), credentials(email, password))
	return err
}

// UpsertSuperuser sets the password of a superuser and makes one when there is none with the address.
func (a *App) UpsertSuperuser(ctx context.Context, email, password string) error {
	err := a.UpdateSuperuser(ctx, email, password)
	if fault.Is(err, fault.NotFound) {
		return a.CreateSuperuser(ctx, email, password)
	}
	return err
}

// DeleteSuperuser deletes a superuser. Faults: NotFound; Invalid for the last one.
func (a *App) DeleteSuperuser(ctx context.Context, email string) error {
	rec, err := a.superuser(ctx, email)
	if err != nil {
		return err
	}
	return a.write.Delete(ctx, caller.AsSystem(a.o.Now()), a.superusers(), rec.ID())
}

// BindSuperusers lets superusers act from the given addresses and networks alone; from everywhere when there
// are none. Fault: Invalid.
func (a *App) BindSuperusers(ctx context.Context, from []string) error {
	raw, err := json.Marshal(map[string]any{"superuserIPs": append([]string{}, from...)})
	if err == nil {
		_, err = a.settings.Patch(ctx, raw)
	}
	return err
}

func (a *App) superusers() *schema.Collection {
	c, _ := a.catalog.Current().ByID(schema.SuperusersID)
	return c
}

func (a *App) superuser(ctx context.Context, email string) (found *record.Record, err error) {
	c := a.superusers()
	q := store.Query{From: c, By: &store.By{Ord: c.Ord("email"), Values: []string{email}}, Limit: 1}
	err = a.store.Select(ctx, q, func(r store.Row) (err error) {
		found, err = r.Record()
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find superuser %s: %w", email, err)
	}
	if found == nil {
		return nil, fault.Newf(fault.NotFound, "There is no superuser with the address %s.", email)
	}
	return found, nil
}

func credentials(email, password string) body.Body {
	return body.Body{Data: map[string]any{"email": email, "password": password, "passwordConfirm": password}}
}
