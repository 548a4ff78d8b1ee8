package read_test

import (
	"fmt"
	"testing"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

func benchBlog(b *testing.B) (*house, *caller.Caller) {
	h := blog(b, func(name string, c *schema.Collection) {
		if name == "posts" {
			c.Rules.List, c.Rules.View = new("@request.auth.id != '' && title != 'x'"), new("@request.auth.id != '' && title != 'x'")
		}
	})
	for i := range 1000 {
		h.make("posts", values{"id": fmt.Sprintf("post%011d", i), "author": "ann", "tags": []any{"red", "blue"}, "title": "A title of usual length"})
	}
	author := h.collection("authors")
	var by *caller.Caller
	err := h.st.Select(b.Context(), store.Query{From: author, Limit: 1}, func(r store.Row) error {
		rec, err := r.Record()
		by = as(rec)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return h, by
}

func BenchmarkView(b *testing.B) {
	h, by := benchBlog(b)
	for name, c := range map[string]struct {
		by *caller.Caller
		sh read.Shape
	}{
		"plain": {super(), read.Shape{}}, "rule": {by, read.Shape{}}, "fields": {by, read.Shape{Fields: "id,title"}},
		"expand": {by, read.Shape{Expand: "author,tags"}},
	} {
		b.Run(name, func(b *testing.B) {
			posts, dst := h.collection("posts"), make([]byte, 0, 64<<10)
			var err error
			b.ReportAllocs()
			for b.Loop() {
				if dst, err = h.View(b.Context(), dst[:0], c.by, posts, "post00000000500", c.sh); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkList30(b *testing.B) {
	h, by := benchBlog(b)
	for name, c := range map[string]struct {
		by *caller.Caller
		q  read.ListQuery
	}{
		"plain": {super(), read.ListQuery{SkipTotal: true}}, "rule": {by, read.ListQuery{SkipTotal: true}},
		"total": {by, read.ListQuery{}}, "filter": {by, read.ListQuery{SkipTotal: true, Filter: "author = 'ann'", Sort: "-title"}},
		"expand": {by, read.ListQuery{SkipTotal: true, Expand: "author,tags"}},
		"picked": {by, read.ListQuery{SkipTotal: true, Expand: "author", Fields: "id,title,expand.author.name"}},
	} {
		b.Run(name, func(b *testing.B) {
			posts, dst := h.collection("posts"), make([]byte, 0, 64<<10)
			var err error
			b.ReportAllocs()
			for b.Loop() {
				if dst, err = h.List(b.Context(), dst[:0], c.by, posts, c.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
