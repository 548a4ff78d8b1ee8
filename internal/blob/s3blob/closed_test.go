package s3blob_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/blob/s3blob"
	"github.com/holdall-dev/holdall/internal/netguard"
)

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
