package realtime

import (
	"crypto/rand"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/record"
)

// Bounds of what waits for one connection.
const (
	maxQueued      = 256       // events
	maxQueuedBytes = 256 << 10 // of their data, which connections share
	maxWrite       = 64 << 10  // bytes that are written at once
)

// Conn is one open stream.
type Conn struct {
	b      *Broker
	id, ip string
	cursor bool // the client understands cursors and heartbeats
	born   time.Time
	about  *hook.Connect // what handlers made of it; nil when there are none
	last   atomic.Int64  // when an event was last queued, Unix seconds

	// Guarded by Broker.mu.
	auth   *record.Record // bound by the last submission; nil for guests
	topics []*topic
	seen   int64 // the last change with an event for this connection, for ordering several
	resume *resume
	gone   bool // left the index for good

	mu      sync.Mutex
	out     outlet        // nil until the stream has begun
	room    chan struct{} // tells a replay that something was written
	queue   []*event      // the first ones, as many as taken says, are being written
	taken   int
	bytes   int       // of those that are not
	few     [4]*event // what a short queue lies in
	state   state
	blocked bool // its peer takes no more for now
	ending  bool // close once the queue is empty
}

// event is one event in the queues of connections, which share it. It never changes.
type event struct {
	name string // "" is a heartbeat, which brings a cursor or nothing
	data []byte
	mark string // the cursor, for connections that want it
}

// is reports whether the event is no other than one made of the same.
func (e *event) is(name string, data []byte, mark string) bool {
	return e.name == name && &e.data[0] == &data[0] && e.mark == mark
}

func (e *event) size() int { return len(e.name) + len(e.data) }

// state says who is to move what is queued.
type state uint8

const (
	idle  state = iota // nobody: there is nothing
	ready              // the outlet was told
	busy               // somebody is writing
	ended              // nobody ever again
)

// outlet brings queued events to the peer.
type outlet interface {
	ready()                 // there is something to write
	relieve(*patience) bool // tries to make room in a full queue; false when the peer is at fault
	close()                 // ends the stream at once
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// newID returns 40 letters and digits, all of them random, or the last of them this node's name when there are
// several: others then know whose stream it is.
func (b *Broker) newID() string {
	id := randomID()
	if b.Relay == nil {
		return id
	}
	return id[:max(0, len(id)-len(b.Node))] + b.Node
}

func randomID() string {
	var id [40]byte
	var raw [64]byte
	for n := 0; n < len(id); {
		_, _ = rand.Read(raw[:]) // never fails
		for _, c := range raw {
			if c < 248 && n < len(id) { // 4 × 62: every letter as likely as any other
				id[n] = alphabet[c%62]
				n++
			}
		}
	}
	return string(id[:])
}

// push queues an event; false when the queue is full.
func (c *Conn) push(e *event, now int64) bool {
	out, ok := c.enqueue(e, now)
	if out != nil {
		out.ready()
	}
	return ok
}

// enqueue is push without telling the outlet, when it must be told.
func (c *Conn) enqueue(e *event, now int64) (tell outlet, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == ended || c.ending {
		return nil, true
	}
	if n := len(c.queue) - c.taken; n >= maxQueued || n > 0 && c.bytes+e.size() > maxQueuedBytes {
		return nil, false
	}
	if len(c.queue) == 0 {
		c.queue = c.few[:0]
	}
	c.queue = append(c.queue, e)
	c.bytes += e.size()
	c.b.stats.queued.Add(int64(e.size()))
	c.last.Store(now)
	if c.state == idle {
		c.state, tell = ready, c.out
	}
	return tell, true
}

// load is what one write takes along.
type load struct {
	events []*event
	last   bool // the stream ends after it
}

// take begins a write of what is queued, up to about maxWrite bytes: the caller is the one who writes from now
// on, until it calls wrote. ok is false when somebody else is, or nothing is there.
func (c *Conn) take() (l load, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != ready {
		return l, false
	}
	c.state = busy
	n, bytes := 0, 0
	for n < len(c.queue) && (n == 0 || bytes < maxWrite) {
		bytes += c.queue[n].size()
		n++
	}
	c.taken = n
	c.bytes -= bytes
	c.b.stats.queued.Add(-int64(bytes))
	c.b.stats.delivered.Add(int64(n))
	l = load{c.queue[:n:n], c.ending && n == len(c.queue)}
	return l, n > 0 || l.last
}

// wrote ends what take began; more says that there is something to take again.
func (c *Conn) wrote() (more bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != busy {
		return false
	}
	if c.room != nil {
		notify(c.room)
	}
	left := copy(c.queue, c.queue[c.taken:])
	clear(c.queue[left:])
	if c.queue = c.queue[:left]; left == 0 {
		c.queue = nil // an empty queue holds no memory
	}
	c.taken, c.blocked = 0, false
	if more = left > 0 || c.ending; more {
		c.state = ready
	} else {
		c.state = idle
	}
	return more
}

// drop empties the queue but for what is being written; c.mu is held.
func (c *Conn) drop() {
	c.b.stats.dropped.Add(int64(len(c.queue) - c.taken))
	c.b.stats.queued.Add(-int64(c.bytes))
	c.queue, c.bytes = slices.Clone(c.queue[:c.taken]), 0 // a clone, for the writer reads what lies there
}

// finish ends the stream in good order once what is queued was written.
func (c *Conn) finish() {
	c.mu.Lock()
	if c.state == ended || c.ending {
		c.mu.Unlock()
		return
	}
	c.ending = true
	tell := c.state == idle
	if tell {
		c.state = ready
	}
	c.mu.Unlock()
	if tell {
		c.out.ready()
	}
}

// attach begins the stream; false when it has ended already.
func (c *Conn) attach(out outlet) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != busy {
		return false
	}
	c.out, c.state = out, ready
	return true
}

// Close ends the stream at once and lets its id be forgotten. It may be called from anywhere, and again.
func (c *Conn) Close() {
	if !c.end() {
		return
	}
	if c.out != nil {
		c.out.close()
	}
	c.b.forget(c)
}

// end marks the stream as over; it reports whether it was not before.
func (c *Conn) end() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state == ended {
		return false
	}
	c.state = ended
	if c.room != nil {
		notify(c.room)
	}
	c.drop()
	return true
}

// append writes events as realtime.md §2 has it.
func (c *Conn) append(dst []byte, events []*event) []byte {
	for _, e := range events {
		dst = c.appendEvent(dst, e)
	}
	return dst
}

// passing is about an event that no cursor goes with. Without an id a browser keeps the last cursor that it has.
func (c *Conn) passing(e *event) bool {
	return c.cursor && e.mark == "" && e.name != "" && e.name != connected
}

// appendEvent writes an event as realtime.md §2 has it.
func (c *Conn) appendEvent(dst []byte, e *event) []byte {
	if e.name == "" {
		dst = append(dst, ":\n"...)
		if e.mark == "" {
			return append(dst, '\n')
		}
	}
	if !c.passing(e) {
		dst = append(append(dst, "id:"...), c.id...)
		if c.cursor && e.mark != "" {
			dst = append(append(dst, '~'), e.mark...)
		}
		dst = append(dst, '\n')
	}
	if e.name != "" {
		dst = append(append(dst, "event:"...), e.name...)
		dst = append(append(append(dst, "\ndata:"...), e.data...), '\n')
	}
	return append(dst, '\n')
}
