package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/holdall-dev/holdall"
)

// environment reads what is set by variables rather than flags. Each has a name of ours, which counts first, and the
// one that PocketBase reads.
func environment(getenv func(string) string, o *holdall.Options) error {
	leeway, err := variable(getenv, "ID_TOKEN_LEEWAY")
	if err != nil {
		return err
	}
	workers, err := variable(getenv, "THUMBS_MAX_WORKERS")
	if err != nil {
		return err
	}
	wait, err := variable(getenv, "THUMBS_MAX_WAIT")
	if err != nil {
		return err
	}
	o.IDTokenLeeway = time.Duration(leeway) * time.Second
	o.ThumbWorkers, o.ThumbWait = workers, time.Duration(wait)*time.Second
	return nil
}

// variable reads HOLDALL_name, or PB_name; 0 when neither is set.
func variable(getenv func(string) string, name string) (int, error) {
	for _, name := range []string{"HOLDALL_" + name, "PB_" + name} {
		text := getenv(name)
		if text == "" {
			continue
		}
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil {
			return 0, fmt.Errorf("%s must be a whole number, not %q", name, text)
		}
		return int(n), nil
	}
	return 0, nil
}
