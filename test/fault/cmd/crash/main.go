// Command crash kills a server with SIGKILL under concurrent writes, again and again, and fails when anything
// that was acknowledged is missing, or anything is there by half.
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
	c := faulttest.Crash{Shortest: 50 * time.Millisecond, Longest: 3 * time.Second}
	flag.IntVar(&c.Rounds, "rounds", 200, "how often to kill it")
	flag.Uint64Var(&c.Seed, "seed", uint64(time.Now().UnixNano()), "repeats the choices of an earlier run")
	flag.BoolVar(&c.Foreign, "foreign", false, "the server keeps no change log")
	flag.BoolVar(&c.Files, "files", true, "upload files as well, and ask whether names and bytes agree")
	flag.BoolVar(&c.Only, "only-files", false, "nothing but uploads (forms, batches, in pieces) and deletes")
	c.Progress = func(round int, r *faulttest.Result) {
		if round%10 == 0 {
			fmt.Fprintf(os.Stderr, "%d of %d rounds, %d acknowledged, %d records\n", round, c.Rounds, r.Acked, r.Records)
		}
	}
	trial.Main("crash", "promises were broken", func(ctx context.Context, p trial.Place) (*faulttest.Result, error) {
		c.Bin, c.Dir = p.Bin, p.Dir
		return c.Run(ctx)
	})
}
