package tally

import (
	"context"
	"sync"
	"time"
)

// maxCounts is how many windows are kept in memory before those that are over are looked for.
const maxCounts = 100_000

// Memory is a Counter of one process. Of very many windows it forgets all: it must not fill the memory.
type Memory struct {
	now func() time.Time

	mu     sync.Mutex
	counts map[string]*count
}

type count struct {
	n    int
	ends time.Time
}

// NewMemory makes a Counter by a clock.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{now: now, counts: map[string]*count{}}
}

// Take implements Counter.
func (m *Memory) Take(_ context.Context, key string, limit int, window time.Duration) (wait time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.current(key)
	if c == nil {
		m.bound()
		c = &count{ends: m.now().Add(window)}
		m.counts[key] = c
	}
	c.n++
	return m.left(c, limit+1), nil
}

// Spent implements Counter.
func (m *Memory) Spent(_ context.Context, key string, limit int) (wait time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.left(m.current(key), limit), nil
}

// Forget implements Counter.
func (m *Memory) Forget(_ context.Context, key string, limit int) (wait time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if wait = m.left(m.current(key), limit); wait == 0 {
		delete(m.counts, key)
	}
	return wait, nil
}

// Sweep implements Counter.
func (m *Memory) Sweep(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sweep()
	return nil
}

func (m *Memory) left(c *count, n int) time.Duration {
	if c == nil || c.n < n {
		return 0
	}
	return c.ends.Sub(m.now())
}

func (m *Memory) current(key string) *count {
	if c := m.counts[key]; c != nil && m.now().Before(c.ends) {
		return c
	}
	return nil
}

// bound makes room, if need be by forgetting everything.
func (m *Memory) bound() {
	if len(m.counts) < maxCounts {
		return
	}
	m.sweep()
	if len(m.counts) >= maxCounts {
		clear(m.counts)
	}
}

func (m *Memory) sweep() {
	for key, c := range m.counts {
		if !m.now().Before(c.ends) {
			delete(m.counts, key)
		}
	}
}
