package postgres

import (
	"context"
	"sync"

	"github.com/holdall-dev/holdall/internal/store"
)

// pool lends connections. They are opened when first needed and lent last in, first out.
type pool struct {
	dial  func(context.Context) (*conn, error)
	slots chan struct{} // one for each connection that may be lent
	done  chan struct{} // closed by close

	mu   sync.Mutex
	idle []*conn
	once sync.Once
}

func newPool(size int, dial func(context.Context) (*conn, error)) *pool {
	return &pool{dial: dial, slots: make(chan struct{}, size), done: make(chan struct{})}
}

// get lends a connection. It waits for one, as long as ctx lasts.
func (p *pool) get(ctx context.Context) (*conn, error) {
	if err := p.enter(ctx); err != nil {
		return nil, err
	}
	for c := p.pop(); c != nil; c = p.pop() {
		if alive(c.Conn()) {
			return c, nil
		}
		c.close() // the server went away meanwhile
	}
	c, err := p.dial(ctx)
	if err != nil {
		<-p.slots
		return nil, err
	}
	return c, nil
}

func (p *pool) enter(ctx context.Context) error {
	select {
	case <-p.done:
		return store.ErrClosed
	default:
	}
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-p.done:
		return store.ErrClosed
	}
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

// put takes a connection back, and ends it when nobody could use it.
func (p *pool) put(c *conn) {
	if c.sound() && c.trim(context.Background()) == nil {
		p.mu.Lock()
		p.idle = append(p.idle, c)
		p.mu.Unlock()
	} else {
		c.close()
	}
	<-p.slots
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
