// Command bombs throws at a server what is small to send and large to read, and fails when the server grows by more than
// its bound.
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
	var l filestest.Bombs
	flag.StringVar(&l.Bin, "bin", "bin/holdall", "the server's binary")
	flag.IntVar(&l.Each, "each", 6, "how often to throw each bomb at the same time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, l); err != nil {
		fmt.Fprintln(os.Stderr, "bombs:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, l filestest.Bombs) (err error) {
	if l.Bin, err = filepath.Abs(l.Bin); err != nil {
		return err
	}
	if l.Dir, err = os.MkdirTemp("", "holdall-bombs-"); err != nil {
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
		err = errors.New("the server grew by more than its bound, or answered wrongly")
	}
	return err
}
