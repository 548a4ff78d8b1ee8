// Command crash kills a server with SIGKILL under concurrent writes, again and again, and fails when anything
// that was acknowledged is missing, or anything is there by half.
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
	c := faulttest.Crash{Shortest: 50 * time.Millisecond, Longest: 3 * time.Second}
	flag.StringVar(&c.Bin, "bin", "bin/holdall", "the server's binary")
	flag.IntVar(&c.Rounds, "rounds", 200, "how often to kill it")
	flag.Uint64Var(&c.Seed, "seed", uint64(time.Now().UnixNano()), "repeats the choices of an earlier run")
	flag.BoolVar(&c.Foreign, "foreign", false, "the server keeps no change log")
	flag.BoolVar(&c.Files, "files", true, "upload files as well, and ask whether names and bytes agree")
	flag.BoolVar(&c.Only, "only-files", false, "nothing but uploads (forms, batches, in pieces) and deletes")
	keep := flag.Bool("keep", false, "keep the data directory and the ledger")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, c, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "crash:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, c faulttest.Crash, keep bool) (err error) {
	if c.Bin, err = filepath.Abs(c.Bin); err != nil {
		return err
	}
	if c.Dir, err = os.MkdirTemp("", "holdall-crash-"); err != nil {
		return err
	}
	if keep {
		fmt.Fprintln(os.Stderr, "in", c.Dir)
	} else {
		defer os.RemoveAll(c.Dir)
	}
	c.Progress = func(round int, r *faulttest.Result) {
		if round%10 == 0 {
			fmt.Fprintf(os.Stderr, "%d of %d rounds, %d acknowledged, %d records\n", round, c.Rounds, r.Acked, r.Records)
		}
	}
	r, err := c.Run(ctx)
	if r != nil {
		line, _ := json.Marshal(r)
		fmt.Println(string(line))
	}
	if err == nil && !r.OK() {
		err = fmt.Errorf("promises were broken; repeat with -seed %d", c.Seed)
	}
	return err
}
