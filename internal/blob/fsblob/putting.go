package fsblob

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/holdall-dev/holdall/internal/blob"
)

// maxTries bounds how often a folder is made again that somebody else removes, empty as it is.
const maxTries = 100

// putting is one object on its way.
type putting struct {
	b          *Bucket
	name       string
	in         *folder // where it will lie; nil: not opened yet
	data, side *fresh
}

// fresh is a file whose bytes are on the disk and that has not taken its place.
type fresh struct {
	file   *os.File // without a name; nil: it has one
	temp   string
	knows  bool // what is known of it
	placed bool
}

// write writes a new file and flushes it. Where that is possible it has no name, and lies by the folder it is
// meant for: nothing is left of it when the process ends, and the file system has no one folder to crowd.
func (p *putting) write(r io.Reader, about blob.About) (*fresh, error) {
	if !p.b.unnamed {
		return p.b.temp(r, about)
	}
	var f *os.File
	err := p.inside(func() (err error) {
		f, err = newUnnamed(p.in.at)
		return err
	})
	if err != nil {
		return nil, err
	}
	knows, err := finish(f, r, about)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &fresh{file: f, knows: knows}, nil
}

// temp writes a file in tempDir and flushes it.
func (b *Bucket) temp(r io.Reader, about blob.About) (*fresh, error) {
	name := tempName()
	f, err := b.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	knows, err := finish(f, r, about)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, errors.Join(err, b.root.Remove(name))
	}
	return &fresh{temp: name, knows: knows}, nil
}

func tempName() string { return path.Join(tempDir, rand.Text()) }

// finish writes what is known of an object, and then what r holds, and flushes both: a file system that has the size
// of a file on the disk has what came before it there too.
func finish(f *os.File, r io.Reader, about blob.About) (knows bool, err error) {
	knows = setAttribute(f, about)
	if err := fill(f, r); err != nil {
		return knows, err
	}
	return knows, syncData(f)
}

// inside does fn with the folder open, once more when the folder is gone.
func (p *putting) inside(fn func() error) (err error) {
	if p.in == nil {
		p.in, err = p.b.folder(path.Dir(p.name))
	}
	for tries := 0; ; tries++ {
		if err == nil {
			err = fn()
		}
		if !errors.Is(err, fs.ErrNotExist) || tries == maxTries {
			return err
		}
		if err := p.leave(); err != nil {
			return err
		}
		p.in, err = p.b.again(path.Dir(p.name))
	}
}

func (p *putting) leave() error {
	in := p.in
	p.in = nil
	return in.close()
}

// place gives the files their names and makes sure that they keep them.
func (p *putting) place() error {
	defer p.b.known.Remove(p.name)
	return p.inside(func() error {
		if err := p.b.move(p.side, p.in, p.name+sideSuffix); err != nil {
			return err
		}
		if err := p.b.move(p.data, p.in, p.name); err != nil {
			return err
		}
		if err := p.dropSide(); err != nil {
			return err
		}
		return p.in.flush()
	})
}

// dropSide removes the side file that an earlier object of the name may have. The attribute counts before it.
func (p *putting) dropSide() error {
	if p.side != nil {
		return nil
	}
	err := p.b.unlink(p.in, p.name+sideSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// move gives a file, if there is one, its name, in place of another that may have it.
func (b *Bucket) move(f *fresh, in *folder, name string) (err error) {
	switch {
	case f == nil, f.placed:
		return nil
	case f.file == nil:
		err = b.root.Rename(f.temp, name)
	default:
		err = b.link(f.file, in, name)
	}
	f.placed = err == nil
	return err
}

// end lets everything go. When the object did not come to be, nothing is left of it.
func (p *putting) end(failed bool) error {
	err := errors.Join(p.b.discard(p.data), p.b.discard(p.side), p.leave())
	if failed {
		p.b.prune(path.Dir(p.name))
	}
	return err
}

func (b *Bucket) discard(f *fresh) error {
	switch {
	case f == nil:
		return nil
	case f.file != nil:
		return f.file.Close()
	case f.placed:
		return nil
	}
	return b.drop(f.temp)
}
