package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Job is what to send, over how many connections, for how long.
type Job struct {
	Addr  string
	Conns int
	For   time.Duration
	// Pace is how often each connection sends a request, as long as answers keep up; 0 is as fast as they come.
	Pace time.Duration
	// Next appends the next request to buf. It is called from one goroutine per worker at a time.
	Next func(buf []byte, worker int, rng *rand.Rand) []byte
}

// Result is what came of it.
type Result struct {
	Requests uint64
	Failed   uint64
	First    string // what the first failure said
	Took     time.Duration
	P50, P99 time.Duration
}

// Run sends as fast as answers come, each connection one request at a time.
func Run(ctx context.Context, j Job) (Result, error) {
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		all  Histogram
		r    Result
		fail error
	)
	began := time.Now()
	for w := range j.Conns {
		wg.Go(func() {
			h, failed, first, err := j.worker(ctx, w, began)
			mu.Lock()
			defer mu.Unlock()
			all.Merge(h)
			r.Failed += failed
			if r.First == "" {
				r.First = first
			}
			if err != nil && fail == nil {
				fail = err
			}
		})
	}
	wg.Wait()
	r.Requests, r.Took = all.Count(), time.Since(began)
	r.P50, r.P99 = all.Quantile(0.5), all.Quantile(0.99)
	return r, fail
}

func (j Job) worker(ctx context.Context, w int, began time.Time) (h *Histogram, failed uint64, first string, err error) {
	h = &Histogram{}
	c, err := dial(j.Addr)
	if err != nil {
		return h, 0, "", err
	}
	defer c.net.Close()
	rng := rand.New(rand.NewPCG(uint64(w), uint64(began.UnixNano())))
	var buf []byte
	for now := time.Now(); now.Sub(began) < j.For && ctx.Err() == nil; {
		sent := now
		buf = j.Next(buf[:0], w, rng)
		status, text, err := c.do(buf)
		if err != nil {
			return h, failed, first, fmt.Errorf("connection %d: %w", w, err)
		}
		after := time.Now()
		h.Add(after.Sub(now))
		if status > 299 {
			if failed++; first == "" {
				first = fmt.Sprintf("%d %s", status, text)
			}
		}
		if now = after; j.Pace > 0 {
			select {
			case <-time.After(j.Pace - now.Sub(sent)):
			case <-ctx.Done():
			}
			now = time.Now()
		}
	}
	return h, failed, first, nil
}

// Request appends a whole HTTP/1.1 request; empty parts are left out.
func Request(buf []byte, method, path, token string, body []byte) []byte {
	buf = append(buf, method...)
	buf = append(buf, ' ')
	buf = append(buf, path...)
	buf = append(buf, " HTTP/1.1\r\nHost: bench.example\r\n"...)
	if token != "" {
		buf = append(append(append(buf, "Authorization: "...), token...), "\r\n"...)
	}
	if body != nil {
		buf = fmt.Appendf(buf, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	buf = append(buf, "\r\n"...)
	return append(buf, body...)
}

// Form appends a POST of a form with files; body is the whole of it.
func Form(buf []byte, path, boundary string, body []byte) []byte {
	buf = fmt.Appendf(buf, "POST %s HTTP/1.1\r\nHost: bench.example\r\nContent-Type: multipart/form-data; boundary=%s\r\nContent-Length: %d\r\n\r\n", path, boundary, len(body))
	return append(buf, body...)
}
