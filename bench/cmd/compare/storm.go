package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"

	"github.com/holdall-dev/holdall/bench/internal/load"
	"github.com/holdall-dev/holdall/bench/internal/scene"
)

// storm is what everybody else notices while many sign in with passwords: views beside sign-ins, each measured
// under a name of its own.
func storm(ctx context.Context, o options, r *report, name string, st *scene.Stage) error {
	if !strings.Contains("storm-sign-ins storm-views", o.scenario) {
		return nil
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	for _, sc := range scene.Storm {
		wg.Go(func() {
			f, err := part(ctx, o, st, sc)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = errors.Join(failed, fmt.Errorf("%s: %w", sc.Name, err))
				return
			}
			r.note(name, sc.Name, f)
			fmt.Fprintf(os.Stderr, "%-10s %-14s %9.0f/s, p99 %.1f ms\n", name, sc.Name, f["per_s"], f["p99_ms"])
		})
	}
	wg.Wait()
	return failed
}

// part is one of the loads of the storm.
func part(ctx context.Context, o options, st *scene.Stage, sc scene.Paced) (figures, error) {
	job := load.Job{Addr: st.Addr, Conns: sc.Conns, For: o.seconds / 5, Pace: sc.Pace, Next: func(buf []byte, w int, rng *rand.Rand) []byte {
		return sc.Next(st, buf, w, rng)
	}}
	if _, err := load.Run(ctx, job); err != nil { // warm
		return nil, err
	}
	before, err := st.CPU()
	if err != nil {
		return nil, err
	}
	job.For = o.seconds
	res, err := load.Run(ctx, job)
	if err == nil && res.Failed > 0 {
		err = fmt.Errorf("%d of %d requests failed; the first: %s", res.Failed, res.Requests, res.First)
	}
	if err != nil {
		return nil, err
	}
	after, err := st.CPU()
	f := figures{"per_s": float64(res.Requests) / res.Took.Seconds(), "p50_ms": res.P50.Seconds() * 1e3, "p99_ms": res.P99.Seconds() * 1e3}
	if sc.Pace == 0 { // nearly all of what the server does is for these
		f["cpu_us"] = (after - before).Seconds() * 1e6 / float64(res.Requests)
	}
	return f, err
}
