package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "golang.org/x/image/webp" // thumbs may be of that format

	"github.com/holdall-dev/holdall/test/objectstore"
)

// drawer is an app with a collection of files, and a way to put some in.
type drawer struct {
	*testing.T
	app   http.Handler
	super string
	dir   string
}

func newDrawer(t *testing.T) *drawer {
	t.Helper()
	d := &drawer{T: t, dir: t.TempDir()}
	d.app = openIn(t, d.dir)
	var signed struct{ Token string }
	d.json(d.send("POST", "/api/collections/_superusers/auth-with-password", "", `{"identity":"`+rootEmail+`","password":"`+rootPassword+`"}`, nil), &signed)
	d.super = signed.Token
	d.json(d.send("POST", "/api/collections", d.super, `{"id":"pbc_drawer","name":"drawer","type":"base","createRule":"","updateRule":"","deleteRule":"","fields":[
		{"name":"all","type":"file","maxSelect":20,"thumbs":["40x20","0x10f","10x0"]},{"name":"hidden","type":"file","protected":true}]}`, nil), nil)
	return d
}

func (d *drawer) send(method, path, token, body string, header map[string]string) *httptest.ResponseRecorder {
	d.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	for name, v := range header {
		r.Header.Set(name, v)
	}
	w := httptest.NewRecorder()
	d.app.ServeHTTP(w, r)
	return w
}

func (d *drawer) json(w *httptest.ResponseRecorder, into any) {
	d.Helper()
	if w.Code != http.StatusOK {
		d.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		d.Fatal(err)
	}
}

type stored struct {
	ID     string
	All    []string
	Hidden string
}

// put creates a record with one file in each field.
func (d *drawer) put(name string, content []byte) (rec stored) {
	d.Helper()
	d.json(d.upload(name, content), &rec)
	return rec
}

func (d *drawer) upload(name string, content []byte) *httptest.ResponseRecorder {
	d.Helper()
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	for _, key := range []string{"all", "hidden"} {
		part, err := form.CreateFormFile(key, name)
		if err != nil {
			d.Fatal(err)
		}
		_, _ = part.Write(content)
	}
	_ = form.Close()
	return d.send("POST", "/api/collections/drawer/records", "", buf.String(), map[string]string{"Content-Type": form.FormDataContentType()})
}

func (d *drawer) get(rec stored, query string, header map[string]string) *httptest.ResponseRecorder {
	d.Helper()
	return d.send("GET", "/api/files/drawer/"+rec.ID+"/"+rec.All[0]+query, "", "", header)
}

func picture(w, h int) []byte {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = uint8(i)
	}
	m.Set(0, 0, color.White)
	var buf bytes.Buffer
	if err := png.Encode(&buf, m); err != nil {
		panic(err)
	}
	return buf.Bytes()
}

func TestFileHeaders(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	for _, c := range []struct{ name, content, kind, shown string }{
		{"a.png", string(picture(3, 2)), "image/png", "inline"},
		{"b.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg", "inline"},
		{"c.html", "<html><body>hi</body></html>", "text/html; charset=utf-8", "attachment"},
		{"d.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`, "image/svg+xml", "attachment"},
		{"e.txt", "plain", "text/plain; charset=utf-8", "attachment"},
		{"f.js", "let a = 1", "text/javascript", "attachment"},
		{"g.css", "a { }", "text/css", "attachment"},
		{"h.pdf", "%PDF-1.4\n", "application/pdf", "inline"},
		{"i.bin", "\x00\x01\x02", "application/octet-stream", "attachment"},
		{"j.docx", "not really", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "attachment"},
		{"k.png", "<script>alert(1)</script>", "text/html; charset=utf-8", "attachment"},
		{"l.html", "GIF89a", "image/gif", "inline"},
		{"empty", "", "text/plain", "attachment"},
	} {
		rec := d.put(c.name, []byte(c.content))
		w := d.get(rec, "", nil)
		want := c.shown + "; filename=" + rec.All[0]
		if w.Code != http.StatusOK || w.Body.String() != c.content || w.Header().Get("Content-Type") != c.kind || w.Header().Get("Content-Disposition") != want {
			t.Errorf("%s: %d, %s, %s; want %s, %s", c.name, w.Code, w.Header().Get("Content-Type"), w.Header().Get("Content-Disposition"), c.kind, want)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
			"Cache-Control":           "max-age=2592000, stale-while-revalidate=86400",
			"X-Content-Type-Options":  "nosniff", "X-Frame-Options": "", "ETag": "", "Content-Encoding": "",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", c.name, name, got, want)
			}
		}
	}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	rec := d.put("a.png", picture(3, 2))
	for query, want := range map[string]string{
		"": "inline", "?download=1": "attachment", "?download=true": "attachment", "?download=": "attachment", "?download=T": "attachment",
		"?download=0": "inline", "?download=false": "inline", "?download=yes": "inline",
	} {
		if got := d.get(rec, query, nil).Header().Get("Content-Disposition"); !strings.HasPrefix(got, want+";") {
			t.Errorf("%q: %s, want %s", query, got, want)
		}
	}
}

func TestConditionsAndRanges(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	rec := d.put("a.txt", []byte("0123456789"))
	at := d.get(rec, "", nil).Header().Get("Last-Modified")
	when, err := http.ParseTime(at)
	if err != nil {
		t.Fatal(err)
	}
	before := when.Add(-time.Hour).Format(http.TimeFormat)
	for _, c := range []struct {
		header map[string]string
		status int
		body   string
	}{
		{map[string]string{"Range": "bytes=2-4"}, 206, "234"},
		{map[string]string{"Range": "bytes=-2"}, 206, "89"},
		{map[string]string{"Range": "bytes=2-4", "If-Range": at}, 206, "234"},
		{map[string]string{"Range": "bytes=2-4", "If-Range": before}, 200, "0123456789"},
		{map[string]string{"If-Modified-Since": at}, 304, ""},
		{map[string]string{"If-Modified-Since": before}, 200, "0123456789"},
		{map[string]string{"If-Unmodified-Since": before}, 412, ""},
	} {
		if w := d.get(rec, "", c.header); w.Code != c.status || w.Body.String() != c.body {
			t.Errorf("%v: %d %q, want %d %q", c.header, w.Code, w.Body, c.status, c.body)
		}
	}
	w := d.get(rec, "", map[string]string{"Range": "bytes=0-1,5-6"})
	if w.Code != 206 || !strings.HasPrefix(w.Header().Get("Content-Type"), "multipart/byteranges") {
		t.Errorf("two ranges: %d %s", w.Code, w.Header().Get("Content-Type"))
	}
	w = d.get(rec, "", map[string]string{"Range": "bytes=50-"})
	if w.Code != 416 || w.Header().Get("Content-Range") != "bytes */10" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
		t.Errorf("a range that is not there: %d %s %s", w.Code, w.Header().Get("Content-Range"), w.Header().Get("Content-Type"))
	}
}

func TestThumbs(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	rec := d.put("Photo.png", picture(400, 200))
	for size, want := range map[string]image.Point{
		"100x100": {100, 100}, "40x20": {40, 20}, "0x10f": {20, 10}, "10x0": {10, 5}, // the field's, and the one that all have
		"41x20": {400, 200}, "100x100t": {400, 200}, "junk": {400, 200}, "": {400, 200},
	} {
		for range 2 { // made, and kept
			w := d.get(rec, "?thumb="+size, nil)
			m, err := png.Decode(w.Body)
			if err != nil || m.Bounds().Size() != want {
				t.Errorf("%s: %v, want %v", size, err, want)
			}
			name := rec.All[0]
			if want.X != 400 {
				name = size + "_" + name
			}
			if got := w.Header().Get("Content-Disposition"); got != "inline; filename="+name {
				t.Errorf("%s: %s", size, got)
			}
		}
	}
	name := rec.All[0]
	kept := filepath.Join(d.dir, "storage", "pbc_drawer", rec.ID, "thumbs_"+name, "40x20_"+name)
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
	for _, c := range []struct{ name, content string }{{"a.txt", "text"}, {"b.svg", "<svg/>"}, {"c.png", "\x89PNG\r\n\x1a\nbroken"}} {
		rec := d.put(c.name, []byte(c.content))
		for range 2 {
			if w := d.get(rec, "?thumb=100x100", nil); w.Code != http.StatusOK || w.Body.String() != c.content {
				t.Errorf("%s: %d %q", c.name, w.Code, w.Body)
			}
		}
	}
	// A file of which nothing is known any more is what its content is; one whose bytes are gone is gone, but for
	// thumbs that are there.
	plain := d.put("plain.png", picture(400, 200))
	raw := filepath.Join(d.dir, "storage", "pbc_drawer", plain.ID, plain.All[0])
	bytesAlone(t, raw)
	if w := d.get(plain, "", nil); w.Header().Get("Content-Type") != "image/png" || w.Body.Len() != len(picture(400, 200)) {
		t.Errorf("without attributes: %v, %d bytes", w.Header(), w.Body.Len())
	}
	if w := d.get(plain, "?thumb=100x100", nil); w.Header().Get("Content-Disposition") != "inline; filename=100x100_"+plain.All[0] {
		t.Errorf("a thumb without attributes: %v", w.Header())
	}
	if err := os.Remove(filepath.Join(d.dir, "storage", "pbc_drawer", rec.ID, name)); err != nil {
		t.Fatal(err)
	}
	if w := d.get(rec, "", nil); w.Code != http.StatusNotFound {
		t.Errorf("without bytes: %d", w.Code)
	}
	if w := d.get(rec, "?thumb=100x100", nil); w.Code != http.StatusOK {
		t.Errorf("a thumb without its original: %d", w.Code)
	}
}

// TestThumbsOfSuperusers asks for the size that superusers alone may ask for, by the token of a superuser and of others.
func TestThumbsOfSuperusers(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	rec := d.put("Photo.png", picture(600, 500))
	var token struct{ Token string }
	d.json(d.send("POST", "/api/files/token", d.super, "", nil), &token)
	for query, want := range map[string]image.Point{
		"?thumb=400x400&token=" + token.Token: {400, 400},
		"?thumb=401x401&token=" + token.Token: {600, 500},
		"?thumb=400x400":                      {600, 500},
		"?thumb=400x400&token=" + d.super:     {600, 500}, // signs in, but opens no files
	} {
		for range 2 { // made, and kept
			if m, err := png.Decode(d.get(rec, query, nil).Body); err != nil || m.Bounds().Size() != want {
				t.Errorf("%s: %v, want %v", query, err, want)
			}
		}
	}
}

// TestThumbsAtOnce asks for the same thumbs from many sides.
func TestThumbsAtOnce(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	rec := d.put("a.png", picture(300, 300))
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for i := range 40 {
		wg.Go(func() {
			w := d.get(rec, "?thumb="+[]string{"100x100", "40x20"}[i%2], nil)
			if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Content-Disposition"), "x") {
				t.Errorf("%d %v", w.Code, w.Header())
			}
			mu.Lock()
			defer mu.Unlock()
			seen[w.Body.String()] = true
		})
	}
	wg.Wait()
	if len(seen) != 2 {
		t.Errorf("there are %d thumbs, want 2", len(seen))
	}
}

// TestReplacedFilesGo looks into the folder: files and thumbs go with their names, and folders when empty.
func TestReplacedFilesGo(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	rec := d.put("a.png", picture(300, 300))
	d.get(rec, "?thumb=100x100", nil)
	folder := filepath.Join(d.dir, "storage", "pbc_drawer", rec.ID)
	d.json(d.send("PATCH", "/api/collections/drawer/records/"+rec.ID, "", `{"all":[]}`, nil), nil)
	waitFor(t, "only the other file is left", func() bool {
		return slices.Equal(listed(t, folder), []string{rec.Hidden})
	})
	if w := d.send("DELETE", "/api/collections/drawer/records/"+rec.ID, "", "", nil); w.Code != http.StatusNoContent {
		t.Fatal(w.Code)
	}
	waitFor(t, "nothing is left", func() bool { return len(listed(t, filepath.Join(d.dir, "storage", "pbc_drawer"))) == 0 })
}

// bytesAlone puts a copy in the place of a file, as programs make it that know nothing of attributes.
func bytesAlone(t *testing.T, name string) {
	t.Helper()
	content, err := os.ReadFile(name)
	if err = errors.Join(err, os.WriteFile(name+".new", content, 0o600), os.Rename(name+".new", name)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(name + ".attrs"); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

// listed are the files and folders in a folder, without side files.
func listed(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, d := range list {
		if !strings.HasSuffix(d.Name(), ".attrs") {
			names = append(names, d.Name())
		}
	}
	return names
}

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	late := time.After(10 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("it does not come about that %s", what)
		}
	}
}

// TestProtectedForSuperusersByAddress counts a superuser from elsewhere as a guest.
func TestProtectedForSuperusersByAddress(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	rec := d.put("a.txt", []byte("text"))
	var token struct{ Token string }
	d.json(d.send("POST", "/api/files/token", d.super, "", nil), &token)
	path := "/api/files/drawer/" + rec.ID + "/" + rec.Hidden + "?token=" + token.Token
	if w := d.send("GET", path, "", "", nil); w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "private, no-store" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	d.json(d.send("PATCH", "/api/settings", d.super, `{"trustedProxy":{"headers":["X-Real-Ip"]},"superuserIPs":["192.0.2.1","10.0.0.1"]}`, nil), nil)
	if w := d.send("GET", path, "", "", map[string]string{"X-Real-Ip": "10.0.0.2"}); w.Code != http.StatusNotFound {
		t.Errorf("from elsewhere: %d", w.Code)
	}
	if w := d.send("GET", path, "", "", map[string]string{"X-Real-Ip": "10.0.0.1"}); w.Code != http.StatusOK {
		t.Errorf("from where superusers are: %d", w.Code)
	}
	// A public view rule serves protected files to everybody.
	d.json(d.send("PATCH", "/api/collections/drawer", d.super, `{"viewRule":""}`, map[string]string{"X-Real-Ip": "10.0.0.1"}), nil)
	if w := d.send("GET", strings.Split(path, "?")[0], "", "", nil); w.Code != http.StatusOK {
		t.Errorf("under a public rule: %d", w.Code)
	}
}

// TestLargeFile streams more than the memory that a request may take, over a real connection.
func TestLargeFile(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	srv := httptest.NewServer(d.app)
	defer srv.Close()
	content := bytes.Repeat([]byte("0123456789abcdef"), 4<<20/16)
	rec := d.put("large.bin", content)
	res, err := http.Get(srv.URL + "/api/files/drawer/" + rec.ID + "/" + rec.All[0])
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got, err := io.ReadAll(res.Body); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d of %d bytes, %v", len(got), len(content), err)
	}
}

// TestFilesInAnObjectStore sends files to S3 as soon as the settings say so.
func TestFilesInAnObjectStore(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	store := objectstore.New()
	srv := httptest.NewServer(store)
	defer srv.Close()
	before := d.put("before.txt", []byte("before"))
	d.json(d.send("PATCH", "/api/settings", d.super, `{"s3":{"enabled":true,"bucket":"bucket","region":"eu","endpoint":"`+srv.URL+`","accessKey":"key","secret":"secret","forcePathStyle":true}}`, nil), nil)
	if w := d.send("POST", "/api/settings/test/s3", d.super, `{"filesystem":"storage"}`, nil); w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), "s3.allowPrivate") {
		t.Errorf("a store on this machine that nobody allowed: %d %s", w.Code, w.Body)
	}
	if w := d.upload("b.txt", []byte("x")); w.Code != http.StatusServiceUnavailable || store.Calls(http.MethodPut) > 0 {
		t.Errorf("an upload to it: %d %s", w.Code, w.Body)
	}
	d.json(d.send("PATCH", "/api/settings", d.super, `{"s3":{"enabled":true,"bucket":"bucket","region":"eu","endpoint":"`+srv.URL+`","accessKey":"key","secret":"secret","forcePathStyle":true,"allowPrivate":true}}`, nil), nil)
	if w := d.send("POST", "/api/settings/test/s3", d.super, `{"filesystem":"storage"}`, nil); w.Code != http.StatusNoContent {
		t.Errorf("test: %d %s", w.Code, w.Body)
	}
	if keys := store.Keys(); len(keys) != 0 {
		t.Errorf("the test left %q", keys)
	}
	rec := d.put("a.png", picture(300, 200))
	if got, want := len(store.Keys()), 2; got != want {
		t.Errorf("%d objects, want %d: %q", got, want, store.Keys())
	}
	w := d.get(rec, "?thumb=100x100", nil)
	if m, err := png.Decode(w.Body); err != nil || m.Bounds().Dx() != 100 {
		t.Errorf("thumb: %v", err)
	}
	if w := d.get(rec, "", map[string]string{"Range": "bytes=1-3"}); w.Code != http.StatusPartialContent || w.Body.String() != "PNG" {
		t.Errorf("range: %d %q", w.Code, w.Body)
	}
	if w := d.get(before, "", nil); w.Code != http.StatusNotFound {
		t.Errorf("a file that was not moved: %d", w.Code)
	}
	d.send("DELETE", "/api/collections/drawer/records/"+rec.ID, "", "", nil)
	waitFor(t, "nothing is left", func() bool { return len(store.Keys()) == 0 })
	store.Refuse(http.StatusForbidden)
	if w := d.send("POST", "/api/settings/test/s3", d.super, `{"filesystem":"storage"}`, nil); w.Code != http.StatusBadRequest {
		t.Errorf("test of a store that refuses: %d", w.Code)
	}
	d.json(d.send("PATCH", "/api/settings", d.super, `{"s3":{"enabled":false}}`, nil), nil)
	if w := d.get(before, "", nil); w.Code != http.StatusOK {
		t.Errorf("back in the folder: %d", w.Code)
	}
}

// TestThumbsAsWebP makes WebPs of the sizes that a field has, keeps few of them, and removes them with their file.
func TestThumbsAsWebP(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	rec, text := d.put("a.png", picture(300, 200)), d.put("a.txt", []byte("text"))
	kept := func() (names []string) {
		list, err := os.ReadDir(filepath.Join(d.dir, "storage", "pbc_drawer", rec.ID, "thumbs_"+rec.All[0]))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for _, e := range list {
			if name, ok := strings.CutSuffix(e.Name(), "_"+rec.All[0]); ok {
				names = append(names, name)
			}
		}
		return names
	}
	stem := strings.TrimSuffix(rec.All[0], ".png")
	for _, tc := range []struct{ query, kind, name string }{
		{"?thumb=40x20&format=webp", "image/webp", "40x20_" + stem + ".webp"},
		{"?thumb=40x20&format=webp&quality=78", "image/webp", "40x20_" + stem + ".webp"},
		{"?thumb=40x20&format=webp&quality=84", "image/webp", "40x20_" + stem + ".webp"},
		{"?thumb=40x20&format=webp&quality=poor", "image/webp", "40x20_" + stem + ".webp"},
		{"?thumb=40x20&format=webp&quality=-7", "image/webp", "40x20_" + stem + ".webp"},
		{"?thumb=100x100&format=webp&quality=1000", "image/webp", "100x100_" + stem + ".webp"},
		{"?thumb=40x20&format=gif", "image/png", "40x20_" + rec.All[0]},
		{"?thumb=40x20&quality=20", "image/png", "40x20_" + rec.All[0]},
		{"?thumb=41x20&format=webp", "image/png", rec.All[0]},
		{"?format=webp", "image/png", rec.All[0]},
	} {
		for range 2 { // made, and as it is kept
			w := d.get(rec, tc.query, map[string]string{"Accept": "image/avif,image/webp"})
			if got := w.Header().Get("Content-Disposition"); w.Code != http.StatusOK || w.Header().Get("Content-Type") != tc.kind || got != "inline; filename="+tc.name {
				t.Errorf("%s: %d %s %s", tc.query, w.Code, w.Header().Get("Content-Type"), got)
			}
			if _, kind, err := image.DecodeConfig(w.Body); err != nil || "image/"+kind != tc.kind {
				t.Errorf("%s is %s, %v", tc.query, kind, err)
			}
		}
	}
	if got, want := kept(), []string{"100x100_webp100", "40x20", "40x20_webp10", "40x20_webp80"}; !slices.Equal(got, want) {
		t.Errorf("kept: %q, want %q", got, want)
	}
	if w := d.get(text, "?thumb=40x20&format=webp", nil); w.Body.String() != "text" {
		t.Errorf("of a text: %d %q", w.Code, w.Body)
	}
	d.send("DELETE", "/api/collections/drawer/records/"+rec.ID, "", "", nil)
	waitFor(t, "the thumbs go with their file", func() bool { return len(kept()) == 0 })
}

// TestDownloadsFromTheStore leads to the store, when the settings say so, and nowhere before the rules were asked.
func TestDownloadsFromTheStore(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	store := objectstore.New()
	srv := httptest.NewServer(store)
	defer srv.Close()
	d.json(d.send("PATCH", "/api/settings", d.super, `{"s3":{"enabled":true,"bucket":"bucket","region":"eu","endpoint":"`+srv.URL+`","accessKey":"key","secret":"secret","forcePathStyle":true,"allowPrivate":true}}`, nil), nil)
	shown, active := d.put("a.png", picture(300, 200)), d.put("b.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`))
	if w := d.get(shown, "", nil); w.Code != http.StatusOK {
		t.Errorf("without the setting: %d", w.Code)
	}
	d.json(d.send("PATCH", "/api/settings", d.super, `{"s3":{"directDownloads":true}}`, nil), nil)
	for _, tc := range []struct {
		rec               stored
		query, kind, form string
	}{
		{shown, "", "image/png", "inline"}, {shown, "?download=1", "image/png", "attachment"}, {active, "", "image/svg+xml", "attachment"},
	} {
		w := d.get(tc.rec, tc.query, nil)
		to, err := url.Parse(w.Header().Get("Location"))
		if w.Code != http.StatusFound || err != nil || !strings.HasPrefix(to.String(), srv.URL+"/bucket/pbc_drawer/") || w.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Fatalf("%s%s: %d, %q", tc.kind, tc.query, w.Code, w.Header())
		}
		q := to.Query()
		if q.Get("response-content-type") != tc.kind || q.Get("response-content-disposition") != tc.form+"; filename="+tc.rec.All[0] || q.Get("X-Amz-Expires") != "120" {
			t.Errorf("%s%s: the store is asked for %q", tc.kind, tc.query, q)
		}
		if got := w.Header().Get("Cache-Control"); got != "private, max-age=60" {
			t.Errorf("cached: %s", got)
		}
	}
	if w := d.get(shown, "?thumb=100x100", nil); w.Code != http.StatusOK {
		t.Errorf("a thumb: %d", w.Code)
	}
	if w := d.send("HEAD", "/api/files/drawer/"+shown.ID+"/"+shown.All[0], "", "", nil); w.Code != http.StatusOK {
		t.Errorf("a HEAD: %d", w.Code)
	}
	hidden := "/api/files/drawer/" + shown.ID + "/" + shown.Hidden
	if w := d.send("GET", hidden, "", "", nil); w.Code != http.StatusNotFound || w.Header().Get("Location") != "" {
		t.Errorf("a protected file: %d %q", w.Code, w.Header())
	}
	var token struct{ Token string }
	d.json(d.send("POST", "/api/files/token", d.super, "", nil), &token)
	w := d.send("GET", hidden+"?token="+token.Token, "", "", nil)
	if w.Code != http.StatusFound || w.Header().Get("Cache-Control") != "private, no-store" || strings.Contains(w.Header().Get("Location"), token.Token) {
		t.Errorf("a protected file with a token: %d %q", w.Code, w.Header())
	}
}

// TestAnObjectStoreThatIsDown refuses uploads and downloads as long as the store fails, and leaves no row.
func TestAnObjectStoreThatIsDown(t *testing.T) {
	t.Parallel()
	d := newDrawer(t)
	store := objectstore.New()
	srv := httptest.NewServer(store)
	defer srv.Close()
	d.json(d.send("PATCH", "/api/settings", d.super, `{"s3":{"enabled":true,"bucket":"bucket","region":"eu","endpoint":"`+srv.URL+`","accessKey":"key","secret":"secret","forcePathStyle":true,"allowPrivate":true}}`, nil), nil)
	rec := d.put("a.txt", []byte("content"))
	store.Refuse(http.StatusServiceUnavailable)
	if w := d.upload("b.txt", []byte("x")); w.Code != http.StatusServiceUnavailable {
		t.Errorf("upload: %d %s", w.Code, w.Body)
	}
	if w := d.get(rec, "", nil); w.Code != http.StatusServiceUnavailable {
		t.Errorf("download: %d %s", w.Code, w.Body)
	}
	if w := d.send("GET", "/api/collections/drawer/records", d.super, "", nil); !strings.Contains(w.Body.String(), `"totalItems":1`) {
		t.Errorf("a row without its object: %s", w.Body)
	}
}
