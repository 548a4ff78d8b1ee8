package realtime

import (
	"errors"
	"net"
	"os"
	"runtime"
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

	mu     sync.Mutex // held while fd is used by its number, which closing would give to somebody else
	fd     int
	closed bool
}

// Raw is what a connection must be for its stream to be served without a goroutine of its own.
type Raw interface {
	net.Conn
	syscall.Conn
	SetWriteBuffer(bytes int) error
}

// kernelBuffer is how much the system keeps for a client that does not read, in bytes. By itself it would keep
// some megabytes.
const kernelBuffer = 128 << 10

// Hijacked serves the stream over a connection that was taken over from the HTTP server, whose answer begins
// with head and goes on in chunks. It returns at once; a goroutine with a small stack waits for the peer to
// go away.
func (c *Conn) Hijacked(nc Raw, head []byte) {
	p := &plain{conn: c, nc: nc, crew: c.b.crew}
	if err := p.open(nc); err != nil {
		_ = nc.Close()
		c.Close()
		return
	}
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

func (p *plain) open(nc Raw) (err error) {
	if p.raw, err = nc.SyscallConn(); err != nil {
		return err
	}
	_ = nc.SetWriteBuffer(kernelBuffer) // it serves as well without
	return p.raw.Control(func(fd uintptr) { p.fd = int(fd) })
}

// begin writes the head and what is queued already.
func (p *plain) begin(head []byte) {
	if l, ok := p.conn.take(); ok {
		p.block()
		p.insist(func(buf []byte) []byte { return p.conn.chunk(append(buf, head...), l) }, l.last)
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

// chunk appends a load as one chunk of a chunked answer.
func (c *Conn) chunk(buf []byte, l load) []byte {
	if len(l.events) > 0 {
		at := len(buf)
		buf = append(buf, "00000000\r\n"...)
		from := len(buf)
		buf = c.append(buf, l.events)
		const digits = "0123456789abcdef"
		for i, n := at+7, len(buf)-from; n > 0; i, n = i-1, n>>4 {
			buf[i] = digits[n&15]
		}
		buf = append(buf, "\r\n"...)
	}
	if l.last {
		buf = append(buf, "0\r\n\r\n"...)
	}
	return buf
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
		p.crew.desk.write(p)
	default:
		runtime.Gosched() // somebody is at it, and does not wait for the peer
	}
	return true
}

// close implements outlet.
func (p *plain) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	_ = p.nc.Close()
}

// settle goes on after so much of a load's size was written.
func (p *plain) settle(l load, n, size int, err error) {
	switch {
	case err != nil:
		p.conn.Close()
	case n < size:
		p.block()
		p.conn.b.spawn(func() {
			p.insist(func(buf []byte) []byte { return p.conn.chunk(buf, l)[n:] }, l.last)
		})
	default:
		p.wrote(l.last)
	}
}

// wrote goes on after all was written.
func (p *plain) wrote(last bool) {
	if more := p.conn.wrote(); last {
		p.conn.Close()
	} else if more {
		p.crew.add(p)
	}
}

// block notes that the peer is waited for.
func (p *plain) block() {
	p.conn.mu.Lock()
	defer p.conn.mu.Unlock()
	p.conn.blocked = true
}

// insist writes what text appends, waiting for the peer up to Times.Write; the crew does what comes after. The
// connection is blocked meanwhile: nobody waits for it.
func (p *plain) insist(text func([]byte) []byte, last bool) {
	_ = p.nc.SetWriteDeadline(p.conn.b.deadline())
	if err := p.writeAll(text); err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			p.conn.b.stats.slow.Add(1)
		}
		p.conn.Close()
		return
	}
	_ = p.nc.SetWriteDeadline(time.Time{}) // or it would fail the next one once it has passed
	p.wrote(last)
}
