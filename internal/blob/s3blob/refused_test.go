package s3blob_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/blob/s3blob"
	"github.com/holdall-dev/holdall/internal/netguard"
	"github.com/holdall-dev/holdall/test/objectstore"
)

// TestConflicts tries again what a store refuses since something else happens to the same place, and not for ever.
func TestConflicts(t *testing.T) {
	t.Parallel()
	for refused, want := range map[int]bool{1: true, 7: true, 8: false} {
		store := objectstore.New()
		left := atomic.Int64{}
		left.Store(int64(refused))
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut && left.Add(-1) >= 0 {
				w.WriteHeader(http.StatusConflict)
				return
			}
			store.ServeHTTP(w, r)
		}))
		defer srv.Close()
		b, err := s3blob.Open(s3blob.Config{Endpoint: srv.URL, Region: "eu", Bucket: "bucket", AccessKey: "key", Secret: "secret", PathStyle: true})
		if err != nil {
			t.Fatal(err)
		}
		err = b.Put(t.Context(), "c/r/a", strings.NewReader("content"), blob.About{})
		if (err == nil) != want || (len(store.Keys()) == 1) != want {
			t.Errorf("refused %d times: %v, there is %q", refused, err, store.Keys())
		}
	}
}

// TestAnEndpointThatIsClosed is asked once, says what to do, and does not count as a store that fails.
func TestAnEndpointThatIsClosed(t *testing.T) {
	t.Parallel()
	var dials atomic.Int64
	b, err := s3blob.Open(s3blob.Config{
		Endpoint: "http://10.0.0.1", Region: "eu", Bucket: "bucket", AccessKey: "key", Secret: "secret", PathStyle: true,
		Dial: func(context.Context, string, string) (net.Conn, error) {
			dials.Add(1)
			return nil, fmt.Errorf("connect: %w", netguard.ErrClosed)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	const calls = 10 // more than a store may fail in a row
	for range calls {
		_, err := b.Open(t.Context(), "c/r/a")
		if !errors.Is(err, netguard.ErrClosed) || errors.Is(err, blob.ErrNotFound) || !strings.Contains(err.Error(), "allowPrivate") {
			t.Fatalf("got %v", err)
		}
	}
	if n := dials.Load(); n != calls || time.Since(began) > 5*time.Second {
		t.Errorf("%d connections were tried for %d calls, in %v", n, calls, time.Since(began))
	}
}
