// Command cuts breaks the connection to PostgreSQL at every place of transactions, their COMMIT included, while a client
// repeats each request under its Idempotency-Key until it is answered. It fails when anything was done twice or not at
// all, when a repetition is not given the first answer, or a refusal is not 503 with Retry-After.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	faulttest "github.com/holdall-dev/holdall/test/fault"
	"github.com/holdall-dev/holdall/test/trial"
)

func main() {
	var s faulttest.Cuts
	flag.IntVar(&s.Positions, "positions", 1000, "where transactions are cut")
	flag.IntVar(&s.Away, "away", 25, "behind every so many cuts the database stays away until the client was answered, which takes seconds")
	flag.BoolVar(&s.Nameless, "nameless", false, "the control: without keys, which must fail")
	s.Progress = func(position int, r *faulttest.CutsResult) {
		if position%100 == 0 {
			fmt.Fprintf(os.Stderr, "%d of %d positions, %d cut, %d refused, %d unknown\n", position, s.Positions, r.Cut, r.Refused, r.Unknown)
		}
	}
	trial.Main("cuts", "promises were broken", func(ctx context.Context, p trial.Place) (*faulttest.CutsResult, error) {
		s.Bin, s.Dir = p.Bin, p.Dir
		return s.Run(ctx)
	})
}
