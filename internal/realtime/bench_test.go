package realtime_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/realtime"
)

// tally counts events and keeps nothing.
type tally struct{ got chan int }

func (c tally) Write(b []byte) (int, error) {
	c.got <- bytes.Count(b, []byte("event:posts"))
	return len(b), nil
}
func (tally) Flush() error                       { return nil }
func (tally) SetWriteDeadline(_ time.Time) error { return nil }

// BenchmarkFanOut tells what one delivered event costs from the commit to the writer.
func BenchmarkFanOut(b *testing.B) {
	for _, n := range []int{1000, 5000} {
		b.Run(fmt.Sprintf("public/%d", n), func(b *testing.B) { benchFanOut(b, n, "", n) })
		b.Run(fmt.Sprintf("owner/%d", n), func(b *testing.B) { benchFanOut(b, n, "owner = @request.auth.id", 1) })
	}
}

func benchFanOut(b *testing.B, n int, rule string, heard int) {
	p := assemble(b, nil)
	people := p.collection(`{"name":"people","type":"auth"}`)
	posts := p.collection(fmt.Sprintf(`{"name":"posts","type":"base","listRule":%q,"fields":[{"name":"owner","type":"text"},{"name":"title","type":"text"}]}`, rule))
	p.follow()
	got := make(chan int, 1<<16)
	for i := range n {
		rec := p.record(people, data{"id": fmt.Sprintf("person%09d", i), "email": fmt.Sprintf("p%d@x.io", i), "tokenKey": fmt.Sprintf("key%030d", i)})
		p.put(change.Create, rec)
		c, err := p.b.Open(realtime.Peer{})
		if err != nil {
			b.Fatal(err)
		}
		go c.Stream(b.Context(), tally{got})
		by := &caller.Caller{Trust: caller.User, Auth: rec, Now: p.now}
		if err := p.b.Submit(b.Context(), by, c.ID(), []string{"posts/*"}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		p.put(change.Create, p.record(posts, data{"id": fmt.Sprintf("post%011d", i), "owner": fmt.Sprintf("person%09d", i%n), "title": "A title of some length"}))
		for left := heard; left > 0; {
			left -= <-got
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(i*heard), "ns/delivery")
}

// BenchmarkClients (RT-1) tells for how long a look at a thousand connections may hold up what is delivered to them.
// The dashboard takes one every three seconds: 2 % of that are 60 ms.
func BenchmarkClients(b *testing.B) {
	p := assemble(b, nil)
	p.follow()
	for range 1000 {
		c, err := p.b.Open(realtime.Peer{})
		if err != nil {
			b.Fatal(err)
		}
		if err := p.b.Submit(b.Context(), &caller.Caller{Now: p.now}, c.ID(), []string{"posts/*", "people/*"}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if n := len(p.b.Clients()); n != 1000 {
			b.Fatalf("%d connections", n)
		}
	}
}
