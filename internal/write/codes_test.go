package write_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/fault"
)

const everything = `{"name":"all","fields":[
	{"name":"text","type":"text","min":2,"max":5,"pattern":"^[a-z]+$"},
	{"name":"need","type":"text","required":true},
	{"name":"num","type":"number","min":-5,"max":5,"onlyInt":true},
	{"name":"mail","type":"email","exceptDomains":["bad.io"]},
	{"name":"link","type":"url","onlyDomains":["ok.io"]},
	{"name":"html","type":"editor","maxSize":4},
	{"name":"day","type":"date","min":"2024-01-02","max":"2024-01-04"},
	{"name":"one","type":"select","values":["a","b"]},
	{"name":"some","type":"select","values":["a","b","c"],"maxSelect":2},
	{"name":"doc","type":"file"},
	{"name":"docs","type":"file","maxSelect":2},
	{"name":"meta","type":"json","maxSize":20},
	{"name":"geo","type":"geoPoint"},
	{"name":"pass","type":"password","min":4,"pattern":"^x","cost":4},
	{"name":"uniq","type":"text"},{"name":"pairA","type":"text"},{"name":"pairB","type":"text"},
	{"name":"when","type":"autodate","onCreate":true,"onUpdate":true}],
	"indexes":["CREATE UNIQUE INDEX u1 ON all (uniq) WHERE uniq != ''",
		"CREATE UNIQUE INDEX u2 ON all (pairA, pairB) WHERE pairA != ''"]}`

func TestEachCode(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(everything)
	h.make(c, data{"id": "aaaaaaaaaaaaaaa", "need": "x", "uniq": "u", "pairA": "a", "pairB": "b"})

	cases := []struct {
		field, code string
		value       any
	}{
		{"text", "validation_min_text_constraint", "a"},
		{"text", "validation_max_text_constraint", "abcdef"},
		{"text", "validation_invalid_format", "AB"},
		{"need", "validation_required", ""},
		{"num", "validation_not_a_number", "NaN"},
		{"num", "validation_only_int_constraint", 1.5},
		{"num", "validation_min_number_constraint", -6.0},
		{"num", "validation_max_number_constraint", 6.0},
		{"mail", "validation_is_email", "x"},
		{"mail", "validation_email_domain_not_allowed", "a@bad.io"},
		{"link", "validation_invalid_url", "xyz"},
		{"link", "validation_url_domain_not_allowed", "http://no.io"},
		{"html", "validation_content_size_limit", "12345"},
		{"day", "validation_min_greater_equal_than_required", "2024-01-01"},
		{"day", "validation_max_less_equal_than_required", "2024-01-05"},
		{"one", "validation_invalid_value", "z"},
		{"some", "validation_too_many_values", []any{"a", "b", "c"}},
		{"doc", "validation_invalid_file", "new.png"},
		{"docs", "validation_invalid_file", []any{"new.png"}},
		{"docs", "validation_too_many_files", []any{"a", "b", "c"}},
		{"meta", "validation_json_size_limit", strings.Repeat("x", 30)},
		{"geo", "validation_invalid_latitude", data{"lat": 91.0}},
		{"geo", "validation_invalid_longitude", data{"lon": 181.0}},
		{"pass", "validation_min_text_constraint", "x"},
		{"pass", "validation_max_text_constraint", "x" + strings.Repeat("a", 71)},
		{"pass", "validation_max_text_constraint", "x" + strings.Repeat("ä", 37)},
		{"pass", "validation_invalid_format", "yyyy"},
		{"uniq", "validation_not_unique", "u"},
		{"id", "validation_not_unique", "aaaaaaaaaaaaaaa"},
		{"id", "validation_min_text_constraint", "short"},
		{"id", "validation_invalid_format", "AAAAAAAAAAAAAAA"},
	}
	for _, tc := range cases {
		in := data{"need": "x"}
		in[tc.field] = tc.value
		_, err := h.w.Create(t.Context(), h.guest(), c, bring(in))
		if got := codes(err); len(got) != 1 || got[tc.field] != tc.code {
			t.Errorf("%s = %v: got %v (%v); want %s", tc.field, tc.value, got, err, tc.code)
		}
		h.faulty(err, fault.Invalid, "Failed to create record.")
	}
}

func TestFaultsOfAllFieldsTogether(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(everything)
	_, err := h.w.Create(t.Context(), h.guest(), c, bring(data{"text": "a", "num": 9.0, "mail": "x"}))
	want := map[string]string{
		"text": "validation_min_text_constraint", "num": "validation_max_number_constraint",
		"mail": "validation_is_email", "need": "validation_required",
	}
	if got := codes(err); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestUniqueNamesEveryColumn(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(everything)
	h.make(c, data{"need": "x", "pairA": "a", "pairB": "b"})
	rec := h.make(c, data{"need": "x", "pairA": "a", "pairB": "c"})

	_, err := h.w.Update(t.Context(), h.guest(), c, rec.ID(), bring(data{"pairB": "b"}))
	want := map[string]string{"pairA": "validation_not_unique", "pairB": "validation_not_unique"}
	if got := codes(err); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	h.faulty(err, fault.Invalid, "Failed to update record.")
}

func TestUniqueExpressionNamesNoField(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(`{"name":"x","fields":[{"name":"a","type":"text"}],"indexes":["CREATE UNIQUE INDEX ux ON x (lower(a))"]}`)
	h.make(c, data{"a": "X"})
	_, err := h.w.Create(t.Context(), h.guest(), c, bring(data{"a": "x"}))
	h.faulty(err, fault.Invalid, "Failed to create record.")
	if got := codes(err); len(got) != 0 {
		t.Errorf("got %v, want no fields", got)
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := h.collection(`{"name":"x","fields":[{"name":"id","type":"text","min":1,"max":20,"pattern":"^.+$"},{"name":"a","type":"text"}]}`)
	h.make(c, data{"id": "Abc"})
	for id, want := range map[string]string{
		"aBC": "validation_pk_invalid", "a/b": "validation_forbidden_pk_character", "com1": "validation_reserved_pk",
		"": "validation_required",
	} {
		_, err := h.w.Create(t.Context(), h.guest(), c, bring(data{"id": id}))
		if got := codes(err); got["id"] != want {
			t.Errorf("id %q: got %v, want %s", id, got, want)
		}
	}
	_, err := h.w.Update(t.Context(), h.guest(), c, "Abc", bring(data{"id": "Other"}))
	if got := codes(err)["id"]; got != "validation_pk_change" {
		t.Errorf("another id: got %q", got)
	}
	if _, err := h.w.Update(t.Context(), h.guest(), c, "Abc", bring(data{"id": "Abc", "a": "1"})); err != nil {
		t.Errorf("the same id: %v", err)
	}
}

func TestRelations(t *testing.T) {
	t.Parallel()
	h := open(t)
	to := h.collection(`{"name":"tags","fields":[{"name":"n","type":"text"}]}`)
	c := h.collection(`{"name":"posts","fields":[{"name":"n","type":"number","max":5},
		{"name":"one","type":"relation","collectionId":"` + to.ID + `"},
		{"name":"some","type":"relation","collectionId":"` + to.ID + `","minSelect":2,"maxSelect":3}]}`)
	a, b := h.make(to, nil).ID(), h.make(to, nil).ID()

	for _, tc := range []struct {
		in   data
		want map[string]string
	}{
		{data{"one": a, "some": []any{a, b}}, map[string]string{}},
		{data{"one": "nowhere"}, map[string]string{"one": "validation_missing_rel_records"}},
		{data{"some": []any{a}}, map[string]string{"some": "validation_not_enough_values"}},
		{data{"some": []any{a, "x"}}, map[string]string{"some": "validation_missing_rel_records"}},
		{data{"some": []any{a, b, "x", "y"}}, map[string]string{"some": "validation_too_many_values"}},
		{data{"n": 9.0, "one": "x", "some": []any{"y", a}}, map[string]string{
			"n": "validation_max_number_constraint", "one": "validation_missing_rel_records", "some": "validation_missing_rel_records"}},
		{data{"one": "x", "some": []any{"y", a}}, map[string]string{
			"one": "validation_missing_rel_records", "some": "validation_missing_rel_records"}},
	} {
		_, err := h.w.Create(t.Context(), h.guest(), c, bring(tc.in))
		if got := codes(err); len(tc.want) == 0 && err != nil || !maps.Equal(got, tc.want) && len(tc.want) > 0 {
			t.Errorf("%v: got %v (%v), want %v", tc.in, got, err, tc.want)
		}
	}
}

func TestOrderOfRefusals(t *testing.T) {
	t.Parallel()
	h := open(t)
	locked := h.collection(`{"name":"locked","createRule":null,"updateRule":null,"deleteRule":null,"fields":[{"name":"n","type":"number"}]}`)
	ruled := h.collection(`{"name":"ruled","createRule":"n > 1","updateRule":"n > 1","deleteRule":"n > 1","fields":[{"name":"n","type":"number","max":9}]}`)
	view := h.collection(`{"name":"seen","type":"view","createRule":null,"updateRule":null,"deleteRule":null,"viewQuery":"SELECT id, n FROM locked"}`)
	const nobody = "nobodynobody123"
	low := h.make(ruled, data{"n": 1.0}).ID()

	each := func(c string, create, update, del func(error)) {
		col := h.find(c)
		_, err := h.w.Create(t.Context(), h.guest(), col, bring(data{"n": 1.0}))
		create(err)
		for _, id := range []string{nobody, low} {
			_, err = h.w.Update(t.Context(), h.guest(), col, id, bring(data{"n": 5.0}))
			update(err)
			del(h.w.Delete(t.Context(), h.guest(), col, id))
		}
	}
	is := func(k fault.Kind, msg string) func(error) {
		return func(err error) { t.Helper(); h.faulty(err, k, msg) }
	}
	shut := is(fault.Forbidden, "Only superusers can perform this action.")
	gone := is(fault.NotFound, "The requested resource wasn't found.")
	odd := is(fault.Invalid, "Unsupported collection type.")
	each("locked", shut, shut, shut)
	each("ruled", is(fault.Invalid, "Failed to create record."), gone, gone)
	each("seen", odd, odd, odd)
	if _, err := h.w.Create(t.Context(), h.guest(), ruled, bring(data{"n": 10.0})); codes(err)["n"] == "" {
		t.Errorf("a rule that is satisfied: got %v, want the fault of the field", err)
	}
	if err := h.w.Delete(t.Context(), h.super(), ruled, low); err != nil {
		t.Errorf("a superuser: %v", err)
	}
	_, _ = locked, view
}
