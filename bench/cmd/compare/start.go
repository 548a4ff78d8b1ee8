package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/bench/internal/scene"
	"github.com/holdall-dev/holdall/bench/internal/server"
)

// startUps measures how long it takes from nothing to the first answer.
func startUps(ctx context.Context, o options, r *report, name string, p server.Program, dir string) error {
	if !strings.Contains("start-up", o.scenario) && !o.million {
		return nil
	}
	empty := filepath.Join(dir, name+"-empty")
	if err := p.Superuser(ctx, empty, "root@bench.example", "bench-password-1"); err != nil {
		return err
	}
	if err := startUp(ctx, r, name, "start-empty", p, empty); err != nil {
		return err
	}
	if !o.million {
		return nil
	}
	made := filepath.Join(dir, "million")
	if _, err := os.Stat(made); err != nil {
		if err := scene.Make(ctx, made, 1_000_000); err != nil {
			return fmt.Errorf("make a million rows: %w", err)
		}
	}
	own := filepath.Join(dir, name+"-million")
	if err := settle(ctx, p, made, own); err != nil {
		return err
	}
	return errors.Join(startUp(ctx, r, name, "start-million", p, own), os.RemoveAll(own))
}

// startUp keeps the median of five.
func startUp(ctx context.Context, r *report, name, scenario string, p server.Program, dir string) error {
	var took []float64
	for range 5 {
		s, err := p.Start(ctx, dir)
		if err != nil {
			return err
		}
		took = append(took, s.Ready.Seconds()*1e3)
		if err := s.Stop(); err != nil {
			return err
		}
	}
	slices.Sort(took)
	r.note(name, scenario, figures{"ready_ms": took[len(took)/2]})
	return nil
}
