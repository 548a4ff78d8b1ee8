package sqlite

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/ncruces/go-sqlite3"
)

const (
	quiet     = 100 * time.Millisecond // without a commit: time for chores
	tidyPages = 1000                   // of the write-ahead log are worth the trouble
)

// tidier empties the write-ahead log into the database while nobody writes, so that the next burst starts
// with an empty one. While writers are busy, SQLite does it itself every Options.LogPages pages.
type tidier struct {
	stop, stopped chan struct{}
}

func (w *writer) startTidying(log *slog.Logger) {
	w.tidier = tidier{stop: make(chan struct{}), stopped: make(chan struct{})}
	go func() {
		defer close(w.tidier.stopped)
		defer guard(log)
		ticks := time.NewTicker(quiet)
		defer ticks.Stop()
		var seen, done uint64
		for {
			select {
			case <-ticks.C:
			case <-w.tidier.stop:
				return
			}
			now := w.groups.Load()
			if now == seen && now != done {
				done = now
				if err := w.tidy(); err != nil {
					log.Warn("write-ahead log is not emptied", "error", err)
				}
			}
			seen = now
		}
	}()
}

func (w *writer) stopTidying() {
	close(w.tidier.stop)
	<-w.tidier.stopped
}

// tidy moves the log's pages into the database, between two groups.
func (w *writer) tidy() (err error) {
	leave, err := w.lane.Enter(context.Background())
	if err != nil {
		return err
	}
	defer leave()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic at checkpoint: %v", p)
		}
	}()
	if w.broken.Load() {
		return nil
	}
	pages, done, err := w.c.WALCheckpoint("main", sqlite3.CHECKPOINT_NOOP)
	if err != nil || pages-done < tidyPages {
		return err
	}
	_, _, err = w.c.WALCheckpoint("main", sqlite3.CHECKPOINT_PASSIVE)
	return err
}

// guard keeps a panic in the chores from ending the process: writing goes on without them.
func guard(log *slog.Logger) {
	if p := recover(); p != nil {
		log.Error("the write-ahead log is no longer emptied between writes", "panic", p, "stack", string(debug.Stack()))
	}
}
