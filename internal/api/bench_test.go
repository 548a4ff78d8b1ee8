package api_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/holdall-dev/holdall"
)

// sink takes an answer and forgets it.
type sink struct{ h http.Header }

// Header implements http.ResponseWriter.
func (s *sink) Header() http.Header { return s.h }

// WriteHeader implements http.ResponseWriter.
func (s *sink) WriteHeader(int) {}

// Write implements http.ResponseWriter.
func (s *sink) Write(b []byte) (int, error) { return io.Discard.Write(b) }

// BenchmarkDoor is what a request costs from the handler on, without a socket.
func BenchmarkDoor(b *testing.B) {
	app, err := holdall.Open(b.Context(), holdall.Options{Dir: b.TempDir(), RelaxedSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer app.Close()
	if err := app.CreateSuperuser(b.Context(), rootEmail, rootPassword); err != nil {
		b.Fatal(err)
	}
	tr := &transcript{t: &testing.T{}, app: app.Handler(), clock: &clock{}, as: "guest", known: map[string]string{}, sent: func(string, string) {}}
	tr.play(signIn + `
as super
POST /api/collections
{"name":"notes","type":"base","listRule":"","viewRule":"","createRule":"","fields":[{"type":"text","name":"title"},{"type":"number","name":"stars"}]}
200 …
POST /api/collections/notes/records
{"title":"first","stars":5}
200 {"id":"{note}", …}
`)
	for name, target := range map[string]string{
		"health": "/api/health",
		"view":   "/api/collections/notes/records/" + tr.known["note"],
		"list":   "/api/collections/notes/records?filter=stars>3&sort=-title",
	} {
		for who, token := range map[string]string{"guest": "", "super": tr.known["super"]} {
			b.Run(name+"/"+who, func(b *testing.B) {
				b.ReportAllocs()
				r := httptest.NewRequest(http.MethodGet, target, http.NoBody)
				if token != "" {
					r.Header.Set("Authorization", token)
				}
				for b.Loop() {
					app.Handler().ServeHTTP(&sink{http.Header{}}, r)
				}
			})
		}
	}
}
