package realtime

import (
	"hash/fnv"
	"net/netip"
	"time"
)

// tick looks at the clock every second.
func (b *Broker) tick() {
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			b.Sweep()
		case <-b.ctx.Done():
			return
		}
	}
}

// Sweep ends the streams whose time is over and sends the heartbeats that are due. It runs every second by
// itself.
func (b *Broker) Sweep() {
	now := b.Now()
	b.mu.Lock()
	b.bury()
	b.refresh() // who is a guest by now must not hear of channels either, where no change of a record tells
	b.mu.Unlock()
	for _, c := range b.reg.all() {
		switch silent := now.Sub(time.Unix(c.last.Load(), 0)); {
		case silent >= c.idle(), now.Sub(c.born) >= c.life():
			c.finish()
		case c.cursor && silent >= b.Times.Beat:
			b.beat(c, now)
		}
	}
}

// beat sends a heartbeat. Its cursor may be told only when every event before it is queued, hence the lock.
func (b *Broker) beat(c *Conn, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	mark := b.mark
	if c.resume != nil {
		mark = "" // what it missed has not been replayed
	}
	c.push(&event{mark: mark}, now.Unix()) // a full queue needs no heartbeat
}

// idle is how long the stream may be silent.
func (c *Conn) idle() time.Duration {
	if c.about != nil {
		return c.about.Idle
	}
	return c.b.Times.Idle
}

// life is how long the stream may last; each connection has its own within a fifth.
func (c *Conn) life() time.Duration {
	life := c.b.Times.Life
	if c.about != nil {
		life = c.about.Life
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(c.id))
	return life - life/5*time.Duration(h.Sum32()%1024)/1024
}

// isLoopback reports whether an address is this machine's: a proxy, or a test.
func isLoopback(ip string) bool {
	a, err := netip.ParseAddr(ip)
	return err == nil && a.IsLoopback()
}
