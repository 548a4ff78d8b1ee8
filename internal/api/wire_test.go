package api_test

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/internal/api"
)

const (
	rootEmail    = "root@example.com"
	rootPassword = "a long password"
)

// newApp opens an app with one superuser on a clock of its own.
func newApp(t *testing.T) (http.Handler, *clock) {
	t.Helper()
	at := newClock()
	return openApp(t, t.TempDir(), at.Now).Handler(), at
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)} }

// openIn opens an app in a folder, with one superuser.
func openIn(t *testing.T, dir string) http.Handler {
	t.Helper()
	return openApp(t, dir, time.Now).Handler()
}

func openApp(t *testing.T, dir string, now func() time.Time, hosts ...string) *holdall.App {
	t.Helper()
	app, err := holdall.Open(t.Context(), holdall.Options{
		Dir: dir, DB: database(t), Now: now, RelaxedSync: true, EnableSQL: true, Log: slog.New(slog.DiscardHandler), AllowHosts: hosts,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := app.CreateSuperuser(t.Context(), rootEmail, rootPassword); err != nil {
		t.Fatal(err)
	}
	return app
}

const signIn = `
as guest
POST /api/collections/_superusers/auth-with-password
{"identity":"` + rootEmail + `","password":"` + rootPassword + `"}
200 {"token":"{super}", …}
`

// TestWire plays every transcript on an app of its own, and then asks whether every route was spoken to.
func TestWire(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/wire/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	seen := newCoverage()
	t.Run("files", func(t *testing.T) {
		for _, file := range files {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
				t.Parallel()
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				app, at := newApp(t)
				tr := &transcript{t: t, app: app, clock: at, as: "guest", known: map[string]string{}, sent: seen.note}
				tr.play(signIn)
				tr.play(string(text))
			})
		}
	})
	for _, route := range api.Routes() {
		if !seen.routes[route] {
			t.Errorf("no transcript speaks to %s", route)
		}
	}
}

// coverage notes which routes were asked.
type coverage struct {
	mux    *http.ServeMux
	mu     sync.Mutex
	routes map[string]bool
}

func newCoverage() *coverage {
	c := &coverage{mux: http.NewServeMux(), routes: map[string]bool{}}
	for _, route := range api.Routes() {
		c.mux.HandleFunc(route, func(http.ResponseWriter, *http.Request) {})
	}
	return c
}

func (c *coverage) note(method, path string) {
	r, err := http.NewRequest(method, path, http.NoBody)
	if err != nil {
		return
	}
	_, pattern := c.mux.Handler(r)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.routes[pattern] = true
}
