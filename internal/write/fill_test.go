package write_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/field"
)

func TestModifiers(t *testing.T) {
	t.Parallel()
	h := open(t)
	to := h.collection(`{"name":"tags","fields":[{"name":"x","type":"text"}]}`)
	for _, id := range []string{"t1", "t2", "t3"} {
		h.make(to, data{"id": strings.Repeat(id, 7) + "0"})
	}
	t1, t2 := strings.Repeat("t1", 7)+"0", strings.Repeat("t2", 7)+"0"
	c := h.collection(`{"name":"x","fields":[
		{"name":"n","type":"number"},
		{"name":"text","type":"text","autogeneratePattern":"[0-9]{4}"},
		{"name":"plain","type":"text"},
		{"name":"one","type":"select","values":["a","b","c"]},
		{"name":"some","type":"select","values":["a","b","c"],"maxSelect":3},
		{"name":"rels","type":"relation","collectionId":"` + to.ID + `","maxSelect":9},
		{"name":"flag","type":"bool"}]}`)

	for _, tc := range []struct {
		old, in data
		field   string
		want    any
	}{
		{data{"n": 2.0}, data{"n+": 3.0}, "n", 5.0},
		{data{"n": 2.0}, data{"n-": "3"}, "n", -1.0},
		{data{"n": 2.0}, data{"n+": 5.0, "n": 10.0}, "n", 15.0},
		{data{"n": 2.0}, data{"+n": 5.0}, "n", 2.0},
		{data{"n": 2.0}, data{"n:autogenerate": 5.0}, "n", 2.0},
		{data{"one": "a"}, data{"one+": "b"}, "one", "b"},
		{data{"one": "a"}, data{"+one": "b"}, "one", "a"},
		{data{"one": "a"}, data{"one-": "b"}, "one", "a"},
		{data{"one": "a"}, data{"one-": "a"}, "one", ""},
		{data{"some": []any{"a"}}, data{"some+": []any{"b", "a"}}, "some", []string{"a", "b"}},
		{data{"some": []any{"a"}}, data{"+some": "b"}, "some", []string{"b", "a"}},
		{data{"some": []any{"a", "b"}}, data{"some-": "a", "+some": "c"}, "some", []string{"c", "b"}},
		{data{"rels": []any{t1}}, data{"rels+": t2}, "rels", []string{t1, t2}},
		{data{"rels": []any{t1, t2}}, data{"rels-": []any{t1}}, "rels", []string{t2}},
		{data{"plain": "a"}, data{"plain:autogenerate": "b"}, "plain", "b"},
		{data{"plain": "a"}, data{"plain+": "b"}, "plain", "a"},
		{data{"flag": true}, data{"flag+": false}, "flag", true},
		{data{"n": 1.0}, data{}, "n", 1.0},
		{data{"n": 1.0}, data{"n": nil}, "n", 0.0},
		{data{}, data{"collectionId": "x", "expand": "y", "unknown": 1.0}, "n", 0.0},
	} {
		got := h.change(h.make(c, tc.old), tc.in).Get(tc.field)
		if !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%v on %v: got %#v, want %#v", tc.in, tc.old, got, tc.want)
		}
	}
	if got := h.make(c, data{"n+": 2.0}).Number("n"); got != 2 {
		t.Errorf("n+ on create: got %v, want 2", got)
	}
	got := h.change(h.make(c, nil), data{"text:autogenerate": "abc-"}).String("text")
	if len(got) != 8 || !strings.HasPrefix(got, "abc-") {
		t.Errorf("autogenerate: got %q", got)
	}
}

func TestWhatHoldallFills(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(`{"name":"x","fields":[{"name":"slug","type":"text","autogeneratePattern":"s[0-9]{3}"},
		{"name":"made","type":"autodate","onCreate":true},{"name":"moved","type":"autodate","onCreate":true,"onUpdate":true}]}`)
	rec := h.make(c, data{"made": "2001-01-01"})
	at := field.FormatDate(h.now())
	if len(rec.ID()) != 15 || len(rec.String("slug")) != 4 || rec.String("made") != at || rec.String("moved") != at {
		t.Errorf("created %q %q %q %q at %s", rec.ID(), rec.String("slug"), rec.String("made"), rec.String("moved"), at)
	}
	h.clock.Add(int64(time.Hour / time.Millisecond))
	got := h.change(rec, data{"slug": "", "moved": ""})
	if got.String("made") != at || got.String("moved") != field.FormatDate(h.now()) || got.String("slug") != "" {
		t.Errorf("updated: slug %q made %q moved %q", got.String("slug"), got.String("made"), got.String("moved"))
	}
	stored := h.get(c, rec.ID())
	if stored.String("moved") != got.String("moved") || stored.Seq() != got.Seq() {
		t.Errorf("stored %q seq %d, returned %q seq %d", stored.String("moved"), stored.Seq(), got.String("moved"), got.Seq())
	}
}

func TestHiddenFieldsOfClients(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(`{"name":"x","fields":[{"name":"n","type":"number","hidden":true},{"name":"a","type":"text"}],
		"updateRule":"@request.body.n:isset = false"}`)
	rec := h.make(c, data{"n": 7.0})
	got, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), bring(data{"n": 1.0, "n+": 2.0, "a": "x"}))
	if err != nil {
		t.Fatal(err)
	}
	if got.Number("n") != 7 || got.String("a") != "x" {
		t.Errorf("got n %v a %q, want 7 and x", got.Number("n"), got.String("a"))
	}
}

func TestWhatRulesSee(t *testing.T) {
	t.Parallel()
	h := open(t)
	for i, tc := range []struct {
		rule string
		in   data
		pass bool
	}{
		{`n = 5 && @request.body.n = 5`, data{"n": 3.0, "n+": 2.0}, true},
		{`@request.body.extra = "x"`, data{"extra": "x"}, true},
		{`@request.body.extra = "y"`, data{"extra": "x"}, false},
		{`id != "" && n = 0`, data{}, true},
		{`@request.body.n:isset = true`, data{}, false},
		{`@request.body.n:isset = true`, data{"n+": 1.0}, true},
		{`geo.lat > 40`, data{"geo": `{"lat":41}`}, true},
		{`@request.body.meta.a = 1`, data{"meta": `{"a":1}`}, true},
	} {
		name := "r" + string(rune('a'+i))
		c := h.collection(`{"name":"` + name + `","createRule":` + quoted(tc.rule) + `,"fields":[{"name":"n","type":"number"},
			{"name":"geo","type":"geoPoint"},{"name":"meta","type":"json"}]}`)
		_, err := h.w.Create(t.Context(), h.guest(), c, bring(tc.in))
		if (err == nil) != tc.pass {
			t.Errorf("%s with %v: %v", tc.rule, tc.in, err)
		}
	}
}

func TestUpdateRuleSeesTheStoredRow(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(`{"name":"x","updateRule":"n = 1 && @request.body.n = 2","fields":[{"name":"n","type":"number"}]}`)
	rec := h.make(c, data{"n": 1.0})
	if _, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), bring(data{"n+": 1.0})); err != nil {
		t.Errorf("the stored row matches: %v", err)
	}
	if _, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), bring(data{"n": 2.0})); err == nil {
		t.Error("the stored row matches no more: got no fault")
	}
}

func TestUnchangedObjectsAreUnchanged(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(`{"name":"x","updateRule":"@request.body.j:changed = false && @request.body.g:changed = false && @request.body.j.b = 1","fields":[
		{"name":"j","type":"json"},{"name":"g","type":"geoPoint"}]}`)
	d := data{"j": `{"b":1,"a":2}`, "g": map[string]any{"lon": 10.0, "lat": 20.5}}
	rec := h.make(c, d)
	if _, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), bring(d)); err != nil {
		t.Errorf("the same values are refused: %v", err)
	}
	d["g"] = map[string]any{"lon": 10.0, "lat": 21.0}
	if _, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), bring(d)); err == nil {
		t.Error("another point is not refused")
	}
}
