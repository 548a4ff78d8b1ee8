// Package tally counts what may be done only so often: exactly, where guesses and mails are counted, and in shares
// that servers tell each other, where every request is.
package tally

import (
	"context"
	"time"
)

// Counter counts in fixed windows: one begins with the first thing that is counted and ends a while later. It is safe
// for concurrent use, and exact: of many at once no more pass than may. A key may hold addresses and names; they are
// neither logged nor stored in plain text.
type Counter interface {
	// Take counts one, and returns how long the window still lasts when limit were counted in it before, else 0.
	Take(ctx context.Context, key string, limit int, window time.Duration) (wait time.Duration, err error)
	// Spent returns how long the window still lasts when limit were counted in it, else 0. It counts nothing.
	Spent(ctx context.Context, key string, limit int) (wait time.Duration, err error)
	// Forget has nothing counted of key any more, unless limit were in its window: then that stays, and how long
	// it still lasts is returned.
	Forget(ctx context.Context, key string, limit int) (wait time.Duration, err error)
	// Sweep forgets windows that are over.
	Sweep(ctx context.Context) error
}
