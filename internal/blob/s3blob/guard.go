package s3blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/netguard"
)

// Patience bounds how long the store may take. Zero values are the defaults.
type Patience struct {
	Call time.Duration // for calls that move no bytes, and for the head of any answer; 0 is 30 s
	Idle time.Duration // for the next bytes of an object, either way; 0 is 10 s
	Rest time.Duration // before a store that failed again and again is asked once more; 0 is 5 s
}

func (p Patience) withDefaults() Patience {
	if p.Call <= 0 {
		p.Call = 30 * time.Second
	}
	if p.Idle <= 0 {
		p.Idle = 10 * time.Second
	}
	if p.Rest <= 0 {
		p.Rest = 5 * time.Second
	}
	return p
}

var (
	errStalled = fmt.Errorf("%w: it takes too long", blob.ErrDown)
	errResting = fmt.Errorf("%w: it failed again and again and is asked again in a moment", blob.ErrDown)
)

// guard stands between the client and the network. It ends requests that stall, and refuses at once while the
// store is known to fail, so that nobody waits and nothing piles up.
type guard struct {
	next    http.RoundTripper
	circuit *circuit
	Patience
}

// giveUpKey leads to what ends a call: the client must not try again what the guard gave up.
type giveUpKey struct{}

// mayGiveUp makes a context that the guard can end.
func mayGiveUp(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	return context.WithValue(ctx, giveUpKey{}, cancel), cancel
}

func giveUp(ctx context.Context, why error) error {
	if cancel, ok := ctx.Value(giveUpKey{}).(context.CancelCauseFunc); ok {
		cancel(why)
	}
	return why
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if !g.circuit.enter() {
		return nil, giveUp(r.Context(), errResting)
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	sending := newWatch(g.Call, func() { cancel(errStalled) })
	req := r.WithContext(ctx)
	if r.Body != nil && r.Body != http.NoBody {
		sending.allow(g.Idle)
		req.Body = &sent{r.Body, sending, g.Patience}
	}
	res, err := g.next.RoundTrip(req)
	sending.stop()
	switch {
	case errors.Is(err, netguard.ErrClosed): // no failure of the store: nobody was asked
		g.circuit.forget()
		err = giveUp(r.Context(), fmt.Errorf("%w: %w: a store in a private network must be allowed by the setting s3.allowPrivate, any other by --allow-host", blob.ErrDown, err))
	case r.Context().Err() != nil: // nobody wants to know any more
		g.circuit.forget()
	case err != nil || res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500 && res.StatusCode != http.StatusNotImplemented:
		g.circuit.fail()
	default:
		g.circuit.succeed()
	}
	if err != nil {
		if errors.Is(context.Cause(ctx), errStalled) {
			err = giveUp(r.Context(), errStalled)
		}
		cancel(nil)
		return nil, err
	}
	res.Body = &received{ReadCloser: res.Body, g: g, ctx: ctx, cancel: cancel}
	return res, nil
}

// sent is the body of a request. The network must take some of it time and again, and answer when it has all.
type sent struct {
	io.ReadCloser
	w *watch
	p Patience
}

// Read implements io.Reader.
func (s *sent) Read(p []byte) (int, error) {
	n, err := s.ReadCloser.Read(p)
	if err != nil {
		s.w.allow(s.p.Call)
	} else {
		s.w.allow(s.p.Idle)
	}
	return n, err
}

// received is the body of an answer. Time counts while somebody waits for it, and not while it is made use of.
type received struct {
	io.ReadCloser
	g      *guard
	ctx    context.Context
	cancel context.CancelCauseFunc
}

// Read implements io.Reader.
func (b *received) Read(p []byte) (int, error) {
	w := newWatch(b.g.Idle, func() { b.cancel(errStalled) })
	n, err := b.ReadCloser.Read(p)
	w.stop()
	if err != nil && errors.Is(context.Cause(b.ctx), errStalled) {
		b.g.circuit.fail()
		err = errStalled
	}
	return n, err
}

// Close implements io.Closer.
func (b *received) Close() error {
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}

// watch calls somebody unless it is given time, or stopped, again and again.
type watch struct {
	mu    sync.Mutex
	timer *time.Timer
	over  bool
}

func newWatch(d time.Duration, late func()) *watch { return &watch{timer: time.AfterFunc(d, late)} }

func (w *watch) allow(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.timer.Reset(d)
	}
}

func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	w.timer.Stop()
}
