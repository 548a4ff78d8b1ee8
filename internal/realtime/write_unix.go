//go:build unix

package realtime

import (
	"errors"
	"sync"
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

// buffers are of those who insist.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// writeAll writes what text appends until the deadline. While it waits it holds none of it: it asks again.
func (p *plain) writeAll(text func([]byte) []byte) (err error) {
	sent := 0
	outer := p.raw.Write(func(fd uintptr) (done bool) {
		buf := buffers.Get().(*[]byte)
		defer buffers.Put(buf)
		*buf = text((*buf)[:0])
		var n int
		n, err = tryWrite(int(fd), (*buf)[sent:])
		sent += n
		return err != nil || sent == len(*buf)
	})
	return errors.Join(err, outer)
}
