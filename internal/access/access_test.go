package access_test

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

func collection(t *testing.T, name string, fields ...string) *schema.Collection {
	t.Helper()
	c := &schema.Collection{ID: name + "_id", Name: name, Type: schema.Base}
	for _, text := range append([]string{`{"name":"id","type":"text","system":true,"primaryKey":true}`}, fields...) {
		f, err := field.Decode(json.RawMessage(text))
		if err != nil {
			t.Fatal(err)
		}
		f.Base().ID = "f_" + f.Base().Name
		c.Fields = append(c.Fields, f)
	}
	return c
}

func fill(t *testing.T, c *schema.Collection, values map[string]any) *record.Record {
	t.Helper()
	r := record.New(c)
	for name, v := range values {
		if err := r.Set(name, v); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

type place struct {
	gate *access.Gate
	cat  *schema.Catalog
	st   store.Store
	post *record.Record // "p1", title "One", author "ann"
	ann  *record.Record
}

func open(t *testing.T) *place {
	t.Helper()
	authors := collection(t, "authors", `{"name":"name","type":"text"}`)
	authors.Type = schema.Auth
	posts := collection(t, "posts", `{"name":"title","type":"text"}`, `{"name":"author","type":"relation","collectionId":"authors_id","maxSelect":1}`)
	p := &place{cat: schema.NewCatalog([]*schema.Collection{authors.Seal(), posts.Seal()})}
	st, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "data.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	p.st, p.gate = st, access.New(func() *schema.Catalog { return p.cat })
	if _, err := st.Update(t.Context(), func(tx store.Tx) error {
		return tx.Reshape(t.Context(), schema.Diff(schema.NewCatalog(nil), p.cat))
	}); err != nil {
		t.Fatal(err)
	}
	p.ann = fill(t, authors, map[string]any{"id": "ann", "name": "Ann"})
	p.post = fill(t, posts, map[string]any{"id": "p1", "title": "One", "author": "ann"})
	if _, err := st.Apply(t.Context(), store.Mutation{Op: change.Create, Rec: p.ann}, store.Mutation{Op: change.Create, Rec: p.post}); err != nil {
		t.Fatal(err)
	}
	return p
}

// asker is a signed-in caller about whom everything is known that rules can ask for.
func (p *place) asker() *caller.Caller {
	return &caller.Caller{
		Trust: caller.User, Auth: p.ann, Method: "PATCH", Context: caller.ContextBatch, Now: time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC),
		Query:  url.Values{"q": {"first", "second"}, "none": {}},
		Header: func(name string) (string, bool) { return "v-" + name, name == "x_key" },
	}
}

func TestPasses(t *testing.T) {
	t.Parallel()
	p := open(t)
	body := map[string]any{"title": "New", "n": 5.0, "nil": nil}
	for text, want := range map[string]bool{
		"":                                               true,
		"title = 'One'":                                  true,
		"title = 'New'":                                  false,
		"author = @request.auth.id":                      true,
		"author.name = 'Ann'":                            true,
		"author.name = 'Bob'":                            false,
		"@request.auth.name = 'Ann'":                     true,
		"@request.body.title = 'New'":                    true,
		"@request.body.n = 5":                            true,
		"@request.body.nil:isset = true":                 true,
		"@request.body.none:isset = true":                false,
		"@request.method = 'PATCH'":                      true,
		"@request.context = 'batch'":                     true,
		"@request.query.q = 'first'":                     true,
		"@request.query.none = ''":                       true,
		"@request.headers.x_key = 'v-x_key'":             true,
		"@request.headers.other = ''":                    true,
		"@year = 2024 && @hour = 7":                      true,
		"@collection.authors.name ?= 'Ann' && id = 'p1'": true,
		"@collection.authors.name ?= 'Bob'":              false,
	} {
		got, err := p.gate.Passes(t.Context(), p.st, p.asker(), p.post, text, body, false)
		if err != nil || got != want {
			t.Errorf("%q = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestPassesJudgesAProposedRecord(t *testing.T) {
	t.Parallel()
	p := open(t)
	proposed := fill(t, p.post.Collection(), map[string]any{"id": "p2", "title": "Two", "author": "ann"})
	for text, want := range map[string]bool{"title = 'Two'": true, "author.name = 'Ann'": true, "author.name = 'Bob'": false, "@collection.posts.id ?= 'p2'": false} {
		got, err := p.gate.Passes(t.Context(), p.st, p.asker(), proposed, text, nil, true)
		if err != nil || got != want {
			t.Errorf("%q = %v, %v; want %v", text, got, err, want)
		}
	}
	if got, err := p.gate.Passes(t.Context(), p.st, p.asker(), proposed, "author.name = 'Ann'", nil, false); err != nil || got {
		t.Errorf("a record that is not stored passes: %v, %v", got, err)
	}
}

func TestPassesIsNoQuestionForSuperusers(t *testing.T) {
	t.Parallel()
	p := open(t)
	if ok, err := p.gate.Passes(t.Context(), nil, caller.AsSystem(time.Time{}), p.post, "gone = 1", nil, false); !ok || err != nil {
		t.Errorf("got %v, %v", ok, err)
	}
}

func TestAGuestHasNoValues(t *testing.T) {
	t.Parallel()
	p := open(t)
	by := &caller.Caller{}
	for text, want := range map[string]bool{"@request.auth.id = ''": true, "@request.context = 'default'": true, "@request.query.q = ''": true, "@request.headers.x_key = ''": true, "@request.body.a:isset = true": false} {
		if got, err := p.gate.Passes(t.Context(), p.st, by, p.post, text, nil, false); err != nil || got != want {
			t.Errorf("%q = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestABrokenRuleIsInvalidWithoutWords(t *testing.T) {
	t.Parallel()
	p := open(t)
	_, err := p.gate.Passes(t.Context(), p.st, p.asker(), p.post, "gone = 1", nil, false)
	if f, ok := fault.Of(err); !ok || f.Kind != fault.Invalid || f.Msg != "" || f.Unwrap() == nil {
		t.Errorf("got %v", err)
	}
}

func TestQuestionsFollowTheCatalog(t *testing.T) {
	t.Parallel()
	p := open(t)
	c := p.post.Collection()
	rule := "author.nick = 'A'"
	if _, err := p.gate.Ask(p.asker(), c, access.Want{Rule: &rule}); !fault.Is(err, fault.Invalid) {
		t.Fatalf("before: %v", err)
	}
	authors := collection(t, "authors", `{"name":"nick","type":"text"}`)
	p.cat = schema.NewCatalog([]*schema.Collection{authors.Seal(), c})
	if _, err := p.gate.Ask(p.asker(), c, access.Want{Rule: &rule}); err != nil {
		t.Errorf("after: %v", err)
	}
	rule = "author.name = 'A'"
	if _, err := p.gate.Ask(p.asker(), c, access.Want{Rule: &rule}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a field that is no more: %v", err)
	}
}

func TestEverythingIsNoQuestion(t *testing.T) {
	t.Parallel()
	p := open(t)
	for _, text := range []string{"", "@request.auth.id != ''", "1 = 1"} {
		if q, err := p.gate.Ask(p.asker(), p.post.Collection(), access.Want{Rule: &text}); q != nil || err != nil {
			t.Errorf("%q: %v, %v", text, q, err)
		}
	}
}
