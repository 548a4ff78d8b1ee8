package realtime

import (
	"net"
	"runtime/debug"
	"sync"
)

// crew is the goroutines that write for all plain connections.
type crew struct {
	mu    sync.Mutex
	list  []*plain
	ended bool
	more  *sync.Cond

	sender func() sender // of each member
}

func newCrew() *crew {
	c := &crew{sender: newSender}
	c.more = sync.NewCond(&c.mu)
	return c
}

// add queues a connection that has something to write. There are never more than there are connections.
func (c *crew) add(p *plain) {
	c.mu.Lock()
	c.list = append(c.list, p)
	c.mu.Unlock()
	c.more.Signal()
}

// next returns some connections to write to; nil when the crew is dismissed.
func (c *crew) next(into []*plain) []*plain {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.list) == 0 {
		if c.ended {
			return nil
		}
		c.more.Wait()
	}
	n := min(atOnce, len(c.list))
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
	c.ended = true
	c.mu.Unlock()
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
