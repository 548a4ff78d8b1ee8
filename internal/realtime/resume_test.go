package realtime_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// comeBack goes on where the stream was, with the same topics.
func (s *stream) comeBack(token string, topics ...string) *stream {
	s.h.Helper()
	_ = s.body.Close()
	next, err := s.h.dial("?cursor=", s.last)
	if err != nil {
		s.h.Fatal(err)
	}
	next.submit(token, topics...)
	return next
}

func (h *house) listenOn(cursor, token string, topics ...string) *stream {
	h.Helper()
	s := h.connect("?cursor=" + cursor)
	s.submit(token, topics...)
	return s
}

func TestComingBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.collection(`{"name":"posts","fields":[{"name":"n","type":"number"}],"listRule":"n < 10"}`)
	s := h.listenOn("", "", "posts/*")
	if !strings.HasPrefix(s.first, `{"clientId":"`+s.id+`","cursor":"`) {
		t.Errorf("PB_CONNECT says %s", s.first)
	}
	a := h.create("posts", data{"n": 1})
	s.wants(map[string]string{"a": a}, "posts/* create a")
	if !strings.HasPrefix(s.last, s.id+"~") {
		t.Errorf("the last id is %q", s.last)
	}
	h.update("posts", a, data{"n": 2})
	h.update("posts", a, data{"n": 20})
	h.update("posts", a, data{"n": 3})
	b := h.create("posts", data{"n": 4})
	h.remove("posts", b)
	ids := map[string]string{"a": a, "b": b}
	s.comeBack("", "posts/*").wants(ids, "posts/* update a", "posts/* update a", "posts/* create b", "posts/* delete b")
	back := s.comeBack("", "posts/*")
	back.wants(ids, "posts/* update a", "posts/* update a", "posts/* create b", "posts/* delete b")
	h.update("posts", a, data{"n": 5})
	back.wants(ids, "posts/* update a")
	_, mark, _ := strings.Cut(back.last, "~")
	h.update("posts", a, data{"n": 6})
	h.listenOn(mark, "", "posts/*").wants(ids, "posts/* update a")
}

func TestNothingIsMissedBetweenConnectAndSubmit(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.collection(`{"name":"posts"}`)
	s := h.connect("?cursor=")
	a := h.create("posts", nil)
	s.submit("", "posts/*")
	s.wants(map[string]string{"a": a}, "posts/* create a")
}

func TestAChangeThatWasToldInPart(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.collection(`{"name":"posts"}`)
	s := h.listenOn("", "", "posts/*", "posts")
	a := h.create("posts", nil)
	e, err := s.next()
	if err != nil || !strings.HasSuffix(e.id, "+") {
		t.Fatal(e, err)
	}
	s.comeBack("", "posts/*", "posts").wants(map[string]string{"a": a}, "posts/* create a", "posts create a")
}

func TestComingBackAfterARestart(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.collection(`{"name":"posts","fields":[{"name":"n","type":"number"}]}`)
	h.collection(`{"name":"ruled","fields":[{"name":"n","type":"number"}],"listRule":"n < 10"}`)
	known, kept := h.create("posts", data{"n": 1}), h.create("ruled", data{"n": 1})
	topics := []string{"posts/*", "ruled/*"}
	s := h.listenOn("", "", topics...)
	s.upToFence()
	h.update("posts", known, data{"n": 2})
	fresh := h.create("posts", data{"n": 1})
	h.update("posts", fresh, data{"n": 2})
	brief := h.create("ruled", data{"n": 1})
	h.remove("ruled", brief)
	h.update("ruled", kept, data{"n": 99})
	h.remove("posts", known)
	_ = s.body.Close()
	h.stop()
	h.start()
	ids := map[string]string{"known": known, "fresh": fresh, "kept": kept, "brief": brief}
	back := s.comeBack("", topics...)
	back.wants(ids, "posts/* create fresh", "posts/* delete known")
	h.remove("ruled", kept) // hidden while it was there; who may hear of its end cannot be told from an id
	later := h.create("posts", data{"n": 3})
	h.stop()
	h.start()
	back = back.comeBack("", topics...)
	var names []string
	for _, e := range back.upToFence() {
		names = append(names, e.name+e.data)
		if strings.Contains(e.data, kept) {
			t.Errorf("the id of a hidden record is told: %v", e)
		}
	}
	if len(names) != 2 || !strings.HasPrefix(names[0], "HD_GAP{") || !strings.HasSuffix(names[0], `"topics":["ruled/*"]}`) || !strings.Contains(names[1], later) {
		t.Errorf("got %v, want one gap, and only then what came later", names)
	}
}

func TestCursorsOfElsewhere(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.collection(`{"name":"posts"}`)
	a := h.create("posts", nil)
	for _, cursor := range []string{"nonsense!", "1.x", "zzzz.1", "-1"} {
		s := h.listenOn(cursor, "", "posts/*")
		b := h.create("posts", nil)
		e, err := s.next()
		if err != nil || e.name != "HD_GAP" || !strings.Contains(e.data, `"topics":["fence/*","posts/*"]`) {
			t.Errorf("%s: %v, %v; want a gap", cursor, e, err)
		}
		s.wants(map[string]string{"a": a, "b": b}, "posts/* create b")
	}
}

func TestWhatWasMissedIsJudgedByTheRulesOfNow(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.private()
	ann, token := h.account("ann", nil)
	s := h.listenOn("", token, "inner/*")
	s.upToFence()
	a := h.create("inner", nil)
	ids := map[string]string{"a": a}
	s.comeBack(token, "inner/*").wants(ids, "inner/* create a")
	s.comeBack("", "inner/*").wants(ids)
	h.remove("users", ann)
	s.comeBack(token, "inner/*").wants(ids)
}

// number reads how much a long run should do.
func number(t *testing.T, name string, usual int) int {
	t.Helper()
	if text := os.Getenv(name); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return usual
}

// TestNothingIsMissed cuts connections at random while several write, and demands every change of everybody,
// once and in order.
func TestNothingIsMissed(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.ask("PATCH", "/api/settings", h.super, data{"batch": data{"enabled": true, "maxRequests": 300, "timeout": 10}})
	const writers, kinds = 3, 4
	clients, each := number(t, "HOLDALL_CLIENTS", 100), number(t, "HOLDALL_CHANGES", 1000)
	h.collection(`{"name":"told","fields":[{"name":"by","type":"number"},{"name":"n","type":"number"},{"name":"kind","type":"text"}],"listRule":"kind = @request.query.kind"}`)
	var all sync.WaitGroup
	for i := range clients {
		kind := i % kinds
		topic := "told/*" + options(t, data{"kind": fmt.Sprint(kind)}, nil)
		first := h.connect("?cursor=")
		first.submit("", topic)
		all.Go(func() { follow(t, first, topic, i, kind, kinds, writers, each) })
	}
	for w := range writers {
		all.Go(func() {
			for n := 0; n < each; n += 10 {
				var list []data
				for k := n; k < n+10; k++ {
					list = append(list, data{"method": "POST", "url": "/api/collections/told/records", "body": data{"by": w, "n": k, "kind": fmt.Sprint(k % kinds)}})
				}
				h.ask("POST", "/api/batch", h.super, data{"requests": list})
			}
		})
	}
	all.Wait()
}

// follow reads until everything has come, and goes away now and then.
func follow(t *testing.T, s *stream, topic string, seed, kind, kinds, writers, each int) {
	next := make([]int, writers)
	for w := range next {
		next[w] = kind
	}
	want := writers * ((each - kind + kinds - 1) / kinds)
	for got, left := 0, 10+seed%37; got < want; got, left = got+1, left-1 {
		if left == 0 {
			_ = s.body.Close()
			seed = seed*1103515245 + 12345
			left = 1 + seed>>16&127
			var err error
			if s, err = s.h.dial("", s.last); err != nil {
				t.Error(err)
				return
			}
			s.submit("", topic)
		}
		e, err := s.next()
		if err != nil {
			t.Errorf("after %d of %d: %v", got, want, err)
			return
		}
		var w, n int
		if _, err := fmt.Sscanf(e.data[strings.Index(e.data, `"by":`):], `"by":%d`, &w); err != nil {
			t.Errorf("%v: %v", e, err)
			return
		}
		if _, err := fmt.Sscanf(e.data[strings.Index(e.data, `"n":`):], `"n":%d`, &n); err != nil {
			t.Errorf("%v: %v", e, err)
			return
		}
		if n != next[w] {
			t.Errorf("writer %d: change %d came, want %d (%s)", w, n, next[w], e.id)
			return
		}
		next[w] += kinds
	}
}
