package realtime_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/realtime"
	"github.com/holdall-dev/holdall/internal/store"
)

// slowly is a store that is not asked about one collection until it is let.
type slowly struct {
	store.Store
	about      string
	asked, let chan struct{}
}

func (s slowly) Select(ctx context.Context, q store.Query, fn func(store.Row) error) error {
	if q.From.Name == s.about {
		select {
		case s.asked <- struct{}{}:
		default:
		}
		<-s.let
	}
	return s.Store.Select(ctx, q, fn)
}

// TestWhoComesWhileTheDatabaseIsAsked subscribes while a change is being judged: nobody waits for that, and
// whoever came before it was told is told, once.
func TestWhoComesWhileTheDatabaseIsAsked(t *testing.T) {
	t.Parallel()
	p := assemble(t, nil)
	fence := p.collection(`{"name":"fence","type":"base","listRule":""}`)
	teams := p.collection(`{"name":"teams","type":"base","fields":[{"name":"name","type":"text"}]}`)
	posts := p.collection(`{"name":"posts","type":"base","listRule":"team.name = \"b\"","fields":[{"name":"team","type":"relation","collectionId":"` + teams.ID + `"}]}`)
	gate := slowly{Store: p.b.Store, about: "posts", asked: make(chan struct{}, 1), let: make(chan struct{})}
	p.b.Store = gate
	p.follow()
	p.put(change.Create, p.record(teams, data{"id": "team00000000001", "name": "b"}))
	join := func(topics ...string) *sink {
		s := &sink{got: make(chan struct{}, 1)}
		c, err := p.b.Open(realtime.Peer{})
		if err != nil {
			t.Fatal(err)
		}
		go c.Stream(t.Context(), s)
		if err := p.b.Submit(t.Context(), &caller.Caller{Now: p.now}, c.ID(), append(topics, "fence/*")); err != nil {
			t.Fatal(err)
		}
		return s
	}
	sinks := []*sink{join("posts/*")}
	p.put(change.Create, p.record(posts, data{"id": "post00000000001", "team": "team00000000001"}))
	select {
	case <-gate.asked:
	case <-time.After(20 * time.Second):
		t.Fatal("the database is not asked")
	}
	sinks = append(sinks, join("posts/*"), join("posts/*"+options(t, data{"filter": "id != ''"}, nil)), join("posts/post00000000001", "posts/*"))
	close(gate.let)
	p.put(change.Create, p.record(fence, data{"id": "fence0000000001"}))
	for i, s := range sinks {
		if got := s.take(t, `"id":"fence0000000001"`); len(got) != 1 {
			t.Errorf("listener %d got %q", i, got)
		}
	}
}

// TestWhoSeesTheSameIsOneGroup counts the groups of three people who want their records with an author.
func TestWhoSeesTheSameIsOneGroup(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]int64{
		"": 1, "@request.auth.id != ''": 1, "id = @request.auth.id": 3, "@now > @request.auth.until": 3,
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			p := assemble(t, nil)
			people := p.collection(`{"name":"people","type":"auth","fields":[{"name":"until","type":"date"}]}`)
			authors := p.collection(fmt.Sprintf(`{"name":"authors","type":"base","viewRule":%q}`, rule))
			p.collection(`{"name":"books","type":"base","listRule":"","fields":[{"name":"author","type":"relation","collectionId":"` + authors.ID + `"}]}`)
			p.follow()
			for i := range 3 {
				rec := p.record(people, data{"id": fmt.Sprintf("person%09d", i), "email": fmt.Sprintf("p%d@x.io", i), "tokenKey": fmt.Sprintf("key%030d", i)})
				p.put(change.Create, rec)
				c, err := p.b.Open(realtime.Peer{})
				if err != nil {
					t.Fatal(err)
				}
				if err := p.b.Submit(t.Context(), p.as(rec), c.ID(), []string{"books/*" + options(t, data{"expand": "author"}, nil)}); err != nil {
					t.Fatal(err)
				}
			}
			if got := p.b.Stats().Groups; got != want {
				t.Errorf("got %d groups, want %d", got, want)
			}
		})
	}
}
