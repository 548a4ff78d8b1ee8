package realtime

import (
	"context"
	"time"
)

// Writer is the answer to a request whose handler stays: over TLS, over HTTP/2, or in a test.
type Writer interface {
	Write([]byte) (int, error)
	// Flush sends what was written; a write or flush that takes longer than the deadline fails.
	Flush() error
	SetWriteDeadline(time.Time) error
}

// stream is the outlet of a connection with a goroutine of its own.
type stream struct {
	conn *Conn
	more chan struct{} // there is something to write
	room chan struct{} // something was written
	gone chan struct{} // closed at the end
}

// patience is how long one fan-out waits, in all, for goroutines that have not written what they should: are
// their peers slow, or are we?
type patience struct{ over chan struct{} }

const fullPatience = 50 * time.Millisecond

// end is closed when it has come to its end; it begins with the first call.
func (p *patience) end() <-chan struct{} {
	if p.over == nil {
		over := make(chan struct{})
		p.over = over
		time.AfterFunc(fullPatience, func() { close(over) })
	}
	return p.over
}

// Stream serves the stream until it ends or ctx does.
func (c *Conn) Stream(ctx context.Context, w Writer) {
	s := &stream{conn: c, more: make(chan struct{}, 1), room: make(chan struct{}, 1), gone: make(chan struct{})}
	if !c.attach(s) {
		return
	}
	defer c.Close()
	var buf []byte
	for {
		for {
			l, _ := c.take()
			if buf = c.append(buf[:0], l.events); !s.write(w, buf) || l.last {
				return
			}
			if !c.wrote() {
				break
			}
		}
		buf = nil // idle streams hold no memory
		select {
		case <-s.more:
		case <-s.gone:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (s *stream) write(w Writer, buf []byte) bool {
	if len(buf) > 0 {
		_ = w.SetWriteDeadline(s.conn.b.deadline()) // a test's writer has none
		if _, err := w.Write(buf); err != nil {
			return false
		}
		if err := w.Flush(); err != nil {
			return false
		}
	}
	notify(s.room)
	return true
}

func notify(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// ready implements outlet.
func (s *stream) ready() { notify(s.more) }

// relieve implements outlet.
func (s *stream) relieve(p *patience) bool {
	s.conn.mu.Lock()
	blocked := s.conn.blocked
	s.conn.mu.Unlock()
	if blocked {
		return false
	}
	select {
	case <-s.room:
		return true
	case <-p.end():
	}
	s.conn.mu.Lock()
	s.conn.blocked = s.conn.state == busy
	s.conn.mu.Unlock()
	return false
}

// close implements outlet.
func (s *stream) close() { close(s.gone) }
