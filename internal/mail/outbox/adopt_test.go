package outbox_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/internal/store"
)

// lease is short, and yet more than a busy machine takes to renew it.
const lease = 2 * time.Second

// openNode opens the outbox of a node among several.
func openNode(t *testing.T, st store.Store, name string, p *postman) *outbox.Outbox {
	t.Helper()
	o, err := outbox.Open(t.Context(), outbox.Needs{
		What: "mail", Store: st, Now: time.Now, Log: slog.New(slog.DiscardHandler), Deliver: p.deliver,
		Pause: func(int) time.Duration { return time.Hour }, Node: name, Lease: lease,
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestAdopts: what waits at a node is nobody else's while it is there, and another's once it is gone; each goes out
// once.
func TestAdopts(t *testing.T) {
	t.Parallel()
	st := openStore(t, filepath.Join(t.TempDir(), "data.db"))
	defer st.Close()
	stuck := newPostman(func(outbox.Wish, int) error { return fmt.Errorf("not from here") })
	var mu sync.Mutex
	out := map[string]int{}
	fine := newPostman(func(m outbox.Wish, _ int) error {
		mu.Lock()
		defer mu.Unlock()
		out[m.Key]++
		return nil
	})
	a := openNode(t, st, "a", stuck)
	for i := range 10 {
		put(t, a, fmt.Sprint("mail ", i))
	}
	stuck.wait(t, 10)
	var others []*outbox.Outbox
	for _, name := range []string{"b", "c"} {
		o := openNode(t, st, name, fine)
		defer o.Close()
		others = append(others, o)
	}
	put(t, others[0], "its own")
	fine.wait(t, 1)
	select {
	case <-fine.more:
		t.Error("another node delivers what a node has that is there")
	case <-time.After(lease + lease/4):
	}
	a.Close()
	fine.wait(t, 10)
	for begun := time.Now(); ; {
		rows, err := st.Params(t.Context(), "mail/")
		if err == nil && len(rows) == 0 {
			break
		}
		if err != nil || time.Since(begun) > 20*time.Second {
			t.Fatalf("%d rows are left, %v", len(rows), err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for key, n := range out {
		if n != 1 {
			t.Errorf("%s went out %d times", key, n)
		}
	}
}
