package sqlite

import (
	"context"
	"errors"
	"sync"

	"github.com/holdall-dev/holdall/internal/store"
)

// pool lends connections that only read. They are opened when first needed and lent last in, first out, so
// that a quiet store keeps few caches warm.
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

// get lends a connection whose statements end with ctx. It waits for one, as long as ctx lasts.
func (p *pool) get(ctx context.Context) (*conn, error) {
	select {
	case <-p.done:
		return nil, store.ErrClosed
	default:
	}
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-p.done:
		return nil, store.ErrClosed
	}
	if c := p.pop(); c != nil {
		c.SetInterrupt(ctx)
		return c, nil
	}
	c, err := p.dial(ctx)
	if err != nil {
		<-p.slots
		return nil, err
	}
	c.SetInterrupt(ctx)
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

// put takes a connection back.
func (p *pool) put(c *conn) {
	c.SetInterrupt(context.Background())
	p.mu.Lock()
	p.idle = append(p.idle, c)
	p.mu.Unlock()
	<-p.slots
}

// close refuses new readers, waits for those that run, and closes all connections.
func (p *pool) close() error {
	var errs []error
	p.once.Do(func() {
		close(p.done)
		for range cap(p.slots) {
			p.slots <- struct{}{}
		}
		for _, c := range p.idle {
			errs = append(errs, c.close())
		}
		p.idle = nil
	})
	return errors.Join(errs...)
}
