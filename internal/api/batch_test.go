package api_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/hook"
)

// TestBatchOutOfTime: a batch that takes longer than its setting allows is as if it had never begun.
func TestBatchOutOfTime(t *testing.T) {
	t.Parallel()
	app, err := holdall.Open(t.Context(), holdall.Options{Dir: t.TempDir(), DB: database(t), RelaxedSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	if err := app.CreateSuperuser(t.Context(), rootEmail, rootPassword); err != nil {
		t.Fatal(err)
	}
	tr := &transcript{t: t, app: app.Handler(), clock: &clock{}, as: "guest", known: map[string]string{}, sent: func(string, string) {}}
	tr.play(signIn + `
as super
PATCH /api/settings
{"batch":{"enabled":true,"timeout":1}}
200 …
POST /api/collections
{"name":"notes","type":"base","listRule":"","createRule":"","fields":[{"type":"text","name":"title"}]}
200 …
`)
	app.Hooks.Create.Before(func(ctx context.Context, e *hook.Write) error {
		if e.New.String("title") != "slow" {
			return nil
		}
		<-ctx.Done()
		return ctx.Err()
	})
	tr.play(`
as guest
POST /api/batch
{"requests":[{"method":"POST","url":"/api/collections/notes/records","body":{"title":"quick"}},{"method":"POST","url":"/api/collections/notes/records","body":{"title":"slow"}}]}
400 {"data":{},"message":"Batch transaction failed.","status":400}
GET /api/collections/notes/records
200 {"items":[],"page":1,"perPage":30,"totalItems":0,"totalPages":0}
`)
}

// TestBatchFiles: files beside the list find the request and field that they are named for.
func TestBatchFiles(t *testing.T) {
	t.Parallel()
	app, _ := newApp(t)
	tr := &transcript{t: t, app: app, clock: &clock{}, as: "guest", known: map[string]string{}, sent: func(string, string) {}}
	tr.play(signIn + `
as super
PATCH /api/settings
{"batch":{"enabled":true}}
200 …
POST /api/collections
{"name":"notes","type":"base","createRule":"","fields":[{"type":"text","name":"title"}]}
200 …
`)
	body := "--b\r\nContent-Disposition: form-data; name=\"@jsonPayload\"\r\n\r\n" +
		`{"requests":[{"method":"POST","url":"/api/collections/notes/records","body":{"title":"a"}}]}` +
		"\r\n--b\r\nContent-Disposition: form-data; name=\"requests.0.title\"; filename=\"x.txt\"\r\n\r\nfile\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"requests[7].title\"; filename=\"y.txt\"\r\n\r\nfile\r\n--b--\r\n"
	r := httptest.NewRequest(http.MethodPost, "/api/batch?fields=status,body.title", strings.NewReader(body))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	w := httptest.NewRecorder()
	app.ServeHTTP(w, r)
	if want := `[{"status":200,"body":{"title":"a"}}]`; w.Code != 200 || !sameJSON(w.Body.String(), want) {
		t.Errorf("got %d %s, want %s", w.Code, w.Body, want)
	}
}

func sameJSON(got, want string) bool {
	tr := &transcript{known: map[string]string{}}
	w := httptest.NewRecorder()
	_, _ = w.WriteString(got)
	return tr.compare(&exchange{status: 200, answer: want}, w) == ""
}
