package fsblob

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
)

// Rewrites implements blob.Rewriter: it is so for objects of our own.
func (b *Bucket) Rewrites() {}

// note writes an object of our own where it belongs, over what is there. A half one, of which nothing that it
// speaks of is there yet, is known by its content.
func (b *Bucket) note(name string, r io.Reader) error {
	f, err := b.openTo(name)
	if errors.Is(err, fs.ErrNotExist) {
		return b.newNote(name, r)
	}
	if err != nil {
		return err
	}
	return errors.Join(overwrite(f, r), f.Close())
}

// overwrite changes nothing but bytes when the new ones are as many as the old: then the disk alone has work,
// and not the file system.
func overwrite(f *os.File, r io.Reader) error {
	n, err := io.Copy(f, r)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Size() > n {
		err = f.Truncate(n)
	}
	if err != nil {
		return err
	}
	return syncData(f)
}

func (b *Bucket) newNote(name string, r io.Reader) error {
	in, err := b.folder(path.Dir(name))
	if err != nil {
		return err
	}
	f, err := b.root.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600)
	if err == nil {
		err = errors.Join(overwrite(f, r), f.Close(), in.flush())
	}
	return errors.Join(err, in.close())
}
