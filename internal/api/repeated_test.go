package api_test

import (
	"net/http"
	"sync"
	"testing"
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
