package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/record"
)

const (
	maxEvent  = 100 // bytes of an event's name
	topicRate = 200 // messages a second to one topic, whoever sends them
)

// Publication is what somebody says to all who joined a topic.
type Publication struct {
	Topic  string
	Event  string          // what it is about; may be ""
	Data   json.RawMessage // any JSON; null when there is none
	Except string          // client id of a stream that is not told, such as the publisher's own
}

// Publish tells all who joined a topic. It returns when the message is on its way to all nodes. Faults: NotFound
// when no channel is declared for the topic; Invalid when something is too long; TooMany; Forbidden when the
// publishRule does not let by.
func (h *Hub) Publish(ctx context.Context, by *caller.Caller, p Publication) error {
	d, rec, err := h.declaration(p.Topic)
	if err != nil {
		return err
	}
	if len(p.Event) > maxEvent {
		return tooLong("event", maxEvent)
	}
	if p.Data, err = compact("data", p.Data, MaxData); err != nil {
		return err
	}
	if err := h.admit(by, p.Topic); err != nil {
		return err
	}
	if err := h.allow(ctx, by, d, rec, d.PublishRule, p.body(d.PublishRule)); err != nil {
		return err
	}
	e := &hook.Publish{By: by, Topic: p.Topic, Event: p.Event, Data: p.Data}
	if err := h.Hooks.Publish.RunBefore(ctx, e); err != nil {
		return err
	}
	p.Event = e.Event
	if p.Data, err = compact("data", e.Data, MaxData); err != nil {
		return err
	}
	h.stats.published.Add(1)
	if err := h.Relay.Send(ctx, Message{Kind: Said, Node: h.Node, Topic: p.Topic, Data: p.event(by.Auth), Except: p.Except}); err != nil {
		return err
	}
	h.Hooks.Publish.RunAfter(ctx, e, h.panicked)
	return nil
}

func (h *Hub) panicked(v any) { h.Log.Error("a handler of a channel panicked", "panic", v) }

// Send tells all who listen to a topic of this application what a program wants to tell them, exactly as it is:
// data must be JSON of one line. Rules are not asked.
func (h *Hub) Send(ctx context.Context, topic string, data json.RawMessage) error {
	return h.Relay.Send(ctx, Message{Kind: Said, Node: h.Node, Topic: topic, Data: data})
}

// body is what a publishRule sees as @request.body.
func (p *Publication) body(rule *string) map[string]any {
	if rule == nil || !strings.Contains(*rule, "@request.body") {
		return nil
	}
	var data any
	if json.Unmarshal(p.Data, &data) != nil {
		return nil
	}
	return map[string]any{"topic": p.Topic, "event": p.Event, "data": data}
}

// event is what those are told who listen.
func (p *Publication) event(auth *record.Record) []byte {
	data := make([]byte, 0, len(p.Data)+200)
	data = field.AppendString(append(data, `{"action":"broadcast","event":`...), p.Event)
	data = append(append(data, `,"data":`...), p.Data...)
	if auth == nil {
		return append(data, `,"from":null}`...)
	}
	return append(appendAccount(append(data, `,"from":{`...), accountOf(auth)), "}}"...)
}

// compact is JSON on one line, as events need it.
func compact(name string, raw json.RawMessage, most int) (json.RawMessage, error) {
	if len(raw) == 0 {
		return json.RawMessage("null"), nil
	}
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		return nil, fault.Field("validation_invalid_json", "Must be a valid json value.").On(name).Because(err)
	}
	if out.Len() > most {
		return nil, tooLong(name, most)
	}
	return out.Bytes(), nil
}

func tooLong(name string, most int) error {
	return fault.Newf(fault.Invalid, "The length must be no more than %d.", most).
		Coded("validation_length_too_long").With("min", 0).With("max", most).On(name)
}

// bucket holds what may still be said.
type bucket struct {
	left float64
	at   time.Time // when left was true
}

// take takes one of a rate a second; two seconds' worth may be saved up.
func (b *bucket) take(now time.Time, rate float64) bool {
	if b.at.IsZero() {
		b.left = 2 * rate
	}
	b.left = min(2*rate, b.left+max(0, now.Sub(b.at).Seconds())*rate)
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// admit counts a message that is about to be judged.
func (h *Hub) admit(by *caller.Caller, topic string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bury()
	return h.spend(by, h.rooms[topic])
}

// spend counts a message of an account, or of an address of guests, to a room, which may be nil; h.mu is held.
func (h *Hub) spend(by *caller.Caller, r *room) error {
	rate := h.Settings().MaxPublish
	if by.IsSuper() || rate == 0 {
		return nil
	}
	key, now := by.IP, h.Now()
	if by.Auth != nil {
		key = by.Auth.Collection().ID + "/" + by.Auth.ID()
	}
	b := h.rates[key]
	if b == nil {
		b = new(bucket)
		h.rates[key] = b
	}
	if !b.take(now, float64(rate)) || r != nil && !r.bucket.take(now, topicRate) {
		h.stats.limited.Add(1)
		return fault.New(fault.TooMany, "")
	}
	return nil
}

// refill forgets buckets that are full again.
func (h *Hub) refill() {
	now := h.Now()
	for key, b := range h.rates {
		if now.Sub(b.at) > 2*time.Second {
			delete(h.rates, key)
		}
	}
}
