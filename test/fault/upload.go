package faulttest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
)

// errGone says that the server did not answer: it was killed.
var errGone = errors.New("the server is gone")

// part is a file of a form.
type part struct {
	key     string
	content []byte
}

// upload creates a record with files, or gives one of ours new files: with a form, with a batch of one or of
// several, or with uploads in pieces.
func (w *writer) upload() (*Intent, *http.Request, error) {
	switch w.rng.IntN(4) {
	case 0:
		return w.uploadBatch()
	case 1:
		return w.claim()
	}
	one, parts := w.withFiles(map[string]bool{})
	method, path, body := call(one, w.mine)
	req, err := w.form(method, path, clearing(body, parts), parts)
	return &Intent{Writes: []Write{one}}, req, err
}

// withFiles is a create or an update with a file in the single field, and some in the other.
func (w *writer) withFiles(used map[string]bool) (Write, []part) {
	one := w.create()
	if w.rng.IntN(2) == 0 {
		one = w.update(used)
	}
	used[one.ID] = true
	parts := []part{{"doc", w.content()}}
	for range w.rng.IntN(3) {
		parts = append(parts, part{"docs", w.content()})
	}
	var all []byte
	for _, p := range parts {
		all = append(all, p.content...)
	}
	one.After.File = sumBytes(all)
	return one, parts
}

func (w *writer) content() []byte { return []byte(strings.Repeat(w.text(), 1+w.rng.IntN(20))) }

// clearing says of a body without files for the field of several that there are none.
func clearing(body map[string]any, parts []part) map[string]any {
	if len(parts) == 1 {
		body["docs"] = []string{}
	}
	return body
}

func (w *writer) uploadBatch() (*Intent, *http.Request, error) {
	in, used := &Intent{}, map[string]bool{}
	var calls []map[string]any
	var all []part
	for range 1 + w.rng.IntN(3) {
		one, parts := w.withFiles(used)
		method, path, body := call(one, w.mine)
		for _, p := range parts {
			all = append(all, part{fmt.Sprintf("requests.%d.%s", len(calls), p.key), p.content})
		}
		in.Writes = append(in.Writes, one)
		calls = append(calls, map[string]any{"method": method, "url": path, "body": clearing(body, parts)})
	}
	req, err := w.form(http.MethodPost, "/api/batch", map[string]any{"requests": calls}, all)
	return in, req, err
}

// claim has a record take uploads that came in pieces.
func (w *writer) claim() (*Intent, *http.Request, error) {
	one, parts := w.withFiles(map[string]bool{})
	method, path, body := call(one, w.mine)
	docs := []string{}
	for _, p := range parts {
		id, err := w.begin(p)
		if err != nil {
			return nil, nil, err
		}
		if p.key == "doc" {
			body["doc"] = "upload:" + id
		} else {
			docs = append(docs, "upload:"+id)
		}
	}
	body["docs"] = docs
	req, err := w.request(method, path, body)
	return &Intent{Writes: []Write{one}}, req, err
}

// begin sends an upload in two pieces and returns its id.
func (w *writer) begin(p part) (string, error) {
	code := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	half := len(p.content) / 2
	head := http.Header{
		"Upload-Length":   {fmt.Sprint(len(p.content))},
		"Upload-Metadata": {"collection " + code(collection) + ",field " + code(p.key) + ",filename " + code("ledger.txt")},
	}
	res, err := w.piece(http.MethodPost, w.base+"/api/uploads", p.content[:half], head, http.StatusCreated)
	if err != nil {
		return "", err
	}
	_, id, _ := strings.Cut(res.Get("Location"), "/api/uploads/")
	_, err = w.piece(http.MethodPatch, w.base+"/api/uploads/"+id, p.content[half:], http.Header{"Upload-Offset": {fmt.Sprint(half)}}, http.StatusNoContent)
	return id, err
}

func (w *writer) piece(method, url string, content []byte, head http.Header, want int) (http.Header, error) {
	req, err := http.NewRequest(method, url, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	req.Header = head
	req.Header.Set("Tus-Resumable", "1.0.0")
	req.Header.Set("Content-Type", "application/offset+octet-stream")
	res, err := w.client.Do(req)
	if err != nil {
		return nil, errors.Join(errGone, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, errors.Join(errGone, err)
	}
	if res.StatusCode != want {
		return nil, fmt.Errorf("%s %s: status %d: %s", method, url, res.StatusCode, text)
	}
	return res.Header, nil
}

// form is a request with values and files.
func (w *writer) form(method, path string, body map[string]any, parts []part) (*http.Request, error) {
	var buf bytes.Buffer
	form := multipart.NewWriter(&buf)
	text, err := json.Marshal(body)
	if err == nil {
		err = form.WriteField("@jsonPayload", string(text))
	}
	for _, p := range parts {
		to, partErr := form.CreateFormFile(p.key, "ledger.txt")
		if err = errors.Join(err, partErr); err == nil {
			_, err = to.Write(p.content)
		}
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return nil, err
	}
	req, err := http.NewRequest(method, w.base+path, &buf)
	if err == nil {
		req.Header.Set("Content-Type", form.FormDataContentType())
	}
	return req, err
}
