package provider

import (
	"crypto/sha256"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	nameLife  = time.Minute
	codeLife  = 10 * time.Minute
	maxShelf  = 10_000 // entries; more than that many sign-ins at once are not waited for
	maxNameAt = 1000   // bytes of a code that a name is kept for
	maxName   = 150    // bytes
)

// shelf keeps short texts for a short time, in memory.
type shelf struct {
	now  func() time.Time
	life time.Duration
	mu   sync.Mutex
	held map[[32]byte]held // by the hash of the key: keys are secrets
}

type held struct {
	text string
	ends time.Time
}

func newShelf(now func() time.Time, life time.Duration) *shelf {
	return &shelf{now: now, life: life, held: map[[32]byte]held{}}
}

// put keeps text under key, unless there is one already. It reports whether it did.
func (s *shelf) put(key, text string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, now := sha256.Sum256([]byte(key)), s.now()
	if old, ok := s.held[id]; ok && now.Before(old.ends) {
		return false
	}
	if len(s.held) >= maxShelf {
		s.sweep(now)
	}
	s.held[id] = held{text, now.Add(s.life)}
	return true
}

// sweep makes room: what is over goes, and when nothing is, anything.
func (s *shelf) sweep(now time.Time) {
	for id, h := range s.held {
		if !now.Before(h.ends) {
			delete(s.held, id)
		}
	}
	for id := range s.held {
		if len(s.held) < maxShelf {
			return
		}
		delete(s.held, id)
	}
}

// take returns the text under key and forgets it; "" when there is none.
func (s *shelf) take(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := sha256.Sum256([]byte(key))
	h, ok := s.held[id]
	delete(s.held, id)
	if !ok || !s.now().Before(h.ends) {
		return ""
	}
	return h.text
}

// KeepName keeps the name that Apple tells once, with a code, for the sign-in with that code. Names over 150
// bytes are cut (auth.md §8.7).
func (s *Service) KeepName(code, first, last string) {
	name := strings.TrimSpace(strings.TrimSpace(first) + " " + strings.TrimSpace(last))
	if name == "" || code == "" || len(code) > maxNameAt {
		return
	}
	for len(name) > maxName {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	s.names.put(code, name)
}
