package loadtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Revoke is the programme T26: while a user listens and somebody writes what the user may hear of, the right is
// taken away in every way there is. What was written afterwards must not arrive.
type Revoke struct{ Bin, Dir string }

// RevokeResult is the programme's one line.
type RevokeResult struct {
	Test  string           `json:"test"`
	Cases map[string]taken `json:"cases"`
}

// taken is what came of one way of taking the right.
type taken struct {
	Before    int     `json:"before"`    // events until then
	Forbidden int     `json:"forbidden"` // events of records that were sent after the answer
	LastMS    float64 `json:"last_ms"`   // when the last of these came, after the answer
	Witnessed int     `json:"witnessed"` // events that one who may heard of meanwhile
}

// OK reports whether every promise was kept: nothing a second after the commit.
func (r *RevokeResult) OK() bool {
	for _, c := range r.Cases {
		if c.LastMS > 1000 || c.Before == 0 || c.Witnessed == 0 {
			return false
		}
	}
	return len(r.Cases) > 0
}

// ways are how a right is lost; undo gives it back to those who come later.
var ways = []struct {
	name       string
	take, undo func(s *Server, a account) error
}{
	{"password", func(s *Server, a account) error {
		return s.Must(http.MethodPatch, records("users")+"/"+a.id, map[string]any{"password": "another-pass-1", "passwordConfirm": "another-pass-1"}, nil)
	}, nil},
	{"account deleted", func(s *Server, a account) error {
		return s.Must(http.MethodDelete, records("users")+"/"+a.id, nil, nil)
	}, nil},
	{"rule changed", func(s *Server, _ account) error {
		return s.Must(http.MethodPatch, "/api/collections/mine", map[string]any{"listRule": "owner = 'nobody'"}, nil)
	}, restore},
	{"rule removed", func(s *Server, _ account) error {
		return s.Must(http.MethodPatch, "/api/collections/mine", map[string]any{"listRule": nil}, nil)
	}, restore},
	{"secret changed", func(s *Server, _ account) error {
		secret := map[string]any{"secret": strings.Repeat("another secret ", 3)}
		return s.Must(http.MethodPatch, "/api/collections/users", map[string]any{"authToken": secret}, nil)
	}, nil},
}

func restore(s *Server, _ account) error {
	return s.Must(http.MethodPatch, "/api/collections/mine", map[string]any{"listRule": "owner = @request.auth.id"}, nil)
}

// Run plays all ways.
func (o Revoke) Run(ctx context.Context) (*RevokeResult, error) {
	server, err := Start(o.Bin, o.Dir)
	if err != nil {
		return nil, err
	}
	defer server.Kill()
	if _, err := server.prepare(0); err != nil {
		return nil, err
	}
	r := &RevokeResult{Test: "realtime-revoke", Cases: map[string]taken{}}
	for i, way := range ways {
		a, err := server.account(i)
		if err != nil {
			return r, err
		}
		if r.Cases[way.name], err = server.revoke(ctx, a, way.take); err != nil {
			return r, fmt.Errorf("%s: %w", way.name, err)
		}
		if way.undo != nil {
			if err := way.undo(server, a); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

// arrival is an event that came.
type arrival struct{ sent, came time.Duration }

// revoke takes the right from a user who has heard of some events, and waits until a witness has heard of more.
func (s *Server) revoke(ctx context.Context, a account, take func(*Server, account) error) (t taken, err error) {
	const some = 50
	began := time.Now()
	user, err := s.follow(a.token, began, some)
	if err != nil {
		return t, err
	}
	witness, err := s.follow(s.Root, began, some)
	if err != nil {
		user.close()
		return t, err
	}
	stop := s.keepWriting(ctx, a.id, began)
	err = user.await(ctx)
	if err == nil {
		err = take(s, a)
	}
	at := time.Since(began)
	witness.more(some * 4)
	if err == nil {
		err = witness.await(ctx)
	}
	err = errors.Join(err, stop())
	for _, e := range user.close() {
		if e.sent <= at {
			t.Before++
			continue
		}
		t.Forbidden++
		t.LastMS = max(t.LastMS, (e.came-at).Seconds()*1e3)
	}
	for _, e := range witness.close() {
		if e.sent > at {
			t.Witnessed++
		}
	}
	return t, err
}

// keepWriting creates records of an owner until it is stopped.
func (s *Server) keepWriting(ctx context.Context, owner string, began time.Time) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	result := make(chan error, 1)
	go func() {
		var err error
		for err == nil && ctx.Err() == nil {
			body := map[string]any{"owner": owner, "n": time.Since(began).Microseconds()}
			err = ask(s.Base, http.MethodPost, records("mine"), "", body, nil)
		}
		result <- err
	}()
	return func() error { cancel(); return <-result }
}

// follower notes the events of a stream.
type follower struct {
	stream *Stream
	began  time.Time
	want   atomic.Int64
	news   chan struct{}
	done   sync.WaitGroup
	mu     sync.Mutex
	all    []arrival
}

func (s *Server) follow(token string, began time.Time, want int64) (*follower, error) {
	stream, err := Open(s.Base, "")
	if err != nil {
		return nil, err
	}
	f := &follower{stream: stream, began: began, news: make(chan struct{}, 1)}
	f.want.Store(want)
	if err := stream.Submit(token, "mine/*"); err != nil {
		stream.Close()
		return nil, err
	}
	f.done.Go(f.read)
	return f, nil
}

func (f *follower) read() {
	for {
		e, err := f.stream.Next()
		if err != nil {
			return
		}
		var data struct{ Record struct{ N int64 } }
		if json.Unmarshal(e.Data, &data) != nil {
			return
		}
		f.mu.Lock()
		f.all = append(f.all, arrival{time.Duration(data.Record.N) * time.Microsecond, time.Since(f.began)})
		enough := int64(len(f.all)) >= f.want.Load()
		f.mu.Unlock()
		if enough {
			select {
			case f.news <- struct{}{}:
			default:
			}
		}
	}
}

// more asks for so many events besides those that came.
func (f *follower) more(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.want.Store(int64(len(f.all) + n))
	select {
	case <-f.news:
	default:
	}
}

// await waits for as many events as are wanted.
func (f *follower) await(ctx context.Context) error {
	select {
	case <-f.news:
		return nil
	case <-time.After(patience):
		return errors.New("the events do not come")
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *follower) close() []arrival {
	f.stream.Close()
	f.done.Wait()
	return f.all
}
