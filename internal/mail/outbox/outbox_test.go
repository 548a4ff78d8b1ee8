package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/mail"
	"github.com/holdall-dev/holdall/internal/mail/outbox"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
)

// postman notes what it is given and answers what it is told to.
type postman struct {
	mu    sync.Mutex
	tries map[string]int
	say   func(m outbox.Wish, try int) error
	more  chan struct{}
}

func newPostman(say func(m outbox.Wish, try int) error) *postman {
	return &postman{tries: map[string]int{}, say: say, more: make(chan struct{}, 1000)}
}

func (p *postman) deliver(_ context.Context, m outbox.Wish) error {
	p.mu.Lock()
	p.tries[m.Key]++
	n := p.tries[m.Key]
	p.mu.Unlock()
	defer func() { p.more <- struct{}{} }()
	return p.say(m, n)
}

// wait waits for n deliveries.
func (p *postman) wait(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		select {
		case <-p.more:
		case <-time.After(20 * time.Second):
			t.Fatalf("%d deliveries, want %d", i, n)
		}
	}
}

func openStore(t *testing.T, path string) store.Store {
	t.Helper()
	st, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Normal: true})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func open(t *testing.T, st store.Store, p *postman) *outbox.Outbox {
	t.Helper()
	o, err := outbox.Open(t.Context(), outbox.Needs{What: "mail",
		Store: st, Now: time.Now, Log: slog.New(slog.DiscardHandler), Deliver: p.deliver,
		Pause: func(int) time.Duration { return time.Millisecond },
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func put(t *testing.T, o *outbox.Outbox, key string) {
	t.Helper()
	if err := o.Put(t.Context(), outbox.Wish{Key: key, Kind: "test"}); err != nil {
		t.Fatal(err)
	}
}

// empty waits until nothing waits any more.
func empty(t *testing.T, st store.Store, o *outbox.Outbox) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); o.Waiting() > 0; {
		if time.Now().After(end) {
			t.Fatalf("%d mails still wait", o.Waiting())
		}
		<-time.After(time.Millisecond)
	}
	rows, err := st.Params(t.Context(), "mail/")
	if err != nil || len(rows) != 0 {
		t.Errorf("%d rows are left, %v", len(rows), err)
	}
}

func TestTriesAgain(t *testing.T) {
	t.Parallel()
	st := openStore(t, filepath.Join(t.TempDir(), "data.db"))
	defer st.Close()
	p := newPostman(func(m outbox.Wish, try int) error {
		switch {
		case m.Key == "never":
			return fmt.Errorf("no such address: %w", mail.ErrFinal)
		case m.Key == "panics" && try == 1:
			panic("a delivery")
		case try < 3:
			return errors.New("not now")
		}
		return nil
	})
	o := open(t, st, p)
	defer o.Close()
	for _, key := range []string{"a", "b", "never", "panics"} {
		put(t, o, key)
	}
	p.wait(t, 10)
	empty(t, st, o)
	for key, want := range map[string]int{"a": 3, "b": 3, "never": 1, "panics": 3} {
		if p.tries[key] != want {
			t.Errorf("%s was tried %d times, want %d", key, p.tries[key], want)
		}
	}
}

// TestSurvives: what could not be delivered before the end is delivered after the next start.
func TestSurvives(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data.db")
	st := openStore(t, path)
	dead := newPostman(func(outbox.Wish, int) error { return errors.New("the server is dead") })
	o := open(t, st, dead)
	for i := range 20 {
		put(t, o, fmt.Sprint("mail ", i))
	}
	dead.wait(t, 20)
	o.Close()
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	st = openStore(t, path)
	defer st.Close()
	alive := newPostman(func(outbox.Wish, int) error { return nil })
	o = open(t, st, alive)
	defer o.Close()
	alive.wait(t, 20)
	empty(t, st, o)
	if len(alive.tries) != 20 {
		t.Errorf("%d mails came, want 20", len(alive.tries))
	}
}

// TestNobodyWaits: a delivery that hangs holds up neither who puts nor, for long, who closes.
func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	st := openStore(t, filepath.Join(t.TempDir(), "data.db"))
	defer st.Close()
	begun := make(chan struct{}, 10)
	o, err := outbox.Open(t.Context(), outbox.Needs{What: "mail",
		Store: st, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Deliver: func(ctx context.Context, _ outbox.Wish) error {
			begun <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		put(t, o, fmt.Sprint("mail ", i))
	}
	<-begun
	put(t, o, "mail 1") // the same again is one
	if n := o.Waiting(); n != 50 {
		t.Errorf("%d wait, want 50", n)
	}
	o.Close()
	rows, err := st.Params(t.Context(), "mail/")
	if err != nil || len(rows) != 50 {
		t.Errorf("%d rows are kept, %v; want 50", len(rows), err)
	}
}

// TestWishedAgain: a wish that comes while the same one is under way is delivered too.
func TestWishedAgain(t *testing.T) {
	t.Parallel()
	st := openStore(t, filepath.Join(t.TempDir(), "data.db"))
	defer st.Close()
	begun, proceed := make(chan struct{}), make(chan struct{})
	p := newPostman(func(_ outbox.Wish, try int) error {
		if try == 1 {
			begun <- struct{}{}
			<-proceed
		}
		return nil
	})
	o := open(t, st, p)
	defer o.Close()
	put(t, o, "a")
	<-begun
	put(t, o, "a")
	close(proceed)
	p.wait(t, 2)
	empty(t, st, o)
}
