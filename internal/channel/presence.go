package channel

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/record"
)

// member is an account that is there, and how on each node.
type member struct{ nodes map[string]share }

// share is how an account is there on one node.
type share struct {
	streams int
	state   json.RawMessage
	at      int64
}

func accountOf(rec *record.Record) Account {
	c := rec.Collection()
	return Account{c.ID, c.Name, rec.ID()}
}

// shown is the account that is shown in a channel; nil for none.
func shown(auth *record.Record, d *declared) *Account {
	if auth == nil || d == nil || !d.Presence {
		return nil
	}
	who := accountOf(auth)
	return &who
}

// crowded reports whether no more accounts are shown; who is there already always is.
func (r *room) crowded(who Account) bool {
	return r.members[who] == nil && r.here[who] == nil && max(len(r.members), len(r.here)) >= MaxMembers
}

// show makes a seat show an account, or nobody; h.mu is held.
func (h *Hub) show(s *seat, who *Account) {
	if s.who == who || s.who != nil && who != nil && *s.who == *who {
		return
	}
	r := s.room
	if old := s.who; old != nil {
		rest := slices.DeleteFunc(r.here[*old], func(x *seat) bool { return x == s })
		if r.here[*old] = rest; len(rest) == 0 {
			delete(r.here, *old)
		}
		s.who, s.state, s.at = nil, nil, 0
		h.announce(r, *old)
	}
	if who != nil {
		s.who = who
		r.here[*who] = append(r.here[*who], s)
		h.announce(r, *who)
	}
}

// announce tells all nodes how an account is there on this one.
func (h *Hub) announce(r *room, who Account) {
	m := Message{Kind: Present, Topic: r.topic, Who: who}
	streams := map[Listener]struct{}{}
	for _, s := range r.here[who] {
		streams[s.l] = struct{}{}
		if s.at >= m.At {
			m.State, m.At = s.state, s.at
		}
	}
	m.Streams = len(streams)
	h.post(m)
}

// introduce tells a node that begins who is here.
func (h *Hub) introduce() {
	for _, r := range h.rooms {
		for who := range r.here {
			h.announce(r, who)
		}
	}
}

// present takes in how an account is there on a node, and tells those who listen what that changes.
func (h *Hub) present(m Message) {
	r := h.rooms[m.Topic]
	if r == nil {
		if m.Streams == 0 {
			return
		}
		r = newRoom(m.Topic)
		h.rooms[m.Topic] = r
	}
	before := r.appendMember(nil, m.Who)
	r.members[m.Who] = r.members[m.Who].with(m.Node, share{m.Streams, m.State, m.At})
	if r.members[m.Who] == nil {
		delete(r.members, m.Who)
	}
	h.tellMember(r, m.Who, before)
}

// with is the member after a node has told of it; nil when it has left all.
func (m *member) with(node string, s share) *member {
	if m == nil {
		m = &member{nodes: map[string]share{}}
	}
	if m.nodes[node] = s; s.streams == 0 {
		delete(m.nodes, node)
	}
	if len(m.nodes) == 0 {
		return nil
	}
	return m
}

// tellMember tells what became of a member that looked like before.
func (h *Hub) tellMember(r *room, who Account, before []byte) {
	after := r.appendMember(nil, who)
	action := "change"
	switch {
	case bytes.Equal(before, after):
		return
	case len(before) == 0:
		action = "join"
	case len(after) == 0:
		action, after = "leave", before
	}
	data := append([]byte(`{"action":"`), action...)
	data = append(append(append(data, `","member":`...), after...), '}')
	r.tell(data, "")
	h.tidy(r)
}

// forgetNode notes that a node is no more, and nobody of its streams there.
func (h *Hub) forgetNode(node string) {
	for _, r := range h.rooms {
		for who, m := range r.members {
			if _, ok := m.nodes[node]; ok {
				h.present(Message{Node: node, Topic: r.topic, Who: who})
			}
		}
	}
}

// appendMember writes a member as clients see it; nothing for one who is not there.
func (r *room) appendMember(dst []byte, who Account) []byte {
	m := r.members[who]
	if m == nil {
		return dst
	}
	var all share
	for _, s := range m.nodes {
		all.streams += s.streams
		if s.at > all.at {
			all.state, all.at = s.state, s.at
		}
	}
	dst = appendAccount(append(dst, '{'), who)
	dst = strconv.AppendInt(append(dst, `,"streams":`...), int64(all.streams), 10)
	if all.state == nil {
		return append(dst, `,"state":null}`...)
	}
	return append(append(append(dst, `,"state":`...), all.state...), '}')
}

func appendAccount(dst []byte, a Account) []byte {
	dst = field.AppendString(append(dst, `"collectionId":`...), a.Collection)
	dst = field.AppendString(append(dst, `,"collectionName":`...), a.Name)
	return field.AppendString(append(dst, `,"id":`...), a.ID)
}

// appendMembers writes all members, in a fixed order.
func (r *room) appendMembers(dst []byte) []byte {
	list := make([]Account, 0, len(r.members))
	for who := range r.members {
		list = append(list, who)
	}
	slices.SortFunc(list, func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.Collection, b.Collection), cmp.Compare(a.ID, b.ID))
	})
	dst = append(dst, '[')
	for i, who := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = r.appendMember(dst, who)
	}
	return append(dst, ']')
}

// sync tells somebody who comes who is there.
func (r *room) sync() []byte {
	return append(r.appendMembers([]byte(`{"action":"sync","members":`)), '}')
}

// Members writes who is in a topic. Faults: NotFound when it is no topic of a channel with presence; Forbidden
// when by may not join it.
func (h *Hub) Members(ctx context.Context, by *caller.Caller, topic string) ([]byte, error) {
	d, rec, err := h.declaration(topic)
	if err != nil {
		return nil, err
	}
	if !d.Presence {
		return nil, notDeclared()
	}
	if err := h.allow(ctx, by, d, rec, d.JoinRule, nil); err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bury()
	r := h.rooms[topic]
	if r == nil {
		r = newRoom(topic)
	}
	out := field.AppendString([]byte(`{"topic":`), topic)
	return append(r.appendMembers(append(out, `,"members":`...)), '}'), nil
}

// SetState says something of the account of a stream to those who see it in a topic, until it says something else
// or the stream ends. Faults: Invalid when it is too long; TooMany; NotFound when the stream has not joined the
// topic, or is not shown there.
func (h *Hub) SetState(by *caller.Caller, l Listener, topic string, state json.RawMessage) error {
	state, err := compact("state", state, MaxState)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bury()
	found := h.seatsOf(l, topic)
	if len(found) == 0 {
		return fault.New(fault.NotFound, "The stream has not joined the channel.")
	}
	if err := h.spend(by, found[0].room); err != nil {
		return err
	}
	for _, s := range found {
		s.state, s.at = state, h.Now().UnixMilli()
	}
	h.announce(found[0].room, *found[0].who)
	return nil
}

// seatsOf are the seats of a listener in a topic that show somebody.
func (h *Hub) seatsOf(l Listener, topic string) (list []*seat) {
	g := h.guests[l]
	if g == nil {
		return nil
	}
	for _, w := range g.wants {
		if w.Topic == topic && w.seat != nil && w.seat.who != nil {
			list = append(list, w.seat)
		}
	}
	return list
}
