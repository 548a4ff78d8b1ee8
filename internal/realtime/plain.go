package realtime

import (
	"errors"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"syscall"
	"time"
)

// plain is the outlet of a connection that was taken over from the HTTP server: chunks over plain TCP, written
// by a few goroutines for all connections. Only a connection whose peer is slow has one of its own, for as
// long as it is.
type plain struct {
	conn *Conn
	nc   net.Conn
	raw  syscall.RawConn
	crew *crew
}

// Raw is what a connection must be for its stream to be served without a goroutine of its own.
type Raw interface {
	net.Conn
	syscall.Conn
}

// Hijacked serves the stream over a connection that was taken over from the HTTP server, whose answer begins
// with head and goes on in chunks. It returns at once; a goroutine with a small stack waits for the peer to
// go away.
func (c *Conn) Hijacked(nc Raw, head []byte) {
	raw, err := nc.SyscallConn()
	if err != nil {
		_ = nc.Close()
		c.Close()
		return
	}
	p := &plain{conn: c, nc: nc, raw: raw, crew: c.b.crew}
	if !c.attach(p) {
		_ = nc.Close()
		return
	}
	c.b.spawn(func() {
		p.begin(head)
		p.watch()
		c.Close()
	})
}

// begin writes the head and what is queued already.
func (p *plain) begin(head []byte) {
	buf, last, ok := p.chunk(nil, head)
	if ok {
		p.block()
		p.write(buf, last)
	}
}

// watch waits until the peer closes or breaks the connection. What it sends is of no interest.
func (p *plain) watch() {
	var b [16]byte
	for range 4096 {
		if _, err := p.nc.Read(b[:]); err != nil {
			return
		}
	}
}

// chunk takes what is queued as one chunk, after head.
func (p *plain) chunk(buf, head []byte) (out []byte, last, ok bool) {
	const room = 10 // 8 digits and the end of the line
	buf = append(buf[:0], head...)
	at := len(buf)
	buf = append(buf, "00000000\r\n"...)
	buf, last = p.conn.take(buf)
	n := len(buf) - at - room
	if n == 0 && !last {
		return nil, false, false
	}
	if n == 0 {
		buf = buf[:at]
	} else {
		const digits = "0123456789abcdef"
		for i, v := at+7, n; v > 0; i, v = i-1, v>>4 {
			buf[i] = digits[v&15]
		}
		buf = append(buf, "\r\n"...)
	}
	if last {
		buf = append(buf, "0\r\n\r\n"...)
	}
	return buf, last, true
}

// ready implements outlet.
func (p *plain) ready() { p.crew.add(p) }

// relieve implements outlet: the caller writes by itself what the crew has not come to yet.
func (p *plain) relieve(*patience) bool {
	p.conn.mu.Lock()
	state, blocked := p.conn.state, p.conn.blocked
	p.conn.mu.Unlock()
	switch {
	case blocked:
		return false
	case state == ready:
		p.flush(nil)
	default:
		runtime.Gosched() // somebody is at it, and does not wait for the peer
	}
	return true
}

// close implements outlet.
func (p *plain) close() { _ = p.nc.Close() }

// flush writes what is queued without waiting for the peer. It returns the buffer for the next use.
func (p *plain) flush(buf []byte) []byte {
	buf, last, ok := p.chunk(buf, nil)
	if !ok {
		return buf
	}
	n, err := tryWrite(p.raw, buf)
	switch {
	case err != nil:
		p.conn.Close()
	case n < len(buf):
		p.wait(slices.Clone(buf[n:]), last)
	default:
		p.wrote(last)
	}
	return buf
}

// wrote goes on after all was written.
func (p *plain) wrote(last bool) {
	if last {
		p.conn.Close()
	} else if p.conn.wrote() {
		p.crew.add(p)
	}
}

// wait leaves what the peer does not take now to a goroutine.
func (p *plain) wait(rest []byte, last bool) {
	p.block()
	p.conn.b.spawn(func() { p.write(rest, last) })
}

// block notes that the peer is waited for.
func (p *plain) block() {
	p.conn.mu.Lock()
	defer p.conn.mu.Unlock()
	p.conn.blocked = true
}

// write writes buf, waiting for the peer up to Times.Write; the crew does what comes after. The connection is
// blocked meanwhile: nobody waits for it.
func (p *plain) write(buf []byte, last bool) {
	_ = p.nc.SetWriteDeadline(p.conn.b.deadline())
	if _, err := p.nc.Write(buf); err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			p.conn.b.stats.slow.Add(1)
		}
		p.conn.Close()
		return
	}
	_ = p.nc.SetWriteDeadline(time.Time{}) // or it would fail the crew's writes once it has passed
	p.wrote(last)
}

// crew is the goroutines that write for all plain connections.
type crew struct {
	mu    sync.Mutex
	list  []*plain
	ended bool
	more  *sync.Cond
}

func newCrew() *crew {
	c := new(crew)
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
	const share = 32
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.list) == 0 {
		if c.ended {
			return nil
		}
		c.more.Wait()
	}
	n := min(share, len(c.list))
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
	var some []*plain
	var buf []byte
	for {
		if some = c.next(some); some == nil {
			return
		}
		for _, p := range some {
			buf = p.flushed(b, buf)
		}
		clear(some)
	}
}

// flushed is flush that survives a panic, which costs the one connection.
func (p *plain) flushed(b *Broker, buf []byte) (out []byte) {
	defer func() {
		if r := recover(); r != nil {
			b.Log.Error("writing to a stream panicked", "panic", r, "stack", string(debug.Stack()))
			p.conn.Close()
		}
	}()
	return p.flush(buf)
}

func (c *crew) dismiss() {
	c.mu.Lock()
	c.ended = true
	c.mu.Unlock()
	c.more.Broadcast()
}
