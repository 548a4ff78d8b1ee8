package api_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestBodyOverItsLimit: what is too large is refused by its announced size and, when none is announced, by
// what arrives.
func TestBodyOverItsLimit(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t)
	big := `{"identity":"` + strings.Repeat("x", 2<<20) + `"}`
	for name, length := range map[string]int64{"announced": int64(len(big)), "chunked": -1} {
		r := httptest.NewRequest(http.MethodPost, "/api/collections/users/auth-with-password", strings.NewReader(big))
		r.ContentLength = length
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if want := `{"data":{},"message":"Request entity too large.","status":413}`; w.Code != 413 || w.Body.String() != want {
			t.Errorf("%s: %d %s, want 413 %s", name, w.Code, w.Body, want)
		}
	}
}

// TestSlowBodyLives: a body may take its time, and the answer after it, as long as it keeps coming.
func TestSlowBodyLives(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t)
	srv := httptest.NewServer(app)
	defer srv.Close()
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	body := `{"identity":"a","password":"b"}`
	for i := range 2 { // the deadline of one body must not fall on the next request of the connection
		_, _ = io.WriteString(c, "POST /api/collections/users/auth-with-password HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 31\r\n\r\n")
		for _, b := range body {
			_, _ = io.WriteString(c, string(b))
		}
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
		if r.StatusCode != http.StatusBadRequest {
			t.Errorf("request %d: %s", i, r.Status)
		}
	}
}

// TestPanicIsA500: a broken handler tells the client nothing.
func TestPanicIsA500(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t)
	r := httptest.NewRequest(http.MethodGet, "/api/health", http.NoBody)
	w := &broken{ResponseRecorder: httptest.NewRecorder()}
	app.ServeHTTP(w, r)
	if want := `{"data":{},"message":"Something went wrong while processing your request.","status":500}`; w.Body.String() != want {
		t.Errorf("got %s, want %s", w.Body, want)
	}
}

// broken panics the first time that an answer begins.
type broken struct {
	*httptest.ResponseRecorder
	begun bool
}

// WriteHeader panics once.
func (b *broken) WriteHeader(status int) {
	if !b.begun {
		b.begun = true
		panic("a handler broke")
	}
	b.ResponseRecorder.WriteHeader(status)
}
