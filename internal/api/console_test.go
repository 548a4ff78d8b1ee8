package api_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall"
)

// TestConsoleOff: SQL is answered only where the operator has said so.
func TestConsoleOff(t *testing.T) {
	t.Parallel()
	app, err := holdall.Open(t.Context(), holdall.Options{Dir: t.TempDir(), DB: database(t), RelaxedSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	if err := app.CreateSuperuser(t.Context(), rootEmail, rootPassword); err != nil {
		t.Fatal(err)
	}
	tr := &transcript{t: t, app: app.Handler(), as: "guest", known: map[string]string{}, sent: func(string, string) {}}
	tr.play(signIn)
	tr.play(`as super
POST /api/dashboard/sql
{"query":"SELECT 1"}
403 {"data":{},"message":"The SQL console is off. Start the server with --enable-sql to use it.","status":403}
GET /api/dashboard/bootstrap
200 {"can":{"sql":false}, …}
`)
}

// TestConsoleCancel (SQL-1): a statement ends when whoever asked goes away, and makes room for others.
func TestConsoleCancel(t *testing.T) {
	t.Parallel()
	app := openIn(t, t.TempDir())
	tr := &transcript{t: t, app: app, as: "guest", known: map[string]string{}, sent: func(string, string) {}}
	tr.play(signIn)
	const endless = `{"query":"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"}`
	start := time.Now()
	for range 3 { // more than may run at once
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/api/dashboard/sql", strings.NewReader(endless))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", tr.known["super"])
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		cancel()
		if w.Code < 400 || w.Code == http.StatusTooManyRequests {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	}
	if took := time.Since(start); took > 8*time.Second {
		t.Errorf("three statements took %v to end", took)
	}
}
