// Command restarts crashes and restarts PostgreSQL under a server that writes to it, again and again. It fails when
// anything that was acknowledged is missing, anything was done twice or by half, a refusal is not 503 with
// Retry-After, or the server does not recover by itself.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	faulttest "github.com/holdall-dev/holdall/test/fault"
	"github.com/holdall-dev/holdall/test/trial"
)

func main() {
	var s faulttest.Restarts
	flag.IntVar(&s.Rounds, "rounds", 50, "how often the database goes away")
	flag.IntVar(&s.Writers, "writers", 32, "clients that write at the same time")
	flag.Uint64Var(&s.Seed, "seed", uint64(time.Now().UnixNano()), "repeats the choices of an earlier run")
	flag.DurationVar(&s.Recovery, "recovery", 2*time.Second, "how long after the database the first write may come")
	s.Progress = func(round int, r *faulttest.RestartsResult) {
		if round%10 == 0 {
			fmt.Fprintf(os.Stderr, "%d of %d restarts, %d acknowledged, %d refused, %d unknown\n", round, s.Rounds, r.Acked, r.Refused, r.Unknown)
		}
	}
	trial.Main("restarts", "promises were broken", func(ctx context.Context, p trial.Place) (*faulttest.RestartsResult, error) {
		s.Bin, s.Dir = p.Bin, p.Dir
		return s.Run(ctx)
	})
}
