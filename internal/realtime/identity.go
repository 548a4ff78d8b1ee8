package realtime

import (
	"context"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Who a connection is changes with the account it is bound to (realtime.md §7). b.mu is held in all that
// stands here, but for account.

// identity names an account.
type identity struct{ collection, id string }

func identityOf(auth *record.Record) identity { return identity{auth.Collection().ID, auth.ID()} }

// bind makes auth who the connection is; nil is a guest.
func (b *Broker) bind(c *Conn, auth *record.Record) {
	b.unbind(c)
	if c.auth = auth; auth == nil || c.gone {
		return
	}
	id := identityOf(auth)
	if b.bound[id] == nil {
		b.bound[id] = map[*Conn]struct{}{}
	}
	b.bound[id][c] = struct{}{}
}

func (b *Broker) unbind(c *Conn) {
	if c.auth == nil {
		return
	}
	id := identityOf(c.auth)
	delete(b.bound[id], c)
	if len(b.bound[id]) == 0 {
		delete(b.bound, id)
	}
	c.auth = nil
}

// become binds connections to auth and judges their topics anew. All leave before the first joins: a group
// is of one version of an account.
func (b *Broker) become(conns []*Conn, auth *record.Record) {
	for _, c := range conns {
		b.leaveAll(c)
		b.bind(c, auth)
		b.hub.Rebind(c, auth)
	}
	for _, c := range conns {
		b.joinAll(c)
	}
}

// rebind follows a change of an account, before anybody is told of that change.
func (b *Broker) rebind(ch change.Change) {
	id := identity{ch.Collection, ch.ID}
	if len(b.bound[id]) == 0 {
		return
	}
	var next *record.Record
	if ch.Op != change.Delete {
		next = b.version(ch)
	}
	var same, other []*Conn
	for c := range b.bound[id] {
		switch {
		case ch.Seq <= c.auth.Seq(): // it was bound to what came of the change
		case next != nil && next.String("tokenKey") == c.auth.String("tokenKey"):
			same = append(same, c)
		default:
			other = append(other, c)
		}
	}
	b.become(same, next)
	b.become(other, nil)
}

// version is the account after a change, in its collection's present form.
func (b *Broker) version(ch change.Change) *record.Record {
	c, ok := b.catalog.ByID(ch.Collection)
	if !ok || !c.IsAuth() {
		return nil
	}
	if ch.New != nil && ch.New.Collection() == c {
		return ch.New
	}
	return b.account(b.ctx, c, ch.ID)
}

// account reads a record; nil when it is not there or cannot be read, which makes a guest.
func (b *Broker) account(ctx context.Context, c *schema.Collection, id string) (rec *record.Record) {
	err := b.Store.Select(ctx, store.Query{From: c, IDs: []string{id}, Limit: 1}, func(r store.Row) (err error) {
		rec, err = r.Record()
		return err
	})
	if err != nil {
		return nil
	}
	return rec
}

// refresh follows the catalog. Connections of a collection that is gone, or has a new secret, become guests;
// those of one that was changed are bound to their records in the new form.
func (b *Broker) refresh() {
	next := b.Catalog()
	if next == b.catalog {
		return
	}
	old := b.catalog
	b.catalog = next
	type moved struct {
		conns []*Conn
		auth  *record.Record
	}
	var all []moved
	for id, set := range b.bound {
		was, _ := old.ByID(id.collection)
		is, ok := next.ByID(id.collection)
		if ok && was == is {
			continue
		}
		m := moved{}
		for c := range set {
			m.conns = append(m.conns, c)
		}
		if ok && is.IsAuth() && was != nil && was.Auth != nil && was.Auth.AuthToken.Secret == is.Auth.AuthToken.Secret {
			m.auth = b.account(b.ctx, is, id.id)
		}
		all = append(all, m)
	}
	for _, m := range all {
		if m.auth != nil && m.auth.String("tokenKey") != m.conns[0].auth.String("tokenKey") {
			m.auth = nil
		}
		b.become(m.conns, m.auth)
	}
}
