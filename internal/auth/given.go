package auth

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/schema"
)

// given remembers for which address ids of codes were handed out, whether anybody has it or not: how many there
// may be must not tell. It is of one process.
type given struct {
	now func() time.Time

	mu        sync.Mutex
	byAddress map[string][]handed // oldest first
	addressOf map[string]string   // by id
}

type handed struct {
	id   string
	ends time.Time
}

func newGiven(now func() time.Time) *given {
	return &given{now: now, byAddress: map[string][]handed{}, addressOf: map[string]string{}}
}

// addressKey names an address in a collection, in any case: accounts may be found in any.
func addressKey(c *schema.Collection, email string) string {
	return c.ID + "\x00" + strings.ToLower(email)
}

// next returns a new id with the address's tag that counts for life, or the newest one when maxCodes count already.
func (g *given) next(address, tag string, life time.Duration) (id string, isNew bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.sweep()
	good := g.good(address)
	if len(good) >= maxCodes {
		return good[len(good)-1].id, false
	}
	id = newID(tag, g.now())
	g.byAddress[address] = append(good, handed{id, g.now().Add(life)})
	g.addressOf[id] = address
	return id, true
}

// to returns the address that an id was handed out for, "" when it counts no more.
func (g *given) to(id string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	address := g.addressOf[id]
	g.good(address)
	return g.addressOf[id]
}

// used makes room for another id.
func (g *given) used(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if address, ok := g.addressOf[id]; ok {
		g.drop(address, func(h handed) bool { return h.id == id })
	}
}

// good are the ids of an address that still count; the others are forgotten.
func (g *given) good(address string) []handed {
	return g.drop(address, func(h handed) bool { return !g.now().Before(h.ends) })
}

func (g *given) drop(address string, which func(handed) bool) []handed {
	list := slices.DeleteFunc(g.byAddress[address], func(h handed) bool {
		if which(h) {
			delete(g.addressOf, h.id)
			return true
		}
		return false
	})
	if len(list) == 0 {
		delete(g.byAddress, address)
		return nil
	}
	g.byAddress[address] = list
	return list
}

// maxCounts is how many addresses are remembered before those that count no more are looked for.
const maxCounts = 100_000

// sweep forgets what counts no more, once there are many addresses; and everything when that does not help.
func (g *given) sweep() {
	if len(g.byAddress) < maxCounts {
		return
	}
	for address := range g.byAddress {
		g.good(address)
	}
	if len(g.byAddress) >= maxCounts {
		clear(g.byAddress)
		clear(g.addressOf)
	}
}
