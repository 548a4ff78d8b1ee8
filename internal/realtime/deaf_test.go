package realtime_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/realtime"
	"github.com/holdall-dev/holdall/schema"
)

// deaf is a client over real TCP that takes nothing from its socket until it is told to.
type deaf struct {
	*parts
	client net.Conn
	posts  *schema.Collection
	n      int // changes so far
}

// parcel is the text of one change; a queue holds four.
var parcel = strings.Repeat("x", 60_000)

func newDeaf(t *testing.T, times realtime.Times, prepare ...func(*realtime.Broker)) *deaf {
	t.Helper()
	d := &deaf{parts: assembleWith(t, realtime.Needs{Times: times})}
	for _, fn := range prepare {
		fn(d.b)
	}
	d.posts = d.collection(`{"name":"posts","type":"base","listRule":"","fields":[{"name":"text","type":"text","max":100000}]}`)
	d.follow()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if d.client, err = new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.client.Close() })
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	conn, err := d.b.Open(realtime.Peer{})
	if err != nil {
		t.Fatal(err)
	}
	conn.Hijacked(server.(*net.TCPConn), []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
	if err := d.b.Submit(t.Context(), &caller.Caller{Now: d.now}, conn.ID(), []string{"posts/*"}); err != nil {
		t.Fatal(err)
	}
	return d
}

// send tells the client of one change.
func (d *deaf) send() {
	d.Helper()
	d.put(change.Create, d.record(d.posts, data{"id": fmt.Sprintf("post%011d", d.n), "text": parcel}))
	d.n++
	d.eventually("the change is not fanned out", func() bool { return d.b.Stats().Changes >= int64(d.n) })
}

// eventually asks until ok says yes.
func (d *deaf) eventually(otherwise string, ok func() bool) {
	d.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); {
		if time.Now().After(end) {
			d.Fatalf("%s: %+v", otherwise, d.b.Stats())
		}
		<-time.After(time.Millisecond)
	}
}

// stuff sends until something waits for the client, and goes on waiting.
func (d *deaf) stuff() {
	d.Helper()
	for waits := 0; waits < 20; {
		if d.b.Stats().QueuedBytes < int64(len(parcel)) {
			waits = 0
			d.send()
		}
		<-time.After(time.Millisecond)
		waits++
	}
	if s := d.b.Stats(); s.Connections != 1 {
		d.Fatalf("the client was cut too soon: %+v", s)
	}
}

// hear reads until the last change has come.
func (d *deaf) hear() {
	d.Helper()
	last, buf := fmt.Sprintf("post%011d", d.n-1), make([]byte, 64<<10)
	for tail := ""; !strings.Contains(tail, last); {
		n, err := d.client.Read(buf)
		if err != nil {
			d.Fatal(err)
		}
		tail = tail[max(0, len(tail)-len(last)):] + string(buf[:n])
	}
}

func TestAClientThatTakesNothingIsCutInTime(t *testing.T) {
	t.Parallel()
	d := newDeaf(t, realtime.Times{Write: 2 * time.Second})
	d.stuff()
	d.eventually("it is not cut", func() bool { return d.b.Stats().Connections == 0 })
	if s := d.b.Stats(); s.ClosedSlow != 1 || s.QueuedBytes != 0 || s.Dropped == 0 {
		t.Errorf("got %+v", s)
	}
}

func TestAClientWhoseQueueIsFullIsCutAtOnce(t *testing.T) {
	t.Parallel()
	d := newDeaf(t, realtime.Times{Write: time.Hour})
	d.stuff()
	for range 5 {
		d.send()
	}
	d.eventually("it is not cut", func() bool { return d.b.Stats().Connections == 0 })
	if s := d.b.Stats(); s.ClosedSlow != 1 || s.QueuedBytes != 0 {
		t.Errorf("got %+v", s)
	}
	if text, _ := io.ReadAll(d.client); bytes.HasSuffix(text, []byte("\r\n0\r\n\r\n")) {
		t.Error("a stream that was cut looks whole")
	}
}

// TestAClientThatCatchesUpGoesOn lets the deadline of a write that was waited for pass, and goes on.
func TestAClientThatCatchesUpGoesOn(t *testing.T) {
	t.Parallel()
	const patience = 2 * time.Second
	d := newDeaf(t, realtime.Times{Write: patience})
	d.stuff()
	d.hear()
	<-time.After(patience)
	for range 3 {
		d.send()
		d.hear()
	}
	if s := d.b.Stats(); s.ClosedSlow != 0 || s.Dropped != 0 || s.Connections != 1 {
		t.Errorf("got %+v", s)
	}
}

// TestWithoutARing writes as it is done where the kernel has none, or takes it away.
func TestWithoutARing(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(*realtime.Broker){
		"none": (*realtime.Broker).OneByOne, "broken": (*realtime.Broker).BreakRings,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDeaf(t, realtime.Times{Write: time.Hour}, prepare)
			for range 3 {
				d.send()
				d.hear()
			}
			d.stuff()
			d.hear()
			if s := d.b.Stats(); s.Dropped != 0 || s.Delivered != int64(d.n)+1 || s.Connections != 1 {
				t.Errorf("%d changes: got %+v", d.n, s)
			}
		})
	}
}

func TestDrainDoesNotWaitForWhoDoesNotRead(t *testing.T) {
	t.Parallel()
	d := newDeaf(t, realtime.Times{Write: time.Hour})
	d.stuff()
	done := make(chan struct{})
	go func() { defer close(done); d.b.Drain() }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("drain waits for a client that does not read")
	}
}
