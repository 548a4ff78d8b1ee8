package body

import (
	"context"
	"runtime"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/holdall-dev/holdall/fault"
)

// Memory is what all bodies that are read at a time may take together, so that many large ones come one after
// the other. Small ones do not ask.
type Memory struct {
	all *semaphore.Weighted
}

const (
	totalMemory = 96 << 20         // bytes
	modest      = 64 << 10         // of a body that does not ask
	unfolded    = 4                // bytes in memory for one that came
	step        = 1 << 20          // by which a body of unknown size asks for more
	heavy       = 8 << 20          // after a body that held as much the memory is swept
	turnWait    = 10 * time.Second // for memory, before the request is refused
)

// NewMemory makes the memory of all bodies of a server.
func NewMemory() *Memory { return &Memory{semaphore.NewWeighted(totalMemory)} }

// hold is the part of one body; the zero value and nil hold nothing and ask nobody.
type hold struct {
	m    *Memory
	ctx  context.Context
	came int64 // bytes that are or will be in memory
	held int64
}

// take accounts for n more bytes. It waits for its turn. Fault: Unavailable.
func (h *hold) take(n int64) error {
	if h == nil || h.m == nil {
		return nil
	}
	h.came += n
	want := min(unfolded*h.came, totalMemory)
	if h.came <= modest || want <= h.held {
		return nil
	}
	more := min(max(want-h.held, step), totalMemory-h.held)
	ctx, cancel := context.WithTimeout(h.ctx, turnWait)
	defer cancel()
	if err := h.m.all.Acquire(ctx, more); err != nil {
		return fault.New(fault.Unavailable, "").Because(err)
	}
	h.held += more
	return nil
}

// release gives everything back. After a large body its remains are swept first: what comes next finds the
// memory free.
func (h *hold) release() {
	if h == nil || h.held == 0 {
		return
	}
	if h.held >= heavy {
		runtime.GC()
	}
	h.m.all.Release(h.held)
	h.held = 0
}
