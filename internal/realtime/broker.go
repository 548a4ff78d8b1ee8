// Package realtime tells open connections what happened to the records they listen to.
//
// One goroutine follows the change log. A change is judged and encoded once per group of subscriptions for
// which nothing differs, and its bytes are shared by their queues; the path of the write knows nothing of it.
// DESIGN.md tells the invariants.
package realtime

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/channel"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/internal/settings"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// Needs is what a Broker is made of.
type Needs struct {
	Store    store.Store
	Gate     *access.Gate
	Read     *read.Service
	Catalog  func() *schema.Catalog
	MaxPerIP func() int                // connections of one address, loopback excepted; nil and 0 for no bound
	Keep     func() Keep               // how much of the log is kept; nil for all of it
	Settings func() *settings.Realtime // channels; nil for none
	Relay    channel.Relay             // what is said in channels, to other nodes; nil when there are none
	Node     string                    // the name of this one among them
	Hooks    *hook.Points              // nil for none
	Now      func() time.Time
	Log      *slog.Logger
	Times    Times
}

// Times are how long connections live; zero values are those of realtime.md §8.
type Times struct {
	Idle time.Duration // without an event; 5 minutes
	Life time.Duration // at most, cut by up to a fifth so that not all come back at once; 30 minutes
	Beat time.Duration // between heartbeats of connections with a cursor; 25 seconds
	// Write is how long a client may take to accept what is written at once before it is cut; 10 seconds. The
	// sockets' own clock counts it.
	Write time.Duration
}

func (t Times) withDefaults() Times {
	if t.Idle == 0 {
		t.Idle = 5 * time.Minute
	}
	if t.Life == 0 {
		t.Life = 30 * time.Minute
	}
	if t.Beat == 0 {
		t.Beat = 25 * time.Second
	}
	if t.Write == 0 {
		t.Write = 10 * time.Second
	}
	return t
}

// Broker owns all connections of this node. It is safe for concurrent use.
type Broker struct {
	Needs
	hub   *channel.Hub // channels, and topics of programs
	crew  *crew
	stats counters
	wg    sync.WaitGroup
	stop  context.CancelFunc
	ctx   context.Context // of what the broker itself runs; ends with Close

	reg      registry
	draining atomic.Int32
	replays  chan struct{} // one for each that runs

	mu      sync.Mutex // the index and all that hangs on it; held while a change is fanned out
	catalog *schema.Catalog
	rooms   map[string]*room
	bound   map[identity]map[*Conn]struct{}
	seq     change.Seq // the last change that was fanned out
	mark    string     // its cursor
	fan     fan        // of the change at hand
}

// New makes a broker; Start lets it follow the log.
func New(n Needs) *Broker {
	n.Times = n.Times.withDefaults()
	if n.Hooks == nil {
		n.Hooks = new(hook.Points)
	}
	if n.MaxPerIP == nil {
		n.MaxPerIP = func() int { return 0 }
	}
	b := &Broker{Needs: n, rooms: map[string]*room{}, bound: map[identity]map[*Conn]struct{}{}}
	b.replays = make(chan struct{}, maxReplays)
	b.reg.conns, b.reg.ips = map[string]*Conn{}, map[string]int{}
	b.ctx, b.stop = context.WithCancel(context.Background())
	b.crew = newCrew(b.ctx.Done())
	b.catalog = n.Catalog()
	b.hub = channel.New(channel.Needs{
		Store: n.Store, Gate: n.Gate, Catalog: n.Catalog, Settings: n.Settings, Relay: n.Relay, Node: n.Node, Hooks: n.Hooks, Now: n.Now,
		Log: n.Log,
	})
	return b
}

// Start follows the log from its head until Close.
func (b *Broker) Start(ctx context.Context) error {
	head, err := b.Store.Log().Head(ctx)
	if err != nil {
		return err
	}
	if b.mark, err = b.markOf(ctx, head); err != nil {
		return err
	}
	b.seq = head
	for range max(1, runtime.GOMAXPROCS(0)/2) { // requests have the other half
		b.spawn(func() { b.crew.work(b) })
	}
	b.spawn(b.follow)
	b.spawn(func() { b.hub.Run(b.ctx) })
	b.spawn(b.tick)
	if b.Keep != nil {
		b.spawn(b.retain)
	}
	return nil
}

// spawn runs fn in a goroutine that Close waits for.
func (b *Broker) spawn(fn func()) {
	b.wg.Go(func() {
		defer b.guard()
		fn()
	})
}

// guard keeps a panic from ending the process.
func (b *Broker) guard() {
	if r := recover(); r != nil {
		b.Log.Error("realtime panicked", "panic", r, "stack", string(debug.Stack()))
	}
}

// Close ends all streams and what the broker runs.
func (b *Broker) Close() {
	b.draining.Add(1)
	b.stop()
	for _, c := range b.reg.all() {
		c.Close()
	}
	b.crew.dismiss()
	b.wg.Wait()
}

// drainTime is how long Drain waits for clients to take what is queued for them.
const drainTime = time.Second

// Drain ends all streams in good order and lets no new one begin until admit is called. It returns when all have
// ended, or after a second: a client that does not read is not waited for.
func (b *Broker) Drain() (admit func()) {
	b.draining.Add(1)
	empty := b.reg.empty()
	for _, c := range b.reg.all() {
		c.finish()
	}
	late := time.NewTimer(drainTime)
	defer late.Stop()
	select {
	case <-empty:
	case <-late.C:
	}
	return sync.OnceFunc(func() { b.draining.Add(-1) })
}

// Peer is what is known of a connection when it begins.
type Peer struct {
	IP     string
	Cursor bool   // events carry a cursor, and heartbeats come
	After  string // the cursor to go on from; "" is from now

	about *hook.Connect // what handlers made of it, when it matters
}

// Open registers a connection, with its first event queued; the stream begins with Hijacked or Stream, and
// when neither can be, Close must be called. Faults: Unavailable while streams are drained; TooMany when the
// address has too many.
func (b *Broker) Open(p Peer) (*Conn, error) {
	if b.draining.Load() > 0 {
		return nil, fault.New(fault.Unavailable, "")
	}
	now := b.Now()
	c := &Conn{b: b, id: b.newID(), ip: p.IP, cursor: p.Cursor, born: now, state: busy, about: p.about}
	if p.about != nil {
		c.id = p.about.ClientID
	}
	c.last.Store(now.Unix())
	c.first(p)
	if !b.reg.add(c, b.MaxPerIP()) {
		return nil, fault.New(fault.TooMany, "")
	}
	return c, nil
}

// connected is the name of the first event.
const connected = "PB_CONNECT"

// first queues PB_CONNECT. A connection with a cursor learns where it stands from its data.
func (c *Conn) first(p Peer) {
	data := append([]byte(`{"clientId":"`), c.id...)
	data = append(data, '"')
	at := ""
	if p.Cursor {
		c.b.mu.Lock()
		defer c.b.mu.Unlock()
		at = c.b.mark
		c.resume = &resume{at: c.b.seq, mark: p.After}
		if p.After != "" {
			at = p.After
		}
		data = field.AppendString(append(data, `,"cursor":`...), at)
	}
	c.queue = append(c.few[:0], &event{name: connected, data: append(data, '}')})
	if p.Cursor {
		c.queue = append(c.queue, &event{mark: at}) // a browser that comes back before the first event brings it
	}
	c.bytes = c.queue[0].size()
	c.b.stats.queued.Add(int64(c.bytes))
}

// ID is what the client submits topics with.
func (c *Conn) ID() string { return c.id }

// follow fans every change out, in order.
func (b *Broker) follow() {
	for b.ctx.Err() == nil {
		for ch, err := range b.Store.Log().Follow(b.ctx, b.seq) {
			if err != nil {
				if b.ctx.Err() == nil && !errors.Is(err, store.ErrClosed) {
					b.Log.Error("realtime cannot follow the log", "error", err)
				}
				break
			}
			b.change(ch)
		}
		b.pause(time.Second)
	}
}

// pause waits before the log is tried again.
func (b *Broker) pause(d time.Duration) {
	select {
	case <-time.After(d):
	case <-b.ctx.Done():
	}
}

// registry is who is connected.
type registry struct {
	mu    sync.Mutex
	conns map[string]*Conn
	ips   map[string]int
	left  []*Conn       // ended; still in the index
	wait  chan struct{} // closed when the last one ends; nil while nobody waits
}

// empty returns a channel that is closed once nobody is connected.
func (r *registry) empty() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.wait == nil {
		r.wait = make(chan struct{})
	}
	wait := r.wait
	r.emptied()
	return wait
}

// emptied tells those who wait, if the last one has ended; r.mu is held.
func (r *registry) emptied() {
	if len(r.conns) == 0 && r.wait != nil {
		close(r.wait)
		r.wait = nil
	}
}

func (r *registry) add(c *Conn, perIP int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if perIP > 0 && r.ips[c.ip] >= perIP && !isLoopback(c.ip) {
		return false
	}
	r.ips[c.ip]++
	r.conns[c.id] = c
	return true
}

func (r *registry) find(id string) *Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.conns[id]
}

func (r *registry) all() []*Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]*Conn, 0, len(r.conns))
	for _, c := range r.conns {
		list = append(list, c)
	}
	return list
}

// takeLeft returns those that ended since it was last called.
func (r *registry) takeLeft() []*Conn {
	r.mu.Lock()
	defer r.mu.Unlock()
	left := r.left
	r.left = nil
	return left
}

// forget makes the id of an ended connection unknown. Its topics leave the index when somebody next has it.
func (b *Broker) forget(c *Conn) {
	if b.reg.forget(c) {
		b.hub.Leave(c)
		b.ended(c)
	}
}

// forget is true for a connection that was there.
func (r *registry) forget(c *Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.conns[c.id] != c {
		return false
	}
	delete(r.conns, c.id)
	if r.ips[c.ip]--; r.ips[c.ip] <= 0 {
		delete(r.ips, c.ip)
	}
	r.left = append(r.left, c)
	r.emptied()
	return true
}

// bury takes ended connections out of the index; b.mu is held.
func (b *Broker) bury() {
	for _, c := range b.reg.takeLeft() {
		c.gone = true
		b.leaveAll(c)
		b.unbind(c)
	}
}
