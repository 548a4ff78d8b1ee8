package channel_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/catalog"
	"github.com/holdall-dev/holdall/internal/channel"
	"github.com/holdall-dev/holdall/internal/settings"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/record"
)

// bus is a relay between nodes that lie in one process. What goes over it goes as JSON.
type bus struct {
	mu    sync.Mutex
	nodes map[string]func(channel.Message)
}

// line is one node's end of a bus.
type line struct {
	bus  *bus
	name string
}

func (l line) Listen(fn func(channel.Message)) {
	l.bus.mu.Lock()
	defer l.bus.mu.Unlock()
	l.bus.nodes[l.name] = fn
}

func (l line) Send(_ context.Context, m channel.Message) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	l.bus.mu.Lock()
	defer l.bus.mu.Unlock()
	for _, fn := range l.bus.nodes {
		var copied channel.Message
		if err := json.Unmarshal(raw, &copied); err != nil {
			return err
		}
		fn(copied)
	}
	return nil
}

// ear is a listener that keeps what it is told.
type ear struct {
	id  string
	mu  sync.Mutex
	got []string
	now chan struct{}
}

func newEar(id string) *ear { return &ear{id: id, now: make(chan struct{}, 1)} }

func (e *ear) ID() string { return e.id }

func (e *ear) Tell(name string, data []byte) {
	e.mu.Lock()
	e.got = append(e.got, name+" "+string(data))
	e.mu.Unlock()
	select {
	case e.now <- struct{}{}:
	default:
	}
}

// hears waits for the next events.
func (e *ear) hears(t *testing.T, want ...string) {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		e.mu.Lock()
		if len(e.got) >= len(want) {
			got := slices.Clone(e.got[:len(want)])
			e.got = e.got[len(want):]
			e.mu.Unlock()
			if !slices.Equal(got, want) {
				t.Errorf("%s\n got %s\nwant %s", e.id, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
			}
			return
		}
		e.mu.Unlock()
		select {
		case <-e.now:
		case <-late:
			t.Fatalf("%s waits for %q, has %q", e.id, want, e.got)
		}
	}
}

// place is a database and the nodes that serve it.
type place struct {
	*testing.T
	needs channel.Needs
	bus   *bus
	ann   *record.Record
	bob   *record.Record
}

func open(t *testing.T, r settings.Realtime) *place {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
	st, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "data.db"), Normal: true, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	cat, err := catalog.Open(t.Context(), st, now)
	if err != nil {
		t.Fatal(err)
	}
	users, _ := cat.Current().Find("users")
	p := &place{T: t, bus: &bus{nodes: map[string]func(channel.Message){}}, ann: record.New(users), bob: record.New(users)}
	for id, rec := range map[string]*record.Record{"ann": p.ann, "bob": p.bob} {
		if err := rec.Set("id", id); err != nil {
			t.Fatal(err)
		}
	}
	p.needs = channel.Needs{
		Store: st, Gate: access.New(cat.Current), Catalog: cat.Current, Settings: func() *settings.Realtime { return &r },
		Now: now, Log: slog.New(slog.DiscardHandler),
	}
	return p
}

// node starts a hub; end stops it.
func (p *place) node(name string) (h *channel.Hub, end func()) {
	p.Helper()
	n := p.needs
	n.Node, n.Relay = name, line{p.bus, name}
	h = channel.New(n)
	ctx, stop := context.WithCancel(p.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); h.Run(ctx) }()
	end = func() { stop(); <-ended }
	p.Cleanup(end)
	return h, end
}

func (p *place) join(h *channel.Hub, id string, who *record.Record, topics ...string) *ear {
	p.Helper()
	e := newEar(id)
	p.want(h, e, who, topics...)
	return e
}

func (p *place) want(h *channel.Hub, e *ear, who *record.Record, topics ...string) {
	var wants []channel.Want
	for _, topic := range topics {
		wants = append(wants, channel.Want{Name: topic, Topic: topic, By: &caller.Caller{Context: caller.ContextRealtime}})
	}
	h.Enter(e, who, wants)
	h.Settle(p.Context(), e)
}

func (p *place) as(who *record.Record) *caller.Caller {
	return &caller.Caller{Trust: caller.User, Auth: who, Now: p.needs.Now()}
}

func rooms() settings.Realtime {
	return settings.Realtime{Channels: []settings.Channel{
		{Name: "room/:id", JoinRule: new(""), PublishRule: new(""), Presence: true},
		{Name: "talk/:id", JoinRule: new(""), PublishRule: new("")},
	}}
}

func member(id string, streams int, state string) string {
	return fmt.Sprintf(`{"collectionId":"_pb_users_auth_","collectionName":"users","id":"%s","streams":%d,"state":%s}`, id, streams, state)
}

// TestNodesAreOneRoom: who listens on one node hears what is said on another, and sees who is there.
func TestNodesAreOneRoom(t *testing.T) {
	t.Parallel()
	p := open(t, rooms())
	a, _ := p.node("a")
	b, endB := p.node("b")
	here := p.join(a, "here", p.ann, "room/1")
	here.hears(t, `room/1 {"action":"sync","members":[]}`, `room/1 {"action":"join","member":`+member("ann", 1, "null")+`}`)
	there := p.join(b, "there", p.bob, "room/1")
	there.hears(t, `room/1 {"action":"sync","members":[`+member("ann", 1, "null")+`]}`, `room/1 {"action":"join","member":`+member("bob", 1, "null")+`}`)
	here.hears(t, `room/1 {"action":"join","member":`+member("bob", 1, "null")+`}`)

	if err := b.Publish(t.Context(), p.as(p.bob), channel.Publication{Topic: "room/1", Event: "x", Data: json.RawMessage(" [ 1 ] "), Except: "there"}); err != nil {
		t.Fatal(err)
	}
	here.hears(t, `room/1 {"action":"broadcast","event":"x","data":[1],"from":{"collectionId":"_pb_users_auth_","collectionName":"users","id":"bob"}}`)

	second := p.join(a, "second", p.bob, "room/1") // bob, on another node
	both := `room/1 {"action":"change","member":` + member("bob", 2, "null") + `}`
	here.hears(t, both)
	there.hears(t, both)
	second.hears(t, `room/1 {"action":"sync","members":[`+member("ann", 1, "null")+","+member("bob", 1, "null")+`]}`, both)
	if err := b.SetState(p.as(p.bob), there, "room/1", json.RawMessage(`{"a": 1}`)); err != nil {
		t.Fatal(err)
	}
	here.hears(t, `room/1 {"action":"change","member":`+member("bob", 2, `{"a":1}`)+`}`)

	c, _ := p.node("c") // begins, and is told who is there
	waitFor(t, func() bool {
		out, err := c.Members(t.Context(), p.as(p.ann), "room/1")
		return err == nil && string(out) == `{"topic":"room/1","members":[`+member("ann", 1, "null")+","+member("bob", 2, `{"a":1}`)+`]}`
	})
	endB()
	here.hears(t, `room/1 {"action":"change","member":`+member("bob", 1, "null")+`}`)
}

// waitFor asks until ok says yes.
func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); <-time.After(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not come to that")
		}
	}
}

// TestFullRooms: a room shows so many accounts, and no more.
func TestFullRooms(t *testing.T) {
	t.Parallel()
	p := open(t, rooms())
	h, _ := p.node("a")
	for i := range channel.MaxMembers {
		who := p.ann.Clone()
		_ = who.Set("id", fmt.Sprintf("u%d", i))
		p.join(h, fmt.Sprint(i), who, "room/1")
	}
	p.join(h, "one more", p.ann, "room/1").hears(t, `room/1 {"action":"refused","reason":"full"}`)
	known := p.ann.Clone()
	_ = known.Set("id", "u7")
	waitFor(t, func() bool {
		out, err := h.Members(t.Context(), p.as(p.ann), "room/1")
		return err == nil && strings.Count(string(out), `"id"`) == channel.MaxMembers
	})
	if s := h.Stats(); s.Refused != 1 || s.Topics != 1 || s.Seats != channel.MaxMembers {
		t.Errorf("got %+v", s)
	}
	again := p.join(h, "again", known, "room/1")
	waitFor(t, func() bool { again.mu.Lock(); defer again.mu.Unlock(); return len(again.got) > 0 })
	if !strings.HasPrefix(again.got[0], `room/1 {"action":"sync"`) {
		t.Errorf("who is there already: %s", again.got[0])
	}
	p.join(h, "a guest", nil, "room/1").hears(t)
}

// TestNothingIsLeftOfThoseWhoLeft lets many come and go at once, and finds the hub empty.
func TestNothingIsLeftOfThoseWhoLeft(t *testing.T) {
	t.Parallel()
	p := open(t, rooms())
	a, _ := p.node("a")
	b, _ := p.node("b")
	var wg sync.WaitGroup
	for i := range 8 {
		h := []*channel.Hub{a, b}[i%2]
		wg.Go(func() {
			for n := range 50 {
				who := []*record.Record{p.ann, p.bob, nil}[(i+n)%3]
				e := newEar(fmt.Sprint(i, "-", n))
				p.want(h, e, who, "room/1", "talk/2", "free")
				if n%3 == 0 {
					h.Rebind(e, []*record.Record{nil, p.bob}[n%2])
				}
				if n%4 == 0 {
					p.want(h, e, who, "room/3")
				}
				_ = h.Publish(t.Context(), p.as(p.ann), channel.Publication{Topic: "room/1"})
				h.Leave(e)
			}
		})
	}
	wg.Wait()
	waitFor(t, func() bool {
		for _, h := range []*channel.Hub{a, b} {
			if _, err := h.Members(t.Context(), p.as(p.ann), "room/1"); err != nil {
				t.Fatal(err)
			}
			if s := h.Stats(); s.Topics != 0 || s.Seats != 0 {
				return false
			}
		}
		return true
	})
}
