package outbox

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// shortest is the shortest sleep: a clock that stands still must not make the outbox spin.
const shortest = 20 * time.Millisecond

// run hands out what is due until ctx ends, and then waits for what is under way.
func (o *Outbox) run(ctx context.Context) {
	var under sync.WaitGroup
	defer under.Wait()
	slots := make(chan struct{}, senders)
	for ctx.Err() == nil {
		e, wait := o.next()
		if e == nil {
			o.sleep(ctx, wait)
			continue
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		m, version := o.take(e)
		under.Go(func() {
			defer func() { <-slots }()
			defer o.nudge()
			defer o.guard()
			o.settle(ctx, m, version, o.deliver(ctx, m))
		})
	}
}

// next is what is due longest, or how long nothing will be.
func (o *Outbox) next() (*entry, time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var first *entry
	for _, e := range o.waiting {
		if !e.busy && (first == nil || e.Due.Before(first.Due)) {
			first = e
		}
	}
	if first == nil {
		return nil, time.Hour
	}
	if wait := first.Due.Sub(o.Now()); wait > 0 {
		return nil, wait
	}
	return first, 0
}

func (o *Outbox) take(e *entry) (Wish, int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	e.busy = true
	return e.Wish, e.version
}

func (o *Outbox) sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(max(d, shortest))
	defer t.Stop()
	select {
	case <-t.C:
	case <-o.wake:
	case <-ctx.Done():
	}
}

// deliver contains a panic: the mail that caused it is tried again like one that failed.
func (o *Outbox) deliver(ctx context.Context, m Wish) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if mine, err := o.isMine(ctx, m.Key); err != nil || !mine {
		return err // whoever has it delivers it
	}
	return o.Deliver(ctx, m)
}

// settle forgets a mail that is out or hopeless and puts off one that failed.
func (o *Outbox) settle(ctx context.Context, m Wish, version int, err error) {
	if err != nil && ctx.Err() != nil {
		o.release(m.Key) // it is the end that failed it; it comes again
		return
	}
	m.Tries++
	m.Due = o.Now().Add(o.Pause(m.Tries))
	lost := err != nil && (isFinal(err) || m.Due.After(m.Until))
	switch {
	case lost:
		o.Log.Error("a "+o.What+" could not be sent and is given up", "kind", m.Kind, "collection", m.Collection, "tries", m.Tries, "error", err)
	case err != nil:
		o.Log.Warn("a "+o.What+" could not be sent and is tried again", "kind", m.Kind, "collection", m.Collection, "tries", m.Tries, "again", m.Due, "error", err)
	}
	o.conclude(context.WithoutCancel(ctx), m, version, err == nil || lost)
}

// conclude writes down what became of a mail, unless it was wished again meanwhile.
func (o *Outbox) conclude(ctx context.Context, m Wish, version int, over bool) {
	if over {
		if err := o.forget(ctx, m.Key, version); err != nil {
			o.Log.Error("a "+o.What+" that is out will come again", "kind", m.Kind, "error", err)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	e := o.waiting[m.Key]
	e.busy = false
	switch {
	case e.version != version:
	case over:
		delete(o.waiting, m.Key)
	default:
		e.Wish = m // its row stays as it is: tries begin anew after a restart
	}
}

// again reports whether a mail was wished again since it was taken.
func (o *Outbox) again(key string, version int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.waiting[key].version != version
}

func (o *Outbox) release(key string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting[key].busy = false
}
