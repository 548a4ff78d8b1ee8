package s3blob_test

import (
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/blob/s3blob"
	"github.com/holdall-dev/holdall/test/objectstore"
)

// Little patience for tests of stalls, so that they need none, and much for those in which nothing stalls.
var (
	short = s3blob.Patience{Call: 300 * time.Millisecond, Idle: 100 * time.Millisecond, Rest: 5 * time.Second}
	long  = s3blob.Patience{Call: time.Minute, Idle: time.Minute, Rest: 5 * time.Second}
)

// trouble stands before a store and does what it is told instead of answering.
type trouble struct {
	*objectstore.Store
	do    atomic.Pointer[http.HandlerFunc]
	calls atomic.Int64
}

func (s *trouble) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.calls.Add(1)
	if do := s.do.Load(); do != nil {
		(*do)(w, r)
		return
	}
	s.Store.ServeHTTP(w, r)
}

func (s *trouble) set(do http.HandlerFunc) {
	if do == nil {
		s.do.Store(nil)
		return
	}
	s.do.Store(&do)
}

// clock is moved by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// troubled opens a bucket in a store that can be made to misbehave.
func troubled(t *testing.T, p s3blob.Patience) (*s3blob.Bucket, *trouble, *clock) {
	t.Helper()
	store := &trouble{Store: objectstore.New()}
	srv := httptest.NewServer(store)
	t.Cleanup(srv.Close)
	c := &clock{at: time.Unix(0, 0)}
	return openAt(t, srv.URL, c, p), store, c
}

func openAt(t *testing.T, endpoint string, c *clock, p s3blob.Patience) *s3blob.Bucket {
	t.Helper()
	b, err := s3blob.Open(s3blob.Config{
		Endpoint: endpoint, Region: "eu", Bucket: "bucket", AccessKey: "key", Secret: "secret", PathStyle: true,
		Patience: p, Now: c.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// down fails unless every call says soon that the store does not answer.
func down(t *testing.T, b *s3blob.Bucket) {
	t.Helper()
	for name, call := range map[string]func() error{
		"put": func() error { return b.Put(t.Context(), "c/r/a", strings.NewReader("x"), blob.About{}) },
		"parts": func() error {
			return b.Put(t.Context(), "c/r/a", strings.NewReader(strings.Repeat("x", 13<<20)), blob.About{})
		},
		"open":   func() error { _, err := b.Open(t.Context(), "c/r/a"); return err },
		"delete": func() error { return b.Delete(t.Context(), "c/r/a") },
		"list":   func() error { return blob.DeleteAll(t.Context(), b, "c/") },
	} {
		began := time.Now()
		if err := call(); !errors.Is(err, blob.ErrDown) || errors.Is(err, blob.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func TestARefusingStore(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	down(t, openAt(t, "http://"+addr, &clock{}, long))
}

// silent takes what comes and answers nothing, for as long as somebody waits.
func silent(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// TestABlackHole has a store that takes what comes and never says a word.
func TestABlackHole(t *testing.T) {
	t.Parallel()
	b, store, _ := troubled(t, short)
	store.set(silent)
	down(t, b)
}

// TestAStallWhileSending has a store that stops reading in the middle.
func TestAStallWhileSending(t *testing.T) {
	t.Parallel()
	b, store, _ := troubled(t, short)
	gone := make(chan struct{})
	store.set(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, 1000)
		<-gone
	})
	defer close(gone)
	began := time.Now()
	err := b.Put(t.Context(), "c/r/a", strings.NewReader(strings.Repeat("x", 5<<20)), blob.About{})
	if !errors.Is(err, blob.ErrDown) || time.Since(began) > 3*time.Second {
		t.Errorf("put: %v after %v", err, time.Since(began))
	}
}

// TestAStallWhileReading has a store that stops sending in the middle.
func TestAStallWhileReading(t *testing.T) {
	t.Parallel()
	b, store, _ := troubled(t, s3blob.Patience{Call: time.Minute, Idle: time.Second})
	if err := b.Put(t.Context(), "c/r/a", strings.NewReader(strings.Repeat("x", 1<<20)), blob.About{}); err != nil {
		t.Fatal(err)
	}
	o, err := b.Open(t.Context(), "c/r/a")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	store.set(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		store.Store.ServeHTTP(rec, r)
		maps.Copy(w.Header(), rec.Header())
		_, _ = w.Write(rec.Body.Bytes()[:1000])
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	if n, err := io.Copy(io.Discard, o.Content); !errors.Is(err, blob.ErrDown) || n != 1000 {
		t.Errorf("read %d bytes, %v", n, err)
	}
}

func TestATruncatedBody(t *testing.T) {
	t.Parallel()
	b, store, _ := troubled(t, long)
	if err := b.Put(t.Context(), "c/r/a", strings.NewReader(strings.Repeat("x", 100_000)), blob.About{}); err != nil {
		t.Fatal(err)
	}
	o, err := b.Open(t.Context(), "c/r/a")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	store.set(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		store.Store.ServeHTTP(rec, r)
		maps.Copy(w.Header(), rec.Header())
		_, _ = w.Write(rec.Body.Bytes()[:1000]) // less than was announced: the connection breaks
	})
	if n, err := io.Copy(io.Discard, o.Content); err == nil {
		t.Errorf("%d of %d bytes passed for all", n, o.Size)
	}
}

// TestAnotherETag has a store that answers with another object than the one that was opened.
func TestAnotherETag(t *testing.T) {
	t.Parallel()
	b, store, _ := troubled(t, long)
	if err := b.Put(t.Context(), "c/r/a", strings.NewReader("content"), blob.About{}); err != nil {
		t.Fatal(err)
	}
	o, err := b.Open(t.Context(), "c/r/a")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	store.set(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"00000000000000000000000000000000"`)
		w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
		_, _ = io.WriteString(w, "CONTENT")
	})
	if raw, err := io.ReadAll(o.Content); err == nil {
		t.Errorf("%q passed for the object", raw)
	}
}

// TestTheCircuit lets a store fail: after five failures in a row it is left alone, after a rest it is asked
// once, and when it answers all is as before.
func TestTheCircuit(t *testing.T) {
	t.Parallel()
	b, store, c := troubled(t, long)
	store.set(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	for range 4 {
		if err := b.Delete(t.Context(), "c/r/a"); !errors.Is(err, blob.ErrDown) {
			t.Errorf("delete: %v", err)
		}
	}
	if got := store.calls.Load(); got != 5 {
		t.Errorf("the store was asked %d times, want 5", got)
	}
	c.pass(long.Rest)
	for range 3 {
		if err := b.Delete(t.Context(), "c/r/a"); !errors.Is(err, blob.ErrDown) {
			t.Errorf("delete: %v", err)
		}
	}
	if got := store.calls.Load(); got != 6 {
		t.Errorf("the store was asked %d times after a rest, want 6", got)
	}
	store.set(nil)
	c.pass(long.Rest)
	if err := b.Put(t.Context(), "c/r/a", strings.NewReader("x"), blob.About{}); err != nil {
		t.Errorf("put after it came back: %v", err)
	}
}

// TestRefusalsAreAnswers keeps the circuit closed: the store is well, only somebody's key is not.
func TestRefusalsAreAnswers(t *testing.T) {
	t.Parallel()
	b, store, _ := troubled(t, long)
	store.Refuse(http.StatusForbidden)
	for range 8 {
		if err := b.Delete(t.Context(), "c/r/a"); err == nil || errors.Is(err, blob.ErrDown) {
			t.Errorf("delete: %v", err)
		}
	}
	if got := store.calls.Load(); got != 8 {
		t.Errorf("the store was asked %d times, want 8", got)
	}
}

// TestAnUnknownKey: some stores answer 404 when they do not know who asks; that says nothing of the object.
func TestAnUnknownKey(t *testing.T) {
	t.Parallel()
	b, store, _ := troubled(t, long)
	store.set(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>InvalidAccessKeyId</Code><Message>nobody</Message></Error>")
	})
	if err := b.Put(t.Context(), "c/r/a", strings.NewReader("x"), blob.About{}); err == nil || errors.Is(err, blob.ErrNotFound) {
		t.Errorf("put: %v", err)
	}
}

// TestManyWaitForAStalledStore counts goroutines when many uploads meet a store that is silent.
func TestManyWaitForAStalledStore(t *testing.T) {
	b, store, _ := troubled(t, short)
	store.set(silent)
	before := runtime.NumGoroutine()
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if err := b.Put(t.Context(), "c/r/a", strings.NewReader("x"), blob.About{}); !errors.Is(err, blob.ErrDown) {
				t.Errorf("put: %v", err)
			}
		})
	}
	wg.Wait()
	for deadline := time.Now().Add(30 * time.Second); runtime.NumGoroutine() > before+20; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
}
