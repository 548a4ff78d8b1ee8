package mesh

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
)

// Owner is the other node that a client id names; "" when it names none that is there.
func (m *Mesh) Owner(clientID string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name := range m.peers {
		if strings.HasSuffix(clientID, name) {
			return name
		}
	}
	return ""
}

// Ask returns what a node answers to a question about something. It fails with ErrUnknown when the node is not
// there, and with ErrSilent when no answer comes in time; what became of the question is not known then.
func (m *Mesh) Ask(ctx context.Context, node, about string, question []byte) ([]byte, error) {
	id, heard := rand.Text(), make(chan []byte, 1)
	m.mu.Lock()
	if m.peers[node] == nil {
		m.mu.Unlock()
		return nil, ErrUnknown
	}
	m.asks[id] = heard
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.asks, id)
	}()
	ctx, cancel := context.WithTimeoutCause(ctx, asking, ErrSilent)
	defer cancel()
	m.post(node, letter{Kind: ask, ID: id, About: about, Body: question})
	select {
	case answer := <-heard:
		return answer, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Settle asks all other nodes about something without content and waits for their answers, two seconds at most.
func (m *Mesh) Settle(ctx context.Context, about string) {
	ctx, cancel := context.WithTimeout(ctx, settling)
	defer cancel()
	var all sync.WaitGroup
	for _, node := range m.others() {
		all.Go(func() {
			defer m.guard()
			if _, err := m.Ask(ctx, node, about, nil); err != nil && !errors.Is(err, ErrUnknown) {
				m.Log.Warn("another server does not confirm a change", "node", node, "about", about, "error", err)
			}
		})
	}
	all.Wait()
}

// Tell tells all other nodes something of which none needs to answer.
func (m *Mesh) Tell(about string, body []byte) {
	m.post("", letter{Kind: ask, About: about, Body: body})
}

// deliver hands an answer to who asked.
func (m *Mesh) deliver(l letter) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if heard := m.asks[l.ID]; heard != nil {
		heard <- l.Body
		delete(m.asks, l.ID)
	}
}

// reply answers a question in a goroutine of its own, which ends by itself. When too many are under way, the
// question is dropped: who asks hears nothing.
func (m *Mesh) reply(l letter) {
	fn := m.answer[l.About]
	if fn == nil {
		return
	}
	select {
	case m.busy <- struct{}{}:
	default:
		return
	}
	go func() {
		defer func() { <-m.busy }()
		defer m.guard()
		ctx, cancel := context.WithTimeout(context.Background(), asking)
		defer cancel()
		body := fn(ctx, l.Body)
		if l.ID != "" {
			m.post(l.From, letter{Kind: answers, ID: l.ID, Body: body})
		}
	}()
}
