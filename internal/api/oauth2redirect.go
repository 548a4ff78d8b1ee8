package api

import (
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/holdall-dev/holdall/field"
)

// Pusher hands a message to one realtime client.
type Pusher interface {
	// Push sends data as an event of a topic to one client and takes the topic off it, so that a second Push
	// finds nobody. It reports whether the client was there, connected, subscribed and, where its address is
	// known, at ip; only then is anything sent.
	Push(clientID, topic string, data []byte, ip string) bool
}

const (
	oauth2Topic   = "@oauth2"
	redirectLimit = 64 << 10 // bytes of a form
	maxAppleUser  = 4 << 10
)

// returned is what a provider sends people back with.
type returned struct{ state, code, failure, user string }

// oauth2Redirect brings what a provider says to the client that waits for it: its state names the client. The
// window that was opened for the provider is sent to a page that closes it (auth.md §8.7).
func oauth2Redirect(c *call) error {
	in := c.returned()
	c.keepAppleName(in)
	if there, err := c.passOn(in.state, "application/x-www-form-urlencoded", formOf(c.r.PostForm)); there || err != nil {
		return err
	}
	to := "../_/#/auth/oauth2-redirect-failure"
	if in.state != "" && c.Pusher != nil && c.Pusher.Push(in.state, oauth2Topic, in.event(), c.by.IP) && in.failure == "" && in.code != "" {
		to = "../_/#/auth/oauth2-redirect-success"
	}
	status := http.StatusTemporaryRedirect
	if c.r.Method == http.MethodPost {
		status = http.StatusSeeOther
	}
	h := c.w.Header()
	h.Set("Location", to)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the address holds a secret
	c.w.WriteHeader(status)
	return nil
}

// returned reads a query or, as Apple likes it, a form. What cannot be read is not there.
func (c *call) returned() returned {
	q := c.by.Query
	if c.r.Method == http.MethodPost {
		c.paced()
		c.r.Body = http.MaxBytesReader(c.w, c.r.Body, redirectLimit)
		q = url.Values{}
		if c.r.ParseMultipartForm(redirectLimit) == nil || c.r.PostForm != nil {
			q = c.r.PostForm
		}
	}
	return returned{state: first(q, "state"), code: first(q, "code"), failure: first(q, "error"), user: first(q, "user")}
}

// event is the message for the client.
func (in returned) event() []byte {
	out := field.AppendString([]byte(`{"state":`), in.state)
	out = field.AppendString(append(out, `,"code":`...), in.code)
	if in.failure != "" {
		out = field.AppendString(append(out, `,"error":`...), in.failure)
	}
	return append(out, '}')
}

// keepAppleName keeps the name that Apple tells in this form and nowhere else, for the sign-in that follows.
func (c *call) keepAppleName(in returned) {
	if in.user == "" || in.code == "" || in.failure != "" || len(in.user) > maxAppleUser {
		return
	}
	var user struct {
		Name struct {
			First string `json:"firstName"`
			Last  string `json:"lastName"`
		} `json:"name"`
	}
	if json.Unmarshal([]byte(in.user), &user) == nil {
		c.OAuth2.KeepName(in.code, user.Name.First, user.Name.Last)
		c.tellName(appleName{in.code, user.Name.First, user.Name.Last})
	}
}
