package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/mail/mailtest"
	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

const patience = 15 * time.Second

// cluster is several servers on one database.
type cluster struct {
	*testing.T
	db    *pgtest.Server
	env   string
	dirs  []string
	nodes []*node
	stops []func(os.Signal)
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	return newClusterOf(t, 2)
}

func newClusterOf(t *testing.T, nodes int) *cluster {
	t.Helper()
	db := pgtest.Start(t)
	c := &cluster{T: t, db: db, env: "HOLDALL_DB=" + db.DSN("postgres"), nodes: make([]*node, nodes), stops: make([]func(os.Signal), nodes)}
	var all sync.WaitGroup
	for i := range c.nodes {
		c.dirs = append(c.dirs, t.TempDir())
		all.Go(func() { c.start(i) })
	}
	all.Wait()
	cmd := command(t.Context(), t.TempDir(), "superuser", "create", "me@example.com", "long-enough")
	cmd.Env = append(cmd.Env, c.env)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var session struct{ Token string }
	c.nodes[0].must(200, "POST", "/api/collections/_superusers/auth-with-password", `{"identity":"me@example.com","password":"long-enough"}`, &session)
	for _, n := range c.nodes {
		n.token = session.Token
	}
	return c
}

func (c *cluster) stop() {
	for _, stop := range c.stops {
		stop(os.Interrupt)
	}
}

func (c *cluster) start(i int) {
	token := ""
	if c.nodes[i] != nil {
		token = c.nodes[i].token
	}
	addr, _, stop := start(c.T, c.dirs[i], c.env)
	c.nodes[i], c.stops[i] = &node{t: c.T, addr: addr, token: token}, stop
}

func (n *node) must(status int, method, path, body string, out any) {
	n.t.Helper()
	if got := n.call(method, path, body, out); got != status {
		n.t.Fatalf("%s %s: %d, want %d", method, path, got, status)
	}
}

// stream is an open event stream of a node.
type stream struct {
	*testing.T
	id     string
	events chan event
}

type event struct{ name, data string }

func (n *node) listen() *stream {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, "http://"+n.addr+"/api/realtime", nil)
	if err != nil {
		n.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	s := &stream{T: n.t, events: make(chan event, 10_000)}
	go func() {
		defer close(s.events)
		defer res.Body.Close()
		lines, e := bufio.NewScanner(res.Body), event{}
		for lines.Scan() {
			key, value, _ := strings.Cut(lines.Text(), ":")
			switch key {
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				s.events <- e
				e = event{}
			}
		}
	}()
	var first struct{ ClientID string }
	if err := json.Unmarshal([]byte(s.next("PB_CONNECT")), &first); err != nil {
		n.t.Fatal(err)
	}
	s.id = first.ClientID
	return s
}

// next is the data of the next event, which must have the name.
func (s *stream) next(name string) string {
	s.Helper()
	select {
	case e, ok := <-s.events:
		if !ok || e.name != name {
			s.Fatalf("%+v, open: %v; want %s", e, ok, name)
		}
		return e.data
	case <-time.After(patience):
		s.Fatalf("no event %s", name)
	}
	return ""
}

// topics submits topics for a stream, from whichever node.
func (n *node) topics(s *stream, topics ...string) (status int) {
	n.t.Helper()
	raw, err := json.Marshal(map[string]any{"clientId": s.id, "subscriptions": topics})
	if err != nil {
		n.t.Fatal(err)
	}
	return n.call("POST", "/api/realtime", string(raw), nil)
}

// meet waits until a node reaches the streams of another.
func meet(t *testing.T, asks, has *node) {
	t.Helper()
	s := has.listen()
	for begun := time.Now(); asks.topics(s) != 204; {
		if time.Since(begun) > patience {
			t.Fatal("one node never reaches the streams of the other")
		}
	}
}

// TestNodes is what an application behind a load balancer without memory relies on.
func TestNodes(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	defer c.stop()
	a, b := c.nodes[0], c.nodes[1]
	a.must(200, "POST", "/api/collections", `{"name":"notes","type":"base","listRule":"","viewRule":"","createRule":"","fields":[{"name":"n","type":"number"}]}`, nil)
	meet(t, a, b)
	meet(t, b, a)
	c.followsAtOnce()
	c.eventsInOrder()
	c.redirect()
	c.channels()
}

// followsAtOnce: what one node answered is in force on the other, mostly before the answer and always within a second.
func (c *cluster) followsAtOnce() {
	c.Helper()
	guest := &node{t: c.T, addr: c.nodes[1].addr}
	var took []time.Duration
	for i := range 40 {
		body, status := `{"listRule":null}`, 403
		if i%2 == 1 {
			body, status = `{"listRule":""}`, 200
		}
		c.nodes[0].must(200, "PATCH", "/api/collections/notes", body, nil)
		took = append(took, guest.soon("/api/collections/notes/records", status))
	}
	for i := range 10 {
		name := fmt.Sprintf("Shared %d", i)
		c.nodes[1].must(200, "PATCH", "/api/settings", `{"meta":{"appName":"`+name+`"}}`, nil)
		var s struct{ Meta struct{ AppName string } }
		if c.nodes[0].must(200, "GET", "/api/settings", "", &s); s.Meta.AppName != name {
			c.Errorf("settings of the other node: %q, want %q", s.Meta.AppName, name)
		}
	}
	slices.Sort(took)
	c.Logf("a rule was in force on the other node after p50 %v, p99 %v", took[len(took)/2], took[len(took)-1])
	if worst := took[len(took)-1]; worst > time.Second {
		c.Errorf("a rule took %v to be in force on the other node", worst)
	}
}

// eventsInOrder: writes on both nodes reach a stream of one, those of a record in order, across a restart of the
// database and of the other node.
func (c *cluster) eventsInOrder() {
	c.Helper()
	a := c.nodes[0]
	s := a.listen()
	if got := c.nodes[1].topics(s, "notes"); got != 204 {
		c.Fatalf("topics submitted at the other node: %d", got)
	}
	n := 0
	var rec struct{ ID string }
	a.must(200, "POST", "/api/collections/notes/records", `{"n":0}`, &rec)
	a.must(200, "PATCH", "/api/collections/notes", `{"updateRule":""}`, nil)
	some := func() {
		for range 20 {
			n++
			c.nodes[n%2].again("PATCH", "/api/collections/notes/records/"+rec.ID, fmt.Sprintf(`{"n":%d}`, n))
		}
	}
	some()
	if err := c.db.Stop(); err != nil {
		c.Fatal(err)
	}
	if err := c.db.Start(); err != nil {
		c.Fatal(err)
	}
	some()
	c.stops[1](os.Kill)
	c.start(1)
	some()
	last := -1
	for last < n {
		var e struct{ Record struct{ N int } }
		if err := json.Unmarshal([]byte(s.next("notes")), &e); err != nil {
			c.Fatal(err)
		}
		if e.Record.N != last+1 {
			c.Fatalf("event %d after %d", e.Record.N, last)
		}
		last = e.Record.N
	}
	meet(c.T, c.nodes[0], c.nodes[1])
	meet(c.T, c.nodes[1], c.nodes[0])
	if got := c.nodes[1].topics(s, "notes"); got != 204 {
		c.Errorf("topics at the other node after all: %d", got)
	}
	gone := &stream{id: strings.Repeat("x", 28) + "abcdefghijkl"}
	if got := c.nodes[1].topics(gone, "notes"); got != 404 {
		c.Errorf("topics for a stream of a node that is not there: %d, want 404", got)
	}
}

// again asks until the answer is not that the server is unavailable.
func (n *node) again(method, path, body string) {
	n.t.Helper()
	for begun := time.Now(); ; {
		switch got := n.call(method, path, body, nil); {
		case got == 200:
			return
		case got != 503 || time.Since(begun) > patience:
			n.t.Fatalf("%s %s: %d", method, path, got)
		}
	}
}

// redirect: a sign-in provider sends people to whichever node.
func (c *cluster) redirect() {
	c.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for try, want := range []string{"success", "failure"} { // the topic is good once
		s := c.nodes[0].listen()
		if got := c.nodes[1].topics(s, "@oauth2"); got != 204 {
			c.Fatalf("topics submitted at the other node: %d", got)
		}
		for range try + 1 {
			r, err := http.NewRequestWithContext(c.Context(), http.MethodGet, "http://"+c.nodes[1].addr+"/api/oauth2-redirect?code=abc&state="+s.id, nil)
			if err != nil {
				c.Fatal(err)
			}
			res, err := client.Do(r)
			if err != nil {
				c.Fatal(err)
			}
			res.Body.Close()
			if at := res.Header.Get("Location"); try == 0 && (res.StatusCode != 307 || !strings.HasSuffix(at, want)) {
				c.Errorf("a redirect at the other node: %d to %s, want %s", res.StatusCode, at, want)
			}
		}
		if data := s.next("@oauth2"); !strings.Contains(data, `"code":"abc"`) {
			c.Errorf("the client hears %s", data)
		}
	}
}

// channels: what is published at one node is heard at the other, in order, and who is there is known on both.
func (c *cluster) channels() {
	c.Helper()
	a, b := c.nodes[0], c.nodes[1]
	a.must(200, "PATCH", "/api/settings", `{"realtime":{"channels":[{"name":"rooms/:room","joinRule":"","publishRule":"","presence":true}]}}`, nil)
	a.must(200, "POST", "/api/collections/users/records", `{"email":"ann@example.com","password":"long-enough","passwordConfirm":"long-enough"}`, nil)
	var session struct{ Token string }
	b.must(200, "POST", "/api/collections/users/auth-with-password", `{"identity":"ann@example.com","password":"long-enough"}`, &session)
	listener := a.listen()
	if got := (&node{t: c.T, addr: b.addr}).topics(listener, "rooms/1"); got != 204 {
		c.Fatalf("join: %d", got)
	}
	if data := listener.next("rooms/1"); !strings.Contains(data, "sync") {
		c.Errorf("the first event of a room is %s", data)
	}
	ann := &node{t: c.T, addr: b.addr, token: session.Token}
	hers := b.listen()
	if got := (&node{t: c.T, addr: a.addr, token: session.Token}).topics(hers, "rooms/1"); got != 204 {
		c.Fatalf("join with an account: %d", got)
	}
	if data := listener.next("rooms/1"); !strings.Contains(data, `"join"`) {
		c.Errorf("the other node's account comes with %s", data)
	}
	long := strings.Repeat("é", 12_000)
	for i := range 20 {
		ann.must(204, "POST", "/api/realtime/publish", fmt.Sprintf(`{"topic":"rooms/1","data":{"i":%d,"long":%q}}`, i, long), nil)
	}
	for i := range 20 {
		if data := listener.next("rooms/1"); !strings.Contains(data, fmt.Sprintf(`"i":%d,`, i)) || !strings.Contains(data, long) {
			c.Fatalf("message %d of the other node: %.200s", i, data)
		}
	}
	c.stops[1](os.Kill)
	if data := listener.next("rooms/1"); !strings.Contains(data, `"leave"`) {
		c.Errorf("an account of a node that is gone: %s", data)
	}
	c.start(1)
}

func (c *cluster) signUp(name string) (email string) {
	c.Helper()
	email = name + "@example.com"
	c.nodes[0].must(200, "POST", "/api/collections/users/records", `{"email":"`+email+`","password":"long-enough","passwordConfirm":"long-enough"}`, nil)
	return email
}

var digits = regexp.MustCompile(`\b\d{8}\b`)

// TestOnceAmongNodes: a code that is used on both nodes at once is good once; a mail goes out once, also when the
// node that it was put in at is killed.
func TestOnceAmongNodes(t *testing.T) {
	t.Parallel()
	c := newCluster(t)
	defer c.stop()
	a, b := c.nodes[0], c.nodes[1]
	post := mailtest.Start(t, mailtest.Options{})
	a.must(200, "PATCH", "/api/settings", fmt.Sprintf(`{"smtp":{"enabled":true,"host":%q,"port":%d}}`, post.Host, post.Port), nil)
	a.must(200, "PATCH", "/api/collections/users", `{"otp":{"enabled":true},"authAlert":{"enabled":false}}`, nil)
	for round := range 5 {
		email := c.signUp(fmt.Sprint("ann-", round))
		var otp struct{ OTPID string }
		c.nodes[round%2].must(200, "POST", "/api/collections/users/request-otp", `{"email":"`+email+`"}`, &otp)
		code := digits.FindString(post.Last(t, round+1).Text)
		var good atomic.Int64
		var all sync.WaitGroup
		for i := range 10 { // five tries are free
			all.Go(func() {
				if c.nodes[i%2].call("POST", "/api/collections/users/auth-with-otp", fmt.Sprintf(`{"otpId":%q,"password":%q}`, otp.OTPID, code), nil) == 200 {
					good.Add(1)
				}
			})
		}
		if all.Wait(); good.Load() != 1 {
			t.Errorf("a code was good %d times", good.Load())
		}
	}
	sent := len(post.Mails())
	b.must(200, "PATCH", "/api/settings", fmt.Sprintf(`{"smtp":{"enabled":true,"host":%q,"port":1}}`, post.Host), nil)
	b.must(204, "POST", "/api/collections/users/request-password-reset", `{"email":"`+c.signUp("bob")+`"}`, nil)
	b.waits(1)
	c.stops[1](os.Kill)
	c.start(1)
	c.nodes[1].must(200, "PATCH", "/api/settings", fmt.Sprintf(`{"smtp":{"enabled":true,"host":%q,"port":%d}}`, post.Host, post.Port), nil)
	post.Wait(t, sent+1)
	a.must(204, "POST", "/api/collections/users/request-password-reset", `{"email":"`+c.signUp("cid")+`"}`, nil)
	if mails := post.Wait(t, sent+2); len(mails) != sent+2 {
		t.Errorf("%d mails, want %d", len(mails), sent+2)
	}
}

// waits waits until a node has a number of mails that are not out.
func (n *node) waits(mails int) {
	n.t.Helper()
	for begun := time.Now(); ; {
		r, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, "http://"+n.addr+"/api/metrics", nil)
		if err != nil {
			n.t.Fatal(err)
		}
		r.Header.Set("Authorization", n.token)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			n.t.Fatal(err)
		}
		raw, err := io.ReadAll(res.Body)
		res.Body.Close()
		switch {
		case err != nil:
			n.t.Fatal(err)
		case strings.Contains(string(raw), fmt.Sprintf("\nholdall_mails_waiting %d\n", mails)):
			return
		case time.Since(begun) > patience:
			n.t.Fatalf("never do %d mails wait:\n%s", mails, raw)
		}
	}
}
