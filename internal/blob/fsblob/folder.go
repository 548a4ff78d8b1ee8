package fsblob

import (
	"errors"
	"io/fs"
	"os"
	"path"
)

// maxSound is of how many folders it is remembered that they will be there after a power cut.
const maxSound = 4096

// folder is an open folder.
type folder struct {
	b     *Bucket
	at    *os.File
	loose []loose // itself and those above, the nearest first, whose names may not be on the disk yet
}

// loose is a folder of which it is not known that its name is on the disk: it was made just now, by whomever, or
// before this process began.
type loose struct {
	name  string
	above *os.File // the folder that it lies in
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
	f := &folder{b: b, at: at}
	for ; dir != "."; dir = path.Dir(dir) {
		if b.sound.Contains(dir) {
			continue
		}
		above, err := b.openDir(path.Dir(dir))
		if err != nil {
			return nil, errors.Join(err, f.close())
		}
		f.loose = append(f.loose, loose{dir, above})
	}
	return f, nil
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
	f := &folder{b: b, loose: append([]loose{{dir, above.at}}, above.loose...)}
	b.sound.Remove(dir)
	if err = b.mkdir(above.at, dir); err == nil || errors.Is(err, fs.ErrExist) {
		f.at, err = b.openDir(dir)
	}
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

// flush makes the names in a folder durable, and its own and those above where they may not be.
func (f *folder) flush() error {
	if err := syncDir(f.at); err != nil {
		return err
	}
	for _, l := range f.loose {
		if err := syncDir(l.above); err != nil {
			return err
		}
	}
	for _, l := range f.loose {
		f.b.sound.Add(l.name, struct{}{})
	}
	return nil
}

// close may be called on nil.
func (f *folder) close() (err error) {
	if f == nil {
		return nil
	}
	if f.at != nil {
		err = f.at.Close()
	}
	for _, l := range f.loose {
		err = errors.Join(err, l.above.Close())
	}
	return err
}
