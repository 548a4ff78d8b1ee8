package fsblob

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"github.com/holdall-dev/holdall/internal/blob"
)

const (
	attrName = "user.holdall"
	maxAttr  = 1 << 10 // bytes; file systems differ in what they hold
)

// setAttribute lets a file itself remember what is known of it; it reports whether it does.
func setAttribute(f *os.File, about blob.About) bool {
	text := attrText(about)
	return len(text) <= maxAttr && unix.Fsetxattr(int(f.Fd()), attrName, text, 0) == nil
}

// attribute is what a file itself remembers; ok is false when it is nothing.
func attribute(f *os.File) (about blob.About, ok bool) {
	var text [maxAttr]byte
	n, err := unix.Fgetxattr(int(f.Fd()), attrName, text[:])
	for errors.Is(err, unix.EINTR) {
		n, err = unix.Fgetxattr(int(f.Fd()), attrName, text[:])
	}
	if err != nil {
		return about, false
	}
	return attrAbout(string(text[:n]))
}
