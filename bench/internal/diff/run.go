package diff

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/holdall-dev/holdall/bench/internal/script"
	"github.com/holdall-dev/holdall/bench/internal/server"
)

// Report is what a run found.
type Report struct {
	Steps       int
	Differences []Difference // that nothing allows
	Allowed     []Difference
	Unused      []string // allowances that nothing needed
}

// Options choose what to play against what.
type Options struct {
	Dir  string // for worlds; emptied by the caller
	Self bool   // a second PocketBase instead of Holdall
	Only string // steps whose name contains this
}

// Run makes a world, gives a copy to PocketBase and another to its neighbour, and plays all steps to both.
func Run(ctx context.Context, o Options) (r *Report, err error) {
	steps, err := Steps(o.Only)
	if err != nil {
		return nil, err
	}
	w, err := Make(ctx, filepath.Join(o.Dir, "made"))
	if err != nil {
		return nil, fmt.Errorf("make the world: %w", err)
	}
	want, err := startCopy(ctx, w, filepath.Join(o.Dir, "pocketbase"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, want.Stop()) }()
	start := startImported
	if o.Self {
		start = startCopy
	}
	got, err := start(ctx, w, filepath.Join(o.Dir, "neighbour"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, got.Stop()) }()
	return play(ctx, steps, newPlayer(want.URL(), w), newPlayer(got.URL(), w))
}

func startCopy(ctx context.Context, w *World, dir string) (*server.Server, error) {
	pb, err := server.PocketBase(ctx)
	if err != nil {
		return nil, err
	}
	if err := w.Copy(dir); err != nil {
		return nil, err
	}
	return pb.Start(ctx, dir)
}

func startImported(ctx context.Context, w *World, dir string) (*server.Server, error) {
	h, err := server.Holdall(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := h.Run(ctx, "import", "pocketbase", w.Dir, "--dir", dir); err != nil {
		return nil, err
	}
	return h.Start(ctx, dir)
}

func play(ctx context.Context, steps []script.Step, want, got *player) (*Report, error) {
	r := &Report{Steps: len(steps)}
	c, used := newComparer(), map[int]bool{}
	for _, s := range steps {
		w, err := want.play(ctx, s)
		if err != nil {
			return nil, err
		}
		g, err := got.play(ctx, s)
		if err != nil {
			return nil, err
		}
		for _, d := range c.answers(s.Name, w, g) {
			if i := allowed(d); i >= 0 {
				used[i] = true
				r.Allowed = append(r.Allowed, d)
			} else {
				r.Differences = append(r.Differences, d)
			}
		}
	}
	r.Unused = unused(used)
	return r, nil
}
