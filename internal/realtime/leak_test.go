package realtime_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/internal/realtime"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// sink takes a stream into memory.
type sink struct {
	mu  sync.Mutex
	buf bytes.Buffer
	got chan struct{}
}

func (s *sink) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buf.Write(b)
	return len(b), nil
}

func (s *sink) Flush() error {
	select {
	case s.got <- struct{}{}:
	default:
	}
	return nil
}

func (s *sink) SetWriteDeadline(time.Time) error { return nil }

// take waits for the fence and returns the events before it.
func (s *sink) take(t testing.TB, fence string) (got []string) {
	t.Helper()
	for {
		s.mu.Lock()
		text := s.buf.String()
		if before, _, ok := strings.Cut(text, fence); ok {
			s.buf.Reset()
			s.mu.Unlock()
			for part := range strings.SplitSeq(before, "\n\n") {
				if lines := strings.Split(part, "\n"); len(lines) == 3 && !strings.HasPrefix(lines[1], "event:fence") && lines[1] != "event:PB_CONNECT" {
					got = append(got, strings.TrimPrefix(lines[1], "event:")+" "+strings.TrimPrefix(lines[2], "data:"))
				}
			}
			return got
		}
		s.mu.Unlock()
		select {
		case <-s.got:
		case <-time.After(20 * time.Second):
			t.Fatal("the fence did not come")
		}
	}
}

// clauses are what rules are made of; the random rule joins some of them.
var clauses = []string{
	`owner = @request.auth.id`, `public = true`, `n > 3`, `n <= @request.auth.level`, `title ~ "a"`, `@request.auth.id != ""`,
	`tags ?= "x"`, `tags:length > 1`, `owner.level > 2`, `@request.auth.verified = true`, `team.members ?= @request.auth.id`,
	`@request.context = "realtime" || @request.context = "default"`, `owner = ""`, `title != owner`, `@collection.teams.name ?= title`,
	`n = 1 || n = 4`, `owner.level = @request.auth.level`, `created_at < @now`, `team.name = "b"`,
}

func randomRule(r *rand.Rand) string {
	switch r.IntN(8) {
	case 0:
		return ""
	case 1:
		return clauses[r.IntN(len(clauses))]
	}
	join := [...]string{" && ", " || "}
	a, b, c := clauses[r.IntN(len(clauses))], clauses[r.IntN(len(clauses))], clauses[r.IntN(len(clauses))]
	return "(" + a + join[r.IntN(2)] + b + ")" + join[r.IntN(2)] + "(" + c + ")"
}

// TestNobodyLearnsMoreThanAQuestionWouldTell changes records under random rules, and compares what each
// listener gets with what list and view answer it at that moment.
func TestNobodyLearnsMoreThanAQuestionWouldTell(t *testing.T) {
	t.Parallel()
	p := assemble(t, nil)
	p.collection(`{"name":"fence","type":"base","listRule":""}`)
	people := p.collection(`{"name":"people","type":"auth","listRule":"","viewRule":"level > 1","fields":[{"name":"level","type":"number"}]}`)
	teams := p.collection(`{"name":"teams","type":"base","listRule":"","viewRule":"","fields":[{"name":"name","type":"text"},{"name":"members","type":"relation","collectionId":"` + people.ID + `","maxSelect":9}]}`)
	p.collection(`{"name":"posts","type":"base","fields":[{"name":"title","type":"text"},{"name":"n","type":"number"},{"name":"public","type":"bool"},
		{"name":"secret","type":"text","hidden":true},{"name":"created_at","type":"date"},{"name":"tags","type":"select","maxSelect":3,"values":["x","y","z"]},
		{"name":"owner","type":"relation","collectionId":"` + people.ID + `"},{"name":"team","type":"relation","collectionId":"` + teams.ID + `"}]}`)
	p.follow()
	seed := uint64(number(t, "HOLDALL_SEED", 7))
	r := rand.New(rand.NewPCG(seed, seed))
	var viewers []*caller.Caller
	var ids []string
	for i := range 6 {
		rec := p.record(people, data{"id": fmt.Sprintf("person%09d", i), "email": fmt.Sprintf("p%d@x.io", i), "level": i, "verified": i%2 == 0, "tokenKey": fmt.Sprintf("key%030d", i)})
		p.put(change.Create, rec)
		ids = append(ids, rec.ID())
		viewers = append(viewers, p.as(rec))
	}
	viewers = append(viewers, &caller.Caller{Context: caller.ContextRealtime, Method: "GET", Now: p.now},
		&caller.Caller{Trust: caller.Superuser, Auth: p.superuser(), Context: caller.ContextRealtime, Method: "GET", Now: p.now})
	var teamIDs []string
	for i, name := range []string{"a", "b", "c"} {
		rec := p.record(teams, data{"id": fmt.Sprintf("team%011d", i), "name": name, "members": []string{ids[i], ids[i+1]}})
		p.put(change.Create, rec)
		teamIDs = append(teamIDs, rec.ID())
	}
	topics := []string{
		"posts/*", "posts/post00000000000", "posts/*" + options(t, data{"filter": "n > 2", "fields": "id,n,title"}, nil),
		"posts/*" + options(t, data{"expand": "owner,team"}, nil), "posts/*" + options(t, data{"filter": "owner.level > 1"}, nil),
	}
	var sinks []*sink
	for _, by := range viewers {
		s := &sink{got: make(chan struct{}, 1)}
		c, err := p.b.Open(realtime.Peer{})
		if err != nil {
			t.Fatal(err)
		}
		go c.Stream(t.Context(), s)
		if err := p.b.Submit(t.Context(), by, c.ID(), append(topics, "fence/*")); err != nil {
			t.Fatal(err)
		}
		sinks = append(sinks, s)
	}
	cases, told := number(t, "HOLDALL_CASES", 2000), 0
	for n, fences := 0, 0; n < cases; fences++ {
		if fences%10 == 0 {
			p.rules(randomRule(r), randomRule(r))
		}
		posts, _ := p.cat.Current().Find("posts")
		rec := p.record(posts, data{
			"id": fmt.Sprintf("post%011d", r.IntN(3)), "title": [...]string{"a", "b", "ab", ""}[r.IntN(4)], "n": r.IntN(6), "public": r.IntN(2) == 0,
			"secret": "hush", "created_at": [...]string{"2020-01-01 00:00:00.000Z", "2030-01-01 00:00:00.000Z"}[r.IntN(2)],
			"tags": [][]string{nil, {"x"}, {"y", "z"}, {"x", "y", "z"}}[r.IntN(4)], "owner": append(ids, "")[r.IntN(7)], "team": append(teamIDs, "")[r.IntN(4)],
		})
		rec, op := p.next(rec, r.IntN(4) == 0)
		if op != change.Delete { // who hears of a delete could have fetched the record until then
			p.put(op, rec)
		}
		want := make([][]string, len(viewers))
		for i, by := range viewers {
			want[i] = p.answers(by, posts, rec.ID(), op, topics)
		}
		if op == change.Delete {
			p.put(op, rec)
		}
		fence, _ := p.cat.Current().Find("fence")
		id := fmt.Sprintf("fence%010d", fences)
		p.put(change.Create, p.record(fence, data{"id": id}))
		for i, s := range sinks {
			got := s.take(t, `"id":"`+id+`"`)
			if fmt.Sprint(got) != fmt.Sprint(want[i]) {
				t.Fatalf("list %q, view %q, viewer %d:\n got %q\nwant %q", *posts.Rules.List, *posts.Rules.View, i, got, want[i])
			}
			n += len(topics)
			told += len(got)
		}
	}
	t.Logf("%d cases, %d events", cases, told)
	if told == 0 || told > cases*9/10 {
		t.Errorf("%d of %d cases were told: the rules are too one-sided to prove anything", told, cases)
	}
}

func (p *parts) as(rec *record.Record) *caller.Caller {
	return &caller.Caller{Trust: caller.User, Auth: rec, Context: caller.ContextRealtime, Method: "GET", Now: p.now}
}

func (p *parts) superuser() *record.Record {
	c, _ := p.cat.Current().Find(schema.SuperusersID)
	rec := p.record(c, data{"id": "superuser000001", "email": "root@x.io", "tokenKey": strings.Repeat("k", 30)})
	p.put(change.Create, rec)
	return rec
}

func (p *parts) rules(list, view string) {
	p.Helper()
	c, _ := p.cat.Current().Find("posts")
	raw, err := json.Marshal(data{"listRule": list, "viewRule": view})
	if err != nil {
		p.Fatal(err)
	}
	if _, err := p.cat.Change(p.Context(), c, raw); err != nil {
		p.Fatal(err)
	}
}

// next is what to do with which record: to create rec, or when there is one with its id to update or to delete that.
func (p *parts) next(rec *record.Record, drop bool) (*record.Record, change.Op) {
	p.Helper()
	var old *record.Record
	err := p.st.Select(p.Context(), store.Query{From: rec.Collection(), IDs: []string{rec.ID()}}, func(row store.Row) (err error) {
		old, err = row.Record()
		return err
	})
	switch {
	case err != nil:
		p.Fatal(err)
	case old == nil:
		return rec, change.Create
	case drop:
		return old, change.Delete
	}
	return rec, change.Update
}

// answers are the events that list and view speak for.
func (p *parts) answers(by *caller.Caller, c *schema.Collection, id string, op change.Op, topics []string) (want []string) {
	p.Helper()
	for i, topic := range topics {
		q := read.ListQuery{Filter: "id = '" + id + "'"}
		switch i {
		case 1:
			if id != "post00000000000" {
				continue
			}
			raw, err := p.rd.View(p.Context(), nil, by, c, id, read.Shape{})
			if err == nil {
				want = append(want, topic+` {"record":`+string(raw)+`,"action":"`+op.String()+`"}`)
			}
			continue
		case 2:
			q.Filter, q.Fields = q.Filter+" && n > 2", "id,n,title"
		case 3:
			q.Expand = "owner,team"
		case 4:
			q.Filter += " && owner.level > 1"
		}
		raw, err := p.rd.List(p.Context(), nil, by, c, q)
		if err != nil {
			continue
		}
		text := strings.TrimPrefix(string(raw), `{"items":[`)
		if items := text[:strings.LastIndex(text, `],"page":`)]; items != "" {
			want = append(want, topic+` {"record":`+items+`,"action":"`+op.String()+`"}`)
		}
	}
	return want
}
