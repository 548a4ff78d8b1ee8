// Command differential plays the same requests to PocketBase and to Holdall on the same data, and fails when
// their answers differ in anything that is not on the reviewed list.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/holdall-dev/holdall/bench/internal/diff"
	"github.com/holdall-dev/holdall/bench/internal/server"
)

func main() {
	self := flag.Bool("self", false, "play PocketBase against another PocketBase")
	only := flag.String("only", "", "only steps whose name contains this")
	verbose := flag.Bool("v", false, "also print allowed differences")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ok, err := run(ctx, diff.Options{Self: *self, Only: *only}, *verbose)
	server.Forget()
	if err != nil {
		fmt.Fprintln(os.Stderr, "differential:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

func run(ctx context.Context, o diff.Options, verbose bool) (ok bool, err error) {
	dir, err := os.MkdirTemp("", "holdall-differential-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	o.Dir = dir
	r, err := diff.Run(ctx, o)
	if err != nil {
		return false, err
	}
	if verbose {
		for _, d := range r.Allowed {
			fmt.Println("allowed:", d)
		}
	}
	for _, d := range r.Differences {
		fmt.Println(d)
	}
	fmt.Printf(`{"test":"differential","steps":%d,"differences":%d,"allowed":%d}`+"\n", r.Steps, len(r.Differences), len(r.Allowed))
	return len(r.Differences) == 0, nil
}
