// Package mesh lets the servers that share a database speak to each other: who is there, what is said in
// channels, and questions that one has for another. What they say is worth nothing a moment later and kept
// nowhere.
package mesh

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/internal/channel"
)

const (
	beat     = time.Second     // between signs of life
	silence  = 5 * time.Second // after which a node is taken for gone
	asking   = 5 * time.Second // for an answer, at most
	settling = 2 * time.Second // for what was changed to be in force everywhere
	abreast  = 64              // questions of others at a time
)

// Errors of Ask.
var (
	ErrUnknown = errors.New("no such node")
	ErrSilent  = errors.New("the node does not answer")
)

// Bus carries messages between nodes; postgres.Bus says what it promises.
type Bus interface {
	Join(node string, hear func(message []byte), open func())
	Post(to string, message []byte) error
}

// Needs is what a Mesh is made of.
type Needs struct {
	Bus  Bus
	Node string // the name of this one
	// Local reports whether files lie where only this node sees them, which is worth a warning once there are two.
	Local func() bool
	Now   func() time.Time
	Log   *slog.Logger
}

// Mesh is this node among the others. It is safe for concurrent use.
type Mesh struct {
	Needs
	boot   string // tells this process from an earlier one of the same name
	answer map[string]func(ctx context.Context, question []byte) []byte
	busy   chan struct{} // one for each question that is being answered
	joined chan struct{} // closed once the others can reach this node
	once   sync.Once

	telling sync.Mutex // one message of channels at a time
	relay   func(channel.Message)

	mu     sync.Mutex
	peers  map[string]*peer
	asks   map[string]chan []byte
	stays  bool // for longer than a command takes
	warned bool
}

// peer is another node.
type peer struct {
	boot string
	seen time.Time
}

// letter is what nodes send each other.
type letter struct {
	Kind  string          `json:"kind"`
	From  string          `json:"from"`
	Boot  string          `json:"boot"`
	ID    string          `json:"id,omitempty"`    // of a question
	About string          `json:"about,omitempty"` // what it is about
	Body  []byte          `json:"body,omitempty"`
	Said  json.RawMessage `json:"said,omitempty"` // in a channel
	Local bool            `json:"local,omitempty"`
}

// Kinds of letters.
const (
	hello   = "hello" // hears from now on, and knows nothing of before
	alive   = "alive"
	bye     = "bye"
	said    = "said"
	ask     = "ask"
	answers = "answer"
)

// New makes a mesh of this node alone; Run joins the others.
func New(n Needs) *Mesh {
	return &Mesh{
		Needs: n, boot: rand.Text(), answer: map[string]func(context.Context, []byte) []byte{}, busy: make(chan struct{}, abreast),
		joined: make(chan struct{}),
		relay:  func(channel.Message) {}, peers: map[string]*peer{}, asks: map[string]chan []byte{},
	}
}

// Answer has fn answer the questions about something. Register before Run. fn is called by many goroutines.
func (m *Mesh) Answer(about string, fn func(ctx context.Context, question []byte) []byte) {
	m.answer[about] = fn
}

// Run joins the others, gives signs of life and misses those who give none, until ctx ends.
func (m *Mesh) Run(ctx context.Context) {
	m.Bus.Join(m.Node, m.hear, m.open)
	every := time.NewTicker(beat)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			m.post("", letter{Kind: alive, Local: m.Local != nil && m.Local()})
			m.miss()
		case <-ctx.Done():
			m.post("", letter{Kind: bye})
			return
		}
	}
}

// Joined waits until the others can reach this node, two seconds at most.
func (m *Mesh) Joined(ctx context.Context) {
	late := time.NewTimer(settling)
	defer late.Stop()
	select {
	case <-m.joined:
	case <-ctx.Done():
	case <-late.C:
		m.Log.Warn("no way to other servers for now: is there a pooler between this server and the database?")
	}
}

// open begins anew with the others: what they said meanwhile was not heard.
func (m *Mesh) open() {
	for _, node := range m.others() {
		m.tell(channel.Message{Kind: channel.Gone, Node: node})
	}
	m.post("", letter{Kind: hello})
	m.post(m.Node, letter{Kind: hello})          // comes after the other has gone out
	m.tell(channel.Message{Kind: channel.Hello}) // of nobody: our own hub tells who is here
}

func (m *Mesh) post(to string, l letter) {
	l.From, l.Boot = m.Node, m.boot
	raw, err := json.Marshal(l)
	if err == nil {
		err = m.Bus.Post(to, raw)
	}
	if err != nil {
		m.Log.Warn("a message does not reach the other servers", "kind", l.Kind, "error", err)
	}
}

// hear takes a letter in.
func (m *Mesh) hear(raw []byte) {
	defer m.guard()
	var l letter
	if err := json.Unmarshal(raw, &l); err != nil {
		m.Log.Warn("a message of another server cannot be read", "error", err)
		return
	}
	if l.From == m.Node {
		m.twin(l)
		return
	}
	switch l.Kind {
	case bye:
		m.lose(l.From)
		return
	case answers:
		m.deliver(l)
	case ask:
		m.reply(l)
	}
	m.note(l)
	if l.Kind == said {
		m.pass(l)
	}
}

// twin hears what this node says to itself, and warns of another server that goes by the same name.
func (m *Mesh) twin(l letter) {
	if l.Boot == m.boot {
		m.once.Do(func() { close(m.joined) })
		return
	}
	if l.Kind == alive {
		m.Log.Error("another server has the same name: delete the file node of one of the two data directories and start it again", "node", m.Node)
	}
}

// note notes that a node is there.
func (m *Mesh) note(l letter) {
	m.mu.Lock()
	p := m.peers[l.From]
	anew := p != nil && (p.boot != l.Boot || l.Kind == hello)
	if p == nil {
		p = new(peer)
		m.peers[l.From] = p
	}
	p.boot, p.seen = l.Boot, m.Now()
	warn := l.Local && m.stays && !m.warned && m.Local != nil && m.Local()
	m.warned = m.warned || warn
	m.mu.Unlock()
	if warn {
		m.Log.Warn("there are several servers, and each keeps the files of records in its own directory: set up an object store", "other", l.From)
	}
	if anew {
		m.tell(channel.Message{Kind: channel.Gone, Node: l.From})
	}
	if l.Kind == hello {
		m.post(l.From, letter{Kind: alive})
		m.tell(channel.Message{Kind: channel.Hello, Node: l.From})
	}
}

// miss loses the nodes that were not heard of for long.
func (m *Mesh) miss() {
	m.mu.Lock()
	m.stays = true
	var lost []string
	for name, p := range m.peers {
		if m.Now().Sub(p.seen) > silence {
			lost = append(lost, name)
		}
	}
	m.mu.Unlock()
	for _, name := range lost {
		m.lose(name)
	}
}

func (m *Mesh) lose(node string) {
	m.mu.Lock()
	delete(m.peers, node)
	m.mu.Unlock()
	m.tell(channel.Message{Kind: channel.Gone, Node: node})
}

// others are the names of the nodes that are there besides this one.
func (m *Mesh) others() (names []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name := range m.peers {
		names = append(names, name)
	}
	return names
}

// Nodes is how many nodes there are, this one included.
func (m *Mesh) Nodes() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return 1 + len(m.peers)
}

// guard keeps a panic from ending who listens.
func (m *Mesh) guard() {
	if p := recover(); p != nil {
		m.Log.Error("a message of another server caused a panic", "panic", p, "stack", string(debug.Stack()))
	}
}
