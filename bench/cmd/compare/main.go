// Command compare measures Holdall, which makes every write durable before it says so, beside PocketBase with
// its own defaults, which does not: the same data, the same requests, the same client, the same machine.
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
	flag.StringVar(&o.scenario, "scenario", "", "only scenarios whose name contains this")
	flag.StringVar(&o.only, "only", "", "only these of holdall, pocketbase and postgres, parted by commas")
	seconds := flag.Float64("seconds", 3, "of load per scenario and server")
	flag.IntVar(&o.posts, "posts", 100_000, "rows in the measured collection")
	flag.BoolVar(&o.million, "million", false, "also measure the start on a million rows (takes a minute)")
	flag.Parse()
	o.seconds = time.Duration(*seconds * float64(time.Second))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, o)
	server.Forget()
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}
