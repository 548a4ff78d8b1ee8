package realtime

import (
	"cmp"
	"slices"
	"time"
)

// Client is an open connection as an operator sees it.
type Client struct {
	ID     string    `json:"id"`
	IP     string    `json:"ip"`
	Since  time.Time `json:"since"`
	Last   time.Time `json:"last"`   // when an event was last queued for it
	Auth   *Account  `json:"auth"`   // nil for a guest
	Topics []string  `json:"topics"` // as they were submitted
	Queued int       `json:"queued"` // events that wait
	Bytes  int       `json:"bytes"`  // of their data
	Cursor bool      `json:"cursor"` // it goes on where it was when it comes back
}

// Account is who a connection is.
type Account struct {
	Collection string `json:"collection"` // its name
	ID         string `json:"id"`
	Email      string `json:"email"`
}

// Clients lists the connections of this node, the oldest first. It holds up the fan-out for as long as it takes to
// copy their topics' names.
func (b *Broker) Clients() []Client {
	conns := b.reg.all()
	list := make([]Client, len(conns))
	b.mu.Lock()
	for i, c := range conns {
		list[i] = Client{ID: c.id, IP: c.ip, Since: c.born.UTC(), Last: time.Unix(c.last.Load(), 0).UTC(), Cursor: c.cursor, Topics: make([]string, len(c.topics))}
		for j, t := range c.topics {
			list[i].Topics[j] = t.name
		}
		if a := c.auth; a != nil {
			list[i].Auth = &Account{Collection: a.Collection().Name, ID: a.ID(), Email: a.String("email")}
		}
	}
	b.mu.Unlock()
	for i, c := range conns {
		c.mu.Lock()
		list[i].Queued, list[i].Bytes = len(c.queue)-c.taken, c.bytes
		c.mu.Unlock()
	}
	slices.SortFunc(list, func(a, b Client) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	return list
}

// Disconnect ends a connection of this node; false when there is none of that id. Most clients come back at once.
func (b *Broker) Disconnect(id string) bool {
	c := b.reg.find(id)
	if c == nil {
		return false
	}
	c.Close()
	return true
}
