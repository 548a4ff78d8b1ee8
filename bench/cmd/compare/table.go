package main

import (
	"fmt"
	"os"
	"text/tabwriter"
)

// columns are the figures in the order of the table; a ratio says how many times better Holdall
// is, and the last column how many times its figure with a file that with PostgreSQL is.
var columns = []struct {
	key, title string
	more       bool // more is better
}{
	{"per_s", "per second", true}, {"p50_ms", "p50 ms", false}, {"p99_ms", "p99 ms", false}, {"cpu_us", "CPU µs", false},
	{"rest_mb", "MB at rest", false}, {"peak_mb", "MB at most", false}, {"ready_ms", "ms to start", false},
}

// printTable prints one line per scenario and figure.
func printTable(r *report) {
	w := tabwriter.NewWriter(os.Stdout, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "scenario\tfigure\tholdall\tpocketbase\ttimes better\ton PostgreSQL\ttimes the file\t\n")
	for _, sc := range r.Scenarios {
		for _, c := range columns {
			ours, inOurs := r.Figures["holdall"][sc][c.key]
			theirs, inTheirs := r.Figures["pocketbase"][sc][c.key]
			if !inOurs && !inTheirs {
				continue
			}
			far, inFar := r.Figures[onPostgres][sc][c.key]
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", sc, c.title, number(ours, inOurs), number(theirs, inTheirs), ratio(ours, theirs, c.more),
				number(far, inFar), ratio(far, ours, true))
		}
	}
	_ = w.Flush()
}

func number(v float64, known bool) string {
	switch {
	case !known:
		return "–"
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

func ratio(ours, theirs float64, more bool) string {
	if ours == 0 || theirs == 0 {
		return ""
	}
	if !more {
		ours, theirs = theirs, ours
	}
	return fmt.Sprintf("%.2f", ours/theirs)
}
