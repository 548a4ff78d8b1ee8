package api

import (
	"encoding/json"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/channel"
)

// publishLimit is the most that can be published, and what JSON adds to it.
func publishLimit(*call) int64 { return channel.MaxData + 4<<10 }

// said is what a request about a channel brings.
type said struct {
	Topic    string          `json:"topic"`
	Event    string          `json:"event"`
	Data     json.RawMessage `json:"data"`
	State    json.RawMessage `json:"state"`
	ClientID string          `json:"clientId"`
}

func (c *call) said() (s said, err error) {
	raw, err := c.object()
	if err != nil {
		return s, reworded(err, unreadable)
	}
	if json.Unmarshal(raw, &s) != nil {
		return s, fault.New(fault.Invalid, unreadable)
	}
	if s.Topic == "" {
		return s, fault.Required().On("topic")
	}
	return s, nil
}

// publish tells all who joined a topic of a channel.
func publish(c *call) error {
	s, err := c.said()
	if err != nil {
		return err
	}
	p := channel.Publication{Topic: s.Topic, Event: s.Event, Data: s.Data, Except: s.ClientID}
	if err := c.Realtime.Publish(c.r.Context(), c.by, p); err != nil {
		return c.later(err)
	}
	return c.done()
}

// later says when a message that came too fast may be sent again.
func (c *call) later(err error) error {
	if fault.Is(err, fault.TooMany) {
		c.w.Header().Set("Retry-After", "1")
	}
	return err
}

// listPresence tells who is in a topic of a channel.
func listPresence(c *call) error {
	topic := c.by.Query.Get("topic")
	if topic == "" {
		return fault.Required().On("topic")
	}
	out, err := c.Realtime.Members(c.r.Context(), c.by, topic)
	if err != nil {
		return err
	}
	return c.answer(out)
}

// changePresence changes what others see of the caller in a topic.
func changePresence(c *call) error {
	s, err := c.said()
	if err != nil {
		return err
	}
	again, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if there, err := c.passOn(s.ClientID, "application/json", again); there || err != nil {
		return err
	}
	if err := c.Realtime.SetState(c.by, s.ClientID, s.Topic, s.State); err != nil {
		return c.later(err)
	}
	return c.done()
}
