// Command trouble has the object store of a server refuse, lie and stall, and fails when an answer is not clear, something
// is half recorded, or others wait.
package main

import (
	"context"
	"flag"
	"time"

	filestest "github.com/holdall-dev/holdall/test/files"
	"github.com/holdall-dev/holdall/test/trial"
)

func main() {
	l := filestest.Trouble{For: 10 * time.Second}
	flag.IntVar(&l.Stuck, "stuck", 50, "uploads, batches and downloads that wait for a store that stalls, each")
	trial.Main("trouble", "the server answered wrongly, or let others wait", func(ctx context.Context, p trial.Place) (*filestest.Troubled, error) {
		l.Bin, l.Dir = p.Bin, p.Dir
		return l.Run(ctx)
	})
}
