// Command realtime runs the programmes of test/load against a built binary and prints one line of JSON each.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

// result is what a programme found.
type result interface{ OK() bool }

func main() {
	bin := flag.String("bin", "bin/holdall", "the server's binary")
	only := flag.String("programme", "", "missed, order, stalled-1, stalled-1000 or revoke alone")
	long := flag.Bool("long", false, "millions of deliveries instead of seconds")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "repeats the choices of an earlier run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	path, err := filepath.Abs(*bin)
	for _, p := range programmes(path, *seed, *long) {
		if err == nil && (*only == "" || *only == p.name) {
			err = play(ctx, p)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "realtime:", err)
		os.Exit(1)
	}
}

func play(ctx context.Context, p programme) error {
	dir, err := os.MkdirTemp("", "holdall-load-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r, err := p.run(ctx, dir)
	if line, bad := json.Marshal(r); bad == nil && r != nil {
		fmt.Println(string(line))
	}
	if err == nil && !r.OK() {
		err = errors.New("promises were broken")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return nil
}
