package realtime

import (
	"context"
	"sort"
	"time"

	"github.com/holdall-dev/holdall/internal/change"
)

// Keep says how much of the change log is kept, for streams that come back: what is younger than Age, and
// Changes of it at most.
type Keep struct {
	Age     time.Duration
	Changes int64
}

const (
	retainEvery = time.Minute
	trimAtOnce  = 500                   // changes: the writer is taken for about a millisecond
	trimPause   = 20 * time.Millisecond // between, for those who wait for the writer
	maxBehind   = 7 * 24 * time.Hour    // what a consumer that does not come back may hold up
)

// retain trims the log every minute.
func (b *Broker) retain() {
	for b.ctx.Err() == nil {
		b.pause(retainEvery)
		if err := b.Trim(b.ctx); err != nil && b.ctx.Err() == nil {
			b.Log.Error("the change log is not trimmed", "error", err)
		}
	}
}

// Trim forgets the changes that need not be kept: never one that a consumer has still to read, unless that is
// older than a week. It runs every minute by itself.
func (b *Broker) Trim(ctx context.Context) error {
	log, keep := b.Store.Log(), b.Keep()
	head, err := log.Head(ctx)
	if err != nil {
		return err
	}
	first, err := log.Read(ctx, 0, 1)
	if err != nil || len(first) == 0 {
		return err
	}
	oldest, now := first[0].Seq, b.Now()
	to := max(head-keep.Changes, b.before(ctx, oldest, head, now.Add(-keep.Age)))
	low, ok, err := b.Store.Cursors().Low(ctx)
	if err != nil {
		return err
	}
	if ok {
		to = min(to, max(low, b.before(ctx, oldest, head, now.Add(-maxBehind))))
	}
	for at := oldest - 1; at < to && ctx.Err() == nil; {
		at = min(at+trimAtOnce, to)
		if err := log.Trim(ctx, at); err != nil {
			return err
		}
		b.pause(trimPause)
	}
	return nil
}

// before is the last sequence whose change was made before a moment, by halves.
func (b *Broker) before(ctx context.Context, oldest, head change.Seq, when time.Time) change.Seq {
	n := sort.Search(int(head-oldest+1), func(i int) bool {
		list, err := b.Store.Log().Read(ctx, oldest+int64(i)-1, 1)
		return err != nil || len(list) == 0 || !list[0].At.Before(when)
	})
	return oldest + int64(n) - 1
}
