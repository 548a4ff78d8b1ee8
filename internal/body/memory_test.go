package body_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/body"
)

// TestLargeBodiesTakeTurns has one that takes all the memory, and others behind it; small ones pass.
func TestLargeBodiesTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := body.NewMemory()
		large, small := `{"a":"`+strings.Repeat("a", 26<<20)+`"}`, `{"a":1}`
		read := func(text string) (body.Body, error) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(text))
			r.Header.Set("Content-Type", "application/json")
			return body.Read(r, 64<<20, m)
		}
		first, err := read(large)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := read(small); err != nil {
			t.Errorf("a small one: %v", err)
		}
		began := time.Now()
		if _, err := read(large); !fault.Is(err, fault.Unavailable) || time.Since(began) != 10*time.Second {
			t.Errorf("a second one: %v after %v", err, time.Since(began))
		}
		go func() { _ = first.Close() }()
		second, err := read(large)
		if err != nil {
			t.Errorf("after the first: %v", err)
		}
		_ = second.Close()
		if b, err := read(large); err != nil || b.Close() != nil {
			t.Errorf("after all: %v", err)
		}
	})
}

// TestBrokenBodiesHoldNothing gives back what was held for bodies that cannot be read.
func TestBrokenBodiesHoldNothing(t *testing.T) {
	t.Parallel()
	m := body.NewMemory()
	text := `{"a":"` + strings.Repeat("a", 26<<20)
	for range 3 {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/", strings.NewReader(text))
		r.Header.Set("Content-Type", "application/json")
		if _, err := body.Read(r, 64<<20, m); !fault.Is(err, fault.Invalid) {
			t.Errorf("got %v, want Invalid", err)
		}
		cancel()
	}
}
