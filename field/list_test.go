package field_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/holdall-dev/holdall/field"
)

// listTypes are the types that hold one value or several, with options that make them valid.
var listTypes = map[string]string{
	"select":   `"values":["a","b","c","5","true"]`,
	"relation": `"collectionId":"base1"`,
	"file":     `"protected":true`,
}

func TestListClean(t *testing.T) {
	t.Parallel()
	for typ, options := range listTypes {
		for _, r := range []struct {
			in   any
			many []string
			one  string
		}{
			{nil, []string{}, ""},
			{"", []string{}, ""},
			{"a", []string{"a"}, "a"},
			{"a,b", []string{"a,b"}, "a,b"},
			{5.0, []string{"5"}, "5"},
			{true, []string{"true"}, "true"},
			{json.Number("5"), []string{"5"}, "5"},
			{[]any{"a", "b"}, []string{"a", "b"}, "b"},
			{[]any{"a", "b", "a"}, []string{"a", "b"}, "b"},
			{[]any{"a", "", nil, "b"}, []string{"a", "b"}, "b"},
			{[]any{"a", 5.0, true}, []string{"a", "5", "true"}, "true"},
			{[]any{"a", []any{"b"}}, []string{}, ""},
			{[]any{"a", map[string]any{}}, []string{}, ""},
			{[]any{}, []string{}, ""},
			{[]string{"a", "b", "a", ""}, []string{"a", "b"}, "b"},
			{map[string]any{"a": "b"}, []string{}, ""},
			{`["a","b"]`, []string{"a", "b"}, "b"},
			{` ["a"]`, []string{"a"}, "a"},
			{`["a","a",""]`, []string{"a"}, "a"},
			{`[]`, []string{}, ""},
			{`["a"`, []string{`["a"`}, `["a"`},
			{`[1,2]`, []string{`[1,2]`}, `[1,2]`},
			{`["a",1]`, []string{`["a",1]`}, `["a",1]`},
			{`x[0]`, []string{`x[0]`}, `x[0]`},
			{`{"a":["b"]}`, []string{`{"a":["b"]}`}, `{"a":["b"]}`},
		} {
			testClean(t, define(t, typ, options+`,"maxSelect":3`), []cleaned{{r.in, r.many}})
			testClean(t, define(t, typ, options+`,"maxSelect":1`), []cleaned{{r.in, r.one}})
			testClean(t, define(t, typ, options), []cleaned{{r.in, r.one}})
		}
	}
}

func TestListCleanLeavesItsInputAlone(t *testing.T) {
	t.Parallel()
	in := []string{"a", "", "b"}
	f := define(t, "select", `"maxSelect":3`)
	if _, err := f.Clean(in); err != nil || !reflect.DeepEqual(in, []string{"a", "", "b"}) {
		t.Errorf("the input became %q, %v", in, err)
	}
}

func TestListModify(t *testing.T) {
	t.Parallel()
	for typ, options := range listTypes {
		many := define(t, typ, options+`,"maxSelect":5`).(field.Modifier)
		one := define(t, typ, options).(field.Modifier)
		for _, r := range []struct {
			op            field.ModOp
			old, in, want any
		}{
			{field.Append, []string{"a"}, "b", []string{"a", "b"}},
			{field.Append, []string{"a"}, []any{"b", "c"}, []string{"a", "b", "c"}},
			{field.Append, []string{"a", "b"}, "a", []string{"a", "b"}},
			{field.Append, []string{"a"}, "", []string{"a"}},
			{field.Append, []string{}, nil, []string{}},
			{field.Prepend, []string{"a"}, "b", []string{"b", "a"}},
			{field.Prepend, []string{"a", "b"}, []any{"b", "c"}, []string{"b", "c", "a"}},
			{field.Remove, []string{"a", "b", "c"}, "b", []string{"a", "c"}},
			{field.Remove, []string{"a", "b", "c"}, `["a","c"]`, []string{"b"}},
			{field.Remove, []string{"a"}, "a", []string{}},
			{field.Remove, []string{"a"}, "x", []string{"a"}},
			{field.Append, "a", "b", "b"},
			{field.Append, "a", []any{"b", "c"}, "c"},
			{field.Append, "a", "", "a"},
			{field.Append, "", "a", "a"},
			{field.Prepend, "a", "b", "a"},
			{field.Prepend, "", []any{"b", "c"}, "c"},
			{field.Remove, "a", "a", ""},
			{field.Remove, "a", "b", "a"},
			{field.Remove, "", "b", ""},
		} {
			m := one
			if _, ok := r.old.([]string); ok {
				m = many
			}
			got, ok, err := m.Modify(r.op, r.old, r.in)
			if !ok || err != nil || !reflect.DeepEqual(got, r.want) {
				t.Errorf("%s: Modify(%d, %q, %q) = %#v, %v, %v; want %#v", typ, r.op, r.old, r.in, got, ok, err, r.want)
			}
		}
		if v, ok, _ := many.Modify(field.Autogenerate, []string{"a"}, "b"); ok {
			t.Errorf("%s:autogenerate = %v", typ, v)
		}
	}
}

func TestListColumnAndJSON(t *testing.T) {
	t.Parallel()
	for typ, options := range listTypes {
		many, one := define(t, typ, options+`,"maxSelect":3`), define(t, typ, options)
		if !field.IsMultiple(many) || field.IsMultiple(one) {
			t.Errorf("%s: multiple is %v and %v", typ, field.IsMultiple(many), field.IsMultiple(one))
		}
		testColumn(t, many, `["a","b"]`, []string{"a", "b"})
		testColumn(t, many, `a`, []string{"a"})
		testColumn(t, many, `[]`, []string{})
		testColumn(t, many, ``, []string{})
		testColumn(t, one, `["a","b"]`, "b")
		testColumn(t, one, `[]`, "")
		testColumn(t, one, `a`, "a")
		testColumn(t, one, `[a`, "[a")
		testColumn(t, one, ``, "")
		testJSON(t, many.Zero(), `[]`)
		testJSON(t, one.Zero(), `""`)
	}
	testJSON(t, []string{"a", `"`}, `["a","\""]`)
}

func TestSelectCheck(t *testing.T) {
	t.Parallel()
	const many = `"values":["a","b","c"],"maxSelect":2`
	testCheck(t, "select", []checked{
		{`"values":["a"]`, "", ""},
		{`"values":["a"],"required":true`, "", "validation_required"},
		{many + `,"required":true`, []string{}, "validation_required"},
		{`"values":["a"]`, "a", ""},
		{`"values":["a"]`, "b", "validation_invalid_value"},
		{many, []string{"a", "c"}, ""},
		{many, []string{"a", "b", "c"}, "validation_too_many_values"},
		{many, []string{"a", "x"}, "validation_invalid_value"},
	})
	testParam(t, define(t, "select", many).Check([]string{"a", "b", "c"}), "maxSelect", int64(2))
	testParam(t, define(t, "select", many).Check([]string{"x"}), "value", "x")
}

func TestSelectSane(t *testing.T) {
	t.Parallel()
	testSane(t, "select", world{}, []judged{
		{``, "values: validation_required"},
		{`"values":[]`, "values: validation_required"},
		{`"values":["a","a"]`, ""},
		{`"values":["a","b"],"maxSelect":2`, ""},
		{`"values":["a","b"],"maxSelect":3`, "maxSelect: validation_max_less_equal_than_required"},
		{`"values":["a","b"],"maxSelect":-1`, "maxSelect: validation_min_greater_equal_than_required"},
	})
}

func TestRelationCheck(t *testing.T) {
	t.Parallel()
	const many = `"minSelect":2,"maxSelect":3`
	testCheck(t, "relation", []checked{
		{``, "", ""},
		{``, "x", ""},
		{`"required":true`, "", "validation_required"},
		{many, []string{}, ""},
		{many + `,"required":true`, []string{}, "validation_required"},
		{many, []string{"a"}, "validation_not_enough_values"},
		{many, []string{"a", "b"}, ""},
		{many, []string{"a", "b", "c", "d"}, "validation_too_many_values"},
	})
	testParam(t, define(t, "relation", many).Check([]string{"a"}), "minSelect", int64(2))
	testParam(t, define(t, "relation", many).Check([]string{"a", "b", "c", "d"}), "maxSelect", int64(3))
}

func TestRelationSane(t *testing.T) {
	t.Parallel()
	testSane(t, "relation", world{}, []judged{
		{``, "collectionId: validation_required"},
		{`"collectionId":"base1"`, ""},
		{`"collectionId":"posts"`, "collectionId: validation_field_relation_missing_collection"},
		{`"collectionId":"view1"`, "collectionId: validation_relation_field_non_view_base_collection"},
		{`"collectionId":"base1","minSelect":-1`, "minSelect: validation_min_greater_equal_than_required"},
		{`"collectionId":"base1","maxSelect":-1`, "maxSelect: validation_min_greater_equal_than_required"},
		{`"collectionId":"base1","minSelect":2`, "maxSelect: validation_required"},
		{`"collectionId":"base1","minSelect":2,"maxSelect":1`, "maxSelect: validation_min_greater_equal_than_required"},
		{`"collectionId":"base1","minSelect":2,"maxSelect":2`, ""},
	})
	testSane(t, "relation", world{inView: true}, []judged{{`"collectionId":"view1"`, ""}})
	testSane(t, "relation", world{old: define(t, "relation", `"collectionId":"base1"`)}, []judged{
		{`"collectionId":"base1"`, ""},
		{`"collectionId":"base2"`, "collectionId: validation_field_relation_change"},
	})
}

func TestRelationRefs(t *testing.T) {
	t.Parallel()
	many := define(t, "relation", `"collectionId":"base1","maxSelect":3,"cascadeDelete":true`).(field.Referrer)
	one := define(t, "relation", `"collectionId":"base1"`).(field.Referrer)
	if many.Target() != "base1" || !many.Cascades() || one.Cascades() {
		t.Errorf("target %q, cascades %v, %v", many.Target(), many.Cascades(), one.Cascades())
	}
	stored := []string{"a", "b"}
	if got := many.Without(stored, "a"); !reflect.DeepEqual(got, []string{"b"}) || !reflect.DeepEqual(stored, []string{"a", "b"}) {
		t.Errorf("Without = %v, and the stored value became %v", got, stored)
	}
	if got := one.Without("a", "a"); got != "" {
		t.Errorf("Without = %v", got)
	}
	if got := one.Without("a", "b"); got != "a" {
		t.Errorf("Without another id = %v", got)
	}
	if got := one.Refs("a"); !reflect.DeepEqual(got, []string{"a"}) {
		t.Errorf("Refs = %v", got)
	}
	if got := one.Refs(""); len(got) != 0 {
		t.Errorf("Refs of nothing = %v", got)
	}
}

func TestFileCheck(t *testing.T) {
	t.Parallel()
	testCheck(t, "file", []checked{
		{``, "", ""},
		{`"required":true`, "", "validation_required"},
		{`"maxSelect":2,"required":true`, []string{}, "validation_required"},
		{`"maxSelect":2`, []string{"a", "b"}, ""},
		{`"maxSelect":2`, []string{"a", "b", "c"}, "validation_too_many_files"},
	})
	testParam(t, define(t, "file", `"maxSelect":2`).Check([]string{"a", "b", "c"}), "maxSelect", int64(2))
	f := define(t, "file", `"maxSelect":2`).(*field.File)
	if err := f.CheckNames([]string{"a", "b"}, []string{"b"}); err != nil {
		t.Errorf("a subset: %v", err)
	}
	err := f.CheckNames([]string{"a"}, []string{"a", "x", "y"})
	if code(err) != "validation_invalid_file" {
		t.Fatalf("unknown names: %v", err)
	}
	testParam(t, err, "invalidFiles", []string{"x", "y"})
}

func TestFileSane(t *testing.T) {
	t.Parallel()
	testSane(t, "file", world{}, []judged{
		{`"thumbs":["100x50","100x50t","100x0b","0x50f"],"mimeTypes":["anything"]`, ""},
		{`"thumbs":["100","0x0","0x0t","0x0b","0x0f","100x50x"]`, "thumbs.0: validation_match_invalid, thumbs.1: validation_not_in_invalid, " +
			"thumbs.2: validation_not_in_invalid, thumbs.3: validation_not_in_invalid, thumbs.4: validation_not_in_invalid, thumbs.5: validation_match_invalid"},
		{`"maxSelect":-1`, "maxSelect: validation_min_greater_equal_than_required"},
		{`"maxSelect":9007199254740992`, "maxSelect: validation_max_less_equal_than_required"},
	})
}

func TestFileMaxBytes(t *testing.T) {
	t.Parallel()
	for options, want := range map[string]int64{
		``:                           5242880,
		`"maxSelect":3`:              3 * 5242880,
		`"maxSize":10,"maxSelect":3`: 30,
		`"maxSize":9007199254740991,"maxSelect":100000`: 1<<53 - 1,
	} {
		if got := define(t, "file", options).(field.Sized).MaxBytes(); got != want {
			t.Errorf("file{%s}: MaxBytes = %d; want %d", options, got, want)
		}
	}
}
