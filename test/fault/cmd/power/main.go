// Command power runs the power-cut programme: controls on a plain SQLite first, then the store. It prints a
// line of JSON per series and fails when a series is not what it must be.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"github.com/holdall-dev/holdall/test/fault/power"
	"github.com/holdall-dev/holdall/test/fault/powerfs"
)

func main() {
	cuts := flag.Int("cuts", 100, "power cuts per series")
	writers := flag.Int("writers", 16, "concurrent writers")
	seed := flag.Uint64("seed", 1, "of everything that is random")
	flag.Parse()
	if err := run(context.Background(), *cuts, *writers, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "power:", err)
		os.Exit(1)
	}
}

// series is a subject and whether it may lose what it acknowledged.
type series struct {
	subject power.Subject
	loses   bool
}

func run(ctx context.Context, cuts, writers int, seed uint64) error {
	dir, err := os.MkdirTemp("", "power-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, s := range []series{
		{power.Plain{Synchronous: "FULL"}, false}, {power.Plain{Synchronous: "NORMAL"}, true},
		{power.Store{}, false}, {power.Store{Normal: true}, true},
	} {
		for _, m := range []powerfs.Model{powerfs.Dropped, powerfs.Torn} {
			r, err := power.Run(ctx, power.Config{Subject: s.subject, Model: m, Cuts: cuts, Writers: writers, Seed: seed, Dir: dir})
			if err != nil {
				return err
			}
			if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
				return err
			}
			if s.loses && (r.Lost == 0 || r.Damaged+r.Phantom > 0) || !s.loses && !r.Clean() {
				return fmt.Errorf("%s, %s: not what it must be", r.Test, r.Model)
			}
		}
	}
	return nil
}
