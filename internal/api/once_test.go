package api_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/hook"
)

// abreast is how many use a secret at the same time.
const abreast = 64

// secrets are everything that is good once. make uses one up from many places at once and returns how many of
// them had what it is for. A file token and a link that verifies are good more than once by contract; the
// latter changes the account once.
var secrets = []struct {
	name string
	make func(t *testing.T) func() int
}{
	{"one-time code", func(t *testing.T) func() int {
		p := newPost(t)
		p.options(fields{"otp": fields{"enabled": true}, "authAlert": fields{"enabled": false}})
		p.signUp("ann")
		return func() int { return p.race("auth-with-otp", 200, p.freshCode("ann")) }
	}},
	{"first factor", func(t *testing.T) func() int {
		p := newPost(t)
		p.signUp("ann")
		p.options(fields{"otp": fields{"enabled": true}, "mfa": fields{"enabled": true}, "authAlert": fields{"enabled": false}})
		return func() int {
			factor := p.must(401, p.ask("auth-with-otp", "", p.freshCode("ann")))["mfaId"]
			return p.race("auth-with-password", 200, fields{"identity": "ann@example.com", "password": secret, "mfaId": factor})
		}
	}},
	{"reset of a password", func(t *testing.T) func() int {
		p := newPost(t)
		p.signUp("ann")
		return func() int {
			p.must(204, p.ask("request-password-reset", "", fields{"email": "ann@example.com"}))
			return p.race("confirm-password-reset", 204, fields{"token": p.nextLink("confirm-password-reset"), "password": secret, "passwordConfirm": secret})
		}
	}},
	{"change of address", func(t *testing.T) func() int {
		p := newPost(t)
		p.options(fields{"authAlert": fields{"enabled": false}})
		p.signUp("ann-0")
		n := 0
		return func() int {
			p.clock.wait(2 * time.Minute) // changes are bounded too
			token := p.signIn("users", fmt.Sprintf("ann-%d@example.com", n), secret)
			n++
			p.must(204, p.ask("request-email-change", token, fields{"newEmail": fmt.Sprintf("ann-%d@example.com", n)}))
			return p.race("confirm-email-change", 204, fields{"token": p.nextLink("confirm-email-change"), "password": secret})
		}
	}},
	{"verification", func(t *testing.T) func() int {
		p := newPost(t)
		var changed atomic.Int64
		p.root.Hooks.Update.After(func(context.Context, *hook.Write) { changed.Add(1) }, "users")
		n := 0
		return func() int {
			n++
			name := fmt.Sprintf("ann-%d", n)
			p.signUp(name)
			p.must(204, p.ask("request-verification", "", fields{"email": name + "@example.com"}))
			body := fields{"token": p.nextLink("confirm-verification")}
			before := changed.Load()
			if ok := p.race("confirm-verification", 204, body); ok < abreast {
				t.Errorf("%d of %d were told that all is well", ok, abreast)
			}
			return int(changed.Load() - before)
		}
	}},
	{"link to the first superuser", func(t *testing.T) func() int {
		return func() int {
			at := newClock()
			app, err := holdall.Open(t.Context(), holdall.Options{Dir: t.TempDir(), DB: database(t), Now: at.Now, RelaxedSync: true})
			if err != nil {
				t.Fatal(err)
			}
			defer app.Close()
			p := &post{T: t, root: app, app: app.Handler(), clock: at}
			link := app.OfferSetup()
			return p.raceOn("POST", "/api/setup", 204, func(i int) fields {
				return fields{"token": link, "email": fmt.Sprintf("root-%d@example.com", i), "password": rootPassword}
			})
		}
	}},
	{"code of a provider", func(t *testing.T) func() int {
		p := newIDP(t)
		h := p.house(t, "")
		n := 0
		return func() int {
			n++
			return together(func(int) bool {
				status, _ := h.ask("POST", "/api/collections/users/auth-with-oauth2", "", fmt.Sprintf(
					`{"provider":"oidc","code":%q,"redirectURL":"https://a.example.com/"}`, codeOf(profile(fmt.Sprintf("P%d", n), fmt.Sprintf("p%d@example.com", n), true), n)))
				return status == 200
			})
		}
	}},
	{"state of a redirect", func(t *testing.T) func() int {
		app, _ := newApp(t)
		srv := httptest.NewServer(app)
		t.Cleanup(srv.Close)
		return func() int { return raceRedirect(t, srv.URL) }
	}},
}

// TestOnlyOnce: of any number of uses of a secret at the same time one succeeds. make auth-proof does it 200
// times each.
func TestOnlyOnce(t *testing.T) {
	t.Parallel()
	times := 1
	if *long {
		times = 200
	}
	for _, s := range secrets {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			use := s.make(t)
			for i := range times {
				if n := use(); n != 1 {
					t.Fatalf("round %d: %d uses succeeded, want 1", i, n)
				}
			}
		})
	}
}

// freshCode asks for a code and returns the body that spends it.
func (p *post) freshCode(name string) fields {
	p.Helper()
	p.clock.wait(4 * time.Minute) // tries of earlier codes count no more
	otp := p.must(200, p.ask("request-otp", "", fields{"email": name + "@example.com"}))["otpId"]
	return fields{"otpId": otp, "password": p.nextCode()}
}

// race counts successes of the same request of users from many places at once.
func (p *post) race(action string, ok int, body fields) int {
	p.Helper()
	return p.raceOn("POST", "/api/collections/users/"+action, ok, func(int) fields { return body })
}

func (p *post) raceOn(method, path string, ok int, body func(i int) fields) int {
	p.Helper()
	return together(func(i int) bool {
		q := *p
		q.ip = fmt.Sprintf("192.0.2.%d", 100+i)
		status := q.do(method, path, "", body(i)).status
		if status >= 500 && status != http.StatusServiceUnavailable {
			p.Errorf("%s: status %d", path, status)
		}
		return status == ok
	})
}

// together does something from all places at once and counts where it succeeded.
func together(use func(i int) bool) int {
	var wg sync.WaitGroup
	var n atomic.Int64
	start := make(chan struct{})
	for i := range abreast {
		wg.Go(func() {
			<-start
			if use(i) {
				n.Add(1)
			}
		})
	}
	close(start)
	wg.Wait()
	return int(n.Load())
}

// raceRedirect opens a stream that waits for a provider and counts how many of those who come back are let
// through; the stream must be told once.
func raceRedirect(t *testing.T, url string) int {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(ctx context.Context, path string) *http.Response {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	stream := get(ctx, "/api/realtime")
	defer stream.Body.Close()
	in := bufio.NewScanner(stream.Body)
	next := func(prefix string) string {
		for in.Scan() {
			if rest, ok := strings.CutPrefix(in.Text(), prefix); ok {
				return rest
			}
		}
		return ""
	}
	id := next("id:")
	body := strings.NewReader(fmt.Sprintf(`{"clientId":%q,"subscriptions":["@oauth2"]}`, id))
	res, err := client.Post(url+"/api/realtime", "application/json", body)
	if err != nil || res.StatusCode != http.StatusNoContent {
		t.Fatalf("subscribe: %v, %v", res, err)
	}
	_ = res.Body.Close()
	n := together(func(i int) bool {
		res := get(t.Context(), fmt.Sprintf("/api/oauth2-redirect?state=%s&code=c%d", id, i))
		defer res.Body.Close()
		return strings.HasSuffix(res.Header.Get("Location"), "success")
	})
	for event := next("event:"); event != "@oauth2"; event = next("event:") {
		if event == "" {
			t.Error("the stream was not told")
			break
		}
	}
	return n
}
