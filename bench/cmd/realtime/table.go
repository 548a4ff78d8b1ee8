package main

import (
	"fmt"
	"os"
	"text/tabwriter"
)

// columns are the figures in the order of the table. Less is better in all that have a ratio.
var columns = []struct {
	key, title string
	ratio      bool
}{
	{"idle_kib", "KiB per idle stream", true}, {"cpu_us", "CPU µs per event", true}, {"p50_ms", "event p50 ms", true}, {"p99_ms", "event p99 ms", true},
	{"create_p50_ms", "create p50 ms", true}, {"create_p99_ms", "create p99 ms", true},
	{"events", "events", false}, {"lost", "lost", false}, {"dropped", "dropped", false}, {"rest_mb", "MB", false},
}

// printTable prints one line per scenario and figure.
func printTable(r *report) {
	w := tabwriter.NewWriter(os.Stdout, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "scenario\tfigure\tholdall\tpocketbase\ttimes better\t\n")
	for _, sc := range r.Scenarios {
		for _, c := range columns {
			ours, inOurs := r.Figures["holdall"][sc][c.key]
			theirs, inTheirs := r.Figures["pocketbase"][sc][c.key]
			if !inOurs && !inTheirs {
				continue
			}
			ratio := ""
			if c.ratio && ours > 0 && theirs > 0 {
				ratio = fmt.Sprintf("%.2f", theirs/ours)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t\n", sc, c.title, number(ours, inOurs), number(theirs, inTheirs), ratio)
		}
	}
	_ = w.Flush()
}

func number(v float64, known bool) string {
	switch {
	case !known:
		return "–"
	case v >= 100 || v == 0:
		return fmt.Sprintf("%.0f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}
