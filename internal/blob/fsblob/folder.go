package fsblob

import (
	"errors"
	"io/fs"
	"os"
	"path"
)

// folder is an open folder.
type folder struct {
	at   *os.File
	made []*os.File // those above in which one was made, the nearest first
}

// folder opens a folder, which is made when it is not there, and those above with it. Somebody may remove it,
// empty as it is, at any time.
func (b *Bucket) folder(dir string) (*folder, error) {
	at, err := b.openDir(dir)
	if errors.Is(err, fs.ErrNotExist) && dir != "." {
		return b.newFolder(dir, b.folder)
	}
	if err != nil {
		return nil, err
	}
	return &folder{at: at}, nil
}

// again opens a folder that turned out to be gone. One that is being removed can be opened still; but only when
// it is gone for good can it, or what it lies in, be made.
func (b *Bucket) again(dir string) (*folder, error) {
	if dir == "." {
		return b.folder(dir)
	}
	return b.newFolder(dir, b.again)
}

// newFolder makes a folder that is probably not there. open opens the one above.
func (b *Bucket) newFolder(dir string, open func(string) (*folder, error)) (*folder, error) {
	above, err := open(path.Dir(dir))
	if err != nil {
		return nil, err
	}
	f := &folder{made: append([]*os.File{above.at}, above.made...)}
	if err = b.mkdir(above.at, dir); err == nil || errors.Is(err, fs.ErrExist) {
		f.at, err = b.openDir(dir)
	}
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

// flush makes the names in a folder durable, and its own when it was made.
func (f *folder) flush() error {
	err := syncDir(f.at)
	for _, above := range f.made {
		err = errors.Join(err, syncDir(above))
	}
	return err
}

// close may be called on nil.
func (f *folder) close() (err error) {
	if f == nil {
		return nil
	}
	if f.at != nil {
		err = f.at.Close()
	}
	for _, above := range f.made {
		err = errors.Join(err, above.Close())
	}
	return err
}
