package fsblob

import (
	"os"

	"golang.org/x/sys/unix"
)

// open opens a file below the folder. The kernel sees to it that no name and no link leads outside, in one call
// where [os.Root] makes three for every folder on the way; it has the last word on all failures.
func (b *Bucket) open(name string) (*os.File, error) {
	fd, err := unix.Openat2(int(b.dir.Fd()), name, &unix.OpenHow{Flags: unix.O_RDONLY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH})
	if err != nil {
		return b.root.Open(name)
	}
	return os.NewFile(uintptr(fd), name), nil
}
