package read_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// club is members who are shown (v) or not (h), a boss, and notes about them. manage is the manage rule.
func club(t testing.TB, manage string) (*house, map[string]*record.Record) {
	members := collection(t, "members", schema.Auth, `{"name":"boss","type":"relation","collectionId":"members_id","maxSelect":1}`)
	members.Auth.ManageRule = new(manage)
	staff := collection(t, "staff", schema.Auth)
	grants := collection(t, "grants", schema.Base, `{"name":"to","type":"relation","collectionId":"members_id","maxSelect":1}`, `{"name":"about","type":"relation","collectionId":"members_id","maxSelect":1}`)
	notes := collection(t, "notes", schema.Base, `{"name":"who","type":"relation","collectionId":"members_id","maxSelect":9}`)
	h := open(t, members.Seal(), staff.Seal(), grants.Seal(), notes.Seal())
	list := h.make("members",
		values{"id": "v", "email": "v@x.io", "emailVisibility": true, "tokenKey": "1", "boss": "b"},
		values{"id": "h", "email": "h@x.io", "tokenKey": "2", "boss": "b"},
		values{"id": "b", "email": "b@x.io", "tokenKey": "3"})
	h.make("grants", values{"id": "g1", "to": "v", "about": "b"})
	h.make("notes", values{"id": "n1", "who": []any{"v", "h", "b"}})
	by := map[string]*record.Record{}
	for _, r := range list {
		by[r.ID()] = r
	}
	// Somebody of another collection with the same id as a member.
	by["staff"] = h.make("staff", values{"id": "h", "email": "s@x.io", "tokenKey": "4"})[0]
	return h, by
}

func TestEmailVisibility(t *testing.T) {
	t.Parallel()
	for _, rule := range []struct {
		manage string
		sees   map[string]string // by caller, the records whose address is shown
	}{
		{"", map[string]string{"guest": "v", "v": "v", "h": "vh", "b": "vb", "staff": "v", "super": "vhb"}},
		{"boss = @request.auth.id", map[string]string{"guest": "v", "v": "v", "h": "vh", "b": "vhb", "staff": "v", "super": "vhb"}},
		{"@request.auth.collectionName = 'staff'", map[string]string{"guest": "v", "v": "v", "h": "vh", "b": "vb", "staff": "vhb", "super": "vhb"}},
		{"grants_via_about.to ?= @request.auth.id", map[string]string{"guest": "v", "v": "vb", "h": "vh", "b": "vb", "staff": "v", "super": "vhb"}},
		{"gone = 1", map[string]string{"guest": "v", "v": "v", "h": "vh", "b": "vb", "staff": "v", "super": "vhb"}},
	} {
		h, recs := club(t, rule.manage)
		for who, sees := range rule.sees {
			by := guest()
			if who == "super" {
				by = super()
			} else if who != "guest" {
				by = as(recs[who])
			}
			checkEmails(t, h, by, fmt.Sprintf("manage %q, %s", rule.manage, who), sees)
		}
	}
}

// checkEmails asks for the addresses in every way there is.
func checkEmails(t *testing.T, h *house, by *caller.Caller, who, sees string) {
	t.Helper()
	var items []string
	for _, id := range []string{"v", "h", "b"} {
		item := `{"id":"` + id + `"}`
		if strings.Contains(sees, id) {
			item = `{"email":"` + id + `@x.io","id":"` + id + `"}`
		}
		items = append(items, item)
		got, err := h.View(t.Context(), nil, by, h.collection("members"), id, read.Shape{Fields: "email,id"})
		if err != nil || string(got) != item {
			t.Errorf("%s views %s, %v; want %s", who, got, err, item)
		}
	}
	all := strings.Join(items, ",")
	page := `{"items":[` + all + `],"page":1,"perPage":30,"totalItems":3,"totalPages":1}`
	if got, err := h.list(by, "members", read.ListQuery{Fields: "email,id"}); err != nil || got != page {
		t.Errorf("%s lists\n got %s, %v\nwant %s", who, got, err, page)
	}
	want := `{"expand":{"who":[` + all + `]}}`
	got, err := h.View(t.Context(), nil, by, h.collection("notes"), "n1", read.Shape{Expand: "who", Fields: "expand.who.email,expand.who.id"})
	if err != nil || string(got) != want {
		t.Errorf("%s expands\n got %s, %v\nwant %s", who, got, err, want)
	}
}

func TestManageRulesAreAskedInBatches(t *testing.T) {
	t.Parallel()
	h, recs := club(t, "grants_via_about.to ?= @request.auth.id")
	h.st.asked()
	if _, err := h.list(as(recs["v"]), "members", read.ListQuery{}); err != nil {
		t.Fatal(err)
	}
	if got := h.st.asked(); got != [2]int64{2, 0} {
		t.Errorf("asked %v, want the page and one question about all of it", got)
	}
	if _, err := h.list(guest(), "members", read.ListQuery{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.list(as(recs["v"]), "members", read.ListQuery{Fields: "id"}); err != nil {
		t.Fatal(err)
	}
	if got := h.st.asked(); got != [2]int64{2, 0} {
		t.Errorf("asked %v, want no question for a guest, nor without the address", got)
	}
}

func TestOwnShowsTheAddress(t *testing.T) {
	t.Parallel()
	h, recs := club(t, "")
	for own, want := range map[bool]string{
		true:  `{"email":"h@x.io","expand":{"boss":{"id":"b"}},"id":"h"}`,
		false: `{"expand":{"boss":{"id":"b"}},"id":"h"}`,
	} {
		got, err := h.Show(t.Context(), nil, h.st, guest(), recs["h"], read.Shape{Own: own, Expand: "boss", Fields: "email,id,expand.boss.id,expand.boss.email,tokenKey"})
		if err != nil || string(got) != want {
			t.Errorf("own %v: %s, %v; want %s", own, got, err, want)
		}
	}
}

func TestOwnExpandsAsTheRecord(t *testing.T) {
	t.Parallel()
	members := collection(t, "members", schema.Auth)
	notes := collection(t, "notes", schema.Base, `{"name":"who","type":"relation","collectionId":"members_id","maxSelect":1}`)
	notes.Rules.View = new("who = @request.auth.id")
	h := open(t, members.Seal(), notes.Seal())
	rec := h.make("members", values{"id": "m1", "email": "m@x.io", "tokenKey": "1"})[0]
	h.make("notes", values{"id": "n1", "who": "m1"})
	for own, want := range map[bool]string{true: `{"expand":{"notes_via_who":[{"id":"n1"}]},"id":"m1"}`, false: `{"expand":{},"id":"m1"}`} {
		got, err := h.Show(t.Context(), nil, h.st, guest(), rec, read.Shape{Own: own, Expand: "notes_via_who", Fields: "id,expand.notes_via_who.id"})
		if err != nil || string(got) != want {
			t.Errorf("own %v: %s, %v; want %s", own, got, err, want)
		}
	}
}
