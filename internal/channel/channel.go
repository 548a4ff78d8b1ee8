// Package channel lets clients speak to each other: who joined a topic of a declared channel hears what is
// published to it, and who is there. Nothing of it is stored or part of the change log.
//
// The package knows no connections: a stream is a Listener that takes events. DESIGN.md of realtime tells the
// invariants.
package channel

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/settings"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// Bounds that hold whoever asks.
const (
	MaxTopic   = 255      // bytes of a topic of a channel
	MaxData    = 64 << 10 // bytes of what is published at once
	MaxState   = 512      // bytes of what a member says of itself
	MaxSeats   = 100      // topics of channels that one stream may have joined
	MaxStreams = 10_000   // seats of one topic, on this node
	MaxMembers = 500      // accounts that are shown in one topic
)

// Listener is one open stream.
type Listener interface {
	// Tell queues an event. It does not wait for the client: a stream that takes no more is ended. Of the Hub it
	// may call Leave alone.
	Tell(name string, data []byte)
	// ID is what the client names the stream by.
	ID() string
}

// Needs is what a Hub is made of.
type Needs struct {
	Store    store.Store
	Gate     *access.Gate
	Catalog  func() *schema.Catalog
	Settings func() *settings.Realtime // the declared channels and their bounds; nil declares none
	Relay    Relay                     // to the other nodes; nil when there are none
	Node     string                    // the name of this one among them
	Hooks    *hook.Points              // nil for none
	Now      func() time.Time
	Log      *slog.Logger
}

// Hub is who listens to which topic on this node, and who is there on all. It is safe for concurrent use.
type Hub struct {
	Needs
	stats counters
	wake  chan struct{}                       // somebody has work for Run
	looks atomic.Pointer[map[string]struct{}] // collections that the rules of those who joined look at; replaced, never changed

	leaving sync.Mutex
	left    []Listener // ended; still in their seats

	mu      sync.Mutex
	book    *book
	catalog *schema.Catalog
	rooms   map[string]*room // by topic
	guests  map[Listener]*guest
	unsure  map[*guest]struct{} // what they may do has to be found out anew
	changed map[string]struct{} // collections that changed since rules were last asked
	outbox  []Message           // for the relay, in order
	rates   map[string]*bucket  // of those who publish
	version int64               // of guests
}

// guest is a listener and what it wants.
type guest struct {
	l       Listener
	wants   []*want
	auth    *record.Record
	version int64 // grows with everything that may change what it may do
	timed   bool  // a rule depends on the time
}

// want is a topic that a listener asked for, and its seat when it has one.
type want struct {
	Want
	refused bool // until it is asked for again
	seat    *seat
	looks   []string // collections that its rule looks at
}

// Want is a topic that a listener asks for.
type Want struct {
	Name  string         // of its events, exactly as it was submitted
	Topic string         // the name without options
	By    *caller.Caller // the synthetic request that rules see; its account is the listener's
}

// New makes a hub; Run does what comes up.
func New(n Needs) *Hub {
	if n.Settings == nil {
		n.Settings = func() *settings.Realtime { return new(settings.Realtime) }
	}
	if n.Hooks == nil {
		n.Hooks = new(hook.Points)
	}
	if n.Relay == nil {
		n.Relay = new(alone)
	}
	h := &Hub{
		Needs: n, wake: make(chan struct{}, 1), book: new(book), rooms: map[string]*room{}, guests: map[Listener]*guest{},
		unsure: map[*guest]struct{}{}, changed: map[string]struct{}{}, rates: map[string]*bucket{},
	}
	h.Relay.Listen(h.receive)
	return h
}

// Run sees to what comes up until ctx ends: rules are asked again, members told, messages relayed.
func (h *Hub) Run(ctx context.Context) {
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	h.send(Message{Kind: Hello})
	for {
		select {
		case <-ctx.Done():
			h.guard(h.bye)
			return
		case <-h.wake:
			h.guard(func() { h.work(ctx) })
		case <-ticks.C:
			h.guard(func() { h.tick(ctx) })
		}
	}
}

// bye lets the other nodes know that nobody of this one is there any more.
func (h *Hub) bye() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = h.Relay.Send(ctx, Message{Kind: Gone, Node: h.Node}) // or they find out by themselves
}

// guard keeps a panic from ending Run.
func (h *Hub) guard(fn func()) {
	defer func() {
		if r := recover(); r != nil {
			h.Log.Error("a channel panicked", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	fn()
}

func (h *Hub) nudge() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// work does what cannot wait.
func (h *Hub) work(ctx context.Context) {
	for _, g := range h.takeUnsure() {
		h.settle(ctx, g)
	}
	for _, m := range h.takeOutbox() {
		if err := h.Relay.Send(ctx, m); err != nil {
			h.Log.Error("a message does not reach the other nodes", "topic", m.Topic, "error", err)
		}
	}
}

// tick does what may wait for a second.
func (h *Hub) tick(ctx context.Context) {
	h.mu.Lock()
	h.read()
	h.doubt()
	h.refill()
	h.mu.Unlock()
	h.work(ctx)
	h.mu.Lock()
	h.look()
	h.mu.Unlock()
}

// takeUnsure returns those who must be asked about, after those who ended have gone.
func (h *Hub) takeUnsure() (list []*guest) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bury()
	for g := range h.unsure {
		list = append(list, g)
	}
	clear(h.unsure)
	return list
}

func (h *Hub) takeOutbox() []Message {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := h.outbox
	h.outbox = nil
	return list
}

// send hands a message to the relay, after those before it.
func (h *Hub) send(m Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.post(m)
}

// post is send with h.mu held.
func (h *Hub) post(m Message) {
	m.Node = h.Node
	h.outbox = append(h.outbox, m)
	h.nudge()
}

// Changed notes that a record was written. What rules make of it is found out within a second.
func (h *Hub) Changed(ch change.Change) {
	looks := h.looks.Load()
	if looks == nil {
		return
	}
	if !has(*looks, ch.Collection) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.changed[ch.Collection] = struct{}{}
}

// read follows settings and catalog; h.mu is held.
func (h *Hub) read() {
	next, moved := h.book.next(h.Settings().Channels)
	if cat := h.Catalog(); moved || cat != h.catalog {
		h.book, h.catalog = next, cat
		for _, g := range h.guests {
			h.question(g)
		}
	}
}

// question lets the rules be asked about somebody again; h.mu is held.
func (h *Hub) question(g *guest) {
	h.version++
	g.version = h.version
	h.unsure[g] = struct{}{}
	h.nudge()
}

// doubt questions those whose rules looked at what has changed since, or at the clock; h.mu is held.
func (h *Hub) doubt() {
	for _, g := range h.guests {
		if g.timed || g.looksAt(h.changed) {
			h.question(g)
		}
	}
	clear(h.changed)
}

func (g *guest) looksAt(changed map[string]struct{}) bool {
	if len(changed) == 0 {
		return false
	}
	for _, w := range g.wants {
		for _, id := range w.looks {
			if has(changed, id) {
				return true
			}
		}
	}
	return false
}

// watch notes the collections that a rule is about to look at: from here on their changes are noted.
func (h *Hub) watch(w *want, ids []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	w.looks = ids
	all := h.looks.Load()
	for _, id := range ids {
		if all == nil || !has(*all, id) {
			h.look()
			return
		}
	}
}

func has(set map[string]struct{}, id string) bool { _, ok := set[id]; return ok }

// look notes which collections the rules look at; h.mu is held.
func (h *Hub) look() {
	all := map[string]struct{}{}
	for _, g := range h.guests {
		for _, w := range g.wants {
			for _, id := range w.looks {
				all[id] = struct{}{}
			}
		}
	}
	if len(all) == 0 {
		h.looks.Store(nil)
		return
	}
	h.looks.Store(&all)
}
