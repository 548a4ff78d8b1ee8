// Command large moves a large file through a server and fails when the server grows by more than its bound.
package main

import (
	"context"
	"flag"

	filestest "github.com/holdall-dev/holdall/test/files"
	"github.com/holdall-dev/holdall/test/trial"
)

func main() {
	var l filestest.Large
	flag.Int64Var(&l.Size, "size", 1<<30, "of the file, in bytes")
	trial.Main("large", "the server grew by more than its bound", func(ctx context.Context, p trial.Place) (*filestest.Largest, error) {
		l.Bin, l.Dir = p.Bin, p.Dir
		return l.Run(ctx)
	})
}
