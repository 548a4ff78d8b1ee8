package realtime

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/channel"
)

// wants are the topics of a connection that channels are for, or programs; b.mu is held.
func (b *Broker) wants(c *Conn) (list []channel.Want) {
	for _, t := range c.topics {
		topic, _, _ := strings.Cut(t.name, "?")
		if topic == "" || topic[0] == '@' || topic == connected {
			continue
		}
		if named(b.catalog, t.room) != nil && !b.hub.Declares(topic) {
			continue
		}
		by := c.viewer(b)
		parseOptions(t.raw).put(by)
		list = append(list, channel.Want{Name: t.name, Topic: topic, By: by})
	}
	return list
}

// Tell implements channel.Listener. What is said in channels is not told twice: a connection whose queue is full
// ends, and its client comes back.
func (c *Conn) Tell(name string, data []byte) {
	e := &event{name: name, data: data}
	for !c.push(e, c.b.Now().Unix()) {
		if !c.relieve(spent()) {
			c.b.stats.slow.Add(1)
			c.Close()
			return
		}
	}
}

// spent is no patience at all.
func spent() *patience {
	over := make(chan struct{})
	close(over)
	return &patience{over: over}
}

// Publish tells all who joined a topic of a channel what a client says. Faults: as of channel.Hub.
func (b *Broker) Publish(ctx context.Context, by *caller.Caller, p channel.Publication) error {
	p.Except = connID(p.Except)
	return b.hub.Publish(ctx, by, p)
}

// Send tells all who listen to a topic that is no collection's what a program says: data, which is JSON of one
// line.
func (b *Broker) Send(ctx context.Context, topic string, data json.RawMessage) error {
	return b.hub.Send(ctx, topic, data)
}

// Members writes who is in a topic of a channel. Faults: as of channel.Hub.
func (b *Broker) Members(ctx context.Context, by *caller.Caller, topic string) ([]byte, error) {
	return b.hub.Members(ctx, by, topic)
}

// SetState is what a client says of itself to the others in a topic. Faults: NotFound when there is no such
// stream, or it belongs to somebody else; else as of channel.Hub.
func (b *Broker) SetState(by *caller.Caller, clientID, topic string, state json.RawMessage) error {
	c := b.reg.find(connID(clientID))
	if c == nil || !b.owns(by, c) {
		return errNoClient()
	}
	return b.hub.SetState(by, c, topic, state)
}

// owns reports whether a connection belongs to the account of by.
func (b *Broker) owns(by *caller.Caller, c *Conn) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return by.Auth != nil && c.auth != nil && identityOf(c.auth) == identityOf(by.Auth)
}

// connID is the id of a connection in the id of one of its events.
func connID(id string) string {
	id, _, _ = strings.Cut(id, "~")
	return id
}
