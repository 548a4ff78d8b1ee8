package auth

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/bcrypt"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
)

// maxWaiting is how many password checks may wait for a turn; more are turned away at once.
const maxWaiting = 100

// crowd bounds password hashing: it is slow on purpose, and a crowd of sign-ins must not take the machine
// from everybody else.
type crowd struct {
	slots   chan struct{}
	waiting atomic.Int64
	dummies sync.Map // cost → hash of nothing anybody knows
}

func newCrowd() *crowd { return &crowd{slots: make(chan struct{}, runtime.GOMAXPROCS(0))} }

// enter waits for a turn and returns how to give it back. Fault: Unavailable when the queue is full.
func (c *crowd) enter(ctx context.Context) (leave func(), err error) {
	if c.waiting.Add(1) > maxWaiting+int64(cap(c.slots)) {
		c.waiting.Add(-1)
		return nil, fault.New(fault.Unavailable, "Too many sign-ins are waiting. Try again in a moment.")
	}
	select {
	case c.slots <- struct{}{}:
		return func() { <-c.slots; c.waiting.Add(-1) }, nil
	case <-ctx.Done():
		c.waiting.Add(-1)
		return nil, ctx.Err()
	}
}

// matches reports whether plain has the given bcrypt hash.
func (c *crowd) matches(ctx context.Context, hash, plain string) (bool, error) {
	leave, err := c.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	return field.VerifyPassword(hash, plain), nil
}

// waste takes the time of a comparison at the given cost.
func (c *crowd) waste(ctx context.Context, cost int, plain string) error {
	leave, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	hash, ok := c.dummies.Load(cost)
	if !ok {
		// Made with the first miss: twice the time once in the life of a process.
		h, err := bcrypt.GenerateFromPassword([]byte("nobody has this password"), cost)
		if err != nil {
			return err
		}
		hash, _ = c.dummies.LoadOrStore(cost, h)
	}
	_ = bcrypt.CompareHashAndPassword(hash.([]byte), []byte(plain))
	return nil
}
