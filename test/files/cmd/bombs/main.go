// Command bombs throws at a server what is small to send and large to read, and fails when the server grows by more than
// its bound.
package main

import (
	"context"
	"flag"

	filestest "github.com/holdall-dev/holdall/test/files"
	"github.com/holdall-dev/holdall/test/trial"
)

func main() {
	var l filestest.Bombs
	flag.IntVar(&l.Each, "each", 6, "how often to throw each bomb at the same time")
	trial.Main("bombs", "the server grew by more than its bound, or answered wrongly", func(ctx context.Context, p trial.Place) (*filestest.Bombed, error) {
		l.Bin, l.Dir = p.Bin, p.Dir
		return l.Run(ctx)
	})
}
