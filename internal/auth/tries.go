package auth

import (
	"context"
	"errors"
	"math"
	"net/netip"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/record"
)

// How often what can be guessed may be tried. None of these locks an account: they hold who tries, and end.
const (
	codeTries, codeWindow         = 5, 180 * time.Second // codes, by account and address
	codeTriesOfAll                = 50                   // codes, by account, from wherever
	passwordTries, passwordWindow = 10, 5 * time.Minute  // wrong passwords, by identity and address
	changeMails, changeWindow     = 5, 5 * time.Minute   // mails to addresses that an account names
)

// place is what an address counts as: of IPv6 the network of 64 bits, for whoever has one has all of it.
func place(ip string) string {
	if a, err := netip.ParseAddr(ip); err == nil && a.Is6() && !a.Is4In6() {
		if net, err := a.WithZone("").Prefix(64); err == nil {
			return net.String()
		}
	}
	return ip
}

// held is the fault of who has to wait; nil for who has not.
func held(wait time.Duration, err error) error {
	if err == nil && wait > 0 {
		err = tooMany(wait)
	}
	return err
}

// forgive has nothing counted of key any more. When that fails it is counted for a while yet, and nothing else.
func (s *Service) forgive(ctx context.Context, key string) {
	if _, err := s.Tries.Forget(ctx, key, math.MaxInt32); err != nil {
		s.Log.Warn("tries of somebody who was right still count", "error", err)
	}
}

func tooMany(wait time.Duration) error {
	return fault.New(fault.TooMany, "Too many attempts. Please try again later.").In(wait)
}

// prove lets the method prove the attempt, unless the same place guessed wrong too often. Of many at once those that
// come to an end after the last wrong guess are not told whether they were right.
func (s *Service) prove(ctx context.Context, m Method, a Attempt) (*record.Record, error) {
	g, ok := m.(Guessable)
	if !ok {
		return m.Prove(ctx, s, a)
	}
	key := m.Name() + "\x00" + a.Collection.ID + "\x00" + g.Target(a) + "\x00" + place(a.By.IP)
	if err := held(s.Tries.Spent(ctx, key, passwordTries)); err != nil {
		return nil, err
	}
	rec, err := m.Prove(ctx, s, a)
	if err == nil {
		err = s.discreet(ctx, m, a, rec)
	}
	var late error
	switch {
	case err == nil:
		late = held(s.Tries.Forget(ctx, key, passwordTries))
	case isWrong(err):
		late = held(s.Tries.Take(ctx, key, passwordTries, passwordWindow))
	}
	if late != nil {
		return nil, late
	}
	return rec, err
}

// isWrong reports whether an error says that a guess was wrong, and not that it could not be looked at.
func isWrong(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind == fault.Invalid && len(f.Fields) == 0
}
