//go:build unix

package realtime

import (
	"errors"
	"syscall"
)

// tryWrite writes as much of buf as the socket takes without waiting.
func tryWrite(raw syscall.RawConn, buf []byte) (n int, err error) {
	outer := raw.Write(func(fd uintptr) bool {
		for n < len(buf) {
			var m int
			m, err = syscall.Write(int(fd), buf[n:])
			switch {
			case errors.Is(err, syscall.EINTR):
				continue
			case errors.Is(err, syscall.EAGAIN):
				err = nil
				return true
			case err != nil:
				return true
			}
			n += m
		}
		return true
	})
	return n, errors.Join(err, outer)
}
