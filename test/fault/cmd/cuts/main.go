// Command cuts breaks the connection to PostgreSQL at every place of transactions, their COMMIT included, while a client
// repeats each request under its Idempotency-Key until it is answered. It fails when anything was done twice or not at
// all, when a repetition is not given the first answer, or a refusal is not 503 with Retry-After.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	faulttest "github.com/holdall-dev/holdall/test/fault"
)

func main() {
	s := faulttest.Cuts{}
	flag.StringVar(&s.Bin, "bin", "bin/holdall", "the server's binary")
	flag.IntVar(&s.Positions, "positions", 1000, "where transactions are cut")
	flag.IntVar(&s.Away, "away", 25, "behind every so many cuts the database stays away until the client was answered, which takes seconds")
	flag.BoolVar(&s.Nameless, "nameless", false, "the control: without keys, which must fail")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, "cuts:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s faulttest.Cuts) (err error) {
	if s.Bin, err = filepath.Abs(s.Bin); err != nil {
		return err
	}
	if s.Dir, err = os.MkdirTemp("", "holdall-cuts-"); err != nil {
		return err
	}
	defer os.RemoveAll(s.Dir)
	s.Progress = func(position int, r *faulttest.CutsResult) {
		if position%100 == 0 {
			fmt.Fprintf(os.Stderr, "%d of %d positions, %d cut, %d refused, %d unknown\n", position, s.Positions, r.Cut, r.Refused, r.Unknown)
		}
	}
	r, err := s.Run(ctx)
	if r != nil {
		line, _ := json.Marshal(r)
		fmt.Println(string(line))
	}
	if err == nil && !r.OK() {
		err = fmt.Errorf("promises were broken: %d done twice, %d lost", r.Twice, r.Lost)
	}
	return err
}
