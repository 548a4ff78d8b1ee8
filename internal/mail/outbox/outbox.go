// Package outbox keeps mails, or text messages, until they are out: what was put in survives a crash, and a
// server that is slow or dead holds nobody up. Each kind of server has an outbox of its own, so that one that is
// down keeps nothing waiting but its own.
package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/internal/mail"
	"github.com/holdall-dev/holdall/internal/store"
)

// Errors that mean something: ErrBusy says that too many wait already; a delivery that fails with ErrFinal, or with
// [mail.ErrFinal], is not tried again.
var (
	ErrBusy  = errors.New("too many are waiting")
	ErrFinal = errors.New("it is of no use to try again")
)

const (
	maxWaiting = 10_000
	senders    = 4              // under way at once
	giveUp     = 24 * time.Hour // after which it is of no use
)

// Wish is a mail or a message to be sent. What it says is made at the moment of sending, for much may have changed
// since; and nothing secret waits on disk.
type Wish struct {
	Key        string    `json:"key"`  // two wishes with one key are one
	Kind       string    `json:"kind"` // what the deliverer makes of it
	Collection string    `json:"collection"`
	Record     string    `json:"record,omitempty"`
	Email      string    `json:"email,omitempty"`
	Phone      string    `json:"phone,omitempty"`
	Data       string    `json:"data,omitempty"`
	Until      time.Time `json:"until"` // when it is of no use any more
	Tries      int       `json:"tries"`
	Due        time.Time `json:"due"`
	// Node is who delivers it, where several nodes share a store; "" is whoever finds it.
	Node string `json:"node,omitempty"`
}

// Needs is what an outbox is made of.
type Needs struct {
	What  string // "mail" or "message": what the log calls it, and how what waits is filed in the store
	Store store.Store
	Now   func() time.Time
	Log   *slog.Logger
	// Deliver makes a mail of the wish and sends it; nil when nothing is left to be done. After an error that is
	// not final it is called again later. It must bear a wish twice: after a crash the last ones
	// come again.
	Deliver func(ctx context.Context, m Wish) error
	// Pause is how long to wait after a number of failed tries; nil grows from seconds to an hour.
	Pause func(tries int) time.Duration
	// Node is the name of this one among those that share the store; "" when none can. Each delivers what was
	// put in there, and what a node leaves that is gone.
	Node string
	// Lease is how long the others wait for a node that gives no sign of life; 0 is half a minute.
	Lease time.Duration
}

// Outbox is the queue. It is safe for concurrent use.
type Outbox struct {
	Needs
	end  context.CancelFunc
	jobs sync.WaitGroup
	wake chan struct{}

	mu      sync.Mutex // nobody waits for the store with it: PutWith takes it within a transaction
	waiting map[string]*entry
}

// entry is a wish in memory. Version tells whether it was wished again while it was under way.
type entry struct {
	Wish
	version int
	busy    bool
}

// Open loads what waits and begins to deliver it. Close ends that.
func Open(ctx context.Context, n Needs) (*Outbox, error) {
	if n.Pause == nil {
		n.Pause = pause
	}
	if n.Lease == 0 {
		n.Lease = 30 * time.Second
	}
	o := &Outbox{Needs: n, wake: make(chan struct{}, 1), waiting: map[string]*entry{}}
	rows, err := n.Store.Params(ctx, n.What+"/")
	if err != nil {
		return nil, fmt.Errorf("load each %s that waits: %w", n.What, err)
	}
	for key, raw := range rows {
		var m Wish
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, fmt.Errorf("%s that waits: %w", key, err)
		}
		if m.Node != "" && m.Node != n.Node {
			continue // it has its node, or will be adopted
		}
		m.Due = n.Now()
		o.waiting[m.Key] = &entry{Wish: m}
	}
	run, end := context.WithCancel(context.WithoutCancel(ctx))
	o.end = end
	o.jobs.Go(func() {
		defer o.guard()
		o.run(run)
	})
	if n.Node != "" {
		o.jobs.Go(func() {
			defer o.guard()
			o.keepHouse(run)
		})
	}
	return o, nil
}

// Close ends deliveries; what is not out yet waits for the next Open.
func (o *Outbox) Close() {
	o.end()
	o.jobs.Wait()
}

// Put keeps a wish on stable storage; it is delivered soon. One that waits under the same key is replaced.
// It returns ErrBusy when too many wait.
func (o *Outbox) Put(ctx context.Context, m Wish) error {
	done, err := o.PutWith(ctx, m, o.set)
	if err == nil {
		done()
	}
	return err
}

// PutWith is Put by a transaction of the caller's: set keeps a named setting in it, and done must be called when it
// is committed.
func (o *Outbox) PutWith(ctx context.Context, m Wish, set func(ctx context.Context, key string, raw []byte) error) (done func(), err error) {
	now := o.Now()
	m.Tries, m.Due, m.Node = 0, now, o.Node
	if m.Until.IsZero() {
		m.Until = now.Add(giveUp)
	}
	if err := o.admit(m.Key); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(m)
	if err == nil {
		err = set(ctx, o.What+"/"+m.Key, raw)
	}
	if err != nil {
		return nil, fmt.Errorf("keep a %s: %w", o.What, err)
	}
	return func() { o.add(m) }, nil
}

// admit makes sure that there is room, and that what is under way does not take the new row with it.
func (o *Outbox) admit(key string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	old := o.waiting[key]
	if old == nil && len(o.waiting) >= maxWaiting {
		return ErrBusy
	}
	if old != nil {
		old.version++
	}
	return nil
}

// add has a wish delivered that is kept.
func (o *Outbox) add(m Wish) {
	o.mu.Lock()
	e := o.waiting[m.Key]
	if e == nil {
		e = new(entry)
		o.waiting[m.Key] = e
	}
	e.Wish = m
	o.mu.Unlock()
	o.nudge()
}

// Retry makes everything due at once, for instance after the settings of the server have changed.
func (o *Outbox) Retry() {
	o.mu.Lock()
	for _, e := range o.waiting {
		e.Due = o.Now()
	}
	o.mu.Unlock()
	o.nudge()
}

// Waiting is how many are not out yet.
func (o *Outbox) Waiting() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.waiting)
}

func (o *Outbox) nudge() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// set keeps a named setting in a transaction of its own.
func (o *Outbox) set(ctx context.Context, key string, raw []byte) error {
	_, err := o.Store.Update(ctx, func(tx store.Tx) error { return tx.SetParam(ctx, key, raw) })
	return err
}

// guard contains a panic of a delivery.
func (o *Outbox) guard() {
	if p := recover(); p != nil {
		o.Log.Error("the outbox panicked", "panic", p)
	}
}

// pause grows from five seconds to an hour.
func pause(tries int) time.Duration {
	steps := []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute}
	if tries <= len(steps) {
		return steps[max(tries, 1)-1]
	}
	return time.Hour
}

// isFinal reports whether trying again is of no use.
func isFinal(err error) bool { return errors.Is(err, ErrFinal) || errors.Is(err, mail.ErrFinal) }
