package fsblob

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"

	"github.com/holdall-dev/holdall/internal/blob"
)

// batch is how many names of a folder are held at a time.
const batch = 256

// List implements blob.Bucket.
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[blob.Entry, error] {
	return func(yield func(blob.Entry, error) bool) {
		dir := path.Dir(escape(prefix + "x")) // the folder of all keys that go on in some way
		if !fs.ValidPath(dir) {
			return // there is nothing under such keys
		}
		l := &listing{b: b, ctx: ctx, prefix: prefix, yield: yield}
		l.folder(dir)
	}
}

// listing is one walk through folders.
type listing struct {
	b      *Bucket
	ctx    context.Context
	prefix string
	yield  func(blob.Entry, error) bool
}

// folder yields what lies in a folder and below; it reports whether more is wanted.
func (l *listing) folder(dir string) bool {
	f, err := l.b.root.Open(dir)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist) || l.fail(err)
	}
	defer f.Close()
	for {
		if l.ctx.Err() != nil {
			return l.fail(context.Cause(l.ctx))
		}
		list, err := f.ReadDir(batch)
		for _, d := range list {
			if !l.one(path.Join(dir, d.Name()), d) {
				return false
			}
		}
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			return errors.Is(err, fs.ErrNotExist) || l.fail(err)
		}
	}
}

func (l *listing) one(name string, d os.DirEntry) bool {
	key := unescape(name)
	switch {
	case name == tempDir:
		return true
	case d.IsDir():
		if !strings.HasPrefix(key+"/", l.prefix) && !strings.HasPrefix(l.prefix, key+"/") {
			return true
		}
		return l.folder(name)
	case !d.Type().IsRegular(), strings.HasSuffix(name, sideSuffix), !strings.HasPrefix(key, l.prefix):
		return true
	}
	info, err := d.Info()
	if err != nil {
		return errors.Is(err, fs.ErrNotExist) || l.fail(err)
	}
	return l.yield(blob.Entry{Key: key, Size: info.Size(), Modified: info.ModTime()}, nil)
}

func (l *listing) fail(err error) bool {
	l.yield(blob.Entry{}, err)
	return false
}
