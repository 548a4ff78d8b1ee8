package hook

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// The forms of a handler. An error ends the write; what a Before handler did to the event stays.
type (
	// Before handlers run before anything is written.
	Before[E any] = func(ctx context.Context, e *E) error
	// Within handlers run in the transaction of the write.
	Within[E any] = func(ctx context.Context, tx Tx, e *E) error
	// After handlers hear of what was committed.
	After[E any] = func(ctx context.Context, e *E)
	// Around handlers run the rest themselves, by calling next.
	Around[E any] = func(ctx context.Context, e *E, next func() error) error
)

// Point is one place where handlers join, in order of registration. It is safe for concurrent use; a
// handler that is registered or taken off while an event is on its way may or may not hear of it.
type Point[E any] struct {
	mu  sync.Mutex
	now atomic.Pointer[phases[E]] // replaced, never changed; nil while there are no handlers
}

type phases[E any] struct {
	before []entry[Before[E]]
	within []entry[Within[E]]
	after  []entry[After[E]]
	around []entry[Around[E]]
}

// entry is a handler and the names it was registered for; all when there are none.
type entry[F any] struct {
	fn   F
	only []string
	key  *int // identity, for taking it off again
}

// Before registers fn to hear of an event ahead of its checks: it may change the event or refuse it by an
// error. It may run again for the same wish when the record moved on meanwhile. only names collections, by
// name or id; off takes fn off again.
func (p *Point[E]) Before(fn Before[E], only ...string) (off func()) {
	return register(p, func(ps *phases[E]) *[]entry[Before[E]] { return &ps.before }, fn, only)
}

// Within registers fn to join the transaction of an event, after the write itself; an error rolls it back.
// Everybody else waits meanwhile: do little.
func (p *Point[E]) Within(fn Within[E], only ...string) (off func()) {
	return register(p, func(ps *phases[E]) *[]entry[Within[E]] { return &ps.within }, fn, only)
}

// After registers fn to be told of what was committed. A panic of fn is contained.
func (p *Point[E]) After(fn After[E], only ...string) (off func()) {
	return register(p, func(ps *phases[E]) *[]entry[After[E]] { return &ps.after }, fn, only)
}

// Around registers fn to stand around validation and commit, inside their transaction: next does both.
// When fn returns nil without calling next, nothing is written and nobody is told.
func (p *Point[E]) Around(fn Around[E], only ...string) (off func()) {
	return register(p, func(ps *phases[E]) *[]entry[Around[E]] { return &ps.around }, fn, only)
}

func register[E, F any](p *Point[E], list func(*phases[E]) *[]entry[F], fn F, only []string) func() {
	key := new(int)
	change(p, list, func(es []entry[F]) []entry[F] {
		return append(es, entry[F]{fn: fn, only: slices.Clone(only), key: key})
	})
	return func() {
		change(p, list, func(es []entry[F]) []entry[F] {
			return slices.DeleteFunc(es, func(e entry[F]) bool { return e.key == key })
		})
	}
}

// change puts a copy in place in which one list is what edit makes of it.
func change[E, F any](p *Point[E], list func(*phases[E]) *[]entry[F], edit func([]entry[F]) []entry[F]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var next phases[E]
	if old := p.now.Load(); old != nil {
		next = *old
	}
	l := list(&next)
	*l = edit(slices.Clone(*l))
	p.now.Store(&next)
}

// scoped is an event that happens in a collection.
type scoped interface{ In(nameOrID string) bool }

func (e entry[F]) hears(event any) bool {
	if len(e.only) == 0 {
		return true
	}
	s, ok := event.(scoped)
	return ok && slices.ContainsFunc(e.only, s.In)
}

func anyHears[F any](list []entry[F], event any) bool {
	return slices.ContainsFunc(list, func(e entry[F]) bool { return e.hears(event) })
}
