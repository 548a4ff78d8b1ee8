package postgres_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/store/postgres"
	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

// hearer is a node on the bus of a store of its own.
type hearer struct {
	*postgres.Bus
	open  chan struct{} // closed once it hears
	heard chan string
}

func join(t *testing.T, dsn, node string) *hearer {
	t.Helper()
	st, ok := open(t, postgres.Options{DSN: dsn}).(*postgres.Store)
	if !ok {
		t.Fatal("another kind of store")
	}
	h := &hearer{Bus: st.Bus(), open: make(chan struct{}), heard: make(chan string, 1000)}
	var once sync.Once
	h.Join(node, func(text []byte) { h.heard <- string(text) }, func() { once.Do(func() { close(h.open) }) })
	return h
}

// next is the next message that a node hears.
func (h *hearer) next(t *testing.T) string {
	t.Helper()
	select {
	case text := <-h.heard:
		return text
	case <-time.After(30 * time.Second):
		t.Fatal("nothing is heard")
		return ""
	}
}

// TestBus: messages of several goroutines, short ones and such that take many notifications, reach the others in the
// order in which each goroutine sent them, whole; those to one node reach nobody else.
func TestBus(t *testing.T) {
	t.Parallel()
	const goroutines, each = 4, 25
	dsn := pgtest.DSN(t)
	ann, bob, carl := join(t, dsn, "ann"), join(t, dsn, "bob"), join(t, dsn, "carl")
	for _, h := range []*hearer{ann, bob, carl} {
		select {
		case <-h.open:
		case <-time.After(30 * time.Second):
			t.Fatal("the bus does not open")
		}
	}
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			for i := range each {
				text := fmt.Sprintf("%d %d %s", g, i, strings.Repeat("ü'\\", i%3*2000))
				if err := ann.Post("", []byte(text)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if err := ann.Post("bob", []byte("for bob")); err != nil {
		t.Fatal(err)
	}
	if err := ann.Post("carl", []byte("for carl")); err != nil {
		t.Fatal(err)
	}
	for name, h := range map[string]*hearer{"bob": bob, "carl": carl} {
		var next [goroutines]int
		for range goroutines * each {
			var g, i int
			text := h.next(t)
			if _, err := fmt.Sscanf(text, "%d %d", &g, &i); err != nil || g >= goroutines {
				t.Fatalf("%s heard %.40q", name, text)
			}
			if want := fmt.Sprintf("%d %d %s", g, next[g], strings.Repeat("ü'\\", next[g]%3*2000)); text != want {
				t.Errorf("%s heard %.40q (%d bytes), want %.40q (%d bytes)", name, text, len(text), want, len(want))
			}
			next[g]++
		}
		if got := h.next(t); got != "for "+name {
			t.Errorf("%s heard %.40q at the end", name, got)
		}
	}
	if len(ann.heard) > 0 {
		t.Errorf("ann heard what she said to all: %.40q", <-ann.heard)
	}
}
