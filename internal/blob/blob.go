// Package blob is where bytes lie under keys: in a folder, or in an object store. What an implementation must
// do beyond the comments here is said, executably, by blobtest.
package blob

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"
)

// Errors that callers act upon. Buckets return them wrapped.
var (
	// ErrNotFound says that there is nothing under the key.
	ErrNotFound = errors.New("no such object")
	// ErrKey says that nothing can lie under such a key.
	ErrKey = errors.New("not a key for an object")
	// ErrDown says that whoever keeps the objects does not answer; later it may.
	ErrDown = errors.New("the object store does not answer")
	// ErrRefused says that whoever keeps the objects answers, and not what was asked: keys are wrong, or clocks.
	ErrRefused = errors.New("the object store refuses")
)

// Bucket keeps objects under keys such as "collection/record/name.png". Implementations are safe for
// concurrent use.
type Bucket interface {
	// Put stores what r holds under key, in place of what was there. When it returns nil the object is on
	// stable storage; until then, and after an error, readers see what was there before, or nothing. Memory
	// does not grow with the size of the object.
	Put(ctx context.Context, key string, r io.Reader, about About) error
	// Open reads the object, which the caller closes. It fails with ErrNotFound.
	Open(ctx context.Context, key string) (*Object, error)
	// Delete removes the object; that there is none is no error.
	Delete(ctx context.Context, key string) error
	// List yields the objects whose keys begin with prefix, in no particular order. Objects that come or go
	// meanwhile may be among them. A folder is asked for by a prefix that ends in a slash.
	List(ctx context.Context, prefix string) iter.Seq2[Entry, error]
}

// Rewriter is a bucket that writes over a small object in much less time than it takes to make one and to remove
// it.
type Rewriter interface {
	Bucket
	Rewrites()
}

// Signer is a bucket that others can be let read from, one object at a time.
type Signer interface {
	// Sign makes an address that anybody may read the object from for a while. The answer there has the headers
	// of as, whatever the bucket remembers.
	Sign(ctx context.Context, key string, as Sent, life time.Duration) (url string, err error)
}

// Sent is what an answer with an object says of it; "" leaves it to the bucket.
type Sent struct{ Type, Disposition, CacheControl string }

// About is what a bucket remembers of an object besides its bytes.
type About struct {
	Type string // media type; "" is application/octet-stream
	Name string // what the file was called where it came from; may be empty
}

// Info describes a stored object.
type Info struct {
	About
	Size     int64 // bytes
	Modified time.Time
}

// Object is a stored object, open for reading.
type Object struct {
	Info
	// Content is the bytes. On a file system it is an *os.File, which a server can hand to the kernel.
	Content io.ReadSeekCloser
}

// Close ends the reading.
func (o *Object) Close() error { return o.Content.Close() }

// Entry is one object of a listing.
type Entry struct {
	Key      string
	Size     int64 // bytes
	Modified time.Time
}

// DefaultType is the media type of objects of which nothing is known.
const DefaultType = "application/octet-stream"

// DeleteAll removes the objects whose keys begin with prefix. It looks until there are none, for a listing may
// lose its place when what it lists goes.
func DeleteAll(ctx context.Context, b Bucket, prefix string) error {
	for {
		n, err := deleteListed(ctx, b, prefix)
		if n == 0 || err != nil {
			return err
		}
	}
}

func deleteListed(ctx context.Context, b Bucket, prefix string) (n int, err error) {
	for entry, err := range b.List(ctx, prefix) {
		if err == nil {
			err = b.Delete(ctx, entry.Key)
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
