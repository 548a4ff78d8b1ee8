package faulttest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
)

// collection is where writers write.
const collection = "ledger"

// writer changes records that nobody else touches, one request after another.
type writer struct {
	base   string
	client *http.Client
	ledger *Ledger
	rng    *rand.Rand
	mine   map[string]State
	order  []string // the keys of mine, so that a seed says which is chosen
	files  bool
	only   bool  // nothing but uploads and deletes
	away   *away // what the server may say while its database is away; nil when there is no reason for that
}

// run writes until ctx ends or the server is gone. Refusals come back as an error: there is no reason for any.
func (w *writer) run(ctx context.Context) error {
	for ctx.Err() == nil {
		in, req, err := w.next()
		if errors.Is(err, errGone) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := w.ledger.Sent(in); err != nil {
			return err
		}
		status, text, err := w.send(req)
		switch {
		case err != nil && w.away != nil:
			return fmt.Errorf("%s %s: no answer: %w", req.Method, req.URL.Path, err)
		case err != nil:
			return nil // the server was killed: the intent stays in doubt
		case w.away != nil && status >= 500:
			if err := w.putOff(ctx, in, status, text); err != nil {
				return fmt.Errorf("%s %s: %w", req.Method, req.URL.Path, err)
			}
			continue
		case status >= 500:
			return fmt.Errorf("%s %s: status %d: %s", req.Method, req.URL.Path, status, text)
		case status >= 300:
			return errors.Join(fmt.Errorf("%s %s: status %d: %s", req.Method, req.URL.Path, status, text), w.ledger.Refused(in))
		}
		if err := w.ledger.Acked(in); err != nil {
			return err
		}
		w.remember(in)
		if w.away != nil {
			w.away.succeeded()
		}
	}
	return nil
}

func (w *writer) send(req *http.Request) (int, string, error) {
	res, err := w.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err == nil && w.away != nil && res.StatusCode >= 500 {
		err = patient(res)
	}
	return res.StatusCode, string(text), err
}

func (w *writer) remember(in *Intent) {
	for _, one := range in.Writes {
		if one.After.Version == 0 {
			delete(w.mine, one.ID)
			continue
		}
		if _, ok := w.mine[one.ID]; !ok {
			w.order = append(w.order, one.ID)
		}
		w.mine[one.ID] = one.After
	}
}

// next makes up a request: half of them creates, the rest updates, deletes, batches and uploads.
func (w *writer) next() (*Intent, *http.Request, error) {
	switch n := w.rng.IntN(100); {
	case w.only && n < 20:
		return w.single(w.remove(nil))
	case w.only:
		return w.upload()
	case n < 20:
		return w.batch()
	case n < 34 && w.files:
		return w.upload()
	case n < 45:
		return w.single(w.update(nil))
	case n < 55:
		return w.single(w.remove(nil))
	default:
		return w.single(w.create())
	}
}

func (w *writer) create() Write {
	id := w.id()
	body := w.text()
	return Write{ID: id, body: body, After: State{Version: 1, Sum: Sum(id, 1, body)}}
}

// update changes a record of ours that is not among used, or creates one.
func (w *writer) update(used map[string]bool) Write {
	id, ok := w.pick(used)
	if !ok {
		return w.create()
	}
	old, body := w.mine[id], w.text()
	return Write{ID: id, body: body, After: State{Version: old.Version + 1, Sum: Sum(id, old.Version+1, body), File: old.File}}
}

func (w *writer) remove(used map[string]bool) Write {
	id, ok := w.pick(used)
	if !ok {
		return w.create()
	}
	return Write{ID: id}
}

// pick chooses a living record; names of dead ones are dropped as they turn up.
func (w *writer) pick(used map[string]bool) (string, bool) {
	for len(w.order) > 0 {
		i := w.rng.IntN(len(w.order))
		id := w.order[i]
		if _, ok := w.mine[id]; ok {
			return id, !used[id]
		}
		w.order[i] = w.order[len(w.order)-1]
		w.order = w.order[:len(w.order)-1]
	}
	return "", false
}

func (w *writer) id() string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	id := make([]byte, 15)
	for i := range id {
		id[i] = letters[w.rng.IntN(len(letters))]
	}
	return string(id)
}

func (w *writer) text() string {
	return strings.Repeat(fmt.Sprintf("%016x ", w.rng.Uint64()), 1+w.rng.IntN(100))
}

func (w *writer) single(one Write) (*Intent, *http.Request, error) {
	method, path, body := call(one, w.mine)
	req, err := w.request(method, path, body)
	return &Intent{Writes: []Write{one}}, req, err
}

// call is the request that brings a write about.
func call(one Write, have map[string]State) (method, path string, body map[string]any) {
	path = "/api/collections/" + collection + "/records"
	if one.After.Version == 0 {
		return http.MethodDelete, path + "/" + one.ID, nil
	}
	body = map[string]any{"version": one.After.Version, "sum": one.After.Sum, "body": one.body}
	if _, ok := have[one.ID]; ok {
		return http.MethodPatch, path + "/" + one.ID, body
	}
	body["id"] = one.ID
	return http.MethodPost, path, body
}

func (w *writer) batch() (*Intent, *http.Request, error) {
	in, used := &Intent{}, map[string]bool{}
	var calls []map[string]any
	for range 2 + w.rng.IntN(9) {
		one := []func() Write{w.create, func() Write { return w.update(used) }, func() Write { return w.remove(used) }}[w.rng.IntN(3)]()
		if used[one.ID] {
			continue
		}
		used[one.ID] = true
		in.Writes = append(in.Writes, one)
		method, path, body := call(one, w.mine)
		calls = append(calls, map[string]any{"method": method, "url": path, "body": body})
	}
	req, err := w.request(http.MethodPost, "/api/batch", map[string]any{"requests": calls})
	return in, req, err
}

func (w *writer) request(method, path string, body any) (*http.Request, error) {
	var r io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		r = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, w.base+path, r)
	if err == nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, err
}
