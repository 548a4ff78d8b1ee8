package api_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

// TestRepeatedAbreast sends one request 64 times at once: one record, one answer.
func TestRepeatedAbreast(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.must(200, p.do("POST", "/api/collections", p.super, fields{"name": "orders", "type": "base", "createRule": "", "listRule": "",
		"fields": []fields{{"name": "n", "type": "number"}}}))
	ids := make(chan any, abreast)
	var all sync.WaitGroup
	for range abreast {
		all.Go(func() {
			s := p.with(http.Header{"Idempotency-Key": {"one"}}, "POST", "/api/collections/orders/records", "", fields{"n": 1})
			if s.status != 200 {
				t.Errorf("status %d: %v", s.status, s.body)
			}
			ids <- s.body["id"]
		})
	}
	all.Wait()
	close(ids)
	first := <-ids
	for id := range ids {
		if id != first {
			t.Errorf("answered with %v and with %v", first, id)
		}
	}
	if n := p.must(200, p.do("GET", "/api/collections/orders/records", "", nil))["totalItems"]; n != 1.0 {
		t.Errorf("%v records, want 1", n)
	}
}

// TestRepeatedTooManyKeys: an address has so many new keys an hour; a superuser has any number.
func TestRepeatedTooManyKeys(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.must(200, p.do("PATCH", "/api/settings", p.super, fields{"batch": fields{"enabled": true}}))
	nowhere := fields{"requests": []fields{{"method": "POST", "url": "/api/collections/nowhere/records"}}}
	send := func(key, token string, want int) {
		t.Helper()
		s := p.with(http.Header{"Idempotency-Key": {key}}, "POST", "/api/batch", token, nowhere)
		if s.status != want {
			t.Fatalf("key %s: status %d, want %d: %v", key, s.status, want, s.body)
		}
	}
	for i := range 3600 {
		send(fmt.Sprint("key-", i), "", 400)
	}
	send("one more", "", 400) // no key at all
	send("one-more", "", 429)
	send("one-more", p.super, 400)
	p.ip = "192.0.2.8"
	send("one-more", "", 400)
	p.ip = "192.0.2.7"
	p.clock.wait(time.Hour)
	send("one-more", "", 400)
}
