package api_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// begin begins an upload and sends all of it; the answer is its id.
func (d *drawer) begin(token, field, name, content string) string {
	d.Helper()
	code := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	r := httptest.NewRequest("POST", "/api/uploads", strings.NewReader(content))
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("Content-Type", "application/offset+octet-stream")
	r.Header.Set("Upload-Length", strconv.Itoa(len(content)))
	r.Header.Set("Upload-Metadata", "collection "+code("drawer")+",field "+code(field)+",filename "+code(name))
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	w := httptest.NewRecorder()
	d.app.ServeHTTP(w, r)
	id, ok := strings.CutPrefix(w.Header().Get("Location"), "/api/uploads/")
	if w.Code != http.StatusCreated || !ok {
		d.Fatalf("begin: %d %s", w.Code, w.Body)
	}
	return id
}

// TestRecordsTakeUploads has records take what came in pieces, once.
func TestRecordsTakeUploads(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	one, two := d.begin("", "all", "One.txt", "content of one"), d.begin("", "all", "two.txt", "content of two")
	var rec stored
	d.json(d.send("POST", "/api/collections/drawer/records", "", `{"all":["upload:`+one+`","upload:`+two+`"]}`, nil), &rec)
	if len(rec.All) != 2 || !strings.HasPrefix(rec.All[0], "one_") || !strings.HasPrefix(rec.All[1], "two_") {
		t.Fatalf("stored: %q", rec.All)
	}
	if w := d.get(rec, "", nil); w.Body.String() != "content of one" || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("served: %d %q %v", w.Code, w.Body, w.Header())
	}
	if w := d.send("POST", "/api/collections/drawer/records", "", `{"all":"upload:`+one+`"}`, nil); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "validation_invalid_file") {
		t.Errorf("taken twice: %d %s", w.Code, w.Body)
	}
	three := d.begin("", "all", "three.txt", "3")
	d.json(d.send("PATCH", "/api/collections/drawer/records/"+rec.ID, "", `{"all+":"upload:`+three+`"}`, nil), &rec)
	if len(rec.All) != 3 {
		t.Errorf("appended: %q", rec.All)
	}
	if list, err := os.ReadDir(filepath.Join(d.dir, "uploads")); err != nil || len(list) != 0 {
		t.Errorf("left: %v, %v", list, err)
	}
}

// TestBatchesTakeUploads has the requests of a batch take what came in pieces; a batch that fails leaves it there.
func TestBatchesTakeUploads(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	d.json(d.send("PATCH", "/api/settings", d.super, `{"batch":{"enabled":true}}`, nil), nil)
	one, two := d.begin("", "all", "one.txt", "content of one"), d.begin("", "all", "two.txt", "content of two")
	requests := func(first, second string) string {
		return `{"requests":[{"method":"POST","url":"/api/collections/drawer/records","body":{"id":"batched00000000","all":"upload:` + first + `"}},
			{"method":"PATCH","url":"/api/collections/drawer/records/batched00000000","body":{"all+":["upload:` + second + `"]}}]}`
	}
	if w := d.send("POST", "/api/batch", "", requests(one, "nothing"), nil); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "validation_invalid_file") {
		t.Errorf("an upload that is none: %d %s", w.Code, w.Body)
	}
	if list, err := os.ReadDir(filepath.Join(d.dir, "uploads")); err != nil || len(list) != 4 {
		t.Errorf("kept: %v, %v", list, err)
	}
	var answers []struct{ Body stored }
	d.json(d.send("POST", "/api/batch", "", requests(one, two), nil), &answers)
	rec := answers[1].Body
	if len(rec.All) != 2 || !strings.HasPrefix(rec.All[0], "one_") || !strings.HasPrefix(rec.All[1], "two_") {
		t.Fatalf("stored: %q", rec.All)
	}
	rec.All = rec.All[1:]
	if w := d.get(rec, "", nil); w.Body.String() != "content of two" {
		t.Errorf("served: %d %q", w.Code, w.Body)
	}
	if list, err := os.ReadDir(filepath.Join(d.dir, "uploads")); err != nil || len(list) != 0 {
		t.Errorf("left: %v, %v", list, err)
	}
}

// TestUploadsThatNobodyMayTake stay texts that no record knows, and stay where they are.
func TestUploadsThatNobodyMayTake(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	for name, id := range map[string]string{
		"another's":     d.begin(d.super, "all", "a.txt", "a"),
		"another field": d.begin("", "hidden", "a.txt", "a"),
		"nothing":       "nothing",
	} {
		w := d.send("POST", "/api/collections/drawer/records", "", `{"all":"upload:`+id+`"}`, nil)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "validation_invalid_file") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if w := d.send("GET", "/api/collections/drawer/records", d.super, "", nil); !strings.Contains(w.Body.String(), `"totalItems":0`) {
		t.Errorf("records: %s", w.Body)
	}
	if list, err := os.ReadDir(filepath.Join(d.dir, "uploads")); err != nil || len(list) != 4 {
		t.Errorf("kept: %v, %v", list, err)
	}
}
