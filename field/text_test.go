package field_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/field"
)

// textual are the inputs that all types of text read alike.
var textual = []cleaned{
	{"", ""}, {" a b ", " a b "}, {"ä\x00\n", "ä\x00\n"},
	{1.5, "1.5"}, {5.0, "5"}, {1e21, "1000000000000000000000"}, {1e-7, "0.0000001"}, {-3, "-3"}, {int64(7), "7"},
	{json.Number("12"), "12"}, {json.Number("1e3"), "1000"},
	{true, "true"}, {false, "false"},
	{nil, ""}, {[]any{"a"}, ""}, {map[string]any{"a": 1}, ""}, {[]string{"a"}, ""},
}

func TestTextClean(t *testing.T) {
	t.Parallel()
	testClean(t, define(t, "text", ""), textual)
}

func TestTextCheck(t *testing.T) {
	t.Parallel()
	testCheck(t, "text", []checked{
		{``, "", ""},
		{`"required":true`, "", "validation_required"},
		{`"required":true`, " ", ""},
		{`"min":3,"pattern":"^x"`, "", ""},
		{`"min":3`, "ab", "validation_min_text_constraint"},
		{`"min":3`, "äöü", ""},
		{`"min":3`, "äö", "validation_min_text_constraint"},
		{`"min":5,"max":0`, "abcde", ""},
		{`"max":3`, "abcd", "validation_max_text_constraint"},
		{`"max":3`, "äöü", ""},
		{`"max":3`, "äöüß", "validation_max_text_constraint"},
		{``, strings.Repeat("ä", 5000), ""},
		{``, strings.Repeat("a", 5001), "validation_max_text_constraint"},
		{`"max":6000`, strings.Repeat("a", 5001), ""},
		{`"pattern":"b+"`, "abc", ""},
		{`"pattern":"^b+$"`, "abc", "validation_invalid_format"},
	})
	testParam(t, define(t, "text", `"min":3`).Check("ab"), "min", int64(3))
	testParam(t, define(t, "text", `"max":3`).Check("abcd"), "max", int64(3))
}

func TestPrimaryKeyCheck(t *testing.T) {
	t.Parallel()
	const (
		usual  = `"primaryKey":true,"pattern":"^[a-z0-9]+$"`
		custom = `"primaryKey":true,"pattern":".+"`
	)
	testCheck(t, "text", []checked{
		{usual, "", "validation_required"},
		{usual, "abc123", ""},
		{usual, "a.b", "validation_invalid_format"},
		{usual, "con", ""},
		{custom, "CON", "validation_reserved_pk"},
		{custom, "prn", "validation_reserved_pk"},
		{custom, "Aux", "validation_reserved_pk"},
		{custom, "NUL", "validation_reserved_pk"},
		{custom, "com1", "validation_reserved_pk"},
		{custom, "LPT9", "validation_reserved_pk"},
		{custom, "com10", ""},
		{custom, "Ä-_+", ""},
	})
	f := define(t, "text", custom)
	for _, c := range "./\\|\"'`<>:?*%$\x00\t\r\n " {
		err := f.Check("a" + string(c) + "b")
		if got := code(err); got != "validation_forbidden_pk_character" {
			t.Errorf("id with %q: %q", c, got)
			continue
		}
		testParam(t, err, "ch", string(c))
	}
}

func TestTextSane(t *testing.T) {
	t.Parallel()
	testSane(t, "text", world{}, []judged{
		{`"min":5,"max":0`, ""},
		{`"min":5,"max":5`, ""},
		{`"min":5,"max":4`, "max: validation_min_greater_equal_than_required"},
		{`"min":-1`, "min: validation_min_greater_equal_than_required"},
		{`"max":-1`, "max: validation_min_greater_equal_than_required"},
		{`"min":9007199254740992`, "min: validation_max_less_equal_than_required"},
		{`"max":9007199254740992`, "max: validation_max_less_equal_than_required"},
		{`"max":9007199254740991`, ""},
		{`"pattern":"("`, "pattern: validation_invalid_regex"},
		{`"autogeneratePattern":"("`, "autogeneratePattern: validation_invalid_regex"},
		{`"pattern":"(","autogeneratePattern":"["`, "autogeneratePattern: validation_invalid_regex, pattern: validation_invalid_regex"},
		{`"autogeneratePattern":"^a"`, "autogeneratePattern: validation_invalid_autogenerate_pattern"},
		{`"autogeneratePattern":"[a-z]{30}"`, ""},
		{`"max":9,"autogeneratePattern":"[a-z]{30}"`, "autogeneratePattern: validation_invalid_autogenerate_pattern_value"},
		{`"min":31,"autogeneratePattern":"[a-z]{30}"`, "autogeneratePattern: validation_invalid_autogenerate_pattern_value"},
		{`"pattern":"^[0-9]+$","autogeneratePattern":"[a-z]{30}"`, "autogeneratePattern: validation_invalid_autogenerate_pattern_value"},
		{`"primaryKey":true`, "pattern: validation_required, primaryKey: validation_unsupported_composite_pk"},
		{`"name":"id","primaryKey":true,"pattern":"^[a-z0-9]+$","autogeneratePattern":"[a-z0-9]{15}"`, ""},
	})
}

func TestTextFill(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f := define(t, "text", `"autogeneratePattern":"[a-f]{8}"`).(field.Filler)
	if v, ok := f.Fill(field.OnCreate, now, ""); !ok || !regexp.MustCompile(`^[a-f]{8}$`).MatchString(v.(string)) {
		t.Errorf("Fill on create = %v, %v", v, ok)
	}
	if v, ok := f.Fill(field.OnCreate, now, "given"); ok {
		t.Errorf("Fill replaces a given text with %v", v)
	}
	if v, ok := f.Fill(field.OnUpdate, now, ""); ok {
		t.Errorf("Fill on update = %v", v)
	}
	if v, ok := define(t, "text", "").(field.Filler).Fill(field.OnCreate, now, ""); ok {
		t.Errorf("Fill without a pattern = %v", v)
	}
	id := define(t, "text", `"primaryKey":true,"pattern":"^[a-z0-9]+$","autogeneratePattern":"[a-z0-9]{15}"`)
	v, ok := id.(field.Filler).Fill(field.OnCreate, now, "")
	if err := id.Check(v); !ok || err != nil || len(v.(string)) != 15 {
		t.Errorf("Fill of an id = %v, %v: %v", v, ok, err)
	}
}

func TestTextAutogenerate(t *testing.T) {
	t.Parallel()
	f := define(t, "text", `"autogeneratePattern":"[0-9]{4}"`).(field.Modifier)
	v, ok, err := f.Modify(field.Autogenerate, "old", "abc-")
	if s, _ := v.(string); !ok || err != nil || !regexp.MustCompile(`^abc-[0-9]{4}$`).MatchString(s) {
		t.Errorf("slug:autogenerate = %v, %v, %v", v, ok, err)
	}
	v, ok, err = define(t, "text", "").(field.Modifier).Modify(field.Autogenerate, "old", "abc-")
	if v != "abc-" || !ok || err != nil {
		t.Errorf("without a pattern = %v, %v, %v; want the text given", v, ok, err)
	}
	for _, op := range []field.ModOp{field.Append, field.Prepend, field.Remove} {
		if v, ok, _ := f.Modify(op, "old", "x"); ok {
			t.Errorf("modifier %d of a text = %v", op, v)
		}
	}
}

func TestTextColumnAndJSON(t *testing.T) {
	t.Parallel()
	f := define(t, "text", "")
	testColumn(t, f, "", "")
	testColumn(t, f, `["a"]`, `["a"]`)
	testColumn(t, f, "5", "5")
	testJSON(t, "a\"\\\n\x01<ü", `"a\"\\\n\u0001<ü"`)
}
