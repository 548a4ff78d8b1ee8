package change

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	claimTTL  = 30 * time.Second // how long a silent node keeps a consumer
	maxBehind = 200              // changes handled before the cursor is moved
)

// Consume calls fn for every change above the consumer's cursor, in order, for as long as ctx lasts, on one
// node at a time. The cursor moves after fn returned nil, and not after every change: after a crash the last
// few come again, so fn must bear a change twice. It returns the error of fn, or ErrHeld when another node
// holds the consumer or took it over; the caller decides when to try again. A call of fn must take well less
// than half a minute, or another node may take the consumer over. When ctx ends it returns ctx's
// error with the cursor moved as far as fn came.
func Consume(ctx context.Context, l Log, c Cursors, consumer, node string, fn func(context.Context, Change) error) (err error) {
	at, err := c.Claim(ctx, consumer, node, claimTTL)
	if err != nil {
		return err
	}
	r := &reading{cursors: c, consumer: consumer, node: node, kept: at, at: at}
	defer func() {
		// What was handled must not come again, even though ctx is over.
		err = errors.Join(err, r.keep(context.WithoutCancel(ctx)))
	}()
	for {
		if err := r.renew(ctx); err != nil {
			return err
		}
		if err := r.some(ctx, l, fn); err != nil {
			return err
		}
	}
}

// reading is how far one Consume has come.
type reading struct {
	cursors        Cursors
	consumer, node string
	kept, at       Seq // of the cursor; of the last change handled
}

func (r *reading) renew(ctx context.Context) error {
	_, err := r.cursors.Claim(ctx, r.consumer, r.node, claimTTL)
	return err
}

// some handles what there is, or waits for more, for a third of the claim's time at most.
func (r *reading) some(ctx context.Context, l Log, fn func(context.Context, Change) error) error {
	wait, cancel := context.WithTimeout(ctx, claimTTL/3)
	defer cancel()
	for ch, err := range l.Follow(wait, r.at) {
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && wait.Err() != nil:
			return r.keep(ctx) // only the wait is over
		case err != nil:
			return err
		}
		if err := fn(ctx, ch); err != nil {
			return fmt.Errorf("consumer %s at change %d: %w", r.consumer, ch.Seq, err)
		}
		if r.at = ch.Low; r.at-r.kept >= maxBehind {
			return r.keep(ctx)
		}
	}
	return nil
}

// keep moves the cursor to where the reading is.
func (r *reading) keep(ctx context.Context) error {
	if r.at == r.kept {
		return nil
	}
	if err := r.cursors.Advance(ctx, r.consumer, r.node, r.at); err != nil {
		return err
	}
	r.kept = r.at
	return nil
}
