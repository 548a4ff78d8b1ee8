package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"encoding/json"

	"github.com/holdall-dev/holdall"
)

// TestRules: one line for each test, and an exit code that a pipeline can act upon.
func TestRules(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := filepath.Join(dir, "data")
	prepare(t, at, `{"name":"notes","type":"base","listRule":"title = 'open'","fields":[{"name":"title","type":"text"}]}`)
	out, errs, code := run(t, dir, "rules", "test")
	if out != "0 tests passed\n" || errs != "" || code != 0 {
		t.Errorf("without tests: %d %q %q", code, out, errs)
	}
	prepare(t, at, "",
		`{"collection":"notes","name":"guests list open ones","action":"list","as":"guest","record":"note00000000001","expect":"allowed"}`,
		`{"collection":"notes","name":"guests make none","action":"create","as":"guest","expect":"refused"}`)
	out, errs, code = run(t, dir, "rules", "test", "notes")
	if want := "ok    notes list: guests list open ones\nok    notes create: guests make none\n2 tests passed\n"; out != want || errs != "" || code != 0 {
		t.Errorf("all pass: %d %q %q, want %q", code, out, errs, want)
	}
	prepare(t, at, "", `{"collection":"notes","name":"guests view it","action":"view","as":"guest","record":"note00000000001","expect":"allowed"}`)
	out, errs, code = run(t, dir, "rules", "test")
	want := "FAIL  notes view: guests view it: expected allowed, got refused. The rule is for superusers only.\n"
	if !strings.HasSuffix(out, want) || errs != "Error: 1 of 3 tests failed\n" || code != 1 {
		t.Errorf("one fails: %d %q %q, want %q", code, out, errs, want)
	}
}

// prepare makes a collection with one record, or keeps tests.
func prepare(t *testing.T, dir, collection string, tests ...string) {
	t.Helper()
	ask, end := asSuperuser(t, holdall.Options{Dir: dir})
	defer end()
	if collection != "" {
		ask("POST", "/api/collections", collection)
		ask("POST", "/api/collections/notes/records", `{"id":"note00000000001","title":"open"}`)
	}
	for _, test := range tests {
		ask("POST", "/api/dashboard/rules/tests", test)
	}
}

// asSuperuser opens an app, whose API is asked until end.
func asSuperuser(t *testing.T, o holdall.Options) (ask func(method, path, body string) map[string]any, end func()) {
	t.Helper()
	o.RelaxedSync, o.Log = true, slog.New(slog.DiscardHandler)
	app, err := holdall.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.UpsertSuperuser(t.Context(), "me@example.com", "long-enough"); err != nil {
		t.Fatal(err)
	}
	token := ""
	ask = func(method, path, body string) map[string]any {
		t.Helper()
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", token)
		w := httptest.NewRecorder()
		app.Handler().ServeHTTP(w, r)
		var got map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		return got
	}
	token, _ = ask("POST", "/api/collections/_superusers/auth-with-password", `{"identity":"me@example.com","password":"long-enough"}`)["token"].(string)
	return ask, func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	}
}
