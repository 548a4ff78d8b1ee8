package mesh

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/holdall-dev/holdall/internal/channel"
)

// Listen implements channel.Relay.
func (m *Mesh) Listen(fn func(channel.Message)) { m.relay = fn }

// Send implements channel.Relay. Those of this node hear it at once.
func (m *Mesh) Send(_ context.Context, msg channel.Message) error {
	raw, err := json.Marshal(msg)
	if err != nil {
		return fmt.Errorf("relay a message: %w", err)
	}
	m.tell(msg)
	m.post("", letter{Kind: said, Said: raw})
	return nil
}

// pass hands on what a node says in a channel.
func (m *Mesh) pass(l letter) {
	var msg channel.Message
	if err := json.Unmarshal(l.Said, &msg); err != nil {
		m.Log.Warn("what another server says in a channel cannot be read", "error", err)
		return
	}
	m.tell(msg)
}

func (m *Mesh) tell(msg channel.Message) {
	m.telling.Lock()
	defer m.telling.Unlock()
	m.relay(msg)
}
