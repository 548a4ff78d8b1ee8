package realtime_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/realtime"
)

// stuck is a client that takes the first event and then nothing until it is let go.
type stuck struct {
	sink
	let chan struct{}
}

func (s *stuck) Write(b []byte) (int, error) {
	if !strings.Contains(string(b), "PB_CONNECT") {
		<-s.let
	}
	return s.sink.Write(b)
}

func TestAClientThatDoesNotReadIsCut(t *testing.T) {
	t.Parallel()
	p := assemble(t, nil)
	posts := p.collection(`{"name":"posts","type":"base","listRule":""}`)
	fence := p.collection(`{"name":"fence","type":"base","listRule":""}`)
	p.follow()
	guest := &caller.Caller{Now: p.now}
	connect := func(peer realtime.Peer, w realtime.Writer, s *sink) (ended chan struct{}) {
		t.Helper()
		c, err := p.b.Open(peer)
		if err != nil {
			t.Fatal(err)
		}
		ended = make(chan struct{})
		go func() { defer close(ended); c.Stream(t.Context(), w) }()
		if err := p.b.Submit(t.Context(), guest, c.ID(), []string{"posts/*", "fence/*"}); err != nil {
			t.Fatal(err)
		}
		s.take(t, "PB_CONNECT") // else events could travel with the first, which a stuck client still reads
		return ended
	}
	let := make(chan struct{})
	official, ours := &stuck{sink{got: make(chan struct{}, 1)}, let}, &stuck{sink{got: make(chan struct{}, 1)}, let}
	healthy := &sink{got: make(chan struct{}, 1)}
	ends := []chan struct{}{connect(realtime.Peer{}, official, &official.sink), connect(realtime.Peer{Cursor: true}, ours, &ours.sink)}
	connect(realtime.Peer{}, healthy, healthy)
	const n = 1200 // more than one write may take along and a queue may hold
	for i := range n {
		p.put(change.Create, p.record(posts, data{"id": fmt.Sprintf("post%011d", i)}))
	}
	p.put(change.Create, p.record(fence, data{"id": "fence0000000001"}))
	if got := healthy.take(t, `"id":"fence0000000001"`); len(got) != n {
		t.Errorf("a healthy client got %d of %d events", len(got), n)
	}
	if s := p.b.Stats(); s.ClosedSlow != 2 || s.QueuedBytes > 2<<10 {
		t.Errorf("slow clients: %+v", s)
	}
	close(let)
	for _, end := range ends {
		select {
		case <-end:
		case <-time.After(20 * time.Second):
			t.Fatal("a slow client's stream goes on")
		}
	}
	if text := ours.buf.String(); !strings.Contains(text, `event:HD_GAP`) || !strings.HasSuffix(text, `"topics":["posts/*","fence/*"]}`+"\n\n") {
		t.Errorf("a client with a cursor is not told of the gap: …%s", text[max(0, len(text)-200):])
	}
	if strings.Contains(official.buf.String(), "HD_GAP") {
		t.Error("an official client is told of a gap")
	}
}

func TestStreamsOfOneAddressAreBounded(t *testing.T) {
	t.Parallel()
	b := realtime.New(realtime.Needs{
		Catalog: assemble(t, nil).cat.Current, MaxPerIP: func() int { return 2 }, Now: assemble(t, nil).b.Now,
	})
	open := func(ip string) (*realtime.Conn, error) { return b.Open(realtime.Peer{IP: ip}) }
	first, err := open("203.0.113.1")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := open("127.0.0.1"); err != nil {
			t.Errorf("loopback: %v", err)
		}
	}
	if _, err := open("203.0.113.1"); err != nil {
		t.Error(err)
	}
	if _, err := open("203.0.113.1"); !fault.Is(err, fault.TooMany) {
		t.Errorf("the third stream: %v, want %v", err, http.StatusText(http.StatusTooManyRequests))
	}
	first.Close()
	if _, err := open("203.0.113.1"); err != nil {
		t.Errorf("after one was closed: %v", err)
	}
}
