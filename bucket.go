package holdall

import (
	"context"
	"io"
	"iter"
	"sync"

	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/blob/fsblob"
	"github.com/holdall-dev/holdall/internal/files"
	"github.com/holdall-dev/holdall/internal/netguard"
	"github.com/holdall-dev/holdall/internal/settings"
)

// buckets choose where files lie: in the data directory, or in the object store that the settings name. The
// choice follows the settings at once; it moves nothing.
type buckets struct {
	local *fsblob.Bucket
	out   *netguard.Guard // leads to the object store

	mu     sync.Mutex
	conf   settings.S3 // what remote was opened with
	remote blob.Bucket
}

// current is the bucket that the settings ask for.
func (b *buckets) current(s settings.S3) blob.Bucket {
	if !s.Enabled {
		return b.local
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.remote == nil || b.conf != s {
		remote, err := files.OpenS3(s, b.out)
		if err != nil {
			return unreachable{err}
		}
		b.remote, b.conf = remote, s
	}
	return b.remote
}

func (b *buckets) close() error { return b.local.Close() }

// unreachable is a bucket that could not be opened.
type unreachable struct{ err error }

func (u unreachable) Put(context.Context, string, io.Reader, blob.About) error { return u.err }

func (u unreachable) Open(context.Context, string) (*blob.Object, error) { return nil, u.err }

func (u unreachable) Delete(context.Context, string) error { return u.err }

func (u unreachable) List(context.Context, string) iter.Seq2[blob.Entry, error] {
	return func(yield func(blob.Entry, error) bool) { yield(blob.Entry{}, u.err) }
}
