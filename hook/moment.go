package hook

import "context"

// Moment is a point without a transaction of its own: Before handlers may change the event or refuse it by an
// error, After handlers are told when it is over and went well. Its zero value has no handlers.
type Moment[E any] struct{ p Point[E] }

// Before registers fn to hear of an event ahead of it. only names collections, by name or id; off takes fn off
// again.
func (m *Moment[E]) Before(fn Before[E], only ...string) (off func()) {
	return m.p.Before(fn, only...)
}

// After registers fn to be told of what went well. A panic of fn is contained.
func (m *Moment[E]) After(fn After[E], only ...string) (off func()) { return m.p.After(fn, only...) }

// RunBefore lets the Before handlers have the event; the first error ends it.
func (m *Moment[E]) RunBefore(ctx context.Context, e *E) error { return m.p.RunBefore(ctx, e) }

// RunAfter tells the After handlers; panicked takes what one of them panics with.
func (m *Moment[E]) RunAfter(ctx context.Context, e *E, panicked func(v any)) {
	m.p.RunAfter(ctx, e, panicked)
}
