// Package wire speaks to a server in JSON, one request at a time, for set-up and for comparing answers.
package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Client sends requests to one server.
type Client struct {
	Base string // without a slash at the end
}

// Raw is a body that is sent as it is.
type Raw struct {
	Type string
	Text string
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends one request. A nil body sends none, Raw is sent as it is, all else as JSON. An answer of any
// status is no error.
func (c Client) Do(ctx context.Context, method, path, token string, body any) (Answer, error) {
	var r io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case Raw:
		r, kind = strings.NewReader(b.Text), b.Type
	default:
		text, err := json.Marshal(b)
		if err != nil {
			return Answer{}, err
		}
		r = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, r)
	if err != nil {
		return Answer{}, err
	}
	if r != nil && kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if token != "" {
		req.Header.Set("Authorization", token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return Answer{res.StatusCode, res.Header, text}, err
}

// Must sends a request that has to succeed and decodes the answer into out, if there is an out.
func (c Client) Must(ctx context.Context, method, path, token string, body, out any) error {
	a, err := c.Do(ctx, method, path, token, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if a.Status < 200 || a.Status > 299 {
		return fmt.Errorf("%s %s: status %d: %s", method, path, a.Status, a.Body)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(a.Body, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// SignIn returns a token of a record of an auth collection.
func (c Client) SignIn(ctx context.Context, collection, identity, password string) (string, error) {
	var out struct{ Token string }
	err := c.Must(ctx, http.MethodPost, "/api/collections/"+collection+"/auth-with-password", "",
		map[string]string{"identity": identity, "password": password}, &out)
	return out.Token, err
}
