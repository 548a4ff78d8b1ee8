package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/bench/internal/load"
	"github.com/holdall-dev/holdall/bench/internal/scene"
	"github.com/holdall-dev/holdall/bench/internal/server"
)

type options struct {
	scenario, only string
	seconds        time.Duration
	posts          int
	million        bool
}

// figures are what was measured of one server under one name.
type figures map[string]float64

// report is the JSON line.
type report struct {
	Test      string                        `json:"test"`
	CPUs      int                           `json:"cpus"`
	Posts     int                           `json:"posts"`
	Seconds   float64                       `json:"seconds"`
	Scenarios []string                      `json:"scenarios"`
	Figures   map[string]map[string]figures `json:"figures"` // by server, by scenario
}

func run(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "holdall-compare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r := &report{Test: "compare", CPUs: runtime.NumCPU(), Posts: o.posts, Seconds: o.seconds.Seconds(), Figures: map[string]map[string]figures{}}
	made := filepath.Join(dir, "made")
	if err := scene.Make(ctx, made, o.posts); err != nil {
		return fmt.Errorf("make the scene: %w", err)
	}
	for _, name := range names() {
		if o.only != "" && !slices.Contains(strings.Split(o.only, ","), name) {
			continue
		}
		r.Figures[name] = map[string]figures{}
		if err := measure(ctx, o, r, name, made, dir); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	printTable(r)
	line, err := json.Marshal(r)
	if err == nil {
		fmt.Println(string(line))
	}
	return err
}

// onPostgres is Holdall with its data in the PostgreSQL that $COMPAT_DB names.
const onPostgres = "postgres"

// names are the servers in the order in which they are measured.
func names() []string {
	list := []string{"pocketbase", "holdall"}
	if os.Getenv("COMPAT_DB") != "" {
		list = append(list, onPostgres)
	}
	return list
}

func measure(ctx context.Context, o options, r *report, name, made, dir string) error {
	p, err := program(ctx, name)
	if err != nil {
		return err
	}
	var more []string
	if name == onPostgres {
		more = []string{"--db", os.Getenv("COMPAT_DB")}
	}
	own := filepath.Join(dir, name)
	if err := settle(ctx, p, made, own); err != nil {
		return err
	}
	if name == onPostgres {
		if _, err := p.Run(ctx, "migrate", "to", os.Getenv("COMPAT_DB"), "--dir", own); err != nil {
			return err
		}
	}
	s, err := p.Start(ctx, own, more...)
	if err != nil {
		return err
	}
	err = scenarios(ctx, o, r, name, s)
	if err := errors.Join(err, s.Stop()); err != nil {
		return err
	}
	if name == onPostgres {
		return nil // it starts as fast as its database answers
	}
	return startUps(ctx, o, r, name, p, dir)
}

func program(ctx context.Context, name string) (server.Program, error) {
	if name == "pocketbase" {
		return server.PocketBase(ctx)
	}
	return server.Holdall(ctx)
}

// settle gives the program a directory of its own with what was made.
func settle(ctx context.Context, p server.Program, made, own string) error {
	if p.Name == "holdall" {
		_, err := p.Run(ctx, "import", "pocketbase", made, "--dir", own)
		return err
	}
	return os.CopyFS(own, os.DirFS(made))
}

func scenarios(ctx context.Context, o options, r *report, name string, s *server.Server) error {
	rest, _, err := s.Memory()
	if err != nil {
		return err
	}
	st, err := scene.Enter(ctx, s, o.posts)
	if err != nil {
		return err
	}
	for _, sc := range scene.Scenarios {
		if !strings.Contains(sc.Name, o.scenario) {
			continue
		}
		f, err := one(ctx, o, st, sc)
		if err != nil {
			return fmt.Errorf("%s: %w", sc.Name, err)
		}
		r.note(name, sc.Name, f)
		fmt.Fprintf(os.Stderr, "%-10s %-14s %9.0f/s\n", name, sc.Name, f["per_s"])
	}
	if err := storm(ctx, o, r, name, st); err != nil {
		return err
	}
	_, peak, err := s.Memory()
	r.note(name, "memory", figures{"rest_mb": float64(rest) / (1 << 20), "peak_mb": float64(peak) / (1 << 20)})
	return err
}

func one(ctx context.Context, o options, st *scene.Stage, sc scene.Scenario) (figures, error) {
	job := load.Job{Addr: st.Addr, Conns: sc.Conns, For: o.seconds / 5, Next: func(buf []byte, w int, rng *rand.Rand) []byte {
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
	if err != nil {
		return nil, err
	}
	after, err := st.CPU()
	if err != nil {
		return nil, err
	}
	if res.Failed > 0 {
		return nil, fmt.Errorf("%d of %d requests failed; the first: %s", res.Failed, res.Requests, res.First)
	}
	ops := float64(res.Requests) * float64(sc.Per)
	return figures{
		"per_s":  ops / res.Took.Seconds(),
		"p50_ms": res.P50.Seconds() * 1e3,
		"p99_ms": res.P99.Seconds() * 1e3,
		"cpu_us": (after - before).Seconds() * 1e6 / ops,
	}, nil
}

func (r *report) note(name, scenario string, f figures) {
	r.Figures[name][scenario] = f
	for _, have := range r.Scenarios {
		if have == scenario {
			return
		}
	}
	r.Scenarios = append(r.Scenarios, scenario)
}
