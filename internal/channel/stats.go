package channel

import "sync/atomic"

type counters struct{ seats, published, refused, limited atomic.Int64 }

// Stats is what an operator wants to know of a hub.
type Stats struct {
	Topics    int   // somebody listens to or is in
	Seats     int64 // topics of all streams that are not of records
	Published int64 // messages of clients since the start
	Refused   int64 // topics that a joinRule or a bound kept somebody out of, since the start
	Limited   int64 // messages that came too fast, since the start
}

// Stats tells how things stand.
func (h *Hub) Stats() Stats {
	h.mu.Lock()
	n := len(h.rooms)
	h.mu.Unlock()
	s := &h.stats
	return Stats{n, s.seats.Load(), s.published.Load(), s.refused.Load(), s.limited.Load()}
}
