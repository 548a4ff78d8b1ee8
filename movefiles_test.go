package holdall_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/test/objectstore"
)

// house is a data directory that is opened, asked and closed again.
type house struct {
	*testing.T
	dir string
	app *holdall.App
}

func (h *house) open() {
	h.Helper()
	h.app = open(h.T, h.dir)
}

func (h *house) close() {
	h.Helper()
	if err := h.app.Close(); err != nil {
		h.Fatal(err)
	}
}

// ask sends a request and reads what comes back into into, unless it is nil.
func (h *house) ask(method, path, token, kind string, body []byte, into any) *httptest.ResponseRecorder {
	h.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Authorization", token)
	w := httptest.NewRecorder()
	h.app.Handler().ServeHTTP(w, r)
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil || w.Code != http.StatusOK {
			h.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
	}
	return w
}

// kept is a file of a record and what is in it.
type kept struct{ path, content string }

// fill makes records with a file each and settings that name a store, not enabled.
func (h *house) fill(n int, endpoint string) (list []kept) {
	h.Helper()
	const as = "application/json"
	if err := h.app.CreateSuperuser(h.Context(), "root@example.com", "long enough"); err != nil {
		h.Fatal(err)
	}
	var signed struct{ Token string }
	h.ask("POST", "/api/collections/_superusers/auth-with-password", "", as, []byte(`{"identity":"root@example.com","password":"long enough"}`), &signed)
	h.ask("POST", "/api/collections", signed.Token, as, []byte(`{"name":"docs","type":"base","createRule":"","fields":[{"name":"doc","type":"file"}]}`), &struct{}{})
	h.ask("PATCH", "/api/settings", signed.Token, as, fmt.Appendf(nil, `{"s3":{"enabled":false,"bucket":"bucket","region":"eu","endpoint":%q,"accessKey":"key","secret":"secret","forcePathStyle":true,"allowPrivate":true}}`, endpoint), &struct{}{})
	for i := range n {
		var buf bytes.Buffer
		form := multipart.NewWriter(&buf)
		part, _ := form.CreateFormFile("doc", "a.txt")
		content := fmt.Sprintf("content of %d", i)
		_, _ = part.Write([]byte(content))
		_ = form.Close()
		var rec struct{ ID, Doc string }
		h.ask("POST", "/api/collections/docs/records", "", form.FormDataContentType(), buf.Bytes(), &rec)
		list = append(list, kept{"/api/files/docs/" + rec.ID + "/" + rec.Doc, content})
	}
	return list
}

// serves fails unless all files are served.
func (h *house) serves(list []kept) {
	h.Helper()
	for _, k := range list {
		if w := h.ask("GET", k.path, "", "", nil, nil); w.Code != http.StatusOK || w.Body.String() != k.content || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
			h.Errorf("%s: %d %q of type %q", k.path, w.Code, w.Body, w.Header().Get("Content-Type"))
		}
	}
}

// onDisk counts the files below storage.
func (h *house) onDisk() (n int) {
	h.Helper()
	err := filepath.WalkDir(filepath.Join(h.dir, "storage"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, ".attrs") {
			n++
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return n
}

func (h *house) move(ctx context.Context, to holdall.FilesAt, progress func(holdall.FilesMoved)) (holdall.FilesMoved, error) {
	return holdall.MoveFiles(ctx, holdall.Options{Dir: h.dir, RelaxedSync: true, Log: silent}, to, progress)
}

// TestMoveFiles moves files to an object store, is interrupted on the way, goes on, and moves them back.
// Things of others stay where they are.
func TestMoveFiles(t *testing.T) {
	t.Parallel()
	const n = 30
	store := objectstore.New()
	srv := httptest.NewServer(store)
	defer srv.Close()
	h := &house{T: t, dir: t.TempDir()}
	h.open()
	list := h.fill(n, srv.URL)
	if _, err := h.move(t.Context(), holdall.FilesInS3, nil); !errors.Is(err, holdall.ErrInUse) {
		t.Errorf("a move beside a server: %v", err)
	}
	h.close()
	foreign := filepath.Join(h.dir, "storage", "of-another", "x.txt")
	if err := errors.Join(os.Mkdir(filepath.Dir(foreign), 0o700), os.WriteFile(foreign, []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithCancel(t.Context())
	done, err := h.move(ctx, holdall.FilesInS3, func(m holdall.FilesMoved) {
		if m.Copied == 7 {
			cancel()
		}
	})
	if err == nil || done.Copied < 7 || done.Removed != 0 || h.onDisk() != n+1 {
		t.Errorf("an interrupted move: %+v, %v; %d files on disk", done, err, h.onDisk())
	}
	h.open()
	h.serves(list)
	h.close()

	half := done.Copied
	done, err = h.move(t.Context(), holdall.FilesInS3, nil)
	if err != nil || done.Present < half || done.Copied+done.Present != n || done.Removed != n {
		t.Errorf("the rest: %+v, %v; want %d there before", done, err, half)
	}
	if h.onDisk() != 1 || len(store.Keys()) != n {
		t.Errorf("%d files on disk, %d objects", h.onDisk(), len(store.Keys()))
	}
	h.open()
	h.serves(list)
	h.close()

	done, err = h.move(t.Context(), holdall.FilesOnDisk, nil)
	if err != nil || done.Copied != n || done.Removed != n || len(store.Keys()) != 0 || h.onDisk() != n+1 {
		t.Errorf("back: %+v, %v; left %q", done, err, store.Keys())
	}
	h.open()
	h.serves(list)
	if done, err := h.move(t.Context(), "moon", nil); err == nil || done.Copied != 0 {
		t.Errorf("moved to the moon: %+v", done)
	}
}

// TestMoveFilesKeepsWhatItCannotVerify moves to a store that fails: nothing is lost and nothing changes over.
func TestMoveFilesKeepsWhatItCannotVerify(t *testing.T) {
	t.Parallel()
	store := objectstore.New()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			r.Body = http.NoBody // what arrives is not what was sent
			r.ContentLength = 0
			r.Header.Del("X-Amz-Decoded-Content-Length")
		}
		store.ServeHTTP(w, r)
	}))
	defer srv.Close()
	h := &house{T: t, dir: t.TempDir()}
	h.open()
	list := h.fill(3, srv.URL)
	h.close()
	if done, err := h.move(t.Context(), holdall.FilesInS3, nil); err == nil || done.Removed != 0 || h.onDisk() != 3 {
		t.Errorf("moved to a store that loses bytes: %+v, %v", done, err)
	}
	h.open()
	h.serves(list)
}
