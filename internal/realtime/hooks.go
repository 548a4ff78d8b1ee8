package realtime

import (
	"context"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/hook"
)

// Connect is Open for a stream of which programs want to know: their handlers may refuse it, and change how long
// it lasts. Faults: as of Open, and those of the handlers.
func (b *Broker) Connect(ctx context.Context, by *caller.Caller, p Peer) (*Conn, error) {
	id := b.newID()
	e := &hook.Connect{By: by, ClientID: id, Idle: b.Times.Idle, Life: b.Times.Life}
	if err := b.Hooks.Connect.RunBefore(ctx, e); err != nil {
		return nil, err
	}
	if e.ClientID = id; e.Idle != b.Times.Idle || e.Life != b.Times.Life || b.Hooks.Connect.Tells(e) {
		p.about = e
	}
	return b.Open(p)
}

// ended tells the handlers that a stream has ended, in a goroutine of its own: locks may be held here.
func (b *Broker) ended(c *Conn) {
	if c.about != nil && b.Hooks.Connect.Tells(c.about) {
		b.spawn(func() { b.Hooks.Connect.RunAfter(b.ctx, c.about, b.panicked) })
	}
}

func (b *Broker) panicked(v any) { b.Log.Error("a handler of realtime panicked", "panic", v) }
