package read_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// notes are five records n1 to n5 with the numbers 1 to 5.
func notes(t testing.TB, change func(*schema.Collection)) *house {
	c := collection(t, "notes", schema.Base, `{"name":"n","type":"number"}`, `{"name":"secret","type":"text","hidden":true}`)
	if change != nil {
		change(c)
	}
	h := open(t, c.Seal())
	for i := 1; i <= 5; i++ {
		h.make("notes", values{"id": fmt.Sprintf("n%d", i), "n": i, "secret": "s"})
	}
	return h
}

func ids(list ...string) string {
	for i, id := range list {
		list[i] = `{"id":"` + id + `"}`
	}
	return strings.Join(list, ",")
}

func TestListPages(t *testing.T) {
	t.Parallel()
	h := notes(t, nil)
	for _, c := range []struct {
		q      read.ListQuery
		want   string
		counts int64
	}{
		{read.ListQuery{}, `{"items":[` + ids("n1", "n2", "n3", "n4", "n5") + `],"page":1,"perPage":30,"totalItems":5,"totalPages":1}`, 0},
		{read.ListQuery{Page: -3, PerPage: -1}, `{"items":[` + ids("n1", "n2", "n3", "n4", "n5") + `],"page":1,"perPage":30,"totalItems":5,"totalPages":1}`, 0},
		{read.ListQuery{PerPage: 2}, `{"items":[` + ids("n1", "n2") + `],"page":1,"perPage":2,"totalItems":5,"totalPages":3}`, 1},
		{read.ListQuery{Page: 3, PerPage: 2}, `{"items":[` + ids("n5") + `],"page":3,"perPage":2,"totalItems":5,"totalPages":3}`, 0},
		{read.ListQuery{PerPage: 5}, `{"items":[` + ids("n1", "n2", "n3", "n4", "n5") + `],"page":1,"perPage":5,"totalItems":5,"totalPages":1}`, 1},
		{read.ListQuery{Page: 9, PerPage: 2}, `{"items":[],"page":9,"perPage":2,"totalItems":5,"totalPages":3}`, 1},
		{read.ListQuery{Page: math.MaxInt}, fmt.Sprintf(`{"items":[],"page":%d,"perPage":30,"totalItems":5,"totalPages":1}`, math.MaxInt), 1},
		{read.ListQuery{PerPage: 5000}, `{"items":[` + ids("n1", "n2", "n3", "n4", "n5") + `],"page":1,"perPage":1000,"totalItems":5,"totalPages":1}`, 0},
		{read.ListQuery{PerPage: 1, SkipTotal: true}, `{"items":[` + ids("n1") + `],"page":1,"perPage":1,"totalItems":-1,"totalPages":-1}`, 0},
		{read.ListQuery{Filter: "n > 3", Sort: "-n"}, `{"items":[` + ids("n5", "n4") + `],"page":1,"perPage":30,"totalItems":2,"totalPages":1}`, 0},
		{read.ListQuery{Filter: "n > 3", PerPage: 1}, `{"items":[` + ids("n4") + `],"page":1,"perPage":1,"totalItems":2,"totalPages":2}`, 1},
		{read.ListQuery{Filter: "n > 30"}, `{"items":[],"page":1,"perPage":30,"totalItems":0,"totalPages":0}`, 0},
	} {
		c.q.Fields = "id"
		h.st.asked()
		h.wantList(guest(), "notes", c.q, c.want)
		if asked := h.st.asked(); asked[1] != c.counts {
			t.Errorf("%+v counted %d times, want %d", c.q, asked[1], c.counts)
		}
	}
}

func TestANeverTrueRuleAsksNothing(t *testing.T) {
	t.Parallel()
	h := notes(t, func(c *schema.Collection) {
		c.Rules = schema.Rules{List: new("@request.auth.id != ''"), View: new("@request.auth.id != ''")}
	})
	h.st.asked()
	h.wantList(guest(), "notes", read.ListQuery{Page: 2}, `{"items":[],"page":2,"perPage":30,"totalItems":0,"totalPages":0}`)
	h.wantList(guest(), "notes", read.ListQuery{SkipTotal: true}, `{"items":[],"page":1,"perPage":30,"totalItems":-1,"totalPages":-1}`)
	if _, err := h.View(t.Context(), nil, guest(), h.collection("notes"), "n1", read.Shape{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("view: %v", err)
	}
	if got := h.st.asked(); got != [2]int64{} {
		t.Errorf("the database was asked %v", got)
	}
}

func TestARuleIsARowFilter(t *testing.T) {
	t.Parallel()
	h := notes(t, func(c *schema.Collection) { c.Rules = schema.Rules{List: new("n < 3"), View: new("n < 3")} })
	q := read.ListQuery{Fields: "id"}
	h.wantList(guest(), "notes", q, `{"items":[`+ids("n1", "n2")+`],"page":1,"perPage":30,"totalItems":2,"totalPages":1}`)
	q.Filter = "n > 1 || n = 5"
	h.wantList(guest(), "notes", q, `{"items":[`+ids("n2")+`],"page":1,"perPage":30,"totalItems":1,"totalPages":1}`)
	h.wantList(super(), "notes", q, `{"items":[`+ids("n2", "n3", "n4", "n5")+`],"page":1,"perPage":30,"totalItems":4,"totalPages":1}`)
	h.wantView(guest(), "notes", "n1", read.Shape{Fields: "id"}, `{"id":"n1"}`)
	h.wantView(super(), "notes", "n3", read.Shape{Fields: "id"}, `{"id":"n3"}`)
	for _, id := range []string{"n3", "nope", "", "N1"} {
		if _, err := h.View(t.Context(), nil, guest(), h.collection("notes"), id, read.Shape{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("view %q: %v", id, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	h := notes(t, nil)
	long := "n = 1 //" + strings.Repeat("x", 3500)
	for _, c := range []struct {
		q    read.ListQuery
		kind fault.Kind
		msg  string
	}{
		{read.ListQuery{Filter: "nope = 1"}, fault.Invalid, ""},
		{read.ListQuery{Filter: "n ="}, fault.Invalid, ""},
		{read.ListQuery{Filter: "secret = 's'"}, fault.Invalid, ""},
		{read.ListQuery{Sort: "secret"}, fault.Invalid, ""},
		{read.ListQuery{Filter: long}, fault.Invalid, ""},
		{read.ListQuery{Sort: "n,n,n,n,n,n,n,n,n"}, fault.Invalid, ""},
		{read.ListQuery{Sort: strings.Repeat("n", 256)}, fault.Invalid, ""},
		{read.ListQuery{Filter: `n = 1 || "@request.auth.id" = ''`}, fault.Forbidden, "Only superusers can filter by @request."},
		{read.ListQuery{Sort: "@collection.notes.n"}, fault.Forbidden, "Only superusers can filter by @collection."},
		{read.ListQuery{Fields: "n:excerpt()"}, fault.Invalid, ""},
		{read.ListQuery{Expand: strings.Join(paths(51), ",")}, fault.Invalid, ""},
	} {
		_, err := h.list(guest(), "notes", c.q)
		if f, ok := fault.Of(err); !ok || f.Kind != c.kind || f.Msg != c.msg {
			t.Errorf("%+v: %v", c.q, err)
		}
	}
	h.wantList(super(), "notes", read.ListQuery{Filter: "secret = 's' && @request.auth.id = '' && n = 1", Fields: "secret"},
		`{"items":[{"secret":"s"}],"page":1,"perPage":30,"totalItems":1,"totalPages":1}`)
}

func paths(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf("p%d", i))
	}
	return all
}

func TestALockedRuleIsForbidden(t *testing.T) {
	t.Parallel()
	h := notes(t, func(c *schema.Collection) { c.Rules = schema.Rules{} })
	c := h.collection("notes")
	_, listErr := h.List(t.Context(), []byte("before"), guest(), c, read.ListQuery{Filter: "broken ="})
	_, viewErr := h.View(t.Context(), nil, guest(), c, "nope", read.Shape{})
	for _, err := range []error{listErr, viewErr} {
		if f, ok := fault.Of(err); !ok || f.Kind != fault.Forbidden || f.Msg != "Only superusers can perform this action." {
			t.Errorf("got %v", err)
		}
	}
	h.wantView(super(), "notes", "n1", read.Shape{Fields: "id"}, `{"id":"n1"}`)
}

func TestAStoredRuleThatNoLongerResolves(t *testing.T) {
	t.Parallel()
	h := notes(t, func(c *schema.Collection) { c.Rules = schema.Rules{List: new("gone = 1"), View: new("gone = 1")} })
	if _, err := h.list(guest(), "notes", read.ListQuery{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("list: %v", err)
	}
	if _, err := h.View(t.Context(), nil, guest(), h.collection("notes"), "n1", read.Shape{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("view: %v", err)
	}
}

func TestAnErrorLeavesTheBufferAlone(t *testing.T) {
	t.Parallel()
	h := notes(t, nil)
	out, err := h.List(t.Context(), []byte("before"), guest(), h.collection("notes"), read.ListQuery{Filter: "x ="})
	if err == nil || string(out) != "before" {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestHiddenFieldsAreForSuperusers(t *testing.T) {
	t.Parallel()
	h := notes(t, nil)
	h.wantView(guest(), "notes", "n1", read.Shape{}, `{"collectionId":"notes_id","collectionName":"notes","id":"n1","n":1}`)
	h.wantView(super(), "notes", "n1", read.Shape{}, `{"collectionId":"notes_id","collectionName":"notes","id":"n1","n":1,"secret":"s"}`)
	h.wantView(guest(), "notes", "n1", read.Shape{Fields: "secret,n"}, `{"n":1}`)
	h.wantView(super(), "notes", "n1", read.Shape{Fields: "*,id:excerpt(1)"}, `{"collectionId":"notes_id","collectionName":"notes","id":"n","n":1,"secret":"s"}`)
	h.wantList(guest(), "notes", read.ListQuery{Fields: "n.x,collectionName:excerpt(2,true)", PerPage: 2, SkipTotal: true},
		`{"items":[{"collectionName":"no...","n":1},{"collectionName":"no...","n":2}],"page":1,"perPage":2,"totalItems":-1,"totalPages":-1}`)
}

// TestRowsAndRecordsLookAlike holds the JSON of a row against that of the record it decodes to.
func TestRowsAndRecordsLookAlike(t *testing.T) {
	t.Parallel()
	var fields []string
	for _, f := range []string{
		`"text"`, `"editor"`, `"number"`, `"bool"`, `"email"`, `"url"`, `"date"`, `"autodate"`, `"json"`, `"geoPoint"`, `"password"`,
		`"select","maxSelect":1,"values":["a"]`, `"select","maxSelect":3,"values":["a","b\""]`, `"file","maxSelect":1`, `"file","maxSelect":9`,
		`"relation","maxSelect":1,"collectionId":"all_id"`, `"relation","maxSelect":9,"collectionId":"all_id"`,
	} {
		fields = append(fields, fmt.Sprintf(`{"name":"f%02d","type":%s}`, len(fields), f))
	}
	h := open(t, collection(t, "all", schema.Auth, fields...).Seal())
	h.make("all", values{"id": "empty", "email": "a@x.io", "tokenKey": "k1"}, values{
		"id": "full", "email": "e@x.io", "emailVisibility": true, "tokenKey": "k2", "f00": "a\"\\\n\u2028<é\x01", "f01": "<p>&</p>", "f02": -1.25, "f03": true,
		"f04": "b@x.io", "f05": "https://x.io", "f06": "2024-01-02 03:04:05.678Z", "f07": "2024-01-02 03:04:05.678Z", "f08": map[string]any{"b": []any{1.0, nil}, "a": "x"},
		"f09": map[string]any{"lon": 1.5, "lat": -2.0}, "f11": "a", "f12": []any{"b\"", "a"}, "f13": "x.png", "f14": []any{"a.png", "b.png"}, "f15": "empty", "f16": []any{"empty", "full"},
	}, values{"id": "odd", "email": "c@x.io", "tokenKey": "k3", "f02": 1e21, "f08": "5", "f16": []any{"odd"}}, values{"id": "tiny", "email": "d@x.io", "tokenKey": "k4", "f02": 1e-7, "f08": "null"})
	c := h.collection("all")
	n := 0
	for _, v := range []*record.View{record.NewView(c, false, nil), record.NewView(c, true, nil).WithEmails(), record.NewView(c, false, nil).ForSelf("empty")} {
		err := h.st.Select(t.Context(), store.Query{From: c}, func(r store.Row) error {
			n++
			rec, err := r.Record()
			if err != nil {
				return err
			}
			row, mem := string(r.AppendJSON(nil, v)), string(rec.AppendJSON(nil, v))
			if row != mem {
				t.Errorf("%s:\n   row %s\nrecord %s", r.ID(), row, mem)
			}
			if head, want := string(r.AppendHead(nil, v)), string(rec.AppendHead(nil, v)); head != want {
				t.Errorf("%s: head %s, want %s", r.ID(), head, want)
			}
			if tail, want := string(r.AppendTail(nil, v)), string(rec.AppendTail(nil, v)); tail != want {
				t.Errorf("%s: tail %s, want %s", r.ID(), tail, want)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n != 12 {
		t.Errorf("saw %d rows", n)
	}
}
