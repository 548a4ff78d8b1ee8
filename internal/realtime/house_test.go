package realtime_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdall-dev/holdall"
)

// house is an app behind a real server, with a superuser and a collection "fence" that everybody hears of.
type house struct {
	testing.TB
	dir   string
	serve func(http.Handler) *httptest.Server
	app   *holdall.App
	srv   *httptest.Server
	url   string
	super string // token

	mu  sync.Mutex
	now time.Time
}

type data = map[string]any

func open(t testing.TB) *house { return openWith(t, httptest.NewServer) }

func openWith(t testing.TB, serve func(http.Handler) *httptest.Server) *house {
	t.Helper()
	h := &house{TB: t, dir: t.TempDir(), serve: serve, now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	h.start()
	t.Cleanup(h.stop)
	if err := h.app.CreateSuperuser(t.Context(), "root@example.com", "a long password"); err != nil {
		t.Fatal(err)
	}
	h.super = h.signIn("_superusers", "root@example.com", "a long password")
	h.collection(`{"name":"fence","fields":[{"name":"n","type":"number"}]}`)
	return h
}

func (h *house) start() {
	h.Helper()
	app, err := holdall.Open(h.Context(), holdall.Options{Dir: h.dir, Now: h.clock, RelaxedSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		h.Fatal(err)
	}
	h.app, h.srv = app, h.serve(app.Handler())
	h.url = h.srv.URL
}

func (h *house) stop() {
	if err := h.app.Close(); err != nil {
		h.Error(err)
	}
	h.srv.Close()
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) wait(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// try asks and returns status and answer.
func (h *house) try(method, path, token string, body any) (int, data) {
	h.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		h.Fatal(err)
	}
	req, err := http.NewRequestWithContext(h.Context(), method, h.url+path, bytes.NewReader(raw))
	if err != nil {
		h.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.Fatal(err)
	}
	var out data
	_ = json.Unmarshal(text, &out)
	return res.StatusCode, out
}

// raw is the text of an answer.
func (h *house) raw(method, path, token string) string {
	h.Helper()
	req, err := http.NewRequestWithContext(h.Context(), method, h.url+path, http.NoBody)
	if err != nil {
		h.Fatal(err)
	}
	req.Header.Set("Authorization", token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.Fatal(err)
	}
	return string(text)
}

// ask is try that must succeed.
func (h *house) ask(method, path, token string, body any) data {
	h.Helper()
	status, out := h.try(method, path, token, body)
	if status >= 300 {
		h.Fatalf("%s %s: %d %v", method, path, status, out)
	}
	return out
}

func (h *house) signIn(collection, identity, password string) string {
	h.Helper()
	out := h.ask("POST", "/api/collections/"+collection+"/auth-with-password", "", data{"identity": identity, "password": password})
	return out["token"].(string)
}

// collection makes one that everybody may do everything with, unless the text says otherwise.
func (h *house) collection(text string) (id string) {
	h.Helper()
	all := data{"type": "base", "listRule": "", "viewRule": "", "createRule": "", "updateRule": "", "deleteRule": ""}
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		h.Fatal(err)
	}
	return h.ask("POST", "/api/collections", h.super, all)["id"].(string)
}

func (h *house) create(collection string, d data) (id string) {
	h.Helper()
	return h.ask("POST", "/api/collections/"+collection+"/records", h.super, d)["id"].(string)
}

func (h *house) update(collection, id string, d data) {
	h.Helper()
	h.ask("PATCH", "/api/collections/"+collection+"/records/"+id, h.super, d)
}

func (h *house) remove(collection, id string) {
	h.Helper()
	h.ask("DELETE", "/api/collections/"+collection+"/records/"+id, h.super, nil)
}

// account makes one and signs it in.
func (h *house) account(name string, more data) (id, token string) {
	h.Helper()
	d := data{"email": name + "@example.com", "password": "a long password", "passwordConfirm": "a long password", "verified": true}
	maps.Copy(d, more)
	return h.create("users", d), h.signIn("users", name+"@example.com", "a long password")
}

// stream is one open connection.
type stream struct {
	h     *house
	id    string
	first string // data of PB_CONNECT
	last  string // the last id that was seen
	body  io.ReadCloser
	r     *bufio.Reader
	head  http.Header
}

// event is one event as it came.
type event struct{ id, name, data string }

func (h *house) connect(query string) *stream {
	h.Helper()
	s, err := h.dial(query, "")
	if err != nil {
		h.Fatal(err)
	}
	return s
}

// dial connects, as a browser that comes back when lastID is not "".
func (h *house) dial(query, lastID string) (*stream, error) {
	req, err := http.NewRequestWithContext(h.Context(), "GET", h.url+"/api/realtime"+query, http.NoBody)
	if err != nil {
		return nil, err
	}
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	s := &stream{h: h, body: res.Body, r: bufio.NewReader(res.Body), head: res.Header}
	h.Cleanup(func() { _ = s.body.Close() })
	first, err := s.next()
	if err != nil || first.name != "PB_CONNECT" {
		return nil, fmt.Errorf("status %d, the first event is %v, %w", res.StatusCode, first, err)
	}
	s.id = first.id
	s.first = first.data
	return s, nil
}

// listen connects and submits topics, and the fence's.
func (h *house) listen(token string, topics ...string) *stream {
	h.Helper()
	s := h.connect("")
	s.submit(token, topics...)
	return s
}

func (s *stream) submit(token string, topics ...string) {
	s.h.Helper()
	s.h.ask("POST", "/api/realtime", token, data{"clientId": s.id, "subscriptions": append(topics, "fence/*")})
}

// next is the next event; heartbeats are passed over.
func (s *stream) next() (e event, err error) {
	for {
		line, err := s.r.ReadString('\n')
		if err != nil {
			return e, err
		}
		line = strings.TrimSuffix(line, "\n")
		switch key, value, _ := strings.Cut(line, ":"); key {
		case "id":
			e.id, s.last = value, value
		case "event":
			e.name = value
		case "data":
			e.data = value
		case "":
			if line == "" && e.name != "" {
				return e, nil
			}
		default:
			return e, fmt.Errorf("strange line %q", line)
		}
	}
}

// upToFence returns what came before the fence that is put up now.
func (s *stream) upToFence() (got []event) {
	s.h.Helper()
	id := s.h.create("fence", data{})
	for {
		e, err := s.next()
		if err != nil {
			s.h.Fatalf("after %v: %v", got, err)
		}
		if e.name == "fence/*" && strings.Contains(e.data, id) {
			return got
		}
		if e.name != "fence/*" {
			got = append(got, e)
		}
	}
}

// wants compares what came with "topic action id" in order; ids are named.
func (s *stream) wants(ids map[string]string, want ...string) {
	s.h.Helper()
	var got []string
	for _, e := range s.upToFence() {
		var d struct {
			Record struct{ ID string }
			Action string
		}
		if err := json.Unmarshal([]byte(e.data), &d); err != nil {
			s.h.Fatalf("data %s: %v", e.data, err)
		}
		name := d.Record.ID
		for n, id := range ids {
			if id == d.Record.ID {
				name = n
			}
		}
		got = append(got, e.name+" "+d.Action+" "+name)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		s.h.Errorf("\n got %q\nwant %q", got, want)
	}
}

func (s *stream) ends() {
	s.h.Helper()
	for {
		if _, err := s.next(); err != nil {
			if !errors.Is(err, io.EOF) {
				s.h.Errorf("the stream ended with %v, want a good end", err)
			}
			return
		}
	}
}
