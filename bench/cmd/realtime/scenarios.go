package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/holdall-dev/holdall/bench/internal/load"
	"github.com/holdall-dev/holdall/bench/internal/server"
)

// stage is a server that was prepared.
type stage struct {
	*server.Server
	users []user
}

type user struct{ id, token string }

// scenarios in the order in which they are played to a server that was just started.
var scenarios = []struct {
	name string
	ours bool // PocketBase is not asked to
	run  func(context.Context, options, *stage) (figures, error)
}{
	{"create-alone", false, createAlone},
	{"crowd", false, crowd},
	{"fan-public", false, fan("feed", 1, 8)},
	{"fan-owner", false, fan("own", 1, 8)},
	{"fan-owner-of-20", false, fan("own", users, 8)},
	{"fan-busy", false, fan("feed", 1, 200)},
	{"held", true, held},
}

// createAlone times creates that nobody listens to.
func createAlone(ctx context.Context, o options, st *stage) (figures, error) {
	m := newMeter()
	if err := m.write(ctx, st, "feed", 1, 100, time.Second); err != nil { // warm
		return nil, err
	}
	m = newMeter()
	err := m.write(ctx, st, "feed", 1, 50, o.length)
	return m.creates(), err
}

// crowd opens many streams at once: what each costs at rest, and what they cost whoever writes.
func crowd(ctx context.Context, o options, st *stage) (figures, error) {
	before, _, err := st.Memory()
	if err != nil {
		return nil, err
	}
	m := newMeter()
	c, err := load.Gather(st.Addr, o.crowd, "feed/*", nobody, m.event)
	if err != nil {
		return nil, err
	}
	defer c.Leave()
	after, _, err := st.Memory()
	if err != nil {
		return nil, err
	}
	f, err := m.run(ctx, st, c, "feed", 1, 5, o.length, o.crowd)
	if f != nil {
		f["idle_kib"] = float64(after-before) / 1024 / float64(o.crowd)
	}
	return f, err
}

// fan writes to subscribers that belong to so many users: each write is for the subscribers of one of them.
func fan(collection string, owners, perSecond int) func(context.Context, options, *stage) (figures, error) {
	return func(ctx context.Context, o options, st *stage) (figures, error) {
		m := newMeter()
		token := nobody
		if collection == "own" {
			token = func(i int) string { return st.users[i%owners].token }
		}
		c, err := load.Gather(st.Addr, o.subscribers, collection+"/*", token, m.event)
		if err != nil {
			return nil, err
		}
		defer c.Leave()
		return m.run(ctx, st, c, collection, owners, perSecond, o.length, o.subscribers/owners)
	}
}

// held keeps many streams for a while.
func held(ctx context.Context, o options, st *stage) (figures, error) {
	if o.held == 0 {
		return nil, nil
	}
	m := newMeter()
	c, err := load.Gather(st.Addr, o.held, "feed/*", nobody, m.event)
	if err != nil {
		return nil, err
	}
	defer c.Leave()
	f, err := m.run(ctx, st, c, "feed", 1, 1, o.hold, o.held)
	if f == nil {
		return nil, err
	}
	now, _, _ := st.Memory()
	f["dropped"], f["rest_mb"] = float64(c.Ended()), float64(now)/(1<<20)
	return f, err
}

func nobody(int) string { return "" }

// meter times creates and the events that they cause.
type meter struct {
	began    time.Time
	arrived  atomic.Int64
	news     chan struct{}
	mu       sync.Mutex
	events   load.Histogram
	requests load.Histogram
}

func newMeter() *meter { return &meter{began: time.Now(), news: make(chan struct{}, 1)} }

// event notes how long an event was on its way: from before its request was sent until it was read.
func (m *meter) event(data []byte) {
	_, after, ok := bytes.Cut(data, []byte(`"at":`))
	if !ok {
		return
	}
	end := bytes.IndexAny(after, ",}")
	at, err := strconv.ParseInt(string(after[:max(0, end)]), 10, 64)
	if err != nil {
		return
	}
	took := time.Since(m.began) - time.Duration(at)*time.Microsecond
	m.mu.Lock()
	m.events.Add(took)
	m.mu.Unlock()
	m.arrived.Add(1)
	select {
	case m.news <- struct{}{}:
	default:
	}
}

// write creates records at a pace, one after the other.
func (m *meter) write(ctx context.Context, st *stage, collection string, owners, perSecond int, length time.Duration) error {
	c, err := load.Dial(st.Addr)
	if err != nil {
		return err
	}
	defer c.Close()
	body := strings.Repeat("text that goes along ", 12)
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	for n := range int(length.Seconds() * float64(perSecond)) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		at := time.Now()
		record := fmt.Appendf(nil, `{"at":%d,"owner":"%s","title":"event %d","body":"%s"}`, at.Sub(m.began).Microseconds(), st.users[n%owners].id, n, body)
		if err := c.Must(load.Request(nil, "POST", "/api/collections/"+collection+"/records", "", record)); err != nil {
			return err
		}
		m.requests.Add(time.Since(at))
	}
	return nil
}

// run writes, waits for all events, and tells what each of them cost.
func (m *meter) run(ctx context.Context, st *stage, c *load.Crowd, collection string, owners, perSecond int, length time.Duration, each int) (figures, error) {
	before, err := st.CPU()
	if err != nil {
		return nil, err
	}
	if err := m.write(ctx, st, collection, owners, perSecond, length); err != nil {
		return nil, err
	}
	want := int64(m.requests.Count()) * int64(each)
	m.await(want)
	after, err := st.CPU()
	if err != nil {
		return nil, err
	}
	got := m.arrived.Load()
	f := m.creates()
	f["events"], f["lost"] = float64(got), float64(want-got)
	f["cpu_us"] = (after - before).Seconds() * 1e6 / float64(max(got, 1))
	f["p50_ms"], f["p99_ms"] = m.events.Quantile(0.5).Seconds()*1e3, m.events.Quantile(0.99).Seconds()*1e3
	return f, nil
}

// await returns when so many events have arrived, or none has for a while.
func (m *meter) await(n int64) {
	for m.arrived.Load() < n {
		select {
		case <-m.news:
		case <-time.After(3 * time.Second):
			return
		}
	}
}

func (m *meter) creates() figures {
	return figures{"create_p50_ms": m.requests.Quantile(0.5).Seconds() * 1e3, "create_p99_ms": m.requests.Quantile(0.99).Seconds() * 1e3}
}
