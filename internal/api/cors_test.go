package api_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/holdall-dev/holdall"
)

// TestOrigins: with a list, pages of the listed origins alone may read answers.
func TestOrigins(t *testing.T) {
	t.Parallel()
	app, err := holdall.Open(t.Context(), holdall.Options{
		Dir: t.TempDir(), RelaxedSync: true, Log: slog.New(slog.DiscardHandler),
		Origins: []string{"https://app.example.com", "https://*.shop.example", "http://localhost:*"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	for origin, want := range map[string]string{
		"https://app.example.com":      "https://app.example.com",
		"https://APP.example.com":      "https://APP.example.com",
		"http://app.example.com":       "",
		"https://one.shop.example":     "https://one.shop.example",
		"https://shop.example":         "",
		"https://one.shop.example.org": "",
		"https://evil/x.shop.example":  "",
		"http://localhost:5173":        "http://localhost:5173",
		"null":                         "",
	} {
		for _, method := range []string{http.MethodGet, http.MethodOptions} {
			r := httptest.NewRequest(method, "/api/health", http.NoBody)
			r.Header.Set("Origin", origin)
			w := httptest.NewRecorder()
			app.Handler().ServeHTTP(w, r)
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != want {
				t.Errorf("%s from %s: allowed %q, want %q", method, origin, got, want)
			}
		}
	}
}
