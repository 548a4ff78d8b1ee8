package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/catalog"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/internal/store/sqlite"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// house is a catalog over a fresh database.
type house struct {
	*catalog.Service
	t  *testing.T
	st store.Store
}

func open(t *testing.T) *house {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "data.db"))
}

func openAt(t *testing.T, path string) *house {
	t.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var mu sync.Mutex
	now := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		at = at.Add(time.Second)
		return at
	}
	st, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Now: now, Readers: 2, Normal: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil && !errors.Is(err, store.ErrClosed) {
			t.Errorf("close: %v", err)
		}
	})
	s, err := catalog.Open(t.Context(), st, now)
	if err != nil {
		t.Fatal(err)
	}
	return &house{Service: s, t: t, st: st}
}

func (h *house) create(raw string) *schema.Collection {
	h.t.Helper()
	c, err := h.Create(h.t.Context(), []byte(raw))
	if err != nil {
		h.t.Fatalf("create %s: %v", raw, err)
	}
	return c
}

func (h *house) find(name string) *schema.Collection {
	h.t.Helper()
	c, ok := h.Current().Find(name)
	if !ok {
		h.t.Fatalf("no collection %s", name)
	}
	return c
}

func (h *house) change(name, raw string) *schema.Collection {
	h.t.Helper()
	c, err := h.Change(h.t.Context(), h.find(name), []byte(raw))
	if err != nil {
		h.t.Fatalf("change %s by %s: %v", name, raw, err)
	}
	return c
}

// add stores a record with text values by name.
func (h *house) add(collection string, values map[string]any) {
	h.t.Helper()
	rec := record.New(h.find(collection))
	for name, v := range values {
		if err := rec.Set(name, v); err != nil {
			h.t.Fatal(err)
		}
	}
	if _, err := h.st.Apply(h.t.Context(), store.Mutation{Op: change.Create, Rec: rec}); err != nil {
		h.t.Fatal(err)
	}
}

// rows is a collection's records, one JSON object a line.
func (h *house) rows(collection string) string {
	h.t.Helper()
	c := h.find(collection)
	view := record.NewView(c, true, func(name string) bool { return name != "collectionId" && name != "collectionName" })
	var b []byte
	err := h.st.Select(h.t.Context(), store.Query{From: c}, func(r store.Row) error {
		b = append(r.AppendJSON(b, view), '\n')
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// codes writes the faults of err as "path=code path=code", sorted.
func codes(err error) string {
	f, ok := fault.Of(err)
	if !ok {
		return fmt.Sprint(err)
	}
	var list []string
	var walk func(path string, f *fault.Error)
	walk = func(path string, f *fault.Error) {
		if f.Code != "" {
			list = append(list, path+"="+f.Code)
		}
		for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
			walk(strings.TrimPrefix(path+"."+name, "."), f.Fields[name])
		}
	}
	walk("", f)
	return strings.Join(list, " ")
}

func message(err error) string {
	if f, ok := fault.Of(err); ok {
		return f.Msg
	}
	return fmt.Sprint(err)
}

func fields(c *schema.Collection) string {
	var list []string
	for _, f := range c.Fields {
		list = append(list, f.Base().Name+":"+f.Type())
	}
	return strings.Join(list, " ")
}

func TestOpenFreshAndAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "data.db")
	h := openAt(t, path)
	var names []string
	for _, c := range h.Current().All() {
		names = append(names, c.Name)
	}
	want := "_mfas _otps _externalAuths _authOrigins _superusers users"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	h.create(`{"name":"posts","fields":[{"type":"text","name":"title"}]}`)
	secret := h.find("users").Auth.AuthToken.Secret
	if err := h.st.Close(); err != nil {
		t.Fatal(err)
	}
	again := openAt(t, path)
	if c := again.find("POSTS"); fields(c) != "id:text title:text" || again.find("users").Auth.AuthToken.Secret != secret {
		t.Errorf("got %s", fields(c))
	}
	again.add("posts", map[string]any{"id": "a", "title": "b"})
}

func TestCreate(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.create(`{"name":"tasks","listRule":"","fields":[{"type":"text","name":"title","required":true},{"type":"autodate","name":"created","onCreate":true}],
		"indexes":["create index idx_tasks_title on anything (title)"]}`)
	if c.ID != "pbc_2602490748" || c.Indexes[0] != "CREATE INDEX `idx_tasks_title` ON `tasks` (`title`)" || c.Created == "" || c.Updated == "" {
		t.Errorf("got %+v", c)
	}
	if h.find("TASKS") != c || h.find("pbc_2602490748") != c {
		t.Error("the live catalog has another collection")
	}
	h.add("tasks", map[string]any{"id": "a", "title": "one"})
	if got := h.rows("tasks"); got != `{"created":"","id":"a","title":"one"}` {
		t.Errorf("rows = %s", got)
	}
	if d := h.create(`{"name":"x","id":"own","created":"2020-01-02 03:04:05Z"}`); d.ID != "own" || d.Created != "2020-01-02 03:04:05.000Z" || d.Updated <= d.Created {
		t.Errorf("got %s %s %s", d.ID, d.Created, d.Updated)
	}
}

func TestChange(t *testing.T) {
	t.Parallel()
	h := open(t)
	old := h.create(`{"name":"posts","listRule":"","fields":[{"type":"text","name":"title"},{"type":"number","name":"n"},{"type":"select","name":"tags","values":["a","b"]}]}`)
	h.add("posts", map[string]any{"id": "x", "title": "t", "n": 5, "tags": "a"})
	title, tags := old.Field("title").Base().ID, old.Field("tags").Base().ID
	c := h.change("posts", `{"name":"articles","viewRule":"","fields":[{"id":"`+title+`","type":"text","name":"headline"},{"id":"`+tags+`","type":"select","name":"tags","values":["a","b"],"maxSelect":2},{"type":"bool","name":"done"}]}`)
	if c.ID != old.ID || *c.Rules.List != "" || *c.Rules.View != "" || fields(c) != "id:text headline:text tags:select done:bool" {
		t.Errorf("got %+v", c)
	}
	if got := h.rows("articles"); got != `{"done":false,"headline":"t","id":"x","tags":["a"]}` {
		t.Errorf("rows = %s", got)
	}
	if _, ok := h.Current().Find("posts"); ok {
		t.Error("the old name is still known")
	}
	if old.Name != "posts" {
		t.Error("a collection in use was changed")
	}
}

func TestSwapFieldNames(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.create(`{"name":"p","fields":[{"type":"text","name":"a","id":"fa"},{"type":"text","name":"b","id":"fb"}]}`)
	h.add(c.Name, map[string]any{"id": "x", "a": "1", "b": "2"})
	h.change("p", `{"fields":[{"type":"text","name":"b","id":"fa"},{"type":"text","name":"a","id":"fb"}]}`)
	if got := h.rows("p"); got != `{"a":"2","b":"1","id":"x"}` {
		t.Errorf("rows = %s", got)
	}
}

func TestAuthRuleChangeEndsLogins(t *testing.T) {
	t.Parallel()
	h := open(t)
	secret := func() string { return h.find(schema.UsersID).Auth.AuthToken.Secret }
	first := secret()
	h.change("users", `{"authRule":null,"name":"people"}`)
	if secret() != first {
		t.Error("null and the empty rule must count as equal")
	}
	h.change("people", `{"authRule":"verified = true"}`)
	if secret() == first {
		t.Error("the secret survived")
	}
}

func TestOnChange(t *testing.T) {
	t.Parallel()
	h := open(t)
	var heard []string
	h.OnChange(func(renamed map[string]string, dropped []string) { heard = append(heard, fmt.Sprint(renamed, dropped)) })
	c := h.create(`{"name":"a"}`)
	h.change("a", `{"name":"b"}`)
	if _, err := h.Create(t.Context(), []byte(`{"name":"b"}`)); err == nil {
		t.Error("a name was taken twice")
	}
	if err := h.Delete(t.Context(), h.find("b")); err != nil {
		t.Fatal(err)
	}
	want := []string{"map[] []", "map[a:b] []", "map[] [" + c.ID + "]"}
	if !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
}

func TestConcurrentChanges(t *testing.T) {
	t.Parallel()
	h := open(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := h.Create(context.Background(), fmt.Appendf(nil, `{"name":"c%d"}`, i)); err != nil {
				t.Error(err)
			}
			if _, err := h.Change(context.Background(), h.find("users"), fmt.Appendf(nil, `{"otp":{"length":%d}}`, 4+i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(h.Current().All()); n != 14 {
		t.Errorf("%d collections", n)
	}
}

func TestDelete(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.create(`{"name":"a"}`)
	h.change("a", `{"fields":[{"type":"relation","name":"self","collectionId":"`+a.ID+`"}]}`)
	h.create(`{"name":"c","fields":[{"type":"relation","name":"r","collectionId":"` + a.ID + `"},{"type":"relation","name":"s","collectionId":"` + a.ID + `"}]}`)
	h.create(`{"name":"b","fields":[{"type":"relation","name":"r","collectionId":"` + a.ID + `"}]}`)
	err := h.Delete(t.Context(), h.find("a"))
	if got := message(err); got != "Failed to delete collection probably due to existing reference in b, c." {
		t.Errorf("got %q", got)
	}
	if got := message(h.Delete(t.Context(), h.find("_superusers"))); got != "Failed to delete collection." {
		t.Errorf("got %q", got)
	}
	for _, name := range []string{"b", "c", "a"} { // a points to itself, which does not hold it
		if err := h.Delete(t.Context(), h.find(name)); err != nil {
			t.Errorf("delete %s: %v", name, err)
		}
	}
	if err := h.Delete(t.Context(), a); !fault.Is(err, fault.NotFound) {
		t.Errorf("deleted twice: %v", err)
	}
}

func TestDeleteTakesBelongings(t *testing.T) {
	t.Parallel()
	h := open(t)
	people := h.create(`{"name":"people","type":"auth"}`)
	for id, ref := range map[string]string{"mine": people.ID, "other": schema.UsersID} {
		for _, name := range []string{"_mfas", "_otps", "_externalAuths", "_authOrigins"} {
			h.add(name, map[string]any{"id": id, "collectionRef": ref, "recordRef": "r"})
		}
	}
	if err := h.Delete(t.Context(), people); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"_mfas", "_otps", "_externalAuths", "_authOrigins"} {
		if rows := h.rows(name); strings.Contains(rows, `"mine"`) || !strings.Contains(rows, `"other"`) {
			t.Errorf("%s = %s", name, rows)
		}
	}
}

func TestRawErrors(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.create(`{"name":"posts","fields":[{"type":"text","name":"title","id":"ft"}],"indexes":["CREATE INDEX i1 ON posts (title)"]}`)
	h.create(`{"name":"v","type":"view","viewQuery":"SELECT id, title FROM posts"}`)
	_, err := h.Change(t.Context(), h.find("posts"), []byte(`{"fields":[],"indexes":[]}`))
	if got := message(err); !strings.HasPrefix(got, "Failed to update collection. Raw error: \n") {
		t.Errorf("got %q", got)
	}
	if fields(h.find("posts")) != "id:text title:text" {
		t.Error("a failed change is live")
	}
	h.create(`{"name":"more","fields":[{"type":"text","name":"x"}]}`)
}

func TestBadBodies(t *testing.T) {
	t.Parallel()
	h := open(t)
	const want = "Failed to load the submitted data due to invalid formatting."
	for _, body := range []string{`{`, `[]`, `{"name":1}`, `{"name":"a","fields":[{"name":"x"}]}`, `{"name":"a","fields":[{"name":"x","type":"y"}]}`, `{"type":"auth","name":"x","otp":1}`} {
		if _, err := h.Create(t.Context(), []byte(body)); message(err) != want {
			t.Errorf("create %s: %v", body, err)
		}
		if _, err := h.Change(t.Context(), h.find("users"), []byte(body)); message(err) != want {
			t.Errorf("change %s: %v", body, err)
		}
	}
}

func TestProviders(t *testing.T) {
	t.Parallel()
	list := catalog.Providers()
	var names []string
	for _, p := range list {
		names = append(names, p.Name)
		if p.DisplayName == "" || !strings.HasPrefix(p.Logo, "<svg ") || !strings.HasSuffix(p.Logo, "</svg>") {
			t.Errorf("got %+v", p)
		}
	}
	want := "apple, google, microsoft, yandex, facebook, instagram2, github, gitlab, bitbucket, gitee, gitea, discord, twitter, kakao, vk, linear, notion, monday, lark, box, spotify, trakt, twitch, patreon, strava, wakatime, livechat, mailcow, planningcenter, oidc, oidc2, oidc3"
	if got := strings.Join(names, ", "); got != want {
		t.Errorf("got %s", got)
	}
}

func TestScaffolds(t *testing.T) {
	t.Parallel()
	all := open(t).Scaffolds()
	for typ, want := range map[string]string{
		"base": "id:text", "view": "",
		"auth": "id:text password:password tokenKey:text email:email emailVisibility:bool verified:bool",
	} {
		if got := fields(all[typ]); got != want || all[typ].ID != "" || all[typ].Name != "" || string(all[typ].Type) != typ {
			t.Errorf("%s: %s", typ, got)
		}
	}
}
