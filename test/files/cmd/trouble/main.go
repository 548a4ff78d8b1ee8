// Command trouble has the object store of a server refuse, lie and stall, and fails when an answer is not clear, something
// is half recorded, or others wait.
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
	"time"

	filestest "github.com/holdall-dev/holdall/test/files"
)

func main() {
	l := filestest.Trouble{For: 10 * time.Second}
	flag.StringVar(&l.Bin, "bin", "bin/holdall", "the server's binary")
	flag.IntVar(&l.Stuck, "stuck", 50, "uploads, batches and downloads that wait for a store that stalls, each")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, l); err != nil {
		fmt.Fprintln(os.Stderr, "trouble:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, l filestest.Trouble) (err error) {
	if l.Bin, err = filepath.Abs(l.Bin); err != nil {
		return err
	}
	if l.Dir, err = os.MkdirTemp("", "holdall-trouble-"); err != nil {
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
		err = errors.New("the server answered wrongly, or let others wait")
	}
	return err
}
