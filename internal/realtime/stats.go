package realtime

import (
	"sync/atomic"

	"github.com/holdall-dev/holdall/internal/channel"
)

// counters are what Stats tells.
type counters struct {
	topics, groups, queued            atomic.Int64
	changes, delivered, dropped, slow atomic.Int64
}

// Stats is what an operator wants to know of a broker.
type Stats struct {
	Connections int
	Topics      int64 // subscriptions of all connections
	Groups      int64 // of subscriptions that are judged together
	QueuedBytes int64 // of events that wait, each counted for every connection it waits for
	Changes     int64 // fanned out since the start
	Delivered   int64 // events written since the start
	Dropped     int64 // events that waited when their connection ended
	ClosedSlow  int64 // connections cut because their client did not read
	Channels    channel.Stats
}

// Stats tells how things stand.
func (b *Broker) Stats() Stats {
	b.reg.mu.Lock()
	n := len(b.reg.conns)
	b.reg.mu.Unlock()
	s := &b.stats
	return Stats{
		Connections: n, Topics: s.topics.Load(), Groups: s.groups.Load(), QueuedBytes: s.queued.Load(),
		Changes: s.changes.Load(), Delivered: s.delivered.Load(), Dropped: s.dropped.Load(), ClosedSlow: s.slow.Load(),
		Channels: b.hub.Stats(),
	}
}
