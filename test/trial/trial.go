// Package trial is what commands share that play a programme against a server's binary and judge what came of it.
package trial

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"reflect"
)

// Place is what a programme is played with.
type Place struct {
	Bin string // the server's binary, an absolute path
	Dir string // an empty folder, removed afterwards
}

// Result is what a programme found; nil when it came to nothing.
type Result interface {
	// OK reports whether every promise was kept.
	OK() bool
}

// Main parses the flags and plays a programme until it ends or is interrupted. It prints the result as a line of JSON,
// and ends the process with status 1 when the programme fails, or its result is not OK: then it says broken.
func Main[R Result](name, broken string, run func(context.Context, Place) (R, error)) {
	bin := flag.String("bin", "bin/holdall", "the server's binary")
	keep := flag.Bool("keep", false, "keep the folder that it was played in")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := play(ctx, name, broken, *bin, *keep, run); err != nil {
		stop()
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

func play[R Result](ctx context.Context, name, broken, bin string, keep bool, run func(context.Context, Place) (R, error)) (err error) {
	var p Place
	if p.Bin, err = filepath.Abs(bin); err != nil {
		return err
	}
	if p.Dir, err = os.MkdirTemp("", "holdall-"+name+"-"); err != nil {
		return err
	}
	if keep {
		fmt.Fprintln(os.Stderr, "in", p.Dir)
	} else {
		defer os.RemoveAll(p.Dir)
	}
	r, err := run(ctx, p)
	if reflect.ValueOf(r).IsZero() {
		return err
	}
	line, lineErr := json.Marshal(r)
	fmt.Println(string(line))
	switch {
	case err != nil:
		return err
	case !r.OK():
		return errors.New(broken)
	}
	return lineErr
}
