package catalog_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/fault"
)

type loss bool

const (
	keep loss = false
	drop loss = true
)

func (h *house) importAll(missing loss, items ...string) error {
	list := make([]json.RawMessage, len(items))
	for i, s := range items {
		list[i] = json.RawMessage(s)
	}
	return h.Import(h.t.Context(), list, bool(missing))
}

func (h *house) mustImport(missing loss, items ...string) {
	h.t.Helper()
	if err := h.importAll(missing, items...); err != nil {
		h.t.Fatalf("import: %v", err)
	}
}

func TestImportEmpty(t *testing.T) {
	t.Parallel()
	err := open(t).importAll(drop)
	want(t, "import", "[]", err, "collections=validation_required", "An error occurred while validating the submitted data.")
	if err == nil {
		t.Error("nothing was imported without an error")
	}
	err = open(t).importAll(keep, `7`)
	want(t, "import", "[7]", err, "", "An error occurred while loading the submitted data.")
	if err == nil {
		t.Error("a number was imported")
	}
}

func TestImportMerges(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.create(`{"name":"posts","id":"pid","listRule":"","fields":[{"type":"text","name":"title","max":5},{"type":"bool","name":"done"}]}`)
	h.create(`{"name":"other"}`)
	h.add("posts", map[string]any{"id": "a", "title": "t", "done": true})
	secret := h.find("users").Auth.AuthToken.Secret
	h.mustImport(keep,
		`{"name":"v","type":"view","viewQuery":"SELECT id, title FROM fresh"}`, // before what it selects from
		`{"id":"pid","name":"articles","viewRule":"","fields":[{"type":"number","name":"n"},{"type":"text","name":"title","id":"another","max":9}]}`,
		`{"name":"fresh","fields":[{"type":"text","name":"title"}]}`,
		`{"name":"users","otp":{"enabled":true}}`)
	c := h.find("articles")
	if c.ID != "pid" || c.Rules.List == nil || c.Rules.View == nil {
		t.Errorf("got %+v", c)
	}
	if got := fields(c); got != "n:number title:text id:text done:bool" {
		t.Errorf("fields = %s", got)
	}
	if got := h.rows("articles"); got != `{"done":true,"id":"a","n":0,"title":"t"}` {
		t.Errorf("rows = %s", got)
	}
	if title := c.Field("title"); title.Base().ID == "another" {
		t.Error("the stored definition of a field must win")
	}
	if fields(h.find("v")) != "id:text title:text" {
		t.Errorf("view = %s", fields(h.find("v")))
	}
	if u := h.find("users"); u.Auth.AuthToken.Secret != secret || !u.Auth.OTP.Enabled || u.Auth.OTP.Length != 8 || len(u.Fields) != 10 {
		t.Errorf("users = %+v", u.Auth)
	}
	h.find("other")
}

func TestImportDeletesMissing(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.create(`{"name":"posts","fields":[{"type":"text","name":"title"},{"type":"bool","name":"done"}]}`)
	h.create(`{"name":"plain","fields":[{"type":"text","name":"title"}]}`)
	h.create(`{"name":"gone","fields":[{"type":"relation","name":"r","collectionId":"` + h.find("posts").ID + `"}]}`)
	h.create(`{"name":"held","id":"heldid","fields":[{"type":"relation","name":"r","collectionId":"` + h.find("gone").ID + `"}]}`)
	h.add("posts", map[string]any{"id": "a", "title": "t", "done": true})
	var dropped []string
	h.OnChange(func(_ map[string]string, ids []string) { dropped = ids })
	h.mustImport(drop, `{"name":"posts","fields":[{"type":"text","name":"title","id":"another"}]}`, `{"name":"plain"}`)
	if got := h.rows("posts"); got != `{"id":"a","title":""}` {
		t.Errorf("rows = %s", got)
	}
	if got := fields(h.find("plain")); got != "id:text" {
		t.Errorf("fields of plain = %s", got)
	}
	var names []string
	for _, c := range h.Current().All() {
		names = append(names, c.Name)
	}
	if got := strings.Join(names, " "); got != "_mfas _otps _externalAuths _authOrigins _superusers posts plain" {
		t.Errorf("left: %s", got)
	}
	if len(dropped) != 3 {
		t.Errorf("dropped %v", dropped)
	}
}

func TestImportTwiceTheSame(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.create(`{"name":"posts"}`)
	h.mustImport(keep, `{"name":"posts","listRule":""}`, `{"name":"posts","viewRule":""}`)
	if c := h.find("posts"); c.Rules.View == nil {
		t.Errorf("got %+v", c.Rules)
	}
}

func TestImportFailsAsAWhole(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.create(`{"name":"posts","fields":[{"type":"text","name":"title"}]}`)
	before := h.Current()
	for _, items := range [][]string{
		{`{"name":"fine"}`, `{"name":"posts","name":"bad name"}`},
		{`{"name":"fine"}`, `{"name":"x","fields":[{"type":"text","name":"a-b"}]}`},
		{`{"name":"fine"}`, `{"name":"posts","fields":[{"type":"number","name":"title"}]}`},
		{`{"name":"fine"}`, `{"name":"posts","type":"auth"}`},
		{`{"name":"fine"}`, `{"id":"otherid","name":"users","type":"auth"}`},
		{`{"name":"fine"}`, `{"name":"v","type":"view","viewQuery":"SELECT nope FROM fine"}`},
		{`{"name":"fine"}`, `{"name":"x","fields":[{"type":"nope","name":"a"}]}`},
		{`{"name":"fine"}`, `{"name":"x","indexes":["CREATE INDEX i ON x (gone)"]}`},
		{`{"name":"fine"}`, `{"name":"_superusers","listRule":""}`},
	} {
		err := h.importAll(keep, items...)
		f, ok := fault.Of(err)
		if !ok || f.Msg != "Failed to import collections." || codes(err) != "collections=validation_collections_import_failure" {
			t.Errorf("import %v: %v", items, err)
			continue
		}
		if f.Fields["collections"].Msg == "" {
			t.Errorf("import %v: no reason", items)
		}
		if h.Current() != before {
			t.Errorf("import %v changed the catalog", items)
		}
	}
	err := h.importAll(keep, `{"name":"x","fields":[{"type":"text","name":"a-b"}]}`)
	f, _ := fault.Of(err)
	if msg := f.Fields["collections"].Msg; !strings.Contains(msg, `"x"`) || !strings.Contains(msg, "fields.1.name") || !strings.Contains(msg, "validation_match_invalid") {
		t.Errorf("reason = %q", msg)
	}
	h.create(`{"name":"fine"}`)
}

func TestImportRoundTrip(t *testing.T) {
	t.Parallel()
	h := shop(t)
	h.create(`{"name":"v","type":"view","viewQuery":"SELECT id, title FROM items"}`)
	var items []string
	for _, c := range h.Current().All() {
		raw, err := c.JSON()
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, string(raw))
	}
	rows := h.rows("items")
	for range 2 {
		h.mustImport(drop, items...)
	}
	if got := h.rows("items"); got != rows {
		t.Errorf("rows = %s", got)
	}
	other := open(t) // another installation, with its own default users
	other.mustImport(drop, items...)
	if got := fields(other.find("v")); got != "id:text title:text" {
		t.Errorf("view = %s", got)
	}
}
