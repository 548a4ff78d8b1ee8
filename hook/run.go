package hook

import "context"

// RunBefore lets the Before handlers have the event; the first error ends it.
func (p *Point[E]) RunBefore(ctx context.Context, e *E) error {
	ps := p.now.Load()
	if ps == nil {
		return nil
	}
	for _, h := range ps.before {
		if !h.hears(e) {
			continue
		}
		if err := h.fn(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// Joins reports whether a handler takes part in the event's transaction.
func (p *Point[E]) Joins(e *E) bool {
	ps := p.now.Load()
	return ps != nil && (anyHears(ps.within, e) || anyHears(ps.around, e))
}

// RunAround runs next inside the Around handlers, the first registered outermost.
func (p *Point[E]) RunAround(ctx context.Context, e *E, next func() error) error {
	ps := p.now.Load()
	if ps == nil {
		return next()
	}
	return wrap(ctx, ps.around, e, next)
}

func wrap[E any](ctx context.Context, list []entry[Around[E]], e *E, next func() error) error {
	for i, h := range list {
		if h.hears(e) {
			return h.fn(ctx, e, func() error { return wrap(ctx, list[i+1:], e, next) })
		}
	}
	return next()
}

// RunWithin lets the Within handlers join the transaction; the first error ends it.
func (p *Point[E]) RunWithin(ctx context.Context, tx Tx, e *E) error {
	ps := p.now.Load()
	if ps == nil {
		return nil
	}
	for _, h := range ps.within {
		if !h.hears(e) {
			continue
		}
		if err := h.fn(ctx, tx, e); err != nil {
			return err
		}
	}
	return nil
}

// Tells reports whether somebody wants to know of the event once it is committed.
func (p *Point[E]) Tells(e *E) bool {
	ps := p.now.Load()
	return ps != nil && anyHears(ps.after, e)
}

// RunAfter tells the After handlers. What happened cannot be undone any more, so a panic is handed to
// panicked and the next handler is told.
func (p *Point[E]) RunAfter(ctx context.Context, e *E, panicked func(v any)) {
	ps := p.now.Load()
	if ps == nil {
		return
	}
	for _, h := range ps.after {
		if h.hears(e) {
			tell(ctx, h.fn, e, panicked)
		}
	}
}

func tell[E any](ctx context.Context, fn After[E], e *E, panicked func(v any)) {
	defer func() {
		if v := recover(); v != nil {
			panicked(v)
		}
	}()
	fn(ctx, e)
}
