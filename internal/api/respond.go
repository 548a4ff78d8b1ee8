package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/pbcompat"
	"github.com/holdall-dev/holdall/internal/pick"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/write"
)

// maxKept is the largest buffer that is kept for the next answer, in bytes.
const maxKept = 1 << 20

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4<<10); return &b }}

// borrow lends a buffer to fill and writes what it returns as the JSON answer.
func (c *call) borrow(status int, fill func(dst []byte) ([]byte, error)) error {
	buf := buffers.Get().(*[]byte)
	out, err := fill((*buf)[:0])
	if err == nil {
		writeJSON(c.w, c.r, status, out)
	}
	if cap(out) > cap(*buf) && cap(out) <= maxKept {
		*buf = out
	}
	buffers.Put(buf)
	return err
}

// answer writes a JSON value, reduced to what ?fields= names.
func (c *call) answer(raw []byte) error {
	shown, err := c.picked(raw)
	if err == nil {
		writeJSON(c.w, c.r, http.StatusOK, shown)
	}
	return err
}

// answerAs is answer with a value as JSON.
func (c *call) answerAs(v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.answer(raw)
}

// picked is a JSON value, reduced to what ?fields= names.
func (c *call) picked(raw []byte) ([]byte, error) {
	fields := c.query("fields")
	if fields == "" {
		return raw, nil
	}
	p, err := pick.Parse(fields)
	if err != nil {
		return nil, err
	}
	return p.Append(nil, raw), nil
}

// done answers that there is nothing to say.
func (c *call) done() error {
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func writeJSON(w http.ResponseWriter, r *http.Request, status int, raw []byte) {
	h := w.Header()
	raw, isPacked := packed(r, raw)
	if isPacked {
		h.Set("Content-Encoding", "gzip")
		h.Add("Vary", "Accept-Encoding")
	}
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(raw))}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(raw) // the client is gone; there is nobody to tell
	}
}

// worded gives a fault a sentence for the whole request.
func worded(f *fault.Error, msg string) *fault.Error {
	w := *f
	w.Msg = msg
	return &w
}

// reworded gives a body that cannot be read the sentence of its endpoint and leaves other errors alone.
func reworded(err error, msg string) error {
	if fault.Is(err, fault.Invalid) {
		return fault.New(fault.Invalid, msg).Because(err)
	}
	return err
}

// fail answers with what went wrong and logs what the client is not told.
func (c *call) fail(err error) {
	err = classify(err)
	c.log(err)
	sendError(c.w, c.r, err, c.told(err))
}

// told puts an error into the wire's words, with the record as it is now when somebody else was faster.
func (c *call) told(err error) pbcompat.Error {
	e := pbcompat.Translate(err)
	if moved, ok := errors.AsType[*write.Changed](err); ok {
		if raw, err := c.Read.Show(c.r.Context(), nil, c.Store, c.by, moved.Now, read.Shape{}); err == nil {
			e.Record = raw
		}
	}
	return e
}

// log notes failures of ours. A client that went away is none, and being busy is only a warning.
func (c *call) log(err error) {
	level := slog.LevelError
	switch status := pbcompat.Translate(err).Status; {
	case status < http.StatusInternalServerError || c.r.Context().Err() != nil:
		return
	case status == http.StatusServiceUnavailable:
		level = slog.LevelWarn
	}
	c.Log.Log(c.r.Context(), level, "a request failed", "method", c.r.Method, "path", c.r.URL.Path, "error", err)
}

// classify gives errors of the store that may reach the door the kind that they mean; faults have theirs.
func classify(err error) error {
	if _, ok := fault.Of(err); ok {
		return err
	}
	switch {
	case errors.Is(err, store.ErrReadOnly), errors.Is(err, store.ErrClosed), errors.Is(err, store.ErrStale):
		return fault.New(fault.Unavailable, "").Because(err)
	case errors.Is(err, blob.ErrDown), errors.Is(err, blob.ErrRefused), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "").Because(err)
	}
	return err
}

func writeError(w http.ResponseWriter, r *http.Request, err error) {
	sendError(w, r, err, pbcompat.Translate(err))
}

func sendError(w http.ResponseWriter, r *http.Request, err error, e pbcompat.Error) {
	if f, ok := fault.Of(err); ok && f.Retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((f.Retry+time.Second-1)/time.Second)))
	}
	writeJSON(w, r, e.Status, e.AppendJSON(nil))
}
