package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"iter"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/schema"
)

// movers is how many objects are copied at a time.
const movers = 4

// Moved counts what was done so far.
type Moved struct {
	Copied  int64 // objects that were copied and read back
	Present int64 // objects that lay there already, with the same bytes
	Removed int64 // objects that are gone from where they were
	Bytes   int64 // of the objects copied or present
}

// Owned are the prefixes of all keys under which this program keeps objects. A bucket may hold other things
// too; those are not ours to move.
func Owned(cat *schema.Catalog) []string {
	list := []string{notesPrefix}
	for _, c := range cat.All() {
		if !c.IsView() {
			list = append(list, c.ID+"/")
		}
	}
	return list
}

// each lists the objects below all prefixes.
func each(ctx context.Context, b blob.Bucket, prefixes []string) iter.Seq2[blob.Entry, error] {
	return func(yield func(blob.Entry, error) bool) {
		for _, p := range prefixes {
			for entry, err := range b.List(ctx, p) {
				if !yield(entry, err) {
					return
				}
			}
		}
	}
}

// Copy copies the objects below the prefixes into another bucket and reads them back: when it returns nil, size and checksum
// of all are the same in both. What is there already is not copied again, so that a copy that was
// interrupted goes on where it ended. Nobody may write to either meanwhile. progress is called after every
// object, by one at a time.
func Copy(ctx context.Context, from, to blob.Bucket, prefixes []string, progress func(Moved)) error {
	c := &copying{from: from, to: to, progress: progress}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(movers)
	for entry, err := range each(ctx, from, prefixes) {
		if err != nil {
			return errors.Join(fmt.Errorf("list what is to be copied: %w", err), g.Wait())
		}
		if ctx.Err() != nil {
			break
		}
		g.Go(func() (err error) {
			defer guardCopy(entry.Key, &err)
			return c.one(ctx, entry.Key)
		})
	}
	return g.Wait()
}

// guardCopy says what could not be copied, and makes an error of a panic.
func guardCopy(key string, err *error) {
	if v := recover(); v != nil {
		*err = fmt.Errorf("panic: %v", v)
	}
	if *err != nil {
		*err = fmt.Errorf("copy %s: %w", key, *err)
	}
}

type copying struct {
	from, to blob.Bucket
	progress func(Moved)

	mu   sync.Mutex
	done Moved
}

// one copies an object unless it is there.
func (c *copying) one(ctx context.Context, key string) error {
	src, err := c.from.Open(ctx, key)
	if err != nil {
		return err
	}
	defer src.Close()
	same, err := c.present(ctx, key, src)
	if err != nil {
		return err
	}
	if !same {
		if err := c.copy(ctx, key, src); err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done.Bytes += src.Size
	if same {
		c.done.Present++
	} else {
		c.done.Copied++
	}
	c.progress(c.done)
	return nil
}

// present reports whether the other bucket has the same object already.
func (c *copying) present(ctx context.Context, key string, src *blob.Object) (bool, error) {
	there, err := c.to.Open(ctx, key)
	if errors.Is(err, blob.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer there.Close()
	if there.Size != src.Size || there.About != src.About {
		return false, nil
	}
	a, err := sum(src.Content)
	if err != nil {
		return false, err
	}
	b, err := sum(there.Content)
	if err != nil {
		return false, err
	}
	_, err = src.Content.Seek(0, io.SeekStart)
	return bytes.Equal(a, b), err
}

var errDiffers = errors.New("what was written is not what is read back")

// copy writes an object and reads it back.
func (c *copying) copy(ctx context.Context, key string, src *blob.Object) error {
	h := sha256.New()
	if err := c.to.Put(ctx, key, io.TeeReader(src.Content, h), src.About); err != nil {
		return err
	}
	there, err := c.to.Open(ctx, key)
	if err != nil {
		return err
	}
	defer there.Close()
	got, err := sum(there.Content)
	if err != nil {
		return err
	}
	if there.Size != src.Size || !bytes.Equal(got, h.Sum(nil)) {
		return errDiffers
	}
	return nil
}

func sum(r io.Reader) ([]byte, error) {
	h := sha256.New()
	_, err := io.Copy(h, r)
	return h.Sum(nil), err
}

// Clear removes the objects below the prefixes, each of which the other bucket must have, with the same size.
func Clear(ctx context.Context, b, other blob.Bucket, prefixes []string, progress func(removed int64)) error {
	var n int64
	for entry, err := range each(ctx, b, prefixes) {
		if err != nil {
			return fmt.Errorf("list what was copied: %w", err)
		}
		there, err := other.Open(ctx, entry.Key)
		if err != nil {
			return fmt.Errorf("remove what was copied: %w", err)
		}
		same := there.Size == entry.Size
		if err := there.Close(); err != nil || !same {
			return errors.Join(fmt.Errorf("remove %s: %w", entry.Key, errDiffers), err)
		}
		if err := b.Delete(ctx, entry.Key); err != nil {
			return err
		}
		n++
		progress(n)
	}
	return nil
}
