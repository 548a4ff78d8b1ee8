package read_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// blog is posts by authors with tags, comments on posts, one cover per post, and a locked collection.
func blog(t testing.TB, change func(name string, c *schema.Collection)) *house {
	cols := []*schema.Collection{
		collection(t, "authors", schema.Base, `{"name":"name","type":"text"}`, `{"name":"team","type":"relation","collectionId":"teams_id","maxSelect":1}`,
			`{"name":"open","type":"bool"}`, `{"name":"secret","type":"text","hidden":true}`),
		collection(t, "teams", schema.Base, `{"name":"zone","type":"text"}`),
		collection(t, "tags", schema.Base, `{"name":"label","type":"text"}`),
		collection(t, "posts", schema.Base, `{"name":"author","type":"relation","collectionId":"authors_id","maxSelect":1}`,
			`{"name":"editor","type":"relation","collectionId":"authors_id","maxSelect":1,"hidden":true}`,
			`{"name":"tags","type":"relation","collectionId":"tags_id","maxSelect":9}`,
			`{"name":"vault","type":"relation","collectionId":"locked_id","maxSelect":1}`,
			`{"name":"title","type":"text"}`),
		collection(t, "comments", schema.Base, `{"name":"post","type":"relation","collectionId":"posts_id","maxSelect":1,"hidden":true}`,
			`{"name":"also","type":"relation","collectionId":"posts_id","maxSelect":9}`, `{"name":"by","type":"relation","collectionId":"authors_id","maxSelect":1}`),
		collection(t, "covers", schema.Base, `{"name":"post","type":"relation","collectionId":"posts_id","maxSelect":1}`),
		collection(t, "locked", schema.Base),
	}
	for _, c := range cols {
		switch c.Name {
		case "locked":
			c.Rules = schema.Rules{}
		case "covers":
			c.Indexes = []string{"CREATE UNIQUE INDEX `one` ON `covers` (`post`) WHERE `post` != ''"}
		}
		if change != nil {
			change(c.Name, c)
		}
		c.Seal()
	}
	h := open(t, cols...)
	h.make("teams", values{"id": "t1", "zone": "z"})
	h.make("authors", values{"id": "ann", "name": "Ann", "team": "t1", "open": true, "secret": "s"}, values{"id": "bob", "name": "Bob"})
	h.make("tags", values{"id": "red", "label": "R"}, values{"id": "blue", "label": "B"})
	h.make("locked", values{"id": "l1"})
	h.make("posts",
		values{"id": "p1", "author": "ann", "editor": "bob", "tags": []any{"blue", "red"}, "vault": "l1", "title": "One"},
		values{"id": "p2", "author": "ann", "tags": []any{"gone", "red"}, "title": "Two"},
		values{"id": "p3", "title": "Three"})
	h.make("comments", values{"id": "c1", "post": "p1", "by": "bob", "also": []any{"p3", "p2"}}, values{"id": "c2", "post": "p1", "by": "ann"}, values{"id": "c3", "post": "p2", "also": []any{"p3"}})
	h.make("covers", values{"id": "v1", "post": "p1"})
	return h
}

// slim keeps the interesting keys of a post and of what it points to.
const slim = "id,expand"

func TestExpand(t *testing.T) {
	t.Parallel()
	h := blog(t, nil)
	names := func(collection string) string {
		return `"collectionId":"` + collection + `_id","collectionName":"` + collection + `",`
	}
	ann := `{` + names("authors") + `"id":"ann","name":"Ann","open":true,"team":"t1"}`
	bob := `{` + names("authors") + `"id":"bob","name":"Bob","open":false,"team":""}`
	annTeam := `{` + names("authors") + `"expand":{"team":{` + names("teams") + `"id":"t1","zone":"z"}},"id":"ann","name":"Ann","open":true,"team":"t1"}`
	bobTeam := `{` + names("authors") + `"expand":{},"id":"bob","name":"Bob","open":false,"team":""}`
	red, blue := `{`+names("tags")+`"id":"red","label":"R"}`, `{`+names("tags")+`"id":"blue","label":"B"}`
	comment := func(id, also, by, expand string) string {
		return `{"also":` + also + `,"by":"` + by + `",` + names("comments") + expand + `"id":"` + id + `"}`
	}
	c1, c2 := comment("c1", `["p3","p2"]`, "bob", ""), comment("c2", `[]`, "ann", "")
	c3 := comment("c3", `["p3"]`, "", "")
	cover := `{` + names("covers") + `"id":"v1","post":"p1"}`
	for _, c := range []struct{ id, expand, want string }{
		{"p1", "author", `"author":` + ann},
		{"p1", "tags", `"tags":[` + blue + `,` + red + `]`},
		{"p2", "tags", `"tags":[` + red + `]`},
		{"p3", "author,tags", ``},
		{"p1", " author , tags,,author.", `"author":` + ann + `,"tags":[` + blue + `,` + red + `]`},
		{"p1", "editor", `"editor":` + bob},
		{"p1", "author.team,author", `"author":` + annTeam},
		{"p1", "editor.team", `"editor":` + bobTeam},
		{"p1", "comments_via_post", `"comments_via_post":[` + c1 + `,` + c2 + `]`},
		{"p1", "COMMENTS_via_post", `"COMMENTS_via_post":[` + c1 + `,` + c2 + `]`},
		{"p1", "comments(post)", `"comments(post)":[` + c1 + `,` + c2 + `]`},
		{"p3", "comments_via_also", `"comments_via_also":[` + c1 + `,` + c3 + `]`},
		{"p3", "comments_via_post", ``},
		{"p1", "covers_via_post", `"covers_via_post":` + cover},
		{"p2", "covers_via_post", ``},
		{"p1", "comments_via_post.by.team", `"comments_via_post":[` +
			comment("c1", `["p3","p2"]`, "bob", `"expand":{"by":`+bobTeam+`},`) + `,` + comment("c2", `[]`, "ann", `"expand":{"by":`+annTeam+`},`) + `]`},
		{"p1", "author,vault,title,nope,nope_via_post,comments_via_by,comments(by),x(y,vault.x", `"author":` + ann},
	} {
		h.wantView(guest(), "posts", c.id, read.Shape{Expand: c.expand, Fields: slim}, `{"expand":{`+c.want+`},"id":"`+c.id+`"}`)
	}
	for _, expand := range []string{"", ",. ,", "title", "vault", "author.name", "author,author.nope", "author.team.nope", "vault.x", "_via_", "(", "comments(", "comments_via_"} {
		h.wantView(guest(), "posts", "p1", read.Shape{Expand: expand, Fields: slim}, `{"id":"p1"}`)
	}
	h.wantView(super(), "posts", "p1", read.Shape{Expand: "vault", Fields: slim}, `{"expand":{"vault":{`+names("locked")+`"id":"l1"}},"id":"p1"}`)
}

func TestExpandStandsInItsPlace(t *testing.T) {
	t.Parallel()
	h := blog(t, nil)
	h.wantView(super(), "comments", "c3", read.Shape{Expand: "by"},
		`{"also":["p3"],"by":"","collectionId":"comments_id","collectionName":"comments","expand":{},"id":"c3","post":"p2"}`)
	h.wantView(guest(), "posts", "p3", read.Shape{Expand: "tags", Fields: "expand"}, `{"expand":{}}`)
	h.wantView(guest(), "posts", "p1", read.Shape{Expand: "author.team", Fields: "expand.author.expand.team.zone,title"},
		`{"expand":{"author":{"expand":{"team":{"zone":"z"}}}},"title":"One"}`)
	h.wantView(guest(), "posts", "p1", read.Shape{Expand: "author", Fields: "title"}, `{"title":"One"}`)
}

func TestExpandAsksTheViewRule(t *testing.T) {
	t.Parallel()
	h := blog(t, func(name string, c *schema.Collection) {
		switch name {
		case "authors":
			c.Rules.View = new("open = true && @request.context = 'expand'")
		case "tags":
			c.Rules.View = new("label = 'R'")
		case "covers":
			c.Rules.View = new("@request.auth.id != ''")
		case "comments":
			c.Rules.View = new("gone = 1")
		}
	})
	const pick = "id,expand.author.id,expand.editor.id,expand.tags.id"
	h.wantView(guest(), "posts", "p1", read.Shape{Expand: "author,editor,tags", Fields: pick}, `{"expand":{"author":{"id":"ann"},"tags":[{"id":"red"}]},"id":"p1"}`)
	h.wantView(guest(), "posts", "p1", read.Shape{Expand: "editor", Fields: slim}, `{"expand":{},"id":"p1"}`)
	h.wantView(guest(), "posts", "p1", read.Shape{Expand: "covers_via_post", Fields: slim}, `{"expand":{},"id":"p1"}`)
	h.wantView(guest(), "posts", "p1", read.Shape{Expand: "comments_via_post", Fields: slim}, `{"id":"p1"}`)
	h.wantView(super(), "posts", "p1", read.Shape{Expand: "author,editor,tags", Fields: pick}, `{"expand":{"author":{"id":"ann"},"editor":{"id":"bob"},"tags":[{"id":"blue"},{"id":"red"}]},"id":"p1"}`)
	h.wantView(super(), "posts", "p1", read.Shape{Expand: "author", Fields: "expand.author.secret"}, `{"expand":{"author":{"secret":"s"}}}`)
}

func TestExpandOfAPageIsBatched(t *testing.T) {
	t.Parallel()
	h := blog(t, nil)
	h.st.asked()
	h.wantList(guest(), "posts", read.ListQuery{Expand: "author.team,tags,comments_via_post.by", Fields: "id,expand.author.id,expand.tags.id,expand.comments_via_post.expand.by.name"},
		`{"items":[`+
			`{"expand":{"author":{"id":"ann"},"comments_via_post":[{"expand":{"by":{"name":"Bob"}}},{"expand":{"by":{"name":"Ann"}}}],"tags":[{"id":"blue"},{"id":"red"}]},"id":"p1"},`+
			`{"expand":{"author":{"id":"ann"},"comments_via_post":[{"expand":{}}],"tags":[{"id":"red"}]},"id":"p2"},`+
			`{"expand":{},"id":"p3"}],"page":1,"perPage":30,"totalItems":3,"totalPages":1}`)
	if got := h.st.asked(); got != [2]int64{6, 0} {
		t.Errorf("asked %v, want one query for the page and one per relation", got)
	}
	h.wantList(guest(), "posts", read.ListQuery{Expand: "author", Filter: "id = 'p3'", Fields: slim},
		`{"items":[{"expand":{},"id":"p3"}],"page":1,"perPage":30,"totalItems":1,"totalPages":1}`)
	if got := h.st.asked(); got != [2]int64{1, 0} {
		t.Errorf("asked %v, want no query for a relation without ids", got)
	}
	h.wantList(guest(), "posts", read.ListQuery{Expand: "author", Filter: "id = 'none'"},
		`{"items":[],"page":1,"perPage":30,"totalItems":0,"totalPages":0}`)
}

// chain is records that all point to each other through "next".
func chain(t *testing.T, n, each int) *house {
	h := open(t, collection(t, "nodes", schema.Base, fmt.Sprintf(`{"name":"next","type":"relation","collectionId":"nodes_id","maxSelect":%d}`, n), `{"name":"up","type":"relation","collectionId":"nodes_id","maxSelect":1}`).Seal())
	var list []values
	for i := range n {
		var next []any
		for j := range each {
			next = append(next, fmt.Sprintf("n%d", (i+j)%n))
		}
		list = append(list, values{"id": fmt.Sprintf("n%d", i), "next": next, "up": "n0"})
	}
	h.make("nodes", list...)
	return h
}

func TestExpandEndsAfterSixLevels(t *testing.T) {
	t.Parallel()
	h := chain(t, 2, 1)
	got, err := h.View(t.Context(), nil, guest(), h.collection("nodes"), "n0", read.Shape{Expand: "next.next.next.next.next.next.next.nope"})
	if n := strings.Count(string(got), `"expand"`); err != nil || n != read.MaxLevels {
		t.Errorf("%d levels, %v", n, err)
	}
}

func TestExpandKeepsItsBudget(t *testing.T) {
	t.Parallel()
	h := chain(t, 100, 100)
	// A hundred records on six levels, each pointing to all: 100 to the power of 6 if nobody stopped it.
	for _, expand := range []string{"next.next.next.next.next.next", "next.next.next.next"} {
		if _, err := h.list(guest(), "nodes", read.ListQuery{PerPage: 1000, Expand: expand}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", expand, err)
		}
	}
	if _, err := h.list(guest(), "nodes", read.ListQuery{PerPage: 10, Expand: "next"}); err != nil {
		t.Error(err)
	}
}

func TestBackRelationsAreCut(t *testing.T) {
	t.Parallel()
	h := chain(t, 1200, 0)
	got, err := h.View(t.Context(), nil, guest(), h.collection("nodes"), "n0", read.Shape{Expand: "nodes_via_up", Fields: "expand.nodes_via_up.id"})
	if n := strings.Count(string(got), `"id"`); err != nil || n != read.MaxBack {
		t.Errorf("one record: %d, %v", n, err)
	}
	page, err := h.list(guest(), "nodes", read.ListQuery{PerPage: 2, Expand: "nodes_via_up", Fields: "expand.nodes_via_up.id"})
	if n := strings.Count(page, `"id"`); err != nil || n != read.MaxBack {
		t.Errorf("a page: %d, %v", n, err)
	}
}

func TestTooManyExpandedRecords(t *testing.T) {
	t.Parallel()
	h := chain(t, 5100, 0)
	var all []any
	for i := range 5001 {
		all = append(all, fmt.Sprintf("n%d", i))
	}
	h.make("nodes", values{"id": "all", "next": all}, values{"id": "fit", "next": all[:5000]})
	if _, err := h.View(t.Context(), nil, guest(), h.collection("nodes"), "all", read.Shape{Expand: "next"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("5001 records: %v", err)
	}
	got, err := h.View(t.Context(), nil, guest(), h.collection("nodes"), "fit", read.Shape{Expand: "next"})
	if n := strings.Count(string(got), `"id"`); err != nil || n != 5001 {
		t.Errorf("5000 records: %d, %v", n, err)
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	h := blog(t, nil)
	rec := record.New(h.collection("posts"))
	for name, v := range (values{"id": "new", "author": "ann", "tags": []any{"red"}, "title": "New"}) {
		if err := rec.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		sh   read.Shape
		want string
	}{
		{read.Shape{}, `{"author":"ann","collectionId":"posts_id","collectionName":"posts","id":"new","tags":["red"],"title":"New","vault":""}`},
		{read.Shape{Fields: "id,title"}, `{"id":"new","title":"New"}`},
		{read.Shape{Fields: "title:excerpt(1)"}, `{"title":"N"}`},
		{read.Shape{Expand: "author,tags", Fields: "id,expand.author.name,expand.tags.id"}, `{"expand":{"author":{"name":"Ann"},"tags":[{"id":"red"}]},"id":"new"}`},
		{read.Shape{Expand: "comments_via_post", Fields: slim}, `{"expand":{},"id":"new"}`},
	} {
		got, err := h.Show(t.Context(), []byte("> "), h.st, guest(), rec, c.sh)
		if err != nil || string(got) != "> "+c.want {
			t.Errorf("%+v\n got %s, %v\nwant %s", c.sh, got, err, c.want)
		}
	}
	if out, err := h.Show(t.Context(), []byte("x"), h.st, guest(), rec, read.Shape{Fields: "a:b"}); !fault.Is(err, fault.Invalid) || string(out) != "x" {
		t.Errorf("got %s, %v", out, err)
	}
}
