// Package tallytest is the exam of a Counter.
package tallytest

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/tally"
)

const (
	long  = time.Hour              // a window that does not end here
	short = 400 * time.Millisecond // one that does
	late  = 10 * time.Second       // by then it must have ended
)

// Run examines the counters that make returns. Those of one exam count together: they are of several servers.
func Run(t *testing.T, make func(t *testing.T) []tally.Counter) {
	t.Helper()
	for name, fn := range map[string]func(*exam){
		"a limit": (*exam).limit, "a window ends": (*exam).end, "keys are apart": (*exam).apart, "forgotten": (*exam).forgotten,
		"many at once": (*exam).atOnce, "many begin a window": (*exam).begin, "a limit is not forgotten": (*exam).kept, "swept": (*exam).swept,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(&exam{T: t, counters: make(t)})
		})
	}
}

// exam takes from the counters in turn.
type exam struct {
	*testing.T
	counters []tally.Counter
	turn     atomic.Int64
}

func (x *exam) next() tally.Counter { return x.counters[int(x.turn.Add(1))%len(x.counters)] }

// take is Take of the next counter, which must not fail.
func (x *exam) take(key string, limit int, window time.Duration) time.Duration {
	x.Helper()
	wait, err := x.next().Take(x.Context(), key, limit, window)
	return x.sane(wait, window, err)
}

func (x *exam) spent(key string, limit int) time.Duration {
	x.Helper()
	wait, err := x.next().Spent(x.Context(), key, limit)
	return x.sane(wait, long, err)
}

func (x *exam) forget(key string, limit int) time.Duration {
	x.Helper()
	wait, err := x.next().Forget(x.Context(), key, limit)
	return x.sane(wait, long, err)
}

func (x *exam) sane(wait, window time.Duration, err error) time.Duration {
	x.Helper()
	if err != nil {
		x.Error(err)
	}
	if wait < 0 || wait > window {
		x.Errorf("wait %v in a window of %v", wait, window)
	}
	return wait
}

// limit: as many pass as may, and who comes then is told for how long.
func (x *exam) limit() {
	for i := range 5 {
		if wait := x.spent("k", 5); wait != 0 {
			x.Errorf("%d are counted: spent for %v", i, wait)
		}
		if wait := x.take("k", 5, long); wait != 0 {
			x.Errorf("%d are counted: wait %v", i, wait)
		}
	}
	if wait := x.spent("k", 5); wait < long-time.Minute {
		x.Errorf("5 of 5 are counted: spent for %v", wait)
	}
	if wait := x.spent("k", 6); wait != 0 {
		x.Errorf("5 of 6 are counted: spent for %v", wait)
	}
	if wait := x.take("k", 5, long); wait < long-time.Minute {
		x.Errorf("5 of 5 are counted: wait %v", wait)
	}
}

// end: when a window is over a new one begins, which is as long.
func (x *exam) end() {
	began := time.Now()
	x.take("k", 1, short)
	wait := x.take("k", 1, short)
	if wait == 0 && time.Since(began) < short {
		x.Error("one of one is counted, and another passes")
	}
	for wait > 0 {
		if time.Since(began) > late {
			x.Fatal("the window does not end")
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-x.Context().Done():
			x.Fatal(x.Context().Err())
		}
		wait = x.take("k", 1, short)
	}
	if took := time.Since(began); took < short-50*time.Millisecond { // clocks are not that exact
		x.Errorf("a window of %v was over after %v", short, took)
	}
}

func (x *exam) apart() {
	x.take("one\x00a", 1, long)
	for _, key := range []string{"", "one", "one\x00b", "ONE\x00a", "one\x00a\x00", "\xff"} {
		if wait := x.take(key, 1, long); wait != 0 {
			x.Errorf("%q was never counted: wait %v", key, wait)
		}
	}
	if x.take("one\x00a", 1, long) == 0 {
		x.Error("it was counted")
	}
}

func (x *exam) forgotten() {
	if wait := x.forget("k", 3); wait != 0 {
		x.Errorf("nothing is counted: wait %v", wait)
	}
	for range 2 {
		x.take("k", 3, long)
	}
	if wait := x.forget("k", 3); wait != 0 {
		x.Errorf("2 of 3 are counted: wait %v", wait)
	}
	for i := range 3 {
		if wait := x.take("k", 3, long); wait != 0 {
			x.Errorf("all was forgotten, then %d were counted: wait %v", i, wait)
		}
	}
}

// kept: who guessed as often as may be is not forgiven because somebody was right then.
func (x *exam) kept() {
	for range 3 {
		x.take("k", 3, long)
	}
	if wait := x.forget("k", 3); wait < long-time.Minute {
		x.Errorf("3 of 3 are counted: wait %v", wait)
	}
	if x.spent("k", 3) == 0 {
		x.Error("a limit was forgotten")
	}
}

// atOnce: of 64 at once as many pass as may.
func (x *exam) atOnce() {
	const limit = 10
	if n := x.passed(func(int) string { return "k" }, limit); n != limit {
		x.Errorf("%d of 64 at once passed, want %d", n, limit)
	}
}

// begin: those that begin a window together begin one.
func (x *exam) begin() {
	if n := x.passed(func(i int) string { return strconv.Itoa(i % 8) }, 3); n != 24 {
		x.Errorf("%d of 64 at once passed, want 3 of each of 8 keys", n)
	}
}

func (x *exam) passed(key func(i int) string, limit int) int64 {
	var n atomic.Int64
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range 64 {
		all.Go(func() {
			<-start
			if x.take(key(i), limit, long) == 0 {
				n.Add(1)
			}
		})
	}
	close(start)
	all.Wait()
	return n.Load()
}

// swept: what still counts is not.
func (x *exam) swept() {
	x.take("over", 1, time.Microsecond)
	x.take("k", 1, long)
	if err := x.next().Sweep(x.Context()); err != nil {
		x.Error(err)
	}
	if x.take("k", 1, long) == 0 {
		x.Error("a window that was not over is gone")
	}
	if wait := x.take("over", 1, long); wait != 0 {
		x.Errorf("a window was over: wait %v", wait)
	}
}
