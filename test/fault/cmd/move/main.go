// Command move kills what moves files between the data directory and an object store, again and again, and
// fails when a server between the moves does not have all of them, or when one is left where it was.
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

	faulttest "github.com/holdall-dev/holdall/test/fault"
)

func main() {
	var m faulttest.Move
	flag.StringVar(&m.Bin, "bin", "bin/holdall", "the server's binary")
	flag.IntVar(&m.Files, "records", 200, "how many records have files")
	flag.IntVar(&m.Kills, "kills", 20, "how often to kill each of three moves")
	flag.Uint64Var(&m.Seed, "seed", uint64(time.Now().UnixNano()), "repeats the choices of an earlier run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, m); err != nil {
		fmt.Fprintln(os.Stderr, "move:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, m faulttest.Move) (err error) {
	if m.Bin, err = filepath.Abs(m.Bin); err != nil {
		return err
	}
	if m.Dir, err = os.MkdirTemp("", "holdall-move-"); err != nil {
		return err
	}
	defer os.RemoveAll(m.Dir)
	r, err := m.Run(ctx)
	line, _ := json.Marshal(r)
	fmt.Println(string(line))
	if err == nil && !r.OK() {
		err = errors.New("files were missing or left")
	}
	return err
}
