package auth

import (
	"context"
	"fmt"
	"maps"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// joining is a sign-in with an external account that changes something, in one transaction.
type joining struct {
	s       *Service
	rd      store.Reader
	a       Attempt
	ext     External
	unknown field.Password // nobody is told it
}

// join finds the account anew, for the world may have moved, or makes it, and links it.
func (j *joining) join(ctx context.Context, up *body.Body) (rec *record.Record, isNew bool, err error) {
	rec, link, err := j.s.whose(ctx, j.rd, j.a, j.ext)
	switch {
	case err != nil:
		return nil, false, err
	case rec != nil:
		rec, link, err = j.claim(ctx, rec, link)
	case up == nil:
		return nil, false, ErrNobody
	default:
		isNew = true
		rec, err = j.signUp(ctx, *up)
	}
	if err == nil && link == "" {
		err = j.tie(ctx, rec)
	}
	return rec, isNew, err
}

// signUp makes the account by the collection's own create rule. Its e-mail counts as verified when it is the
// one that the provider vouches for, and when there is none.
func (j *joining) signUp(ctx context.Context, up body.Body) (*record.Record, error) {
	up.Data = maps.Clone(up.Data)
	if v := up.Data["password"]; v == nil || v == "" {
		up.Data["password"] = j.unknown
		delete(up.Data, "passwordConfirm")
	}
	rec, err := j.s.Write.Create(ctx, j.a.By.In(caller.ContextOAuth2), j.a.Collection, up)
	if err != nil || rec.String("email") != j.ext.Email || rec.Bool("verified") {
		return rec, err
	}
	return j.update(ctx, rec, map[string]any{"verified": true})
}

// claim lets the owner of an external account have rec (auth.md §8.5). Whoever made an account without
// proving its e-mail may be somebody else: the proof that comes now ends the password, the tokens, the codes
// and the links that were there before it. link is the id of the link that is left.
func (j *joining) claim(ctx context.Context, rec *record.Record, link string) (*record.Record, string, error) {
	set := map[string]any{}
	email, verified := rec.String("email"), rec.Bool("verified")
	if !verified && !j.a.By.Is(j.a.Collection, rec.ID()) {
		set["password"] = j.unknown
	}
	if email == "" && j.ext.Email != "" {
		set["email"] = j.ext.Email
	}
	if !verified && (email == "" || email == j.ext.Email) {
		set["verified"] = true // its links go with that, and tokens that were made until now
	} else if !verified {
		if err := j.s.untie(ctx, j.rd, rec); err != nil {
			return nil, "", err
		}
	}
	if !verified {
		link = ""
	}
	if len(set) == 0 {
		return rec, link, nil
	}
	rec, err := j.update(ctx, rec, set)
	return rec, link, err
}

func (j *joining) update(ctx context.Context, rec *record.Record, set map[string]any) (*record.Record, error) {
	return j.s.Write.Update(ctx, caller.AsSystem(j.s.Now()), j.a.Collection, rec.ID(), body.Body{Data: set})
}

// tie links the external account to rec. An account has one link per provider.
func (j *joining) tie(ctx context.Context, rec *record.Record) error {
	c, ok := j.s.Catalog().Find(schema.ExternalAuths)
	if !ok {
		return fmt.Errorf("no collection %s", schema.ExternalAuths)
	}
	_, err := j.s.Write.Create(ctx, caller.AsSystem(j.s.Now()), c, body.Body{Data: map[string]any{
		"collectionRef": j.a.Collection.ID, "recordRef": rec.ID(), "provider": j.ext.Provider, "providerId": j.ext.ID,
	}})
	return err
}
