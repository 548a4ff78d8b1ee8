package tally_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/tally"
)

const (
	step = time.Millisecond      // of the clock of these tests
	way  = 15 * time.Millisecond // between two servers
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// servers are several that tell each other what they count. Their rounds are not in step.
type servers struct {
	now  time.Time
	list []*tally.Shares
	mail []letter // on its way, oldest first
}

type letter struct {
	at   time.Time
	from int
	text []byte
}

// newServers are n that know of each other.
func newServers(t *testing.T, n int) *servers {
	t.Helper()
	s := &servers{now: start}
	for i := range n {
		s.list = append(s.list, tally.NewShares(func() time.Time { return s.now }, fmt.Sprint("node", i)))
	}
	for range 2 * tally.Round / step {
		s.tick(t)
	}
	return s
}

// tick lets a moment pass.
func (s *servers) tick(t *testing.T) {
	t.Helper()
	s.now = s.now.Add(step)
	for len(s.mail) > 0 && !s.mail[0].at.After(s.now) {
		for i, other := range s.list {
			if i == s.mail[0].from {
				continue
			}
			if err := other.Hear(s.mail[0].text); err != nil {
				t.Fatal(err)
			}
		}
		s.mail = s.mail[1:]
	}
	for i, one := range s.list {
		phase := (time.Duration(i) * tally.Round / time.Duration(len(s.list))).Truncate(step)
		if (s.now.Sub(start)+phase)%tally.Round != 0 {
			continue
		}
		if text := one.Tell(len(s.list)); text != nil {
			s.mail = append(s.mail, letter{s.now.Add(way), i, text})
		}
	}
}

// run sends requests at so many a second for a while, each to the server that to picks, and returns how many passed.
func (s *servers) run(t *testing.T, limit int64, span, last time.Duration, rate float64, to func() int) (passed int64) {
	t.Helper()
	due, end := 0.0, s.now.Add(last)
	for s.now.Before(end) {
		for due += rate * step.Seconds(); due >= 1; due-- {
			if _, ok := s.list[to()].Take(nil, tally.Key{Of: "rule", By: "203.0.113.7"}, limit, span); ok {
				passed++
			}
		}
		s.tick(t)
	}
	return passed
}

// ways are how requests come to n servers.
func ways(n int) map[string]func() int {
	dice := rand.New(rand.NewPCG(1, 2))
	turn := 0
	return map[string]func() int{
		"in turn":     func() int { turn++; return turn % n },
		"at random":   func() int { return dice.IntN(n) },
		"one":         func() int { return 0 },
		"nine in ten": func() int { return min(dice.IntN(10*n)/9, 1) * dice.IntN(n) },
	}
}

// TestOverAdmission: however requests come to several servers, no more than 1.5 times the limit pass, and not many
// fewer than may when there are as many or more: fewest at one of eight, of a limit of one second.
func TestOverAdmission(t *testing.T) {
	t.Parallel()
	for _, rule := range []struct {
		limit int64
		span  time.Duration
	}{{300, 10 * time.Second}, {20, 5 * time.Second}, {100, time.Second}} {
		for _, n := range []int{1, 2, 4, 8} {
			for name, to := range ways(n) {
				for _, load := range []float64{1, 3, 100} {
					const windows = 3
					rate := load * float64(rule.limit) / rule.span.Seconds()
					got := newServers(t, n).run(t, rule.limit, rule.span, windows*rule.span, rate, to)
					part := float64(got) / float64(windows*rule.limit)
					t.Logf("%d in %v, %d servers, %s, %v times as many: %.2f", rule.limit, rule.span, n, name, load, part)
					if part > 1.5 || part < 0.75 {
						t.Errorf("%d in %v, %d servers, %s, %v times as many: %.2f of the limit passed", rule.limit, rule.span, n, name, load, part)
					}
				}
			}
		}
	}
}

// TestSmallLimit: of a limit that is smaller than the number of servers each lets one pass, and no more.
func TestSmallLimit(t *testing.T) {
	t.Parallel()
	turn := 0
	s := newServers(t, 4)
	got := s.run(t, 2, 3*time.Second, 2900*time.Millisecond, 1000, func() int { turn++; return turn % 4 })
	if got != 4 {
		t.Errorf("%d passed at 4 servers, want 4", got)
	}
}

// TestOneServer: one that is alone counts as if there never were others, also when they went in the middle of a window.
func TestOneServer(t *testing.T) {
	t.Parallel()
	now := start
	s := tally.NewShares(func() time.Time { return now }, "one")
	take := func() (time.Duration, bool) { return s.Take(nil, tally.Key{Of: "rule"}, 100, time.Minute) }
	s.Tell(4)
	n := 0
	for _, ok := take(); ok; _, ok = take() {
		n++
	}
	if wait, _ := take(); n != 31 || wait != tally.Round {
		t.Errorf("one of four let %d of 100 pass, then wait %v", n, wait)
	}
	s.Tell(1)
	for _, ok := take(); ok; _, ok = take() {
		n++
	}
	if wait, _ := take(); n != 100 || wait != time.Minute {
		t.Errorf("alone: %d of 100, then wait %v", n, wait)
	}
	now = now.Add(time.Minute)
	if _, ok := take(); !ok {
		t.Error("the window is over, and nobody passes")
	}
}

// TestSettings: what was counted for other settings counts no more.
func TestSettings(t *testing.T) {
	t.Parallel()
	s := tally.NewShares(func() time.Time { return start }, "")
	key := tally.Key{Of: "rule"}
	s.Take(1, key, 1, time.Minute)
	if wait, ok := s.Take(1, key, 1, time.Minute); ok || wait != time.Minute {
		t.Errorf("a second one of one passes: %v, wait %v", ok, wait)
	}
	if _, ok := s.Take(2, key, 1, time.Minute); !ok {
		t.Error("the settings are others, and nobody passes")
	}
	s.Close(2, tally.Key{Of: "other"}, time.Minute)
	if got := s.Closed(2, tally.Key{Of: "other"}); got != time.Minute {
		t.Errorf("closed for %v", got)
	}
	if got := s.Closed(3, tally.Key{Of: "other"}); got != 0 {
		t.Errorf("of other settings it is closed for %v", got)
	}
}

// TestNonsense: a message that is none changes nothing.
func TestNonsense(t *testing.T) {
	t.Parallel()
	s := tally.NewShares(func() time.Time { return start }, "one")
	if err := s.Hear([]byte("{")); err == nil {
		t.Error("it was taken for a message")
	}
	if s.Tell(2) != nil {
		t.Error("there is something to tell")
	}
}

// BenchmarkTake is what a request pays for a limit.
func BenchmarkTake(b *testing.B) {
	s := tally.NewShares(time.Now, "")
	key := tally.Key{Of: "rule", By: "203.0.113.7"}
	for b.Loop() {
		s.Take(nil, key, 1<<40, time.Hour)
	}
}
