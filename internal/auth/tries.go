package auth

import (
	"context"
	"errors"
	"net/netip"
	"sync"
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
	maxCounts                     = 100_000
)

// tries counts in fixed windows, in memory.
type tries struct {
	now func() time.Time

	mu     sync.Mutex
	counts map[string]*count
}

type count struct {
	n    int
	ends time.Time
}

func newTries(now func() time.Time) *tries { return &tries{now: now, counts: map[string]*count{}} }

// take counts a try. It returns how long the window still lasts when there were limit tries in it before.
func (t *tries) take(key string, limit int, window time.Duration) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.current(key)
	if c == nil {
		t.sweep()
		c = &count{ends: t.now().Add(window)}
		t.counts[key] = c
	}
	c.n++
	return t.left(c, limit+1)
}

// spent returns how long the window still lasts when limit tries were taken already, else 0.
func (t *tries) spent(key string, limit int) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.left(t.current(key), limit)
}

func (t *tries) left(c *count, n int) time.Duration {
	if c == nil || c.n < n {
		return 0
	}
	return c.ends.Sub(t.now())
}

// forget begins a window anew.
func (t *tries) forget(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.counts, key)
}

func (t *tries) current(key string) *count {
	if c := t.counts[key]; c != nil && t.now().Before(c.ends) {
		return c
	}
	return nil
}

// sweep forgets windows that are over, once there are many; and all of them when that does not help.
func (t *tries) sweep() {
	if len(t.counts) < maxCounts {
		return
	}
	for key, c := range t.counts {
		if !t.now().Before(c.ends) {
			delete(t.counts, key)
		}
	}
	if len(t.counts) >= maxCounts {
		clear(t.counts)
	}
}

// place is what an address counts as: of IPv6 the network of 64 bits, for whoever has one has all of it.
func place(ip string) string {
	if a, err := netip.ParseAddr(ip); err == nil && a.Is6() && !a.Is4In6() {
		if net, err := a.WithZone("").Prefix(64); err == nil {
			return net.String()
		}
	}
	return ip
}

func tooMany(wait time.Duration) error {
	return fault.New(fault.TooMany, "Too many attempts. Please try again later.").In(wait)
}

// prove lets the method prove the attempt, unless the same place guessed wrong too often.
func (s *Service) prove(ctx context.Context, m Method, a Attempt) (*record.Record, error) {
	g, ok := m.(Guessable)
	if !ok {
		return m.Prove(ctx, s, a)
	}
	key := m.Name() + "\x00" + a.Collection.ID + "\x00" + g.Target(a) + "\x00" + place(a.By.IP)
	if wait := s.tries.spent(key, passwordTries); wait > 0 {
		return nil, tooMany(wait)
	}
	rec, err := m.Prove(ctx, s, a)
	if err == nil {
		err = s.discreet(ctx, m, a, rec)
	}
	var f *fault.Error
	switch {
	case err == nil:
		s.tries.forget(key)
	case errors.As(err, &f) && f.Kind == fault.Invalid && len(f.Fields) == 0:
		s.tries.take(key, passwordTries, passwordWindow)
	}
	return rec, err
}
