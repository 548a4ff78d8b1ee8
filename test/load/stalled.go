package loadtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Stalled is the programme T22: some clients subscribe and never read. They have to be cut, and must cost the
// server little memory and the others nothing.
type Stalled struct {
	Bin, Dir  string
	Stalled   int // clients that never read
	Healthy   int // clients that do
	Events    int // of about 2 KB, to each
	PerSecond int
}

// StalledResult is the programme's one line.
type StalledResult struct {
	Test     string  `json:"test"`
	Stalled  int     `json:"stalled"`
	Cut      int     `json:"cut"`    // of those, within 20 s after the last event
	Events   int     `json:"events"` // to each
	Missing  int     `json:"missing"`
	GrowthMB float64 `json:"rss_growth_mb"` // at most, from when all had subscribed
	P50Alone float64 `json:"p50_alone_ms"`
	P99Alone float64 `json:"p99_alone_ms"`
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
	Seconds  float64 `json:"seconds"`
}

// growthLimit is what stalled clients may cost, in MB.
const growthLimit = 80

// OK reports whether every promise was kept.
func (r *StalledResult) OK() bool {
	return r.Cut == r.Stalled && r.Missing == 0 && r.GrowthMB <= growthLimit
}

type stalled struct {
	Stalled
	server *Server
	began  time.Time
	text   string
}

// Run plays it: first without the stalled clients, then with them.
func (o Stalled) Run(ctx context.Context) (*StalledResult, error) {
	server, err := Start(o.Bin, o.Dir)
	if err != nil {
		return nil, err
	}
	defer server.Kill()
	if _, err := server.prepare(0); err != nil {
		return nil, err
	}
	run := &stalled{o, server, time.Now(), strings.Repeat("two kilobytes of text ", 90)}
	r := &StalledResult{Test: "realtime-stalled", Stalled: o.Stalled, Events: o.Events}
	alone, missing, err := run.phase(ctx, o.Events/4)
	if err != nil {
		return r, err
	}
	r.P50Alone, r.P99Alone, r.Missing = quantile(alone, 50), quantile(alone, 99), missing
	sleepers, err := run.stall()
	defer func() {
		for _, s := range sleepers {
			s.Close()
		}
	}()
	if err != nil {
		return r, err
	}
	peak, stop := run.watch()
	before := server.Memory()
	with, missing, err := run.phase(ctx, o.Events)
	stop()
	r.P50, r.P99, r.Missing = quantile(with, 50), quantile(with, 99), r.Missing+missing
	r.GrowthMB = float64(peak.Load()-before) / (1 << 20)
	r.Cut = countCut(ctx, sleepers)
	r.Seconds = time.Since(run.began).Seconds()
	return r, err
}

// stall opens the streams that nobody reads.
func (o *stalled) stall() (all []*Stream, err error) {
	for range o.Stalled.Stalled {
		s, err := Open(o.server.Base, "")
		if err != nil {
			return all, err
		}
		all = append(all, s)
		if tcp, ok := s.conn.(*net.TCPConn); ok {
			err = tcp.SetReadBuffer(4096)
		}
		if err := errors.Join(err, s.Submit("", "events/*")); err != nil {
			return all, err
		}
	}
	return all, nil
}

// countCut asks for each stream whether the server still knows it, until none is left or time is up.
func countCut(ctx context.Context, all []*Stream) (n int) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(patience); n < len(all); {
		var no *refusal
		if err := all[n].Submit("", "events/*"); errors.As(err, &no) && no.status == http.StatusNotFound {
			n++
			continue
		}
		select {
		case <-tick.C:
		case <-end:
			return n
		case <-ctx.Done():
			return n
		}
	}
	return n
}

// watch follows the server's memory.
func (o *stalled) watch() (peak *atomic.Int64, stop func()) {
	peak, done := new(atomic.Int64), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			peak.Store(max(peak.Load(), o.server.Memory()))
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	return peak, func() { close(done); wg.Wait() }
}

// phase lets healthy clients read so many events, and returns how long each was on its way.
func (o *stalled) phase(ctx context.Context, events int) (took []time.Duration, missing int, err error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range o.Healthy {
		s, err := Open(o.server.Base, "")
		if err != nil {
			return nil, 0, err
		}
		defer s.Close()
		if err := s.Submit("", "events/*"); err != nil {
			return nil, 0, err
		}
		wg.Go(func() {
			mine := o.read(s, events)
			mu.Lock()
			defer mu.Unlock()
			took, missing = append(took, mine...), missing+events-len(mine)
		})
	}
	err = o.write(ctx, events)
	wg.Wait()
	return took, missing, err
}

func (o *stalled) read(s *Stream, events int) (took []time.Duration) {
	for range events {
		e, err := s.Next()
		if err != nil {
			return took
		}
		_, after, _ := bytes.Cut(e.Data, []byte(`"n":`))
		digits, _, _ := bytes.Cut(after, []byte(","))
		at, _ := strconv.ParseInt(string(digits), 10, 64)
		took = append(took, time.Since(o.began)-time.Duration(at)*time.Microsecond)
	}
	return took
}

// write creates records in batches, at a pace.
func (o *stalled) write(ctx context.Context, events int) error {
	size := min(20, max(1, o.PerSecond/10))
	tick := time.NewTicker(time.Second * time.Duration(size) / time.Duration(o.PerSecond))
	defer tick.Stop()
	for n := 0; n < events; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		var calls []map[string]any
		for ; len(calls) < size && n < events; n++ {
			body := map[string]any{"n": time.Since(o.began).Microseconds(), "body": o.text}
			calls = append(calls, map[string]any{"method": http.MethodPost, "url": records("events"), "body": body})
		}
		if err := o.server.Must(http.MethodPost, "/api/batch", map[string]any{"requests": calls}, nil); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}

// quantile is in milliseconds.
func quantile(all []time.Duration, percent int) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[(len(all)-1)*percent/100].Seconds() * 1e3
}
