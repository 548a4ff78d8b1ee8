package s3blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/holdall-dev/holdall/internal/blob"
)

// partSize is that of a part, in bytes. Smaller objects are sent at once, others in parts of it.
const partSize = 6 << 20

// Conflicts: the store says that something else happens to the same place at this moment. Gateways to file systems
// say so when a folder goes with its last object while another is on its way into it.
const (
	maxConflicts = 8                    // in a row
	conflictWait = 5 * time.Millisecond // before the second try; it doubles
)

// Put implements blob.Bucket. A part of the object is in memory at a time.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader, about blob.About) error {
	if err := check(key); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	o := minio.PutObjectOptions{ContentType: about.Type, DisableContentSha256: true, SendContentMd5: true, PartSize: partSize}
	if about.Name != "" {
		o.UserMetadata = map[string]string{nameKey: url.PathEscape(about.Name)}
	}
	var head bytes.Buffer
	_, err := io.CopyN(&head, r, partSize)
	switch {
	case err == nil:
		return b.putParts(ctx, key, io.MultiReader(&head, r), o)
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("put %s: %w", key, err)
	}
	return b.putWhole(ctx, key, head.Bytes(), o)
}

// putWhole sends an object at once, and again when it conflicts with what others do.
func (b *Bucket) putWhole(ctx context.Context, key string, data []byte, o minio.PutObjectOptions) error {
	call, cancel := mayGiveUp(ctx)
	defer cancel(nil)
	for wait, tries := conflictWait, 1; ; wait, tries = 2*wait, tries+1 {
		stored, err := b.core.Client.PutObject(call, b.name, key, bytes.NewReader(data), int64(len(data)), o)
		if err == nil && stored.ETag == "" {
			return fmt.Errorf("put %s: %w", key, errNameless)
		}
		if err == nil {
			return nil
		}
		if minio.ToErrorResponse(err).StatusCode != http.StatusConflict || tries == maxConflicts {
			return failed(call, "put", key, err)
		}
		select {
		case <-time.After(wait/2 + rand.N(wait)):
		case <-call.Done():
			return context.Cause(call)
		}
	}
}

// errNameless says that a store answered with success and not with what every store says of an object that it
// has; so answer proxies, and stores that report an error in the body.
var errNameless = fmt.Errorf("%w: it does not say that it has the object", blob.ErrDown)

// putParts sends an object of which nobody knows how large it is.
func (b *Bucket) putParts(ctx context.Context, key string, r io.Reader, o minio.PutObjectOptions) error {
	call, cancel := mayGiveUp(ctx)
	defer cancel(nil)
	_, err := b.core.Client.PutObject(call, b.name, key, r, -1, o)
	if err == nil {
		return nil
	}
	if err = failed(call, "put", key, err); call.Err() != nil {
		b.abandon(ctx, key)
	}
	return err
}

// abandon removes the parts of an upload that ended so suddenly that the client could not. Where it fails, the
// store's own rules for parts that were left have to do it.
func (b *Bucket) abandon(ctx context.Context, key string) {
	ctx, done := b.brief(context.WithoutCancel(ctx))
	defer done()
	_ = b.core.RemoveIncompleteUpload(ctx, b.name, key)
}
