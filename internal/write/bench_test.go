package write_test

import (
	"testing"

	"github.com/holdall-dev/holdall/internal/write"
)

const post = `{"name":"posts","fields":[{"name":"title","type":"text","required":true},{"name":"body","type":"editor"},
	{"name":"views","type":"number"},{"name":"tags","type":"select","values":["a","b","c"],"maxSelect":3},
	{"name":"created","type":"autodate","onCreate":true},{"name":"updated","type":"autodate","onCreate":true,"onUpdate":true}],
	"indexes":["CREATE INDEX i1 ON posts (created)"]}`

var text = data{"title": "A title of some words", "body": "<p>Some text that is not too long.</p>", "views": 1.0, "tags": []any{"a", "b"}}

func BenchmarkCreate(b *testing.B) {
	h := open(b)
	c := h.collection(post)
	b.ReportAllocs()
	for b.Loop() {
		h.make(c, text)
	}
}

func BenchmarkCreateByMany(b *testing.B) {
	h := open(b)
	c := h.collection(post)
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			h.make(c, text)
		}
	})
}

func BenchmarkUpdate(b *testing.B) {
	h := open(b)
	c := h.collection(post)
	rec := h.make(c, text)
	b.ReportAllocs()
	for b.Loop() {
		h.change(rec, data{"views+": 1.0})
	}
}

func BenchmarkUpdateByMany(b *testing.B) {
	h := open(b)
	c := h.collection(post)
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		rec := h.make(c, text)
		for pb.Next() {
			h.change(rec, data{"views+": 1.0})
		}
	})
}

func BenchmarkBatchOf200(b *testing.B) {
	h := open(b)
	c := h.collection(post)
	items := make([]write.Item, 200)
	for i := range items {
		items[i] = h.item(write.Create, c, "", text)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := h.w.Batch(b.Context(), items, nothing); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(200*b.N), "ns/record")
}
