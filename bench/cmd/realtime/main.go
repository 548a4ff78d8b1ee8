// Command realtime measures what an open event stream and a delivered event cost, on Holdall and on PocketBase in
// the same run: the same collections, rules, subscribers and writes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/holdall-dev/holdall/bench/internal/server"
)

func main() {
	var o options
	flag.StringVar(&o.only, "only", "", "holdall or pocketbase alone")
	flag.StringVar(&o.scenario, "scenario", "", "one of them alone, as create-alone, crowd, fan-public, fan-owner, fan-owner-of-20, fan-busy or held")
	flag.IntVar(&o.subscribers, "subscribers", 1000, "of the fan-out scenarios")
	flag.IntVar(&o.crowd, "crowd", 5000, "idle streams, and subscribers while creates are timed")
	flag.IntVar(&o.held, "held", 10_000, "streams that Holdall holds open; 0 for none")
	flag.DurationVar(&o.hold, "hold", 15*time.Second, "for how long, with an event a second to all of them")
	flag.DurationVar(&o.length, "length", 5*time.Second, "of each scenario")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, o)
	server.Forget()
	if err != nil {
		fmt.Fprintln(os.Stderr, "realtime:", err)
		os.Exit(1)
	}
}
