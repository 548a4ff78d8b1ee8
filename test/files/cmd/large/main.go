// Command large moves a large file through a server and fails when the server grows by more than its bound.
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

	filestest "github.com/holdall-dev/holdall/test/files"
)

func main() {
	var l filestest.Large
	flag.StringVar(&l.Bin, "bin", "bin/holdall", "the server's binary")
	flag.Int64Var(&l.Size, "size", 1<<30, "of the file, in bytes")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, l); err != nil {
		fmt.Fprintln(os.Stderr, "large:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, l filestest.Large) (err error) {
	if l.Bin, err = filepath.Abs(l.Bin); err != nil {
		return err
	}
	if l.Dir, err = os.MkdirTemp("", "holdall-large-"); err != nil {
		return err
	}
	defer os.RemoveAll(l.Dir)
	r, err := l.Run(ctx)
	if r == nil {
		return err
	}
	line, _ := json.Marshal(r)
	fmt.Println(string(line))
	if err == nil && !r.OK() {
		err = errors.New("the server grew by more than its bound")
	}
	return err
}
