package realtime

import (
	"net"
	"runtime/debug"
	"sync"
	"time"
)

// crew is the goroutines that write for all plain connections. They do so in rounds: between two of them they
// rest for some times as long as the first one took, so that events that come fast go out together and most of
// the processor is left to others. An event after a while of silence is written at once.
type crew struct {
	mu    sync.Mutex
	list  []*plain
	round int       // how many at the head of the list are to be written to in this round
	began time.Time // when it did; zero once it is over
	rest  time.Time // when the next may begin
	more  *sync.Cond
	over  <-chan struct{} // closed when the crew is dismissed

	sender func() sender // of each member
	desk   desk
}

// desk is where those write who do so for one connection. There is one, so that however many wait for their
// peers, they need memory for one load.
type desk struct {
	mu  sync.Mutex
	buf []byte
}

// write writes what is queued for a connection as far as its peer takes it at once.
func (d *desk) write(p *plain) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := batch{sender: oneByOne{}, buf: d.buf[:0]}
	b.add(p)
	b.send()
	d.buf = b.buf
}

// How long the crew rests.
const (
	restTimes = 4 // as long as it worked
	maxRest   = 5 * time.Millisecond
	minRest   = 200 * time.Microsecond // less is not worth a timer
)

// newCrew makes a crew that dismiss ends once over is closed.
func newCrew(over <-chan struct{}) *crew {
	c := &crew{sender: newSender, over: over}
	c.more = sync.NewCond(&c.mu)
	return c
}

// add queues connections that have something to write. There are never more than there are connections.
func (c *crew) add(some ...*plain) {
	c.mu.Lock()
	c.list = append(c.list, some...)
	c.mu.Unlock()
	if len(some) > atOnce {
		c.more.Broadcast()
	} else {
		c.more.Signal()
	}
}

// next returns some connections to write to; nil when the crew is dismissed.
func (c *crew) next(into []*plain) []*plain {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.round == 0 {
		c.finish()
		select {
		case <-c.over:
			return nil
		default:
		}
		if len(c.list) == 0 {
			c.more.Wait()
		} else if !c.resting() {
			c.round, c.began = len(c.list), watch()
		}
	}
	n := min(atOnce, c.round)
	c.round -= n
	into = append(into[:0], c.list[:n]...)
	if n == len(c.list) {
		clear(c.list)
		c.list = c.list[:0]
	} else {
		clear(c.list[:n])
		c.list = c.list[n:]
	}
	return into
}

// finish ends a round and sets the rest after it; c.mu is held.
func (c *crew) finish() {
	if c.began.IsZero() {
		return
	}
	now := watch()
	c.rest = now.Add(min(restTimes*now.Sub(c.began), maxRest))
	c.began = time.Time{}
}

// resting waits for a rest to end, if there is one; c.mu is held, but not meanwhile.
func (c *crew) resting() bool {
	d := c.rest.Sub(watch())
	if d < minRest {
		return false
	}
	c.mu.Unlock()
	defer c.mu.Lock()
	select {
	case <-time.After(d):
	case <-c.over:
	}
	return true
}

// work writes until the crew is dismissed.
func (c *crew) work(b *Broker) {
	out := batch{sender: c.sender()}
	defer func() { out.sender.close() }()
	var some []*plain
	for {
		if some = c.next(some); some == nil {
			return
		}
		for _, p := range some {
			if out.add(p) {
				out.sent(b)
			}
		}
		out.sent(b)
		clear(some)
	}
}

func (c *crew) dismiss() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.more.Broadcast()
}

// Bounds of a batch.
const (
	atOnce      = 64        // connections
	maxBatch    = 256 << 10 // bytes, but for the last load
	keptOfBatch = 1 << 20   // bytes of memory that a member of the crew keeps between two
)

// batch is what is written to several connections at once.
type batch struct {
	sender sender
	buf    []byte
	jobs   []job
}

// job is one connection's part of a batch.
type job struct {
	p        *plain
	load     load
	from, to int // where its bytes are
	n        int // how many were written
	err      error
}

// sender writes the bytes of jobs without waiting for any peer, and notes what came of it. It may change into
// another one that serves better.
type sender interface {
	send(buf []byte, jobs []job) sender
	close()
}

// add takes what is queued for a connection along; full says that the batch is to be sent.
func (b *batch) add(p *plain) (full bool) {
	l, ok := p.conn.take()
	if !ok {
		return false
	}
	from := len(b.buf)
	b.buf = p.conn.chunk(b.buf, l)
	b.jobs = append(b.jobs, job{p: p, load: l, from: from, to: len(b.buf)})
	return len(b.buf) >= maxBatch || len(b.jobs) == atOnce
}

// sent is send that survives a panic, which costs the connections of the batch.
func (b *batch) sent(br *Broker) {
	defer func() {
		if r := recover(); r != nil {
			br.Log.Error("writing to streams panicked", "panic", r, "stack", string(debug.Stack()))
			for _, j := range b.jobs {
				j.p.conn.Close()
			}
			b.clear()
		}
	}()
	b.send()
}

// send writes, and leaves the batch empty.
func (b *batch) send() {
	if len(b.jobs) > 0 {
		b.write()
	}
	for _, j := range b.jobs {
		j.p.settle(j.load, j.n, j.to-j.from, j.err)
	}
	b.clear()
}

// write holds the connections' descriptors while they are used.
func (b *batch) write() {
	defer func() {
		for _, j := range b.jobs {
			j.p.mu.Unlock()
		}
	}()
	for i := range b.jobs {
		b.jobs[i].p.mu.Lock()
	}
	b.sender = b.sender.send(b.buf, b.jobs)
}

func (b *batch) clear() {
	clear(b.jobs)
	b.jobs, b.buf = b.jobs[:0], b.buf[:0]
	if cap(b.buf) > keptOfBatch {
		b.buf = nil
	}
}

// oneByOne is a sender that needs a system call for each job.
type oneByOne struct{}

func (oneByOne) close() {}

func (s oneByOne) send(buf []byte, jobs []job) sender {
	for i := range jobs {
		j := &jobs[i]
		if j.p.closed {
			j.err = net.ErrClosed
		} else if j.err == nil && j.from+j.n < j.to {
			n, err := tryWrite(j.p.fd, buf[j.from+j.n:j.to])
			j.n, j.err = j.n+n, err
		}
	}
	return s
}
