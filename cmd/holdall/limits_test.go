package main

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/mail/mailtest"
)

// post sends JSON as somebody, and returns the status and after how many seconds to try again.
func (n *node) post(token, path, body string) (status, after int) {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodPost, "http://"+n.addr+path, strings.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	res.Body.Close()
	after, _ = strconv.Atoi(res.Header.Get("Retry-After"))
	return res.StatusCode, after
}

// spread sends the same request n times, to one node after the other, and demands that the first free ones are
// answered with a status, and all others refused for no longer than a window.
func (c *cluster) spread(what string, n, free, want int, window time.Duration, token, path, body string) {
	c.Helper()
	for i := range n {
		status, after := c.nodes[i%len(c.nodes)].post(token, path, body)
		switch {
		case i < free && status != want:
			c.Errorf("%s, number %d: %d, want %d", what, i+1, status, want)
		case i >= free && (status != 429 || after < 1 || after > int(window/time.Second)):
			c.Errorf("%s, number %d of %d: %d, again after %d s; want 429 and no more than %v", what, i+1, free, status, after, window)
		}
	}
}

const signIn = "/api/collections/users/auth-with-password"

// TestGuessesAmongNodes: guesses and mails are counted on all nodes together: who is sent from one to the other has no
// more of them.
func TestGuessesAmongNodes(t *testing.T) {
	t.Parallel()
	t.Run("2 nodes", func(t *testing.T) {
		t.Parallel()
		c := newClusterOf(t, 2)
		defer c.stop()
		c.passwords()
		c.codes()
	})
	t.Run("4 nodes", func(t *testing.T) {
		t.Parallel()
		c := newClusterOf(t, 4)
		defer c.stop()
		c.passwords()
		c.atOnce()
		c.windowEnds()
	})
}

// passwords: ten wrong ones, then not even the right one; right ones are not counted.
func (c *cluster) passwords() {
	c.Helper()
	email := c.signUp("ann")
	right := `{"identity":"` + email + `","password":"long-enough"}`
	c.spread("a right password", 2*len(c.nodes), 100, 200, 0, "", signIn, right)
	c.spread("a wrong password", 20, 10, 400, 5*time.Minute, "", signIn, `{"identity":"`+email+`","password":"wrong"}`)
	c.spread("the right password afterwards", len(c.nodes), 0, 0, 5*time.Minute, "", signIn, right)
	c.spread("somebody else's", 1, 1, 200, 0, "", signIn, `{"identity":"`+c.signUp("bob")+`","password":"long-enough"}`)
}

// atOnce: of many guesses at once ten are answered.
func (c *cluster) atOnce() {
	c.Helper()
	body := `{"identity":"` + c.signUp("cid") + `","password":"wrong"}`
	var wrong, refused atomic.Int64
	var all sync.WaitGroup
	const guesses = 24
	for i := range guesses {
		all.Go(func() {
			switch status, _ := c.nodes[i%len(c.nodes)].post("", signIn, body); status {
			case 400:
				wrong.Add(1)
			case 429:
				refused.Add(1)
			}
		})
	}
	if all.Wait(); wrong.Load() != 10 || refused.Load() != guesses-10 {
		c.Errorf("of %d guesses at once %d were answered and %d refused, want 10 answered", guesses, wrong.Load(), refused.Load())
	}
}

// codes: five tries of the codes of an address, whether anybody has it or not, and ten mails with codes; five mails
// to other addresses for an account.
func (c *cluster) codes() {
	c.Helper()
	a := c.nodes[0]
	post := mailtest.Start(c.T, mailtest.Options{})
	a.must(200, "PATCH", "/api/settings", fmt.Sprintf(`{"smtp":{"enabled":true,"host":%q,"port":%d}}`, post.Host, post.Port), nil)
	a.must(200, "PATCH", "/api/collections/users", `{"otp":{"enabled":true,"duration":300},"authAlert":{"enabled":false}}`, nil)
	for _, email := range []string{c.signUp("dan"), "nobody@example.com"} {
		var ids []string
		for i := range 14 {
			var otp struct{ OTPID string }
			c.nodes[i%len(c.nodes)].must(200, "POST", "/api/collections/users/request-otp", `{"email":"`+email+`"}`, &otp)
			ids = append(ids, otp.OTPID)
		}
		for i := range 10 {
			body := fmt.Sprintf(`{"otpId":%q,"password":"00000000"}`, ids[i%len(ids)])
			status, after := c.nodes[(i+i/3)%len(c.nodes)].post("", "/api/collections/users/auth-with-otp", body)
			if i < 5 && status != 400 || i >= 5 && (status != 429 || after < 1 || after > 180) {
				c.Errorf("try %d of the codes of %s: %d, again after %d s", i+1, email, status, after)
			}
		}
	}
	post.Wait(c.T, 10)
	var session struct{ Token string }
	a.must(200, "POST", signIn, `{"identity":"`+c.signUp("eve")+`","password":"long-enough"}`, &session)
	c.spread("a change of address", 8, 5, 204, 5*time.Minute, session.Token, "/api/collections/users/request-email-change", `{"newEmail":"new@example.com"}`)
	if n := len(post.Wait(c.T, 15)); n != 15 {
		c.Errorf("%d mails, want 10 codes and 5 changes", n)
	}
}

// windowEnds: a rule for a route where somebody may guess is exact, and who waits as long as the answer says passes.
func (c *cluster) windowEnds() {
	c.Helper()
	c.nodes[0].must(200, "PATCH", "/api/settings", `{"rateLimits":{"enabled":true,"rules":[{"label":"users:authWithPassword","duration":4,"maxRequests":3}]}}`, nil)
	begun := time.Now()
	body := `{"identity":"` + c.signUp("fay") + `","password":"wrong"}`
	passed, after := 0, 0
	for i := 0; i < 8 || after == 0; i++ {
		status, wait := c.nodes[i%len(c.nodes)].post("", signIn, body)
		if status != 429 {
			passed++
			continue
		}
		if after = wait; wait < 1 || wait > 4 {
			c.Errorf("refused for %d s in a window of 4", wait)
		}
	}
	if took := time.Since(begun); passed != 3 && took < 4*time.Second {
		c.Errorf("%d passed in %v, want 3", passed, took)
	}
	timer := time.NewTimer(time.Duration(after) * time.Second)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-c.Context().Done():
	}
	if status, wait := c.nodes[1].post("", signIn, body); status != 400 {
		c.Errorf("after the %d s that it said: %d, again after %d s", after, status, wait)
	}
}

// TestRatesAmongNodes: however requests come to the nodes, hardly more pass than may on one.
func TestRatesAmongNodes(t *testing.T) {
	t.Parallel()
	for _, nodes := range []int{1, 2, 4} {
		t.Run(fmt.Sprint(nodes, " nodes"), func(t *testing.T) {
			t.Parallel()
			c := newClusterOf(t, nodes)
			defer c.stop()
			for i := range nodes - 1 {
				meet(t, c.nodes[i], c.nodes[i+1])
				meet(t, c.nodes[i+1], c.nodes[i])
			}
			c.rate("in turn", func(i int) int { return i % nodes })
			c.rate("nine of ten to one", func(i int) int { return i / 10 % nodes * min(1, 1/(1+i%10)) })
		})
	}
}

// rate asks three times as often as may be for a window, and measures how much passes.
func (c *cluster) rate(name string, to func(i int) int) {
	c.Helper()
	const limit, window = 60, 3 * time.Second
	rule := fmt.Sprintf(`{"rateLimits":{"enabled":true,"rules":[{"label":"/api/health","duration":%d,"maxRequests":%d}]}}`, window/time.Second, limit)
	c.nodes[0].must(200, "PATCH", "/api/settings", rule, nil)
	every := time.NewTicker(window / (3 * limit))
	defer every.Stop()
	passed, refused, begun := 0, 0, time.Now()
	for i := 0; time.Since(begun) < window-window/10; i++ {
		guest := &node{t: c.T, addr: c.nodes[to(i)].addr}
		switch status := guest.call("GET", "/api/health", "", nil); status {
		case 200:
			passed++
		case 429:
			refused++
		default:
			c.Fatalf("%s: %d", name, status)
		}
		<-every.C
	}
	c.Logf("%d nodes, %s: %d of %d passed, %d were refused", len(c.nodes), name, passed, limit, refused)
	if passed > limit*3/2 {
		c.Errorf("%d nodes, %s: %d passed, want %d and no more than half as many again", len(c.nodes), name, passed, limit)
	}
	if refused == 0 && passed > limit {
		c.Errorf("%d nodes, %s: nobody was refused", len(c.nodes), name)
	}
}
