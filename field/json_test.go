package field_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/field"
)

func TestJSONClean(t *testing.T) {
	t.Parallel()
	testClean(t, define(t, "json", ""), []cleaned{
		{nil, field.JSON("")},
		{map[string]any{"b": 1.0, "a": []any{true, nil, "<&>"}}, field.JSON(`{"a":[true,null,"<&>"],"b":1}`)},
		{[]any{}, field.JSON(`[]`)},
		{map[string]any{}, field.JSON(`{}`)},
		{5.0, field.JSON(`5`)},
		{9007199254740993.0, field.JSON(`9007199254740992`)},
		{1e20, field.JSON(`1e+20`)},
		{0.1, field.JSON(`0.1`)},
		{math.Copysign(0, -1), field.JSON(`0`)},
		{true, field.JSON(`true`)},
		{"", field.JSON(`""`)},
		{"null", field.JSON(``)},
		{"true", field.JSON(`true`)},
		{"false", field.JSON(`false`)},
		{"True", field.JSON(`"True"`)},
		{"123", field.JSON(`123`)},
		{"-1.50", field.JSON(`-1.5`)},
		{"1e5", field.JSON(`100000`)},
		{"1.0", field.JSON(`1`)},
		{"-0", field.JSON(`0`)},
		{"9223372036854775807", field.JSON(`9223372036854775807`)},
		{"12345678901234567890", field.JSON(`1.2345678901234567e+19`)},
		{"1e400", field.JSON(`"1e400"`)},
		{`"quoted"`, field.JSON(`"quoted"`)},
		{`{"b":12345678901234567890, "a":1.0}`, field.JSON(`{"b":12345678901234567890,"a":1.0}`)},
		{"[1,\n2]", field.JSON(`[1,2]`)},
		{` {"a":1}`, field.JSON(`" {\"a\":1}"`)},
		{`[1,2`, field.JSON(`"[1,2"`)},
		{`01`, field.JSON(`"01"`)},
		{`-x`, field.JSON(`"-x"`)},
		{`plain`, field.JSON(`"plain"`)},
		{`nullx`, field.JSON(`"nullx"`)},
		{"\xff", field.JSON(`"\ufffd"`)},
		{"[\"\xff\"]", field.JSON("[\"\ufffd\"]")},
		{field.JSON(`{"a": 1}`), field.JSON(`{"a":1}`)},
		{field.JSON(`null`), field.JSON(``)},
		{field.JSON(``), field.JSON(``)},
		{json.RawMessage(`[1]`), field.JSON(`[1]`)},
	})
	for _, in := range []any{field.JSON(`{`), field.JSON(`plain`), math.NaN(), func() {}} {
		if v, err := define(t, "json", "").Clean(in); code(err) != "validation_invalid_json" {
			t.Errorf("Clean(%v) = %v, %v", in, v, err)
		}
	}
}

func TestJSONCheck(t *testing.T) {
	t.Parallel()
	testCheck(t, "json", []checked{
		{``, field.JSON(""), ""},
		{`"required":true`, field.JSON(""), "validation_required"},
		{`"required":true`, field.JSON("null"), "validation_required"},
		{`"required":true`, field.JSON(`""`), "validation_required"},
		{`"required":true`, field.JSON(`[]`), "validation_required"},
		{`"required":true`, field.JSON(`{}`), "validation_required"},
		{`"required":true`, field.JSON(`0`), ""},
		{`"required":true`, field.JSON(`false`), ""},
		{`"required":true`, field.JSON(`" "`), ""},
		{`"maxSize":5`, field.JSON(`[1,2]`), ""},
		{`"maxSize":5`, field.JSON(`[1,23]`), "validation_json_size_limit"},
		{``, field.JSON(`"` + strings.Repeat("a", 1<<20-2) + `"`), ""},
		{``, field.JSON(`"` + strings.Repeat("a", 1<<20-1) + `"`), "validation_json_size_limit"},
		{``, field.JSON(`{"a":1`), "validation_invalid_json"},
		{``, field.JSON(`plain`), "validation_invalid_json"},
		{``, field.JSON(`]`), "validation_invalid_json"},
	})
	testParam(t, define(t, "json", `"maxSize":5`).Check(field.JSON(`[1,23]`)), "maxSize", int64(5))
}

func TestJSONDuplicateKeys(t *testing.T) {
	t.Parallel()
	f := define(t, "json", "")
	for raw, want := range map[string]string{
		`{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}`: "",
		`{"a":"a","b":"a"}`:                         "",
		`{"a":["a","a"]}`:                           "",
		`{"a\"":1,"a":2,"\\":3}`:                    "",
		`{"a":1,"a":2}`:                             "validation_invalid_json",
		`{"a":{"x":1},"b":0,"a":2}`:                 "validation_invalid_json",
		`{"a":[{"x":1,"y":[],"x":2}]}`:              "validation_invalid_json",
		`{"\u0061":1,"a":2}`:                        "validation_invalid_json",
		`[{"":1,"":2}]`:                             "validation_invalid_json",
	} {
		if got := code(f.Check(field.JSON(raw))); got != want {
			t.Errorf("%s: %q; want %q", raw, got, want)
		}
	}
}

func TestJSONColumnAndJSON(t *testing.T) {
	t.Parallel()
	f := define(t, "json", "")
	testColumn(t, f, `{"a": 1}`, field.JSON(`{"a":1}`))
	testColumn(t, f, `not json`, field.JSON(`"not json"`))
	testColumn(t, f, ``, field.JSON(`""`))
	testColumn(t, f, `null`, field.JSON(``))
	testColumn(t, f, `5`, field.JSON(`5`))
	testColumn(t, f, `1.0e+20`, field.JSON(`1e+20`))
	testJSON(t, field.JSON(""), "null")
	testJSON(t, field.JSON(`{"a":1}`), `{"a":1}`)
}
