// Command move kills what moves files between the data directory and an object store, again and again, and
// fails when a server between the moves does not have all of them, or when one is left where it was.
package main

import (
	"context"
	"flag"
	"time"

	faulttest "github.com/holdall-dev/holdall/test/fault"
	"github.com/holdall-dev/holdall/test/trial"
)

func main() {
	var m faulttest.Move
	flag.IntVar(&m.Files, "records", 200, "how many records have files")
	flag.IntVar(&m.Kills, "kills", 20, "how often to kill each of three moves")
	flag.Uint64Var(&m.Seed, "seed", uint64(time.Now().UnixNano()), "repeats the choices of an earlier run")
	trial.Main("move", "files were missing or left", func(ctx context.Context, p trial.Place) (*faulttest.Moved, error) {
		m.Bin, m.Dir = p.Bin, p.Dir
		return m.Run(ctx)
	})
}
