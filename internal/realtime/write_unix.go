//go:build unix

package realtime

import (
	"errors"
	"syscall"
)

// tryWrite writes as much of buf as a socket takes without waiting.
func tryWrite(fd int, buf []byte) (n int, err error) {
	for n < len(buf) {
		m, err := syscall.Write(fd, buf[n:])
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EAGAIN):
			return n, nil
		case err != nil:
			return n, err
		}
		n += m
	}
	return n, nil
}

// writeAll writes what text appends until the deadline. While it waits it holds none of it: it asks again, and
// all who wait share one buffer.
func (p *plain) writeAll(text func([]byte) []byte) (err error) {
	sent := 0
	outer := p.raw.Write(func(fd uintptr) (done bool) {
		desk := &p.crew.desk
		desk.mu.Lock()
		defer desk.mu.Unlock()
		desk.buf = text(desk.buf[:0])
		var n int
		n, err = tryWrite(int(fd), desk.buf[sent:])
		sent += n
		done = err != nil || sent == len(desk.buf)
		if cap(desk.buf) > keptOfBatch {
			desk.buf = nil
		}
		return done
	})
	return errors.Join(err, outer)
}
