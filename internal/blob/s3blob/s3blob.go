// Package s3blob keeps objects in a bucket of an object store that speaks S3 (files.md §6.2).
package s3blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/holdall-dev/holdall/internal/blob"
)

const (
	maxRetries = 4
	nameKey    = "original-filename"
)

// Config says where the bucket is and who may use it.
type Config struct {
	Endpoint  string // host, or a URL; without a scheme it is https
	Region    string
	Bucket    string
	AccessKey string
	Secret    string
	PathStyle bool // the bucket is part of the path, and not of the host's name
	Patience  Patience
	Now       func() time.Time // nil is the system's clock
	// Dial connects to the store; nil asks the system. Where it answers netguard.ErrClosed nothing is tried again.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Bucket is a bucket of an object store.
type Bucket struct {
	core minio.Core
	name string
	call time.Duration // for calls that move no bytes
}

// Open makes a client; it does not speak to the store yet.
func Open(c Config) (*Bucket, error) {
	host, secure, err := address(c.Endpoint)
	if err != nil {
		return nil, err
	}
	transport, err := minio.DefaultTransport(secure)
	if err != nil {
		return nil, err
	}
	transport.Proxy = nil // the dialler judges addresses, and would see a proxy's
	if c.Dial != nil {
		transport.DialContext = c.Dial
	}
	transport.ResponseHeaderTimeout = 0 // the guard sees to it
	transport.DisableCompression = true // what is stored compressed stays so
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Patience = c.Patience.withDefaults()
	lookup := minio.BucketLookupDNS
	if c.PathStyle {
		lookup = minio.BucketLookupPath
	}
	client, err := minio.New(host, &minio.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, c.Secret, ""), Secure: secure, Region: c.Region,
		BucketLookup: lookup, MaxRetries: maxRetries,
		Transport: &guard{transport, &circuit{rest: c.Patience.Rest, now: c.Now}, c.Patience},
	})
	if err != nil {
		return nil, fmt.Errorf("open the S3 bucket %s: %w", c.Bucket, err)
	}
	return &Bucket{minio.Core{Client: client}, c.Bucket, c.Patience.Call}, nil
}

// address splits an endpoint into its host and whether it is spoken to in secret.
func address(endpoint string) (host string, secure bool, err error) {
	if !strings.Contains(endpoint, "://") {
		endpoint = "https://" + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", false, fmt.Errorf("%q is no endpoint of an object store", endpoint)
	}
	return u.Host, u.Scheme == "https", nil
}

// check refuses keys that not every store keeps apart from others.
func check(key string) error {
	odd := strings.ContainsFunc(key, func(r rune) bool { return r < ' ' })
	if odd || key == "." || !fs.ValidPath(key) {
		return fmt.Errorf("%w: %q", blob.ErrKey, key)
	}
	return nil
}

// failed says what failed; absence has its own name, and so has a store that does not answer.
func failed(ctx context.Context, what, key string, err error) error {
	code := minio.ToErrorResponse(err)
	cause := context.Cause(ctx)
	_, network := errors.AsType[*url.Error](err)
	switch {
	case slices.Contains([]string{"NoSuchKey", "NoSuchBucket", "NotFound"}, code.Code), code.StatusCode == http.StatusNotFound && code.Code == "":
		err = errors.Join(blob.ErrNotFound, err)
	case cause != nil:
		err = cause
	case network, code.StatusCode >= http.StatusInternalServerError, code.StatusCode == http.StatusTooManyRequests:
		err = fmt.Errorf("%w: %w", blob.ErrDown, err)
	case code.StatusCode >= http.StatusBadRequest:
		err = fmt.Errorf("%w: %w", blob.ErrRefused, err)
	}
	return fmt.Errorf("%s %s: %w", what, key, err)
}

// brief makes the context of a call that moves no bytes.
func (b *Bucket) brief(ctx context.Context) (context.Context, func()) {
	ctx, stop := context.WithTimeoutCause(ctx, b.call, errStalled)
	ctx, cancel := mayGiveUp(ctx)
	return ctx, func() { cancel(nil); stop() }
}

// Open implements blob.Bucket. Bytes are asked for when they are read, from where they are read.
func (b *Bucket) Open(ctx context.Context, key string) (*blob.Object, error) {
	if err := check(key); err != nil {
		return nil, err
	}
	brief, done := b.brief(ctx)
	defer done()
	info, err := b.core.StatObject(brief, b.name, key, minio.StatObjectOptions{})
	if err != nil {
		return nil, failed(brief, "open", key, err)
	}
	about := blob.About{Type: info.ContentType, Name: original(info.UserMetadata)}
	if about.Type == "" {
		about.Type = blob.DefaultType
	}
	return &blob.Object{
		Info:    blob.Info{About: about, Size: info.Size, Modified: info.LastModified},
		Content: &content{ctx: ctx, b: b, key: key, size: info.Size, etag: info.ETag},
	}, nil
}

func original(meta map[string]string) string {
	for key, v := range meta {
		if strings.EqualFold(key, nameKey) {
			if name, err := url.PathUnescape(v); err == nil {
				return name
			}
		}
	}
	return ""
}

// Delete implements blob.Bucket.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := check(key); err != nil {
		return err
	}
	ctx, done := b.brief(ctx)
	defer done()
	if err := b.core.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{}); err != nil {
		if err = failed(ctx, "delete", key, err); !errors.Is(err, blob.ErrNotFound) {
			return err
		}
	}
	return nil
}

// List implements blob.Bucket.
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[blob.Entry, error] {
	return func(yield func(blob.Entry, error) bool) {
		ctx, cancel := mayGiveUp(ctx)
		defer cancel(nil)
		for info := range b.core.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
			if info.Err != nil {
				yield(blob.Entry{}, failed(ctx, "list", prefix, info.Err))
				return
			}
			if !yield(blob.Entry{Key: info.Key, Size: info.Size, Modified: info.LastModified}, nil) {
				return
			}
		}
	}
}

// content reads an object from where it is wanted.
type content struct {
	ctx  context.Context
	b    *Bucket
	key  string
	etag string
	size int64
	at   int64
	body io.ReadCloser // from at on; nil before the first read and after a seek
}

// Read implements io.Reader.
func (c *content) Read(p []byte) (int, error) {
	if c.at >= c.size {
		return 0, io.EOF
	}
	if c.body == nil {
		if err := c.open(); err != nil {
			return 0, err
		}
	}
	n, err := c.body.Read(p)
	c.at += int64(n)
	if errors.Is(err, io.EOF) && c.at < c.size {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (c *content) open() error {
	o := minio.GetObjectOptions{}
	err := o.SetMatchETag(c.etag) // the object that was opened, and no later one
	if c.at > 0 {
		err = errors.Join(err, o.SetRange(c.at, 0))
	}
	if err != nil {
		return err
	}
	ctx, cancel := mayGiveUp(c.ctx)
	body, info, _, err := c.b.core.GetObject(ctx, c.b.name, c.key, o)
	if err != nil {
		defer cancel(nil)
		return failed(ctx, "read", c.key, err)
	}
	c.body = &ending{body, cancel}
	if info.ETag != c.etag {
		return errors.Join(fmt.Errorf("read %s: %w", c.key, errOther), c.Close())
	}
	return nil
}

var errOther = errors.New("the store answers with another object than the one that was opened")

// ending is a body that frees what its request holds.
type ending struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

// Close implements io.Closer.
func (e *ending) Close() error {
	err := e.ReadCloser.Close()
	e.cancel(nil)
	return err
}

// Seek implements io.Seeker.
func (c *content) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.at
	case io.SeekEnd:
		offset += c.size
	}
	if offset < 0 {
		return c.at, fs.ErrInvalid
	}
	if offset == c.at {
		return c.at, nil
	}
	err := c.Close()
	c.at = offset
	return c.at, err
}

// Close implements io.Closer.
func (c *content) Close() error {
	if c.body == nil {
		return nil
	}
	err := c.body.Close()
	c.body = nil
	return err
}
