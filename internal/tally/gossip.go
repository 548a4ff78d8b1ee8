package tally

import (
	"encoding/json"
	"fmt"
	"time"
)

// stale is how long the way to us takes at most, in general: a window that ended meanwhile is not the next one's matter.
const stale = Round / 2

// message is what a server counted, for others.
type message struct {
	From   string   `json:"from"`
	Counts []counts `json:"counts"`
}

// counts are those of one key: all that was counted there in the window so far, so nothing is lost with a message.
type counts struct {
	Of   string        `json:"of"`
	By   string        `json:"by"`
	N    int64         `json:"n"`
	Left time.Duration `json:"left"` // of the window: clocks differ
}

// Tell returns what the others are to hear of, nil when there is nothing. A round later, when they have told as well, this
// server may have another share of what is left. nodes is how many servers there are, this one included. Call it every Round.
func (s *Shares) Tell(nodes int) []byte {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.among(nodes)
	for _, w := range s.told {
		w.free = s.share(w)
	}
	s.told = s.told[:0]
	m := message{From: s.name}
	for len(s.telling) > 0 && len(m.Counts) < maxTold {
		t := s.telling[0]
		s.telling = s.telling[1:]
		t.w.waits = false
		s.told = append(s.told, t.w)
		if s.windows[t.key] == t.w && now.Before(t.w.ends) {
			m.Counts = append(m.Counts, counts{t.key.Of, t.key.By, t.w.mine, t.w.ends.Sub(now)})
		}
	}
	if len(m.Counts) == 0 {
		return nil
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return nil // there is nothing in it that could not be spelled
	}
	return raw
}

// among notes how many servers there are. The shares of windows that are open follow.
func (s *Shares) among(nodes int) {
	if nodes = max(1, nodes); nodes == s.nodes {
		return
	}
	s.nodes = nodes
	for _, w := range s.windows {
		w.free = s.share(w)
	}
	if nodes == 1 {
		for _, t := range s.telling {
			t.w.waits = false
		}
		s.telling = nil
	}
}

// Hear counts what another server told.
func (s *Shares) Hear(raw []byte) error {
	var m message
	if err := json.Unmarshal(raw, &m); err != nil {
		return fmt.Errorf("what another server counted: %w", err)
	}
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.From == s.name {
		return nil
	}
	for _, c := range m.Counts {
		s.add(m.From, c, now)
	}
	return nil
}

// add counts what a server counted of a key. Of windows that began here and there the one that began first holds, as if
// there were one counter.
func (s *Shares) add(from string, c counts, now time.Time) {
	if c.Left < stale {
		return
	}
	key, ends := Key{c.Of, c.By}, now.Add(c.Left)
	w := s.windows[key]
	if w == nil || !now.Before(w.ends) {
		w = s.begin(key, now, ends)
	}
	if ends.Before(w.ends) {
		w.ends = ends
	}
	if before := w.heard[from]; c.N > before {
		if w.heard == nil {
			w.heard = map[string]int64{}
		}
		w.heard[from] = c.N
		w.others += c.N - before
	}
	if w.limit > 0 {
		w.free = min(w.free, s.share(w))
	}
}
