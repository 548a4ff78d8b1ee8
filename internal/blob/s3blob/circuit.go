package s3blob

import (
	"sync"
	"time"
)

// maxFails is how often the store may fail in a row before it is given a rest.
const maxFails = 5

// circuit remembers whether the store answers. After maxFails failures in a row it is open: everybody is
// refused for a while. Then one request at a time is let through, until one succeeds.
type circuit struct {
	rest time.Duration
	now  func() time.Time

	mu      sync.Mutex
	fails   int
	until   time.Time
	probing bool
}

// enter reports whether a request may go out. If so its end is told with succeed, fail or forget.
func (c *circuit) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fails < maxFails {
		return true
	}
	if c.probing || c.now().Before(c.until) {
		return false
	}
	c.probing = true
	return true
}

func (c *circuit) succeed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fails, c.probing = 0, false
}

func (c *circuit) fail() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fails, c.probing = c.fails+1, false
	if c.fails >= maxFails {
		c.until = c.now().Add(c.rest)
	}
}

// forget says that the request came to no end that tells something.
func (c *circuit) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.probing = false
}
