package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/internal/store"
)

// fresh is how long a connection that was just used is trusted to be there.
const fresh = 100 * time.Millisecond

// pool lends connections. They are opened when first needed and lent last in, first out.
type pool struct {
	dial  func(context.Context) (*conn, error)
	now   func() time.Time
	slots chan struct{} // one for each connection that may be lent
	done  chan struct{} // closed by close

	mu   sync.Mutex
	idle []*conn
	once sync.Once
}

func newPool(size int, dial func(context.Context) (*conn, error), now func() time.Time) *pool {
	return &pool{dial: dial, now: now, slots: make(chan struct{}, size), done: make(chan struct{})}
}

// get lends a connection that works, as far as can be told. It waits for one, as long as ctx lasts.
func (p *pool) get(ctx context.Context) (*conn, error) {
	if _, err := p.enter(ctx, nil); err != nil {
		return nil, err
	}
	return p.lend(ctx, works)
}

// trust is get for one who asks again when the connection turns out to be lost.
func (p *pool) trust(ctx context.Context) (*conn, error) {
	if _, err := p.enter(ctx, nil); err != nil {
		return nil, err
	}
	return p.lend(ctx, p.trusted)
}

func works(c *conn) bool { return alive(c.Conn()) }

func (p *pool) trusted(c *conn) bool { return p.now().Sub(c.used) < fresh || works(c) }

// busy reports whether whoever comes now has to wait.
func (p *pool) busy() bool { return len(p.slots) == cap(p.slots) }

// enter waits for the right to a connection, as long as ctx lasts or until needless is closed.
func (p *pool) enter(ctx context.Context, needless <-chan struct{}) (entered bool, err error) {
	select {
	case <-p.done:
		return false, store.ErrClosed
	default:
	}
	select {
	case p.slots <- struct{}{}:
		return true, nil
	case <-needless:
		return false, nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	case <-p.done:
		return false, store.ErrClosed
	}
}

// leave gives back the right to a connection.
func (p *pool) leave() { <-p.slots }

// lend lends a connection that is good to one who has the right to it, which is gone when there is none.
func (p *pool) lend(ctx context.Context, good func(*conn) bool) (*conn, error) {
	for c := p.pop(); c != nil; c = p.pop() {
		if good(c) {
			return c, nil
		}
		c.close() // the server went away meanwhile
	}
	c, err := p.dial(ctx)
	if err != nil {
		p.leave()
		return nil, err
	}
	return c, nil
}

func (p *pool) pop() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	c := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	return c
}

// put takes a connection back, and ends it when nobody could use it: then the others are doubted as well.
func (p *pool) put(c *conn) {
	defer p.leave()
	if c.sound() && c.trim(context.Background()) == nil {
		c.used = p.now()
		p.mu.Lock()
		p.idle = append(p.idle, c)
		p.mu.Unlock()
		return
	}
	c.close()
	p.mu.Lock()
	for _, other := range p.idle {
		other.used = time.Time{}
	}
	p.mu.Unlock()
}

// close refuses new readers, waits for those that run, and closes all connections.
func (p *pool) close() {
	p.once.Do(func() {
		close(p.done)
		for range cap(p.slots) {
			p.slots <- struct{}{}
		}
		for _, c := range p.idle {
			c.close()
		}
		p.idle = nil
	})
}
