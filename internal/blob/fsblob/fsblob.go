// Package fsblob keeps objects in a folder, laid out as in the data directories of PocketBase (files.md §6): each is
// a file. What is known of it lies in an attribute of the file or, where the file system has none and in imported
// directories, in a side file. Where neither is left, its content tells its type.
package fsblob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/holdall-dev/holdall/internal/blob"
)

// tempDir holds files that are being written. It lies in the bucket, for a file can be renamed within a volume
// only.
const (
	ownDir  = ".holdall"
	tempDir = ownDir + "/tmp"
)

// Bucket is a folder. Nothing outside of it can be reached, whatever a key or a link says.
type Bucket struct {
	root    *os.Root
	dir     *os.File // the folder itself
	known   *lru.Cache[string, known]
	sound   *lru.Cache[string, struct{}] // folders whose names are on the disk
	unnamed bool                         // files can be written before they have a name
}

// Open opens the folder, which is made when it is not there, for this process alone: what an earlier one was
// writing when it ended is removed.
func Open(dir string) (*Bucket, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	dirFile, err := root.Open(".")
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	memory, err := lru.New[string, known](maxKnown)
	if err != nil {
		panic(err) // only a size below 1 is refused
	}
	sound, err := lru.New[string, struct{}](maxSound)
	if err != nil {
		panic(err) // as above
	}
	b := &Bucket{root: root, dir: dirFile, known: memory, sound: sound}
	if err := errors.Join(root.RemoveAll(tempDir), root.MkdirAll(tempDir, 0o700)); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	b.unnamed = b.canLink()
	return b, nil
}

// Close lets the folder go.
func (b *Bucket) Close() error { return errors.Join(b.dir.Close(), b.root.Close()) }

// Put implements blob.Bucket. Bytes go to files that nobody sees, then the side file, if there has to be one, takes
// its place, then the object: whoever sees an object sees all of it.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader, about blob.About) error {
	name, err := fileName(key)
	if err != nil {
		return err
	}
	if strings.HasPrefix(name, ownDir+"/") {
		err = b.note(name, &reader{ctx, r})
	} else {
		err = b.put(name, &reader{ctx, r}, about)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", key, err)
	}
	return nil
}

func (b *Bucket) put(name string, r io.Reader, about blob.About) (err error) {
	p := &putting{b: b, name: name}
	defer func() { err = errors.Join(err, p.end(err != nil)) }()
	if about.Type == "" {
		about.Type = blob.DefaultType
	}
	if p.data, err = p.write(r, about); err != nil {
		return err
	}
	if !p.data.knows {
		if p.side, err = p.write(bytes.NewReader(sideText(about)), blob.About{}); err != nil {
			return err
		}
	}
	return p.place()
}

// Open implements blob.Bucket.
func (b *Bucket) Open(_ context.Context, key string) (*blob.Object, error) {
	name, err := fileName(key)
	if err != nil {
		return nil, err
	}
	f, err := b.open(name)
	if err != nil {
		return nil, missing(key, err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = blob.ErrNotFound
	}
	var about blob.About
	if err == nil {
		about, err = b.about(name, f, info)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", key, err), f.Close())
	}
	return &blob.Object{Info: blob.Info{About: about, Size: info.Size(), Modified: info.ModTime()}, Content: f}, nil
}

// missing gives the absence of a file its name.
func missing(key string, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("open %s: %w", key, blob.ErrNotFound)
	}
	return fmt.Errorf("open %s: %w", key, err)
}

// Delete implements blob.Bucket. The side file goes first: a listing must show the object for as long as
// anything of it is left. Folders that are empty then go too.
func (b *Bucket) Delete(_ context.Context, key string) error {
	name, err := fileName(key)
	if err != nil {
		return err
	}
	if err := errors.Join(b.drop(name+sideSuffix), b.drop(name)); err != nil {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	b.known.Remove(name)
	b.prune(path.Dir(name))
	return nil
}

// prune removes folders for as long as they are empty. What is ours stays: it is about to be used again.
func (b *Bucket) prune(dir string) {
	for ; dir != "." && !strings.HasPrefix(dir, ownDir); dir = path.Dir(dir) {
		b.sound.Remove(dir)            // first, for whoever makes it again
		if b.root.Remove(dir) != nil { // it is not empty, or gone
			return
		}
	}
}

// drop removes a file that may not be there.
func (b *Bucket) drop(name string) error {
	if name == "" {
		return nil
	}
	err := b.root.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// reader fails when ctx ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(p)
}
