package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/auth/provider"
)

// Peers are the other servers that share the store.
type Peers interface {
	// Owner is the other server that has the stream of a client id; "" when none has.
	Owner(clientID string) string
	// Ask returns what a server answers to a question about something.
	Ask(ctx context.Context, node, about string, question []byte) ([]byte, error)
	// Tell tells all others something that needs no answer.
	Tell(about string, body []byte)
	// Settle returns when the others have done what something asks for, or after a while.
	Settle(ctx context.Context, about string)
}

// What servers ask each other about.
const (
	AboutRequest = "request" // of HTTP, by a client whose stream is there
	AboutSchema  = "schema"  // collections or settings were changed: have they been read?
	AboutName    = "name"    // that Apple told
)

// passedOn is a request on its way to the server that has the client's stream.
type passedOn struct {
	Method string      `json:"method"`
	Target string      `json:"target"`
	Host   string      `json:"host"`
	From   string      `json:"from"` // the socket's address
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

// answeredThere is what it says.
type answeredThere struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	Body   []byte      `json:"body"`
}

type passedKey struct{}

func (c *call) wasPassedOn() bool { return c.r.Context().Value(passedKey{}) != nil }

// passOn lets another server answer when it has the client's stream; false when none has. body is the request's,
// which was read, as contentType spells it.
func (c *call) passOn(clientID, contentType string, body []byte) (bool, error) {
	if c.Peers == nil || c.wasPassedOn() {
		return false, nil
	}
	id, _, _ := strings.Cut(clientID, "~")
	node := c.Peers.Owner(id)
	if node == "" {
		return false, nil
	}
	h := c.r.Header.Clone()
	for _, name := range []string{"Content-Length", "Content-Encoding", "Accept-Encoding", "Connection", "Cookie"} {
		h.Del(name)
	}
	h.Set("Content-Type", contentType)
	question, err := json.Marshal(passedOn{c.r.Method, c.r.RequestURI, c.r.Host, c.r.RemoteAddr, h, body})
	if err != nil {
		return false, fmt.Errorf("pass a request on: %w", err)
	}
	raw, err := c.Peers.Ask(c.r.Context(), node, AboutRequest, question)
	if err != nil {
		return false, fault.New(fault.Unavailable, "").In(time.Second).Because(err)
	}
	var a answeredThere
	if err := json.Unmarshal(raw, &a); err != nil || a.Status == 0 {
		return false, fmt.Errorf("the answer of another server: %w", errors.Join(err, errNoAnswer))
	}
	maps.Copy(c.w.Header(), a.Header)
	c.w.WriteHeader(a.Status)
	_, err = c.w.Write(a.Body)
	return true, err
}

var errNoAnswer = errors.New("it is none")

// Passed answers the requests that other servers pass on.
func Passed(h http.Handler) func(ctx context.Context, question []byte) []byte {
	return func(ctx context.Context, question []byte) []byte {
		var p passedOn
		if err := json.Unmarshal(question, &p); err != nil {
			return nil
		}
		r, err := http.NewRequestWithContext(context.WithValue(ctx, passedKey{}, true), p.Method, p.Target, bytes.NewReader(p.Body))
		if err != nil {
			return nil
		}
		r.RequestURI, r.Host, r.RemoteAddr, r.Header = p.Target, p.Host, p.From, p.Header
		r.Header.Del("Origin") // CORS is up to the server that has the connection
		w := &kept{header: http.Header{}}
		h.ServeHTTP(w, r)
		out, err := json.Marshal(answeredThere{max(w.status, http.StatusOK), w.header, w.body.Bytes()})
		if err != nil {
			return nil
		}
		return out
	}
}

// kept is an answer in memory.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header { return k.header }

func (k *kept) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

func (k *kept) Write(p []byte) (int, error) {
	k.WriteHeader(http.StatusOK)
	return k.body.Write(p)
}

// settled returns when collections and settings that this call changed are in force on the other servers too.
func (c *call) settled() {
	if c.Peers != nil {
		c.Peers.Settle(c.r.Context(), AboutSchema)
	}
}

// appleName is a name that Apple tells with a code: the sign-in that follows may reach any server.
type appleName struct{ Code, First, Last string }

func (c *call) tellName(n appleName) {
	if c.Peers == nil || c.wasPassedOn() {
		return
	}
	if raw, err := json.Marshal(n); err == nil {
		c.Peers.Tell(AboutName, raw)
	}
}

// Named keeps the names that other servers heard of.
func Named(s *provider.Service) func(ctx context.Context, told []byte) []byte {
	return func(_ context.Context, told []byte) []byte {
		var n appleName
		if json.Unmarshal(told, &n) == nil {
			s.KeepName(n.Code, n.First, n.Last)
		}
		return nil
	}
}

// formOf spells a form as a body.
func formOf(q url.Values) []byte { return []byte(q.Encode()) }
