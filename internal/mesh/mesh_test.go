package mesh_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/holdall-dev/holdall/internal/channel"
	"github.com/holdall-dev/holdall/internal/mesh"
)

// wire is a bus in memory that keeps what postgres.Bus promises: what is for all reaches the others, what is for a
// node it alone, those of one sender in order, and one at a time for who hears.
type wire struct {
	mu    sync.Mutex
	nodes map[string]*ear
	cut   map[string]bool // nodes that hear nothing
}

type ear struct {
	queue chan []byte
	name  string
}

// port is the bus as one node has it.
type port struct {
	w    *wire
	name string
	ctx  context.Context
	all  *sync.WaitGroup
}

func (p port) Join(node string, hear func([]byte), open func()) {
	e := &ear{queue: make(chan []byte, 10_000), name: node}
	p.w.mu.Lock()
	p.w.nodes[node] = e
	p.w.mu.Unlock()
	p.all.Go(func() {
		open()
		for {
			select {
			case text := <-e.queue:
				hear(text)
			case <-p.ctx.Done():
				return
			}
		}
	})
}

func (p port) Post(to string, message []byte) error {
	p.w.mu.Lock()
	defer p.w.mu.Unlock()
	for name, e := range p.w.nodes {
		if (to == "" && name != p.name || to == name) && !p.w.cut[name] && !p.w.cut[p.name] {
			e.queue <- slices.Clone(message)
		}
	}
	return nil
}

func (w *wire) silence(node string, is bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut[node] = is
}

// node is a mesh with what it heard.
type node struct {
	*mesh.Mesh
	stop context.CancelFunc
	mu   sync.Mutex
	said []channel.Message
}

func (n *node) heard(kind channel.Kind, of string) (count int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, m := range n.said {
		if m.Kind == kind && m.Node == of {
			count++
		}
	}
	return count
}

// town is several nodes on one wire; it ends with the test's bubble.
type town struct {
	*testing.T
	wire *wire
	all  sync.WaitGroup
}

func newTown(t *testing.T) *town {
	return &town{T: t, wire: &wire{nodes: map[string]*ear{}, cut: map[string]bool{}}}
}

// start has a node join; answers are what it says to questions about "echo".
func (w *town) start(name string) *node {
	ctx, cancel := context.WithCancel(w.Context())
	n := &node{stop: cancel}
	n.Mesh = mesh.New(mesh.Needs{Bus: port{w.wire, name, ctx, &w.all}, Node: name, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	n.Listen(func(m channel.Message) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.said = append(n.said, m)
	})
	n.Answer("echo", func(_ context.Context, q []byte) []byte { return append([]byte(name+":"), q...) })
	n.Answer("panic", func(context.Context, []byte) []byte { panic("as asked") })
	w.all.Go(func() { n.Run(ctx) })
	n.Joined(ctx)
	synctest.Wait()
	return n
}

// end stops the nodes and waits for all that runs.
func (w *town) end(nodes ...*node) {
	for _, n := range nodes {
		n.stop()
	}
	w.all.Wait()
}

// TestAsk: many questions at once, each to the next node, each get their own answer; who is not there is not asked.
func TestAsk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		names := []string{"ann", "bob", "carl"}
		var nodes []*node
		for _, name := range names {
			nodes = append(nodes, w.start(name))
		}
		defer w.end(nodes...)
		var all sync.WaitGroup
		for i := range 60 {
			all.Go(func() {
				to := names[(i+1)%3]
				got, err := nodes[i%3].Ask(t.Context(), to, "echo", fmt.Append(nil, i))
				if want := fmt.Sprint(to, ":", i); err != nil || string(got) != want {
					t.Errorf("question %d: %q, %v; want %q", i, got, err, want)
				}
			})
		}
		all.Wait()
		if _, err := nodes[0].Ask(t.Context(), "dora", "echo", nil); !errors.Is(err, mesh.ErrUnknown) {
			t.Errorf("asked who is not there: %v", err)
		}
		for _, about := range []string{"nothing", "panic"} {
			if _, err := nodes[0].Ask(t.Context(), "bob", about, nil); !errors.Is(err, mesh.ErrSilent) {
				t.Errorf("asked about %s: %v", about, err)
			}
		}
		if got, err := nodes[0].Ask(t.Context(), "bob", "echo", nil); err != nil || string(got) != "bob:" {
			t.Errorf("after a panic: %q, %v", got, err)
		}
	})
}

// TestOwner: a client id tells its node, as long as that node is there.
func TestOwner(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		ann, bob := w.start("ann"), w.start("bob")
		defer w.end(ann)
		if got := ann.Owner("x1y2bob"); got != "bob" {
			t.Errorf("the owner is %q, want bob", got)
		}
		if got := ann.Owner("x1y2ann"); got != "" {
			t.Errorf("of its own it says %q", got)
		}
		bob.stop()
		synctest.Wait()
		if got := ann.Owner("x1y2bob"); got != "" {
			t.Errorf("bob said good-bye, and the owner is %q", got)
		}
		if n := ann.heard(channel.Gone, "bob"); n != 1 {
			t.Errorf("ann was told %d times that bob went, want once", n)
		}
	})
}

// TestSilence: who is not heard of is gone after five seconds, and back when it is heard again.
func TestSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		ann, bob := w.start("ann"), w.start("bob")
		defer w.end(ann, bob)
		w.wire.silence("bob", true)
		time.Sleep(4 * time.Second)
		if n := ann.heard(channel.Gone, "bob"); n != 0 || ann.Owner("bob") != "bob" {
			t.Errorf("after four seconds bob is gone, %d times", n)
		}
		time.Sleep(3 * time.Second)
		if n := ann.heard(channel.Gone, "bob"); n != 1 || ann.Owner("bob") != "" {
			t.Errorf("after seven seconds ann was told %d times that bob went, want once", n)
		}
		if _, err := ann.Ask(t.Context(), "bob", "echo", nil); !errors.Is(err, mesh.ErrUnknown) {
			t.Errorf("asked who is gone: %v", err)
		}
		w.wire.silence("bob", false)
		time.Sleep(2 * time.Second)
		if got, err := ann.Ask(t.Context(), "bob", "echo", nil); err != nil || string(got) != "bob:" {
			t.Errorf("asked who is back: %q, %v", got, err)
		}
	})
}

// TestSend: what one says reaches every node once and in order, its own included, while several speak at once.
func TestSend(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const each = 50
		w := newTown(t)
		ann, bob := w.start("ann"), w.start("bob")
		defer w.end(ann, bob)
		var all sync.WaitGroup
		for name, n := range map[string]*node{"ann": ann, "bob": bob} {
			all.Go(func() {
				for i := range each {
					m := channel.Message{Kind: "test", Node: name, Data: json.RawMessage(fmt.Sprint(i))}
					if err := n.Send(t.Context(), m); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		synctest.Wait()
		for name, n := range map[string]*node{"ann": ann, "bob": bob} {
			next := map[string]int{}
			n.mu.Lock()
			for _, m := range n.said {
				if m.Kind != "test" {
					continue
				}
				if string(m.Data) != fmt.Sprint(next[m.Node]) {
					t.Errorf("%s heard %s of %s, want %d", name, m.Data, m.Node, next[m.Node])
				}
				next[m.Node]++
			}
			n.mu.Unlock()
			if next["ann"] != each || next["bob"] != each {
				t.Errorf("%s heard %v, want %d of each", name, next, each)
			}
		}
	})
}

// TestSettle: it waits for all others, and not for one that does not answer.
func TestSettle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t)
		ann, bob, carl := w.start("ann"), w.start("bob"), w.start("carl")
		defer w.end(ann, bob, carl)
		began := time.Now()
		ann.Settle(t.Context(), "echo")
		if took := time.Since(began); took != 0 {
			t.Errorf("all answered, and it waited %s", took)
		}
		w.wire.silence("carl", true)
		ann.Settle(t.Context(), "echo")
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("one is silent, and it waited %s, want 2s", took)
		}
	})
}
