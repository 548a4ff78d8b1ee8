package realtime

import (
	"crypto/rand"
	"sync"
	"sync/atomic"
	"time"

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
	last   atomic.Int64 // when an event was last queued, Unix seconds

	// Guarded by Broker.mu.
	auth   *record.Record // bound by the last submission; nil for guests
	topics []*topic
	seen   int64 // the last change with an event for this connection, for ordering several
	resume *resume
	gone   bool // left the index for good

	mu      sync.Mutex
	out     outlet        // nil until the stream has begun
	room    chan struct{} // tells a replay that something was written
	queue   []event
	bytes   int
	state   state
	blocked bool // its peer takes no more for now
	ending  bool // close once the queue is empty
}

// event is one event in the queue of a connection. Its data and mark are shared with other connections.
type event struct {
	name string // "" is a heartbeat, which brings a cursor or nothing
	data []byte
	mark string // the cursor, for connections that want it
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

// newID returns 40 random letters and digits.
func newID() string {
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
func (c *Conn) push(e event, now int64) bool {
	c.mu.Lock()
	if c.state == ended || c.ending {
		c.mu.Unlock()
		return true
	}
	if len(c.queue) >= maxQueued || len(c.queue) > 0 && c.bytes+e.size() > maxQueuedBytes {
		c.mu.Unlock()
		return false
	}
	c.queue = append(c.queue, e)
	c.bytes += e.size()
	c.b.stats.queued.Add(int64(e.size()))
	tell := c.state == idle
	if tell {
		c.state = ready
	}
	c.mu.Unlock()
	c.last.Store(now)
	if tell {
		c.out.ready()
	}
	return true
}

// take moves what is queued into dst, up to maxWrite bytes or one event; the caller is the one who writes
// from now on, until it calls wrote. It moves nothing when somebody else does or nothing is there; last says
// that the stream ends after it.
func (c *Conn) take(dst []byte) (out []byte, last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state != ready {
		return dst, false
	}
	c.state = busy
	n, bytes := 0, 0
	for n < len(c.queue) && (n == 0 || len(dst) < maxWrite) {
		e := &c.queue[n]
		dst = c.appendEvent(dst, e)
		bytes += e.size()
		n++
	}
	c.shift(n, bytes)
	c.b.stats.delivered.Add(int64(n))
	return dst, c.ending && len(c.queue) == 0
}

// shift forgets the first n events. An empty queue holds no memory.
func (c *Conn) shift(n, bytes int) {
	if n == len(c.queue) {
		c.queue = nil
	} else {
		c.queue = c.queue[:copy(c.queue, c.queue[n:])]
	}
	c.bytes -= bytes
	c.b.stats.queued.Add(-int64(bytes))
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
	c.blocked = false
	if more = len(c.queue) > 0 || c.ending; more {
		c.state = ready
	} else {
		c.state = idle
	}
	return more
}

// drop empties the queue; c.mu is held.
func (c *Conn) drop() {
	c.b.stats.dropped.Add(int64(len(c.queue)))
	c.shift(len(c.queue), c.bytes)
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

// appendEvent writes an event as realtime.md §2 has it.
func (c *Conn) appendEvent(dst []byte, e *event) []byte {
	if e.name == "" {
		dst = append(dst, ":\n"...)
		if e.mark == "" {
			return append(dst, '\n')
		}
	}
	dst = append(append(dst, "id:"...), c.id...)
	if c.cursor && e.mark != "" {
		dst = append(append(dst, '~'), e.mark...)
	}
	if e.name != "" {
		dst = append(append(dst, "\nevent:"...), e.name...)
		dst = append(append(dst, "\ndata:"...), e.data...)
	}
	return append(dst, "\n\n"...)
}
