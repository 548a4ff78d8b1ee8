package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// freshAuth is how long ago the caller may have signed in at most to replace a number that was verified.
const freshAuth = 10 * time.Minute

// RequestPhoneChange has a code sent to the number that the caller wants to have, or wants to verify, and returns
// its id. The answer is the same whether somebody else has the number.
// Faults: Unauthorized for guests, Forbidden for records of other collections and when the sign-in was too long
// ago, Invalid, TooMany.
func (s *Service) RequestPhoneChange(ctx context.Context, by *caller.Caller, c *schema.Collection, in Input) (id string, err error) {
	if err := Own(by, c); err != nil {
		return "", err
	}
	if !c.Auth.PhoneAuth.Enabled {
		return "", noPhones()
	}
	number, err := s.wantedPhone(in, "newPhone")
	if err != nil {
		return "", err
	}
	if by.Auth.Bool("phoneVerified") {
		if number == by.Auth.String("phone") {
			return "", refused(fault.Fields{"newPhone": fault.Field(fault.CodeNotIn, "Must not be in list.")})
		}
		if by.Auth.String("phone") != "" && s.Now().Sub(by.Token.Proved) > freshAuth {
			return "", reauth()
		}
	}
	return s.askPhone(ctx, by, c, outbox.Wish{Kind: codeChange, Phone: number, Record: by.Auth.ID()})
}

// reauth is the fault of a sign-in that was too long ago.
func reauth() error {
	e := fault.Fields{"auth": fault.Field("reauth_required", "Sign in again to do this.")}.Error()
	e.Kind, e.Code, e.Msg = fault.Forbidden, "reauth_required", "A recent sign-in is required."
	return e
}

// ConfirmPhoneChange takes the code and gives the caller the number, verified. All tokens of the account end, and
// its owner is told by mail. Faults: Unauthorized, Forbidden, Invalid, TooMany.
func (s *Service) ConfirmPhoneChange(ctx context.Context, by *caller.Caller, c *schema.Collection, in Input) error {
	if err := Own(by, c); err != nil {
		return err
	}
	if !c.Auth.PhoneAuth.Enabled {
		return noPhones()
	}
	id, code, err := codeInput(in)
	if err != nil {
		return err
	}
	a := Attempt{By: by, Collection: c, In: in}
	e, err := s.tryPhoneCode(ctx, a, codeChange, id, code)
	if err != nil {
		return err
	}
	if e.Record != by.Auth.ID() {
		return badCode()
	}
	p := &phoneProof{s: s, a: a}
	err = s.Write.Together(ctx, func(ctx context.Context, rd store.Reader) error {
		p.rd = rd
		return p.replace(ctx, id)
	})
	if err != nil {
		return fmt.Errorf("change a number in %s: %w", c.Name, err)
	}
	s.given.used(id)
	return nil
}

// replace takes the code away and puts the number on its account.
func (p *phoneProof) replace(ctx context.Context, id string) error {
	e, rec, err := p.s.takePhoneCode(ctx, p.rd, p.a.Collection, id)
	if err != nil {
		return err
	}
	if err := p.s.confirmed(ctx, p.rd, p.a.Collection, e.Phone); err != nil {
		return err
	}
	holder, err := p.free(ctx, e.Phone, rec.ID())
	if err != nil {
		return err
	}
	if holder != nil {
		return badCode() // somebody proved it meanwhile
	}
	_, err = p.s.change(ctx, rec, map[string]any{"phone": e.Phone, "phoneVerified": true})
	return err
}

// codeInput reads a code and its id.
func codeInput(in Input) (id, code string, err error) {
	if id, err = in.Text("otpId"); err != nil {
		return "", "", err
	}
	if code, err = in.Text("password"); err != nil {
		return "", "", err
	}
	fs := fault.Fields{}
	for name, v := range map[string]string{"otpId": id, "password": code} {
		switch {
		case v == "":
			fs.Add(name, fault.Required())
		case len(v) > maxCodeInput:
			fs.Add(name, fault.LengthRange(1, maxCodeInput))
		}
	}
	return id, code, refused(fs)
}

const maxCodeInput = 71 // bytes
