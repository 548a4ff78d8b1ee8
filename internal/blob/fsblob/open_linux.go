package fsblob

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"strconv"

	"golang.org/x/sys/unix"
)

// open opens a file below the folder.
func (b *Bucket) open(name string) (*os.File, error) {
	f, err := b.beneath(name, unix.O_RDONLY)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return b.root.Open(name)
	}
	return f, err
}

// openDir opens a folder below the folder.
func (b *Bucket) openDir(name string) (*os.File, error) {
	f, err := b.beneath(name, unix.O_RDONLY|unix.O_DIRECTORY)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return b.root.Open(name)
	}
	return f, err
}

// openTo opens a file that is there to be written over.
func (b *Bucket) openTo(name string) (*os.File, error) {
	f, err := b.beneath(name, unix.O_WRONLY)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return b.root.OpenFile(name, os.O_WRONLY, 0)
	}
	return f, err
}

// beneath opens what lies below the folder. The kernel sees to it that no name and no link leads outside, in one
// call where [os.Root] makes three for every folder on the way; it has the last word on all other failures than
// absence.
func (b *Bucket) beneath(name string, flags uint64) (*os.File, error) {
	how := unix.OpenHow{Flags: flags | unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH}
	fd, err := unix.Openat2(int(b.dir.Fd()), name, &how)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return os.NewFile(uintptr(fd), name), nil
}

// mkdir makes a folder in the one above.
func (b *Bucket) mkdir(above *os.File, name string) error {
	if err := unix.Mkdirat(int(above.Fd()), path.Base(name), 0o700); err != nil {
		return &fs.PathError{Op: "mkdir", Path: name, Err: err}
	}
	return nil
}

// newUnnamed makes a file that nobody sees.
func newUnnamed(in *os.File) (*os.File, error) {
	fd, err := unix.Openat(int(in.Fd()), ".", unix.O_WRONLY|unix.O_TMPFILE|unix.O_CLOEXEC, 0o600)
	if errors.Is(err, unix.EPERM) && removed(in) {
		err = unix.ENOENT // file systems differ in what they call it
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: "a file without a name", Err: err}
	}
	return os.NewFile(uintptr(fd), "unnamed"), nil
}

// removed reports whether a folder that is open is there no more.
func removed(dir *os.File) bool {
	var st unix.Stat_t
	return unix.Fstat(int(dir.Fd()), &st) == nil && st.Nlink == 0
}

// link gives an unnamed file its name, in place of another that may have it.
func (b *Bucket) link(f *os.File, in *folder, name string) error {
	err := linkTo(f, in.at, path.Base(name))
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	temp := tempName()
	if err := linkTo(f, b.dir, temp); err != nil {
		return err
	}
	if err := unix.Renameat(int(b.dir.Fd()), temp, int(in.at.Fd()), path.Base(name)); err != nil {
		return errors.Join(&fs.PathError{Op: "rename", Path: name, Err: err}, b.drop(temp))
	}
	return nil
}

func linkTo(f, dir *os.File, name string) error {
	from := "/proc/self/fd/" + strconv.Itoa(int(f.Fd()))
	if err := unix.Linkat(unix.AT_FDCWD, from, int(dir.Fd()), name, unix.AT_SYMLINK_FOLLOW); err != nil {
		return &fs.PathError{Op: "link", Path: name, Err: err}
	}
	return nil
}

// unlink removes a file.
func (b *Bucket) unlink(in *folder, name string) error {
	if err := unix.Unlinkat(int(in.at.Fd()), path.Base(name), 0); err != nil {
		return &fs.PathError{Op: "unlink", Path: name, Err: err}
	}
	return nil
}

// canLink tries whether files can be written before they have a name, which not every file system allows.
func (b *Bucket) canLink() bool {
	f, err := newUnnamed(b.dir)
	if err != nil {
		return false
	}
	defer f.Close()
	name := tempName()
	return linkTo(f, b.dir, name) == nil && b.drop(name) == nil
}

// syncData flushes the bytes of a file, and what is needed to find them.
func syncData(f *os.File) error { return unix.Fdatasync(int(f.Fd())) }
