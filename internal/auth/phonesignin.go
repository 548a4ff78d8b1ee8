package auth

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
)

// SpendPhoneCode takes a code and returns the account of the number that it was sent to; it makes one when nobody
// has the number and the collection wants that, by its own create rule and of createData. A code works once. Who
// proves a number on an account of which nothing was proved takes it over from whoever made it.
// Faults: Invalid, the same for everything that can be wrong with a code; those of creating a record; TooMany.
func (s *Service) SpendPhoneCode(ctx context.Context, a Attempt, id, code string) (rec *record.Record, err error) {
	create, err := a.In.Object("createData")
	if err != nil {
		return nil, err
	}
	if _, err := s.tryPhoneCode(ctx, a, codeSignIn, id, code); err != nil {
		return nil, err
	}
	p := &phoneProof{s: s, a: a, create: create}
	if p.unknown, err = s.Unknown(ctx, a.Collection); err != nil {
		return nil, err
	}
	err = s.Write.Together(ctx, func(ctx context.Context, rd store.Reader) error {
		p.rd = rd
		rec, err = p.use(ctx, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("use a code that was sent to a phone: %w", err)
	}
	s.given.used(id)
	s.forgive(ctx, tryKey(a, id)+"\x00"+place(a.By.IP))
	return rec, nil
}

// phoneProof is a sign-in by phone that changes something, in one transaction.
type phoneProof struct {
	s       *Service
	rd      store.Reader
	a       Attempt
	create  map[string]any
	unknown field.Password // nobody is told it
}

// use takes the code away and gives the account.
func (p *phoneProof) use(ctx context.Context, id string) (*record.Record, error) {
	c := p.a.Collection
	e, rec, err := p.s.takePhoneCode(ctx, p.rd, c, id)
	if err != nil {
		return nil, err
	}
	if err := p.s.confirmed(ctx, p.rd, c, e.Phone); err != nil {
		return nil, err
	}
	if rec == nil {
		if rec, err = p.free(ctx, e.Phone, ""); err != nil {
			return nil, err
		}
	}
	switch {
	case rec == nil:
		return p.signUp(ctx, e.Phone)
	case rec.String("phone") != e.Phone || !opens(rec):
		return nil, badCode()
	case rec.Bool("phoneVerified"):
		return rec, nil
	}
	return p.claim(ctx, rec)
}

// free takes a proved number off an account that does not open by it; one that does is returned, unless it is the
// one with the id.
func (p *phoneProof) free(ctx context.Context, number, but string) (*record.Record, error) {
	by, err := uniqueBy(p.a.Collection, "phone", number)
	if err != nil {
		return nil, err
	}
	rec, err := oneOf(ctx, p.rd, store.Query{From: p.a.Collection, By: by, Limit: 1})
	switch {
	case errors.Is(err, errNone), err == nil && rec.ID() == but:
		return nil, nil
	case err != nil || opens(rec):
		return rec, err
	}
	_, err = p.s.change(ctx, rec, map[string]any{"phone": ""})
	return nil, err
}

// signUp makes the account. Its owner may say what it is made of, but the number.
func (p *phoneProof) signUp(ctx context.Context, number string) (*record.Record, error) {
	data := map[string]any{}
	maps.Copy(data, p.create)
	data["phone"] = number
	if v := data["password"]; v == nil || v == "" {
		data["password"] = p.unknown
		delete(data, "passwordConfirm")
	}
	rec, err := p.s.Write.Create(ctx, p.a.By.In(caller.ContextOTP), p.a.Collection, body.Body{Data: data})
	if err != nil {
		return nil, err
	}
	return p.s.change(ctx, rec, map[string]any{"phoneVerified": true})
}

// claim lets the owner of a number have an account of which nothing was proved. Whoever made it may be somebody
// else: the password, the address, the links, the tokens and the codes go that were there before. Where a second
// factor stands beside the number they stay: nobody gets in by the number alone.
func (p *phoneProof) claim(ctx context.Context, rec *record.Record) (*record.Record, error) {
	set := map[string]any{"phoneVerified": true}
	if !p.a.Collection.Auth.MFA.Enabled {
		set["password"] = p.unknown
		set["email"] = ""
		if err := p.s.untie(ctx, p.rd, rec); err != nil {
			return nil, err
		}
	}
	return p.s.change(ctx, rec, set)
}

// untie takes all external accounts off rec.
func (s *Service) untie(ctx context.Context, rd store.Reader, rec *record.Record) error {
	const its = "collectionRef = @request.body.collectionRef && recordRef = @request.body.recordRef"
	rows, err := s.links(ctx, rd, its, map[string]any{"collectionRef": rec.Collection().ID, "recordRef": rec.ID()})
	for _, row := range rows {
		if err == nil {
			err = s.Write.Delete(ctx, caller.AsSystem(s.Now()), row.Collection(), row.ID())
		}
	}
	return err
}
