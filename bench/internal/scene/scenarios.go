package scene

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"time"

	"github.com/holdall-dev/holdall/bench/internal/load"
	"github.com/holdall-dev/holdall/bench/internal/server"
	"github.com/holdall-dev/holdall/bench/internal/wire"
)

// Stage is a running server with the scene on it.
type Stage struct {
	*server.Server
	Posts  int
	tokens []string // of users
	media  media
}

// signedIn is how many users hold tokens; each costs a password check.
const signedIn = 8

// Enter signs in the users that scenarios act for, and uploads the files that they read.
func Enter(ctx context.Context, s *server.Server, posts int) (*Stage, error) {
	st := &Stage{Server: s, Posts: posts}
	c := wire.Client{Base: s.URL()}
	for i := range signedIn {
		t, err := c.SignIn(ctx, "users", fmt.Sprintf("user%d@bench.example", i), password)
		if err != nil {
			return nil, err
		}
		st.tokens = append(st.tokens, t)
	}
	return st, st.enterMedia(ctx)
}

// Scenario is one kind of load.
type Scenario struct {
	Name  string
	Conns int
	// Per is how many operations a request holds.
	Per  int
	Next func(s *Stage, buf []byte, worker int, rng *rand.Rand) []byte
}

// Scenarios are all that is measured, in order. Those that write come last, for they change the scene.
var Scenarios = slices.Concat(recordScenarios, mediaScenarios)

var recordScenarios = []Scenario{
	{"health", 64, 1, func(_ *Stage, buf []byte, _ int, _ *rand.Rand) []byte {
		return get(buf, "/api/health", "")
	}},
	{"view", 64, 1, view},
	{"view-expand", 64, 1, func(s *Stage, buf []byte, _ int, rng *rand.Rand) []byte {
		return get(buf, "/api/collections/posts/records/"+PostID(rng.IntN(s.Posts))+"?expand=author", "")
	}},
	{"list-30", 64, 1, func(_ *Stage, buf []byte, _ int, rng *rand.Rand) []byte {
		return list(buf, "posts", "section = '"+Section(rng.IntN(1000))+"'", "", "&sort=-created&skipTotal=1")
	}},
	{"list-30-total", 64, 1, func(_ *Stage, buf []byte, _ int, rng *rand.Rand) []byte {
		return list(buf, "posts", "section = '"+Section(rng.IntN(1000))+"'", "", "&sort=-created")
	}},
	{"list-like", 8, 1, func(_ *Stage, buf []byte, _ int, rng *rand.Rand) []byte {
		return list(buf, "posts", fmt.Sprintf("title ~ 'zzz%d'", rng.IntN(1000)), "", "&skipTotal=1")
	}},
	{"list-rule", 64, 1, func(s *Stage, buf []byte, w int, _ *rand.Rand) []byte {
		return list(buf, "notes", "", s.token(w), "&sort=-created&skipTotal=1")
	}},
	{"list-relation", 64, 1, func(_ *Stage, buf []byte, _ int, rng *rand.Rand) []byte {
		return list(buf, "posts", fmt.Sprintf("author.name = 'Author %d'", rng.IntN(Authors)), "", "&expand=author&skipTotal=1")
	}},
	{"auth-refresh", 64, 1, func(s *Stage, buf []byte, w int, _ *rand.Rand) []byte {
		return load.Request(buf, "POST", "/api/collections/users/auth-refresh", s.token(w), []byte("{}"))
	}},
	{"auth-password", 8, 1, signIn},
	{"create-1", 1, 1, create},
	{"create-32", 32, 1, create},
	{"create-256", 256, 1, create},
	{"create-rule", 32, 1, func(s *Stage, buf []byte, w int, rng *rand.Rand) []byte {
		body := fmt.Appendf(nil, `{"title":"Note %d","text":"remember","owner":"%s"}`, rng.IntN(1000), UserID(w%signedIn))
		return load.Request(buf, "POST", "/api/collections/notes/records", s.token(w), body)
	}},
	{"update", 32, 1, func(s *Stage, buf []byte, _ int, rng *rand.Rand) []byte {
		body := fmt.Appendf(nil, `{"title":"Changed %d","views+":1}`, rng.IntN(1000))
		return load.Request(buf, "PATCH", "/api/collections/posts/records/"+PostID(rng.IntN(s.Posts)), "", body)
	}},
	{"mix-90-10", 64, 1, func(s *Stage, buf []byte, w int, rng *rand.Rand) []byte {
		if rng.IntN(10) == 0 {
			return create(s, buf, w, rng)
		}
		return get(buf, "/api/collections/posts/records/"+PostID(rng.IntN(s.Posts)), "")
	}},
	{"batch-200", 4, 200, func(_ *Stage, buf []byte, _ int, rng *rand.Rand) []byte {
		body := []byte(`{"requests":[`)
		for i := range 200 {
			if i > 0 {
				body = append(body, ',')
			}
			body = append(body, `{"method":"POST","url":"/api/collections/posts/records","body":`...)
			body = append(post(body, rng), '}')
		}
		return load.Request(buf, "POST", "/api/batch", "", append(body, "]}"...))
	}},
}

// Paced is a scenario in which each connection sends a request so often; 0 is as fast as answers come.
type Paced struct {
	Scenario
	Pace time.Duration
}

// Storm is measured at the same time: as many sign in as come after a notice to all, and a few look at pages, a
// hundred a second in all.
var Storm = []Paced{
	{Scenario{"storm-sign-ins", 32, 1, signIn}, 0},
	{Scenario{"storm-views", 4, 1, view}, 40 * time.Millisecond},
}

func (s *Stage) token(worker int) string { return s.tokens[worker%len(s.tokens)] }

func view(s *Stage, buf []byte, _ int, rng *rand.Rand) []byte {
	return get(buf, "/api/collections/posts/records/"+PostID(rng.IntN(s.Posts)), "")
}

func signIn(_ *Stage, buf []byte, _ int, rng *rand.Rand) []byte {
	body := fmt.Appendf(nil, `{"identity":"user%d@bench.example","password":"%s"}`, rng.IntN(Users), password)
	return load.Request(buf, "POST", "/api/collections/users/auth-with-password", "", body)
}

func get(buf []byte, path, token string) []byte { return load.Request(buf, "GET", path, token, nil) }

func list(buf []byte, collection, filter, token, more string) []byte {
	return get(buf, "/api/collections/"+collection+"/records?perPage=30&filter="+url.QueryEscape(filter)+more, token)
}

func create(_ *Stage, buf []byte, _ int, rng *rand.Rand) []byte {
	return load.Request(buf, "POST", "/api/collections/posts/records", "", post(nil, rng))
}

func post(buf []byte, rng *rand.Rand) []byte {
	n := rng.IntN(1_000_000)
	return fmt.Appendf(buf, `{"title":"Post %d about rivers","slug":"post-%d","summary":"%s","body":"%s","section":"%s","views":%d,"score":%g,`+
		`"active":true,"meta":{"lang":"en","n":%d,"tags":["a","b"]},"state":"live","author":"%s","published":"2025-03-04 05:06:07.000Z"}`,
		n, n, "river stone garden window paper silver morning letter winter music", "harbor bridge yellow mountain engine story market ocean candle forest "+
			"station mirror thunder pencil basket village copper lantern meadow river stone garden window paper silver morning",
		Section(n), n, rng.Float64(), n, AuthorID(n%Authors))
}
