package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/holdall-dev/holdall/internal/sms"
)

// ask is one request to a gateway, and how its answer is to be understood.
type ask struct {
	url    string
	header http.Header
	body   []byte
	judge  func(status int, body []byte) *sms.Error // nil: taken
}

// post is a request without an answer yet.
func post(url, contentType string, body []byte) *ask {
	return &ask{url: url, body: body, header: http.Header{"Content-Type": {contentType}, "Accept": {"application/json"}, "User-Agent": {"Holdall"}}}
}

func postForm(to string, values url.Values) *ask {
	return post(to, "application/x-www-form-urlencoded", []byte(values.Encode()))
}

func postJSON(to string, v any) (*ask, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return post(to, "application/json", bytes.TrimSpace(b.Bytes())), nil
}

// send makes the request.
func (a *ask) send(ctx context.Context, client *http.Client, label string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.url, bytes.NewReader(a.body))
	if err != nil {
		return &sms.Error{Gateway: label, Cause: errors.New("its URL is malformed")}
	}
	r.Header = a.header
	resp, err := client.Do(r)
	if err != nil {
		return &sms.Error{Gateway: label, Cause: plain(err)}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body) // the client bounds it
	if err != nil {
		return &sms.Error{Gateway: label, Status: resp.StatusCode, Cause: plain(err)}
	}
	if e := a.judge(resp.StatusCode, body); e != nil {
		e.Gateway, e.Status = label, resp.StatusCode
		e.Words = strings.ToValidUTF8(e.Words[:min(len(e.Words), maxWords)], "")
		return e
	}
	return nil
}

// maxWords is how much of a gateway's explanation is kept, in bytes.
const maxWords = 300

// plain is an error without the URL, for there may be secrets in it.
func plain(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// fine reports whether a status is one of success.
func fine(status int) bool { return status >= 200 && status < 300 }
