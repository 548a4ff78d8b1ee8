package api_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
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

// BenchmarkExplain is what it costs to explain a rule for a sample of 50 among 100,000 records, and to count those that
// pass before and after: in memory alone, and with joins.
func BenchmarkExplain(b *testing.B) {
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
PATCH /api/settings
{"batch":{"enabled":true,"maxRequests":2000,"timeout":60}}
200 …
POST /api/collections
{"name":"notes","type":"base","listRule":"stars > 2","fields":[{"type":"text","name":"title"},{"type":"number","name":"stars"},{"type":"relation","name":"author","collectionId":"_pb_users_auth_"}]}
200 …
POST /api/collections/users/records
{"id":"ann000000000000","name":"Ann","email":"ann@example.com","password":"12345678","passwordConfirm":"12345678"}
200 …
`)
	ask := func(path, body string) int {
		r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Authorization", tr.known["super"])
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		app.Handler().ServeHTTP(w, r)
		return w.Code
	}
	const rows, batch = 100_000, 2000
	for from := 0; from < rows; from += batch {
		var list []string
		for i := from; i < from+batch; i++ {
			list = append(list, fmt.Sprintf(`{"method":"POST","url":"/api/collections/notes/records","body":{"title":"Note %d","stars":%d,"author":"ann000000000000"}}`, i, i%5))
		}
		if code := ask("/api/batch", `{"requests":[`+strings.Join(list, ",")+`]}`); code != 200 {
			b.Fatalf("batch: %d", code)
		}
	}
	for name, rule := range map[string]string{
		"record": `stars > 3 && title ~ \"9\"`,
		"joins":  `(stars > 3 && author.name ~ \"a\") || @collection.users.id ?= author || author = @request.auth.id`,
	} {
		for what, more := range map[string]string{"sample": `"sample":50,"noTotals":true`, "totals": `"sample":0`} {
			b.Run(name+"/"+what, func(b *testing.B) {
				body := `{"collection":"notes","action":"list","rule":"` + rule + `","as":{"collection":"users","id":"ann000000000000"},` + more + `}`
				for b.Loop() {
					if code := ask("/api/dashboard/rules/explain", body); code != 200 {
						b.Fatalf("explain: %d", code)
					}
				}
			})
		}
	}
}
