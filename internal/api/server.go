package api

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/auth"
	"github.com/holdall-dev/holdall/internal/auth/provider"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/catalog"
	"github.com/holdall-dev/holdall/internal/dashboard"
	"github.com/holdall-dev/holdall/internal/files"
	"github.com/holdall-dev/holdall/internal/netguard"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/internal/realtime"
	"github.com/holdall-dev/holdall/internal/settings"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/tally"
	"github.com/holdall-dev/holdall/internal/write"
)

// maxURL is the longest request target that is looked at, in bytes.
const maxURL = 16 << 10

// Needs is what the door is made of.
type Needs struct {
	Store     store.Store
	Catalog   *catalog.Service
	Settings  *settings.Service
	Read      *read.Service
	Write     *write.Service
	Auth      *auth.Service
	Files     *files.Service
	Realtime  *realtime.Broker
	Dashboard *dashboard.Service
	OAuth2    *provider.Service
	Pusher    Pusher // brings sign-ins to those who wait for them; nil: nobody waits
	Out       *netguard.Guard
	Peers     Peers         // nil: this is the only server
	Rates     *tally.Shares // counts requests; nil: those of this server
	Exact     tally.Counter // counts requests that guess or send mails, on all servers; nil: as Rates does
	Waiting   func() (mails, messages int)
	Origins   []string // allowed origins of browsers; empty allows all
	Now       func() time.Time
	Log       *slog.Logger
}

// server is what all calls share.
type server struct {
	Needs
	fresh  *tally.Shares // keys of requests that may be repeated, by who sends them
	bodies *body.Memory
}

// New makes the handler of every endpoint. What is common to all answers stands here, outermost first;
// what happens between a route and its handler stands in [call.steps].
func New(n Needs) http.Handler {
	if n.Rates == nil {
		n.Rates = tally.NewShares(n.Now, "")
	}
	s := &server{Needs: n, fresh: tally.NewShares(n.Now, ""), bodies: body.NewMemory()}
	mux := http.NewServeMux()
	for i := range routes {
		mux.Handle(routes[i].on, s.serve(&routes[i]))
	}
	mux.Handle("/", s.serve(&route{do: func(*call) error { return fault.New(fault.NotFound, "") }}))
	return cors(n.Origins, securityHeaders(s.recovered(shortURL(mux))))
}

// serve answers the requests of one route.
func (s *server) serve(r *route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		c := &call{server: s, route: r, w: w, r: req}
		for _, step := range steps {
			if err := step(c); err != nil {
				c.fail(err)
				return
			}
		}
		c.answered()
	})
}

// recovered turns a panic into a 500 and a line in the log.
func (s *server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // a panic's value comes back as it is
				panic(p)
			}
			s.Log.ErrorContext(r.Context(), "a handler panicked", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
			writeError(w, r, fault.New(fault.Internal, ""))
		}()
		next.ServeHTTP(w, r)
	})
}

// shortURL refuses targets that no client of ours sends.
func shortURL(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.RequestURI) > maxURL {
			writeError(w, r, fault.New(fault.TooLarge, "The request URL is too long."))
			return
		}
		next.ServeHTTP(w, r)
	})
}

func securityHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["X-Xss-Protection"] = xssProtection
		h["X-Content-Type-Options"] = noSniff
		h["X-Frame-Options"] = sameOrigin
		h["Cross-Origin-Opener-Policy"] = openerPolicy
		next.ServeHTTP(w, r)
	})
}

// Values of headers that every answer has; they are shared and never changed.
var (
	xssProtection = []string{"1; mode=block"}
	noSniff       = []string{"nosniff"}
	sameOrigin    = []string{"SAMEORIGIN"}
	openerPolicy  = []string{"same-origin"}
	jsonType      = []string{"application/json"}
)
