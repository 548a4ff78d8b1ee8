package netguard

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Errors of answers that are not taken.
var (
	ErrTooLarge = errors.New("the answer is too large")
	ErrRedirect = errors.New("a redirect that is not followed")
)

const (
	maxRedirects = 3
	headerBytes  = 64 << 10
)

// Limits bound one request and its answer.
type Limits struct {
	Bytes int64         // of the answer's body, unpacked
	Time  time.Duration // from the first byte sent to the last one read, redirects included
}

// Client makes an HTTP client whose every connection goes through the guard. It knows no proxy, follows up
// to three redirects of reads and none of writes, and never from https back to http. Each answer is bound by
// the limits: reading more of it fails with ErrTooLarge.
func (g *Guard) Client(l Limits) *http.Client {
	transport := &http.Transport{
		DialContext:            g.DialContext,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    connectTime,
		ResponseHeaderTimeout:  l.Time,
		MaxResponseHeaderBytes: headerBytes,
		MaxIdleConns:           32,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        30 * time.Second,
	}
	return &http.Client{Transport: &bounded{transport, l.Bytes}, Timeout: l.Time, CheckRedirect: follow}
}

// follow judges a redirect. Its target's address is judged when it is dialled, as every other.
func follow(next *http.Request, via []*http.Request) error {
	first, last := via[0], via[len(via)-1]
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("%w: there are more than %d", ErrRedirect, maxRedirects)
	case first.Method != http.MethodGet && first.Method != http.MethodHead:
		return fmt.Errorf("%w: the answer to a %s", ErrRedirect, first.Method)
	case last.URL.Scheme == "https" && next.URL.Scheme != "https":
		return fmt.Errorf("%w: from https to %s", ErrRedirect, next.URL.Scheme)
	}
	return nil
}

// bounded bounds the bodies of answers.
type bounded struct {
	http.RoundTripper
	max int64
}

// RoundTrip makes the request.
func (b *bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if resp.ContentLength > b.max {
		return nil, errors.Join(ErrTooLarge, resp.Body.Close())
	}
	resp.Body = &limited{resp.Body, b.max}
	return resp, nil
}

// limited fails once there is more than left.
type limited struct {
	io.ReadCloser
	left int64
}

// Read reads up to one byte more than is allowed, to see whether there is one.
func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.ReadCloser.Read(p)
	if int64(n) > l.left {
		n, l.left = int(l.left), -1
		return n, ErrTooLarge
	}
	l.left -= int64(n)
	return n, err
}
