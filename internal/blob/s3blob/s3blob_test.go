package s3blob_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/blob/blobtest"
	"github.com/holdall-dev/holdall/internal/blob/s3blob"
	"github.com/holdall-dev/holdall/test/objectstore"
)

func open(t *testing.T) (*s3blob.Bucket, *objectstore.Store) {
	t.Helper()
	store := objectstore.New()
	srv := httptest.NewServer(store)
	t.Cleanup(srv.Close)
	b, err := s3blob.Open(s3blob.Config{Endpoint: srv.URL, Region: "eu", Bucket: "bucket", AccessKey: "key", Secret: "secret", PathStyle: true})
	if err != nil {
		t.Fatal(err)
	}
	return b, store
}

func TestExam(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) blob.Bucket { b, _ := open(t); return b })
}

// TestLargeObjectsGoInParts sends objects below, at and above the size of a part.
func TestLargeObjectsGoInParts(t *testing.T) {
	t.Parallel()
	for _, size := range []int{6<<20 - 1, 6 << 20, 15 << 20} {
		b, store := open(t)
		data := make([]byte, size)
		_, _ = rand.Read(data)
		// A reader of which nobody knows how much there is.
		if err := b.Put(t.Context(), "c/r/a", io.MultiReader(bytes.NewReader(data)), blob.About{Type: "video/mp4", Name: "Ä b.mp4"}); err != nil {
			t.Fatal(err)
		}
		o, err := b.Open(t.Context(), "c/r/a")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(o.Content)
		if err != nil || !bytes.Equal(got, data) || o.About != (blob.About{Type: "video/mp4", Name: "Ä b.mp4"}) {
			t.Errorf("%d bytes: %d came back, %v, %+v", size, len(got), err, o.About)
		}
		parts := store.Calls(http.MethodPut)
		if want := max(1, (size+6<<20-1)/(6<<20)); size > 6<<20 && parts != want {
			t.Errorf("%d bytes went in %d parts, want %d", size, parts, want)
		}
		if store.Open() != 0 {
			t.Error("an upload in parts is left open")
		}
	}
}

func TestBrokenSourceLeavesNoParts(t *testing.T) {
	t.Parallel()
	b, store := open(t)
	broken := errors.New("broken")
	src := io.MultiReader(bytes.NewReader(make([]byte, 13<<20)), &failing{broken})
	if err := b.Put(t.Context(), "c/r/a", src, blob.About{}); err == nil {
		t.Error("half an object was put")
	}
	if store.Open() != 0 || len(store.Keys()) != 0 {
		t.Errorf("left: %d uploads, %d objects", store.Open(), len(store.Keys()))
	}
}

type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) { return 0, f.err }

func TestErrors(t *testing.T) {
	t.Parallel()
	b, store := open(t)
	store.Refuse(http.StatusForbidden)
	if _, err := b.Open(t.Context(), "c/r/a"); err == nil || errors.Is(err, blob.ErrNotFound) {
		t.Errorf("open: %v", err)
	}
	if err := b.Put(t.Context(), "c/r/a", strings.NewReader("x"), blob.About{}); err == nil {
		t.Error("put")
	}
	if err := b.Delete(t.Context(), "c/r/a"); err == nil {
		t.Error("delete")
	}
	if err := blob.DeleteAll(t.Context(), b, "c/"); err == nil {
		t.Error("list")
	}
	for _, endpoint := range []string{"", "ftp://host", "https://", "http://a b"} {
		if _, err := s3blob.Open(s3blob.Config{Endpoint: endpoint}); err == nil {
			t.Errorf("%q is no endpoint", endpoint)
		}
	}
}
