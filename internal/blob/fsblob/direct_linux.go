package fsblob

import (
	"errors"
	"io"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	chunk     = 256 << 10 // bytes that are written at a time
	directMin = 32 << 10  // bytes below which the page cache costs less
	aligned   = 4096      // what writes past the page cache begin at and are multiples of
)

// chunks are buffers that begin where the disk wants them to.
var chunks = sync.Pool{New: func() any {
	raw := make([]byte, chunk+aligned)
	skip := aligned - int(uintptr(unsafe.Pointer(unsafe.SliceData(raw)))%aligned)
	raw = raw[skip : skip+chunk]
	return &raw
}}

// fill writes what r holds to a new file, past the page cache where that is possible: the bytes have to reach
// the disk before anybody is told, and most files are not read at once. Copies in memory would be work for
// nothing, and push out what is read often.
func fill(f *os.File, r io.Reader) error {
	buf := chunks.Get().(*[]byte)
	defer chunks.Put(buf)
	direct := false
	for first := true; ; first = false {
		n, err := io.ReadFull(r, *buf)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		if first && n >= directMin {
			direct = setDirect(f, true) == nil
		}
		if err := write(f, (*buf)[:n], &direct); err != nil || n < chunk {
			return err
		}
	}
}

// write writes as much as it can past the page cache, and the rest as usual.
func write(f *os.File, b []byte, direct *bool) error {
	if *direct {
		whole := len(b) &^ (aligned - 1)
		n, err := f.Write(b[:whole])
		if err != nil && !errors.Is(err, unix.EINVAL) {
			return err
		}
		if b = b[n:]; len(b) == 0 {
			return nil
		}
		// It is the end of the file, or the disk wants other multiples.
		*direct = false
		if err := setDirect(f, false); err != nil {
			return err
		}
	}
	_, err := f.Write(b)
	return err
}

func setDirect(f *os.File, on bool) error {
	flags, err := unix.FcntlInt(f.Fd(), unix.F_GETFL, 0)
	if err != nil {
		return err
	}
	if flags &^= unix.O_DIRECT; on {
		flags |= unix.O_DIRECT
	}
	_, err = unix.FcntlInt(f.Fd(), unix.F_SETFL, flags)
	return err
}
