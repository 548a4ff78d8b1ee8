package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/body"
)

// Limits of request bodies, in bytes.
const (
	defaultLimit = 32 << 20
	fullBatch    = 128 << 20
	bodyIdle     = 15 * time.Second // a body must bring something that often
	replyTime    = 5 * time.Minute  // an answer must be taken within
)

// bodyLimit is how many bytes the body of the call may have.
func (c *call) bodyLimit() int64 {
	if c.route.limit == nil {
		return defaultLimit
	}
	return c.route.limit(c)
}

// smallLimit is for bodies that guests may send and that never hold much.
func smallLimit(*call) int64 { return 1 << 20 }

// recordLimit lets every field that takes much bring its maximum.
func recordLimit(c *call) int64 {
	limit := int64(defaultLimit)
	for _, f := range c.col.Fields {
		if s, ok := f.(field.Sized); ok {
			limit += s.MaxBytes()
		}
	}
	return limit
}

func batchLimit(c *call) int64 {
	if n := c.Settings.Current().Batch.MaxBodySize; n > 0 {
		return n
	}
	return fullBatch
}

// body reads the request's values and files; the caller closes it.
func (c *call) body() (body.Body, error) {
	c.paced()
	return body.Read(c.r, c.bodyLimit(), c.bodies)
}

// isJSON reports whether the body is sent as JSON.
func (c *call) isJSON() bool {
	return strings.HasPrefix(strings.ToLower(c.r.Header.Get("Content-Type")), "application/json")
}

// object reads a body that is kept as JSON text, {} when there is none. Forms become JSON.
func (c *call) object() ([]byte, error) {
	if !c.isJSON() {
		b, err := c.body()
		if err != nil {
			return nil, err
		}
		defer b.Close()
		if b.Data == nil {
			return []byte("{}"), nil
		}
		return json.Marshal(b.Data)
	}
	c.paced()
	limit := c.bodyLimit()
	src := &io.LimitedReader{R: c.r.Body, N: limit + 1}
	var raw json.RawMessage
	err := json.NewDecoder(src).Decode(&raw)
	switch {
	case src.N <= 0:
		return nil, fault.New(fault.TooLarge, "")
	case errors.Is(err, io.EOF), err == nil && string(raw) == "null":
		return []byte("{}"), nil
	case err != nil:
		return nil, fault.New(fault.Invalid, "").Because(err)
	case !bytes.HasPrefix(raw, []byte("{")):
		return nil, fault.New(fault.Invalid, "")
	}
	return raw, nil
}

// paced lets a body take as long as it keeps coming.
func (c *call) paced() {
	if c.r.Body == nil || c.r.Body == http.NoBody {
		return
	}
	c.r.Body = &paced{c.r.Body, http.NewResponseController(c.w)}
}

// paced moves the connection's deadline with every read, so that a slow upload lives and a stalled one ends.
type paced struct {
	io.ReadCloser
	conn *http.ResponseController
}

// Read gives the client bodyIdle to send something. At the end the deadline is lifted: what the handler does
// from there on is not the client's fault.
func (p *paced) Read(b []byte) (int, error) {
	_ = p.conn.SetReadDeadline(time.Now().Add(bodyIdle)) // not every writer has a connection
	n, err := p.ReadCloser.Read(b)
	if err != nil {
		_ = p.conn.SetReadDeadline(time.Time{})
		_ = p.conn.SetWriteDeadline(time.Now().Add(replyTime))
	}
	return n, err
}

// read decodes a body that is JSON, or a form, into v. Fault: Invalid.
func (c *call) read(v any) error {
	raw, err := c.object()
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fault.New(fault.Invalid, "").Because(err)
	}
	return nil
}
