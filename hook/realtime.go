package hook

import (
	"encoding/json"
	"time"

	"github.com/holdall-dev/holdall/caller"
)

// The events of realtime are not written anywhere: their points know Before and After alone.

// Connect is the event of a stream: Before handlers refuse it or change how long it lasts, After handlers are
// told when it has ended.
type Connect struct {
	By       *caller.Caller
	ClientID string
	Idle     time.Duration // how long it may be silent
	Life     time.Duration // how long it lasts at most
}

// Subscribe is the event of topics that a client submits: Before handlers refuse or replace them, After handlers
// are told when they hold.
type Subscribe struct {
	By       *caller.Caller
	ClientID string
	Topics   []string
}

// Publish is the event of what a client says on a channel, once the rule lets it: Before handlers refuse it or
// change what is said, After handlers are told when it is on its way. They may be registered for some topics.
type Publish struct {
	By    *caller.Caller
	Topic string // a Before handler must not change it
	Event string
	Data  json.RawMessage
}

// In reports whether the event is about a topic.
func (e *Publish) In(topic string) bool { return e.Topic == topic }
