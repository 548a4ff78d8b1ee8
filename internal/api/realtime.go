package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/realtime"
)

// topicsLimit is a thousand topics of the greatest length, and what JSON adds to them.
func topicsLimit(*call) int64 { return 4 << 20 }

// listen opens the event stream (realtime.md §1.1). An answer in chunks over plain TCP is taken over from the
// HTTP server, so that a stream at rest costs next to nothing; all others keep their handler.
func listen(c *call) error {
	h := c.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	if c.r.Method == http.MethodHead {
		return nil
	}
	conn, err := c.Realtime.Connect(c.r.Context(), c.by, c.peer())
	if err != nil {
		h.Del("X-Accel-Buffering")
		return err
	}
	if c.takeOver(conn) {
		return nil
	}
	ctl := http.NewResponseController(c.w)
	c.w.WriteHeader(http.StatusOK)
	conn.Stream(c.r.Context(), &answerWriter{c.w, ctl})
	return nil
}

// peer reads what a client of ours adds: a cursor to go on from, as a parameter or as what browsers send when
// they connect again.
func (c *call) peer() realtime.Peer {
	p := realtime.Peer{IP: c.by.IP}
	if list, ok := c.by.Query["cursor"]; ok {
		p.Cursor, p.After = true, list[0]
	}
	if _, mark, ok := strings.Cut(c.r.Header.Get("Last-Event-ID"), "~"); ok {
		p.Cursor, p.After = true, mark
	}
	return p
}

// takeOver takes the connection from the HTTP server; false when it must not be.
func (c *call) takeOver(conn *realtime.Conn) bool {
	if c.r.TLS != nil || c.r.ProtoMajor != 1 || c.r.ProtoMinor != 1 {
		return false
	}
	nc, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		return false
	}
	raw, ok := nc.(realtime.Raw)
	if !ok {
		_ = nc.Close()
		conn.Close()
		return true
	}
	h := c.w.Header()
	h.Set("Transfer-Encoding", "chunked")
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 200 OK\r\n")
	_ = h.Write(&head) // to memory
	head.WriteString("\r\n")
	conn.Hijacked(raw, head.Bytes())
	return true
}

// answerWriter is a response as a stream wants it.
type answerWriter struct {
	http.ResponseWriter
	ctl *http.ResponseController
}

// Flush sends what was written; a writer without buffers needs none.
func (w *answerWriter) Flush() error { return ignoreUnsupported(w.ctl.Flush()) }

// SetWriteDeadline bounds the next write.
func (w *answerWriter) SetWriteDeadline(t time.Time) error {
	return ignoreUnsupported(w.ctl.SetWriteDeadline(t))
}

func ignoreUnsupported(err error) error {
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// submitTopics replaces the topics of a connection (realtime.md §3).
func submitTopics(c *call) error {
	b, err := c.body()
	if err != nil {
		return reworded(err, "")
	}
	defer b.Close()
	text := formText
	if c.isJSON() {
		text = jsonText
	}
	id, ok := text(b.Data["clientId"])
	topics, listed := textList(b.Data["subscriptions"], c.isJSON(), text)
	if !ok || !listed {
		return fault.New(fault.Invalid, "")
	}
	again, err := json.Marshal(map[string]any{"clientId": id, "subscriptions": topics})
	if err != nil {
		return err
	}
	if there, err := c.passOn(id, "application/json", again); there || err != nil {
		return err
	}
	if err := c.Realtime.Submit(c.r.Context(), c.by, id, topics); err != nil {
		return err
	}
	return c.done()
}

// jsonText is a text as JSON has it; null is "".
func jsonText(v any) (string, bool) {
	s, ok := v.(string)
	return s, ok || v == nil
}

// formText is a text, or what a form made of one; nil is "".
func formText(v any) (string, bool) {
	switch v := v.(type) {
	case float64, bool:
		return fmt.Sprint(v), true
	}
	return jsonText(v)
}

// textList is a list of texts; nil is none. Only JSON says whether a single value is a list.
func textList(v any, isJSON bool, text func(any) (string, bool)) ([]string, bool) {
	list, ok := v.([]any)
	switch {
	case v == nil:
		return nil, true
	case !ok && isJSON:
		return nil, false
	case !ok:
		list = []any{v}
	}
	out := make([]string, len(list))
	for i, v := range list {
		if out[i], ok = text(v); !ok {
			return nil, false
		}
	}
	return out, true
}
