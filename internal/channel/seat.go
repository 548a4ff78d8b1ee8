package channel

import (
	"context"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/record"
)

// room is a topic that somebody on this node listens to, or where somebody is on any node. What stands here is
// guarded by Hub.mu.
type room struct {
	topic   string
	channel *declared // nil for a topic of programs
	seats   []*seat
	here    map[Account][]*seat // of this node's streams
	members map[Account]*member // on all nodes
	bucket  bucket              // of what is published
}

func newRoom(topic string) *room {
	return &room{topic: topic, here: map[Account][]*seat{}, members: map[Account]*member{}}
}

// seat is a listener's place in a room.
type seat struct {
	l      Listener
	name   string // of its events
	room   *room
	pos    int      // in room.seats
	silent bool     // until the rule was asked again
	who    *Account // that is shown there; nil for guests, and where nobody is shown
	state  []byte
	at     int64 // when state was given
}

// Enter notes what a listener wants from now on, and who it is. What it had and still wants it keeps. Settle
// must follow.
func (h *Hub) Enter(l Listener, auth *record.Record, wants []Want) {
	h.mu.Lock()
	defer h.mu.Unlock()
	g := h.guests[l]
	if g == nil {
		if len(wants) == 0 {
			return
		}
		g = &guest{l: l}
		h.guests[l] = g
	}
	had := make(map[string]*want, len(g.wants))
	for _, w := range g.wants {
		had[w.Name] = w
	}
	g.auth, g.wants = auth, make([]*want, len(wants))
	for i, w := range wants {
		g.wants[i] = &want{Want: w}
		if old := had[w.Name]; old != nil {
			g.wants[i].seat, old.seat = old.seat, nil
		}
	}
	for _, old := range had {
		h.stand(old)
	}
	if len(wants) == 0 {
		delete(h.guests, l)
		delete(h.unsure, g)
		return
	}
	h.version++
	g.version = h.version
}

// Settle asks the rules of what a listener wants, and gives it its seats.
func (h *Hub) Settle(ctx context.Context, l Listener) {
	h.mu.Lock()
	g := h.guests[l]
	h.mu.Unlock()
	if g != nil {
		h.settle(ctx, g)
	}
}

// asked is a want while its rule is asked.
type asked struct {
	w  *want
	by *caller.Caller
	v  verdict
}

// settle asks without the lock, and again when the answer is stale by then.
func (h *Hub) settle(ctx context.Context, g *guest) {
	for again := true; again && ctx.Err() == nil; {
		version, b, list := h.open(g)
		for i := range list {
			list[i].v = h.judge(ctx, b, list[i].w, list[i].by)
		}
		again = !h.apply(g, version, list)
	}
}

// open says what has to be asked about somebody.
func (h *Hub) open(g *guest) (version int64, b *book, list []asked) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bury()
	h.read()
	delete(h.unsure, g)
	for _, w := range g.wants {
		if !w.refused {
			list = append(list, asked{w: w, by: w.as(g.auth, h)})
		}
	}
	return g.version, h.book, list
}

// apply gives and takes seats; false when what was found out is not true any more.
func (h *Hub) apply(g *guest, version int64, list []asked) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.guests[g.l] != g {
		return true
	}
	if g.version != version {
		return false
	}
	g.timed = false
	seats := 0
	for _, a := range list {
		if a.w.refused {
			continue // by somebody else, who was asked the same
		}
		if reason := h.place(g, a, seats); reason != "" {
			h.refuse(g, a.w, reason)
		} else if a.v.channel != nil {
			seats++
			g.timed = g.timed || a.v.timed
		}
	}
	return true
}

// place gives a want its seat, or the reason why it gets none. A topic of programs is never refused.
func (h *Hub) place(g *guest, a asked, seats int) (reason string) {
	switch {
	case !a.v.ok:
		return "rule"
	case a.v.channel != nil && seats >= MaxSeats:
		return "many"
	case !h.sit(g, a.w, a.v.channel):
		return "full"
	}
	return ""
}

// refuse tells a listener that it gets nothing of a topic, until it asks for it again.
func (h *Hub) refuse(g *guest, w *want, reason string) {
	w.refused, w.looks = true, nil
	h.stats.refused.Add(1)
	h.stand(w)
	g.l.Tell(w.Name, []byte(`{"action":"refused","reason":"`+reason+`"}`))
}

// sit gives a want its seat in a room, or finds that it still has it; false when the room is full.
func (h *Hub) sit(g *guest, w *want, d *declared) bool {
	r := h.rooms[w.Topic]
	if r == nil {
		r = newRoom(w.Topic)
		h.rooms[w.Topic] = r
	}
	who := shown(g.auth, d)
	if d != nil && w.seat == nil && (len(r.seats) >= MaxStreams || who != nil && r.crowded(*who)) {
		return false
	}
	r.channel = d
	s, late := w.seat, w.seat != nil && w.seat.silent
	if s == nil {
		s = &seat{l: g.l, name: w.Name, room: r, pos: len(r.seats)}
		r.seats, w.seat, late = append(r.seats, s), s, true
		h.stats.seats.Add(1)
	}
	s.silent = false
	if late && d != nil && d.Presence {
		s.l.Tell(s.name, r.sync())
	}
	h.show(s, who)
	return true
}

// stand takes the seat of a want away, if it has one.
func (h *Hub) stand(w *want) {
	s := w.seat
	if s == nil {
		return
	}
	h.show(s, nil)
	r, last := s.room, len(s.room.seats)-1
	r.seats[s.pos] = r.seats[last]
	r.seats[s.pos].pos = s.pos
	r.seats[last] = nil
	r.seats, w.seat = r.seats[:last], nil
	h.stats.seats.Add(-1)
	h.tidy(r)
}

// tidy forgets a room where nobody is.
func (h *Hub) tidy(r *room) {
	if len(r.seats) == 0 && len(r.members) == 0 {
		delete(h.rooms, r.topic)
	}
}

// Rebind notes that a listener is somebody else from now on, or a new version of the same account. Who loses its
// account hears nothing more before its rules were asked again.
func (h *Hub) Rebind(l Listener, auth *record.Record) {
	h.mu.Lock()
	defer h.mu.Unlock()
	g := h.guests[l]
	if g == nil {
		return
	}
	lost := g.auth != nil && (auth == nil || accountOf(auth) != accountOf(g.auth))
	g.auth = auth
	for _, w := range g.wants {
		if s := w.seat; lost && s != nil && s.room.channel != nil {
			s.silent = true
			h.show(s, nil)
		}
	}
	h.question(g)
}

// Leave notes that a stream has ended.
func (h *Hub) Leave(l Listener) {
	h.leaving.Lock()
	h.left = append(h.left, l)
	h.leaving.Unlock()
	h.nudge()
}

// bury takes those who left out of their seats; h.mu is held.
func (h *Hub) bury() {
	h.leaving.Lock()
	left := h.left
	h.left = nil
	h.leaving.Unlock()
	for _, l := range left {
		g := h.guests[l]
		if g == nil {
			continue
		}
		for _, w := range g.wants {
			h.stand(w)
		}
		delete(h.guests, l)
		delete(h.unsure, g)
	}
}

// tell queues an event for all who may hear of it.
func (r *room) tell(data []byte, except string) {
	for _, s := range r.seats {
		if !s.silent && (except == "" || s.l.ID() != except) {
			s.l.Tell(s.name, data)
		}
	}
}
