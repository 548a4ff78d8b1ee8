package realtime_test

import (
	"context"
	"io"
	"net"
	"testing"
)

// TestAStreamThatIsDrainedEndsWhole stops a server with open streams and closes the app right after: each client
// must have got the end of its answer, and not a connection that broke.
func TestAStreamThatIsDrainedEndsWhole(t *testing.T) {
	t.Parallel()
	h := open(t)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.url = "http://" + l.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- h.app.Serve(ctx, l) }()
	var all []*stream
	for range 100 {
		all = append(all, h.listen(""))
	}
	stop()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	if err := h.app.Close(); err != nil {
		t.Fatal(err)
	}
	for i, s := range all {
		if _, err := io.ReadAll(s.r); err != nil {
			t.Fatalf("stream %d ends with %v", i, err)
		}
	}
}
