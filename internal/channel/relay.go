package channel

import (
	"context"
	"encoding/json"
)

// A Relay carries messages between the nodes that serve one application. They are worth nothing a moment
// later: one that is lost is lost. The order of the messages of one node must be kept.
type Relay interface {
	// Listen has fn called with every message, one at a time, those of this node included. It is called once,
	// before the first Send.
	Listen(fn func(Message))
	// Send brings m to all nodes.
	Send(ctx context.Context, m Message) error
}

// Kind is what a message says.
type Kind string

// The kinds.
const (
	Said    Kind = "said"    // something was published: Topic, Data, Except
	Present Kind = "present" // how an account is there on a node: Topic, Who, Streams, State, At
	Hello   Kind = "hello"   // a node begins, and asks the others who is there
	Gone    Kind = "gone"    // a node has ended; its relay, or one that misses it, says so
)

// Message is what nodes tell each other. It survives JSON.
type Message struct {
	Kind    Kind            `json:"kind"`
	Node    string          `json:"node"` // that sent it
	Topic   string          `json:"topic,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"`   // of the event, as it is delivered
	Except  string          `json:"except,omitempty"` // client id of the stream that is not told
	Who     Account         `json:"who,omitzero"`
	Streams int             `json:"streams,omitempty"` // how many the account has there; 0: it has left
	State   json.RawMessage `json:"state,omitempty"`
	At      int64           `json:"at,omitempty"` // when State was given, Unix milliseconds
}

// Account names who is there.
type Account struct {
	Collection string `json:"collection"` // id
	Name       string `json:"name"`       // of the collection
	ID         string `json:"id"`
}

// alone is the relay of the only node.
type alone struct{ fn func(Message) }

// Listen implements Relay.
func (a *alone) Listen(fn func(Message)) { a.fn = fn }

// Send implements Relay.
func (a *alone) Send(_ context.Context, m Message) error {
	a.fn(m)
	return nil
}

// receive does what a message asks for.
func (h *Hub) receive(m Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch m.Kind {
	case Said:
		if r := h.rooms[m.Topic]; r != nil {
			r.tell(m.Data, m.Except)
		}
	case Present:
		h.present(m)
	case Hello:
		if m.Node != h.Node {
			h.introduce()
		}
	case Gone:
		if m.Node != h.Node {
			h.forgetNode(m.Node)
		}
	}
}
