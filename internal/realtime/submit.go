package realtime

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/hook"
	"github.com/holdall-dev/holdall/record"
)

// Bounds of a submission (realtime.md §3).
const (
	maxClientID   = 255
	maxTopics     = 1000
	maxTopic      = 2500      // bytes
	maxTopicBytes = 512 << 10 // of all topics of a connection
)

// Submit replaces the topics of a connection and binds it to who by is. Faults: Invalid for what is too long
// and for a caller from another address; NotFound when there is no such connection; Forbidden when it belongs
// to somebody else.
func (b *Broker) Submit(ctx context.Context, by *caller.Caller, clientID string, topics []string) error {
	if err := checkSubmission(clientID, topics); err != nil {
		return err
	}
	c := b.reg.find(connID(clientID))
	if c == nil {
		return errNoClient()
	}
	if c.ip != "" && c.ip != by.IP {
		return fault.New(fault.Invalid, "Invalid realtime client.")
	}
	if err := b.claim(c, by.Auth); err != nil {
		return err
	}
	if by.Auth != nil {
		b.prove(ctx, c, by.Auth)
	}
	e := &hook.Subscribe{By: by, ClientID: c.id, Topics: topics}
	if err := b.Hooks.Subscribe.RunBefore(ctx, e); err != nil {
		return err
	}
	if err := checkSubmission(c.id, e.Topics); err != nil {
		return err
	}
	b.catchUp(ctx)
	if err := b.subscribe(c, e.Topics); err != nil {
		return err
	}
	b.hub.Settle(ctx, c)
	b.Hooks.Subscribe.RunAfter(ctx, e, b.panicked)
	return nil
}

// logPatience is how long a submission waits for the log, in steps that double.
const logPatience = time.Second

// catchUp waits until what is committed by now was fanned out: whoever subscribes after a write was answered does
// not hear of it. A log that does not come along holds nobody up for long.
func (b *Broker) catchUp(ctx context.Context) {
	head, err := b.Store.Log().Head(ctx)
	for wait := time.Millisecond; err == nil && wait < logPatience; wait *= 2 {
		b.mu.Lock()
		at := b.seq
		b.mu.Unlock()
		if at >= head {
			return
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

func errNoClient() error { return fault.New(fault.NotFound, "Missing or invalid client id.") }

func checkSubmission(clientID string, topics []string) error {
	fs := fault.Fields{}
	switch n := len(clientID); {
	case n == 0:
		fs.Add("clientId", fault.Required())
	case n > maxClientID:
		fs.Add("clientId", fault.Field(fault.CodeLengthRange, "The length must be between 1 and 255.").With("min", 1).With("max", maxClientID))
	}
	if err := checkTopics(topics); err != nil {
		fs.Add("subscriptions", err)
	}
	return fs.Err()
}

func checkTopics(topics []string) error {
	if len(topics) > maxTopics {
		return tooLong(maxTopics)
	}
	fs, bytes := fault.Fields{}, 0
	for i, t := range topics {
		if bytes += len(t); len(t) > maxTopic {
			fs.Add(strconv.Itoa(i), tooLong(maxTopic))
		}
	}
	if len(fs) == 0 && bytes > maxTopicBytes {
		return tooLong(maxTopicBytes)
	}
	return fs.Err()
}

func tooLong(bound int) error {
	return fault.Newf(fault.Invalid, "The length must be no more than %d.", bound).
		Coded("validation_length_too_long").With("min", 0).With("max", bound)
}

// claim binds the connection to auth. Whoever has one keeps it; guests may become anybody.
func (b *Broker) claim(c *Conn, auth *record.Record) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bury()
	b.refresh()
	if c.gone {
		return errNoClient()
	}
	if c.auth != nil && (auth == nil || identityOf(c.auth) != identityOf(auth)) {
		return fault.New(fault.Forbidden, "The current and the previous request authorization don't match.")
	}
	if auth != nil && (c.auth == nil || c.auth.Seq() < auth.Seq()) {
		b.become([]*Conn{c}, auth)
	}
	return nil
}

// prove makes a guest of a connection whose account has changed its key since the caller was identified. From
// claim on the log tells of such changes; this is about those that were fanned out before it.
func (b *Broker) prove(ctx context.Context, c *Conn, auth *record.Record) {
	now := b.account(ctx, auth.Collection(), auth.ID())
	if now != nil && now.String("tokenKey") == auth.String("tokenKey") {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if c.auth != nil && c.auth.Seq() <= auth.Seq() {
		b.become([]*Conn{c}, nil)
	}
}

// subscribe replaces the topics, in the order in which they were submitted.
func (b *Broker) subscribe(c *Conn, names []string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bury()
	if c.gone {
		return errNoClient()
	}
	b.leaveAll(c)
	seen := make(map[string]bool, len(names))
	c.topics = make([]*topic, 0, len(names))
	for _, name := range names {
		if name == "" || seen[name] || strings.ContainsAny(name, "\r\n") { // a line break cannot be an event's name
			continue
		}
		seen[name] = true
		c.topics = append(c.topics, newTopic(c, name, len(c.topics)))
	}
	if c.resume != nil {
		b.goOn(c)
	}
	b.joinAll(c)
	b.hub.Enter(c, c.auth, b.wants(c))
	return nil
}
