package pending_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/holdall-dev/holdall/internal/files/pending"
)

func open(t *testing.T, dir string, now func() time.Time, l pending.Limits) *pending.Shelf {
	t.Helper()
	s, err := pending.Open(dir, now, l)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func create(t *testing.T, s *pending.Shelf, from string, size int64) pending.Upload {
	t.Helper()
	u, err := s.Create(pending.Purpose{From: from, Collection: "c", Field: "f", Name: "a.txt", Size: size})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func content(t *testing.T, s *pending.Shelf, id string) string {
	t.Helper()
	r, err := s.Reader(id)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestPieces adds to an upload, is cut off, goes on after another process began, and comes to an end.
func TestPieces(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "uploads")
	s := open(t, dir, time.Now, pending.Limits{})
	u := create(t, s, "me", 10)
	broken := errors.New("broken")
	u, err := s.Append(t.Context(), u.ID, 0, io.MultiReader(strings.NewReader("0123"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || u.Offset != 4 {
		t.Errorf("cut off: %+v, %v", u, err)
	}
	if _, err := s.Append(t.Context(), u.ID, 3, strings.NewReader("x")); !errors.Is(err, pending.ErrOffset) {
		t.Errorf("a wrong offset: %v", err)
	}
	s = open(t, dir, time.Now, pending.Limits{})
	got, err := s.Get(u.ID)
	if err != nil || got.Offset != 4 || got.Purpose != u.Purpose || got.Done() {
		t.Errorf("after a start: %+v, %v", got, err)
	}
	got, err = s.Append(t.Context(), u.ID, 4, strings.NewReader("456789 and more than was announced"))
	if err != nil || !got.Done() || content(t, s, u.ID) != "0123456789" {
		t.Errorf("complete: %+v, %v, %q", got, err, content(t, s, u.ID))
	}
	for range 2 {
		if err := s.Remove(u.ID); err != nil {
			t.Error(err)
		}
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 0 {
		t.Errorf("left: %v, %v", list, err)
	}
	if _, err := s.Get(u.ID); !errors.Is(err, pending.ErrNotFound) {
		t.Errorf("get: %v", err)
	}
	if _, err := s.Append(t.Context(), "../x", 0, strings.NewReader("x")); !errors.Is(err, pending.ErrNotFound) {
		t.Errorf("append: %v", err)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), time.Now, pending.Limits{Uploads: 4, Each: 2, Bytes: 100})
	first := create(t, s, "me", 10)
	create(t, s, "me", 10)
	for name, p := range map[string]pending.Purpose{"too many of one": {From: "me", Size: 1}, "too many bytes": {From: "you", Size: 81}} {
		if _, err := s.Create(p); !errors.Is(err, pending.ErrFull) {
			t.Errorf("%s: %v", name, err)
		}
	}
	create(t, s, "you", 80)
	create(t, s, "you", 0)
	if _, err := s.Create(pending.Purpose{From: "she"}); !errors.Is(err, pending.ErrFull) {
		t.Errorf("too many: %v", err)
	}
	if err := s.Remove(first.ID); err != nil {
		t.Fatal(err)
	}
	create(t, s, "she", 10) // room and bytes are free again
}

// TestOneWriter lets a second writer wait its turn: it is refused while the first is at it.
func TestOneWriter(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir(), time.Now, pending.Limits{})
	u := create(t, s, "me", 10)
	r, w := io.Pipe()
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := s.Append(t.Context(), u.ID, 0, r); err != nil {
			t.Errorf("the first: %v", err)
		}
	})
	_, _ = w.Write([]byte("01234")) // it is at it
	if _, err := s.Append(t.Context(), u.ID, 0, strings.NewReader("x")); !errors.Is(err, pending.ErrBusy) {
		t.Errorf("the second: %v", err)
	}
	w.Close()
	wg.Wait()
	if got, err := s.Append(t.Context(), u.ID, 5, strings.NewReader("56789")); err != nil || !got.Done() {
		t.Errorf("afterwards: %+v, %v", got, err)
	}
}

// TestSweep ends uploads to which nothing came for their lifetime, and strays of a process that was killed.
func TestSweep(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	s := open(t, dir, func() time.Time { return now }, pending.Limits{Lifetime: time.Hour})
	old, fresh := create(t, s, "me", 10), create(t, s, "me", 10)
	now = now.Add(45 * time.Minute)
	if _, err := s.Append(t.Context(), fresh.ID, 0, strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	now = now.Add(30 * time.Minute)
	if _, err := s.Get(old.ID); !errors.Is(err, pending.ErrNotFound) {
		t.Errorf("an old one before it is swept: %v", err)
	}
	if err := s.Sweep(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(fresh.ID); err != nil {
		t.Errorf("the fresh one: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "stray"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir, time.Now, pending.Limits{})
	if list, err := os.ReadDir(dir); err != nil || len(list) != 2 {
		t.Errorf("left: %v, %v", list, err)
	}
}
