package tally

import (
	"sync"
	"time"
)

// Round is how often servers tell each other what they counted.
const Round = 50 * time.Millisecond

const (
	maxWindows = 10_000 // are kept before the ones that are over are swept
	maxTold    = 256    // keys in one message; the others wait for the next
	slack      = 1.25   // of what is left all servers together may take before they hear of each other
	cool       = 8      // an even share of a limit; who took less than that part of it is not worth a message
)

// Key is what requests are counted by.
type Key struct {
	Of string // the limit
	By string // who asks
}

// Shares counts requests of one process in fixed windows in memory. Of several servers each may take a share of what
// is left, 1.25 divided by their number, until it has told the others what it took, and has heard of them: all of
// them together let about a quarter more pass than may, at most, and who stays with one server comes to the whole
// limit in some rounds. Limits smaller than the number of servers let one request pass on each. Nothing waits for
// another server. It is safe for concurrent use.
type Shares struct {
	now  func() time.Time
	name string // tells our messages from those of others

	mu      sync.Mutex
	of      any // what the windows were counted for
	nodes   int
	windows map[Key]*window
	telling []news    // of windows that others are to hear of
	told    []*window // that they heard of in the last round
}

// window is what was counted of a key.
type window struct {
	ends   time.Time
	limit  int64            // 0: nobody asked here yet
	mine   int64            // counted here
	others int64            // counted elsewhere: the sum of heard
	free   int64            // what may be counted before the others are told
	heard  map[string]int64 // by server
	waits  bool             // to be told
}

type news struct {
	key Key
	w   *window
}

// NewShares makes the counters of a process by a clock. The name is unlike that of any other, and may be "" where
// there are none.
func NewShares(now func() time.Time, name string) *Shares {
	return &Shares{now: now, name: name, nodes: 1, windows: map[Key]*window{}}
}

// Take counts one request. When limit were counted in the window it returns how long that still lasts, and when only
// this server's share was, how long until there may be another. Windows that were counted for another value of of are
// forgotten.
func (s *Shares) Take(of any, key Key, limit int64, span time.Duration) (wait time.Duration, ok bool) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of != of {
		s.of = of
		s.forget()
	}
	w := s.windows[key]
	if w == nil || !now.Before(w.ends) {
		w = s.begin(key, now, now.Add(span))
	}
	if w.limit != limit {
		w.limit = limit
		w.free = s.share(w)
	}
	switch {
	case w.mine+w.others >= limit:
		return w.ends.Sub(now), false
	case w.free <= 0:
		return min(Round, w.ends.Sub(now)), false
	}
	w.mine++
	w.free--
	if !w.waits && s.nodes > 1 && w.mine*cool*int64(s.nodes) >= limit {
		w.waits = true
		s.telling = append(s.telling, news{key, w})
	}
	return 0, true
}

// Close has no request of key pass for a while.
func (s *Shares) Close(of any, key Key, wait time.Duration) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == of {
		s.begin(key, now, now.Add(wait))
	}
}

// Closed returns how long no request of key passes, after Close.
func (s *Shares) Closed(of any, key Key) (wait time.Duration) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.windows[key]; w != nil && s.of == of {
		wait = max(0, w.ends.Sub(now))
	}
	return wait
}

func (s *Shares) begin(key Key, now, ends time.Time) *window {
	s.sweep(now)
	w := &window{ends: ends}
	s.windows[key] = w
	return w
}

func (s *Shares) forget() {
	clear(s.windows)
	s.telling, s.told = nil, nil
}

// share is what may be taken here of what is left.
func (s *Shares) share(w *window) int64 {
	left := w.limit - w.mine - w.others
	if s.nodes == 1 || left <= 1 {
		return left
	}
	return min(left, max(1, int64(float64(left)*slack/float64(s.nodes))))
}

// sweep forgets windows that are over, once there are many.
func (s *Shares) sweep(now time.Time) {
	if len(s.windows) < maxWindows {
		return
	}
	for k, w := range s.windows {
		if !now.Before(w.ends) {
			delete(s.windows, k)
		}
	}
}
