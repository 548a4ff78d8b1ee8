// Command restarts crashes and restarts PostgreSQL under a server that writes to it, again and again. It fails when
// anything that was acknowledged is missing, anything was done twice or by half, a refusal is not 503 with
// Retry-After, or the server does not recover by itself.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	faulttest "github.com/holdall-dev/holdall/test/fault"
)

func main() {
	s := faulttest.Restarts{}
	flag.StringVar(&s.Bin, "bin", "bin/holdall", "the server's binary")
	flag.IntVar(&s.Rounds, "rounds", 50, "how often the database goes away")
	flag.IntVar(&s.Writers, "writers", 32, "clients that write at the same time")
	flag.Uint64Var(&s.Seed, "seed", uint64(time.Now().UnixNano()), "repeats the choices of an earlier run")
	flag.DurationVar(&s.Recovery, "recovery", 2*time.Second, "how long after the database the first write may come")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, "restarts:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s faulttest.Restarts) (err error) {
	if s.Bin, err = filepath.Abs(s.Bin); err != nil {
		return err
	}
	if s.Dir, err = os.MkdirTemp("", "holdall-restarts-"); err != nil {
		return err
	}
	defer os.RemoveAll(s.Dir)
	s.Progress = func(round int, r *faulttest.RestartsResult) {
		if round%10 == 0 {
			fmt.Fprintf(os.Stderr, "%d of %d restarts, %d acknowledged, %d refused, %d unknown\n", round, s.Rounds, r.Acked, r.Refused, r.Unknown)
		}
	}
	r, err := s.Run(ctx)
	if r != nil {
		line, _ := json.Marshal(r)
		fmt.Println(string(line))
	}
	if err == nil && !r.OK() {
		err = fmt.Errorf("promises were broken; repeat with -seed %d", s.Seed)
	}
	return err
}
