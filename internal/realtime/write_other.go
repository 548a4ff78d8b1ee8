//go:build !unix

package realtime

// tryWrite writes nothing: here a socket cannot be asked what it takes without waiting, so every write has a
// goroutine of its own.
func tryWrite(int, []byte) (int, error) { return 0, nil }

// writeAll writes what text appends until the deadline.
func (p *plain) writeAll(text func([]byte) []byte) error {
	_, err := p.nc.Write(text(nil))
	return err
}
