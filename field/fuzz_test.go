package field_test

import (
	"encoding/json"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/holdall-dev/holdall/field"
)

// inputs are what a text may be sent as: plain, as parsed JSON, and as elements of a list.
func inputs(text string) []any {
	all := []any{text, []any{text, 1.5, nil}, map[string]any{"lon": text, "lat": 2.0}, json.Number(text), []byte(text)}
	var parsed any
	if json.Unmarshal([]byte(text), &parsed) == nil {
		all = append(all, parsed)
	}
	return all
}

// FuzzClean proves of every type: Clean never panics, gives the type's canonical value, and gives it
// again for its own result; the value is valid JSON, and reads the same from its column.
func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"", "a", "1_000", "-0", "1e400", "NaN", "inf", "true", "null", `["a","b"]`, `[1]`, `{"a":1,"a":2}`, `{"lon":1,"lat":2}`,
		"2024-01-02", "2024-01-02 03:04:05.678Z", "3:04PM", "\xff", "\u2028<>&", "12345678901234567890", `"\u0000"`, "[[", "0.1",
	} {
		f.Add(s)
	}
	var fields []field.Field
	for _, typ := range field.Types {
		fields = append(fields, define(f, typ.Name, ""))
	}
	for typ, options := range listTypes {
		fields = append(fields, define(f, typ, options+`,"maxSelect":3`))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, fd := range fields {
			for _, in := range inputs(text) {
				fuzzOne(t, fd, in)
			}
		}
	})
}

func fuzzOne(t *testing.T, f field.Field, in any) {
	t.Helper()
	v, err := f.Clean(in)
	if err != nil {
		if code(err) == "validation_invalid_json" {
			return
		}
		t.Fatalf("%s: Clean(%#v): %v", f.Type(), in, err)
	}
	if reflect.TypeOf(v) != reflect.TypeOf(f.Zero()) {
		t.Fatalf("%s: Clean(%#v) = %#v, of another type than %#v", f.Type(), in, v, f.Zero())
	}
	if isUndefined(v) {
		return // refused by Check, never stored
	}
	if again, err := f.Clean(v); err != nil || !reflect.DeepEqual(again, v) {
		t.Fatalf("%s: Clean(%#v) = %#v, %v: not the same again", f.Type(), v, again, err)
	}
	if out := field.AppendValue(nil, v); !json.Valid(out) || !utf8.Valid(out) {
		t.Fatalf("%s: %#v became %q", f.Type(), v, out)
	}
	_ = f.Check(v)
	if got := stored(f, v); utf8.ValidString(got) && !(f.Kind() == field.KindJSON && v == field.JSON("")) {
		if back := field.FromColumn(f, []byte(got)); !reflect.DeepEqual(back, withoutPlain(v)) {
			t.Fatalf("%s: %#v was stored as %q and reads as %#v", f.Type(), v, got, back)
		}
	}
}

func isUndefined(v any) bool {
	bad := func(f float64) bool { return math.IsNaN(f) || math.IsInf(f, 0) }
	switch v := v.(type) {
	case float64:
		return bad(v)
	case field.Geo:
		return bad(v.Lat) || bad(v.Lon)
	case []string:
		return !utf8.ValidString(strings.Join(v, ""))
	}
	return false
}

func withoutPlain(v any) any {
	if p, ok := v.(field.Password); ok {
		p.Plain = ""
		return p
	}
	return v
}

// stored is the text of a value's column.
func stored(f field.Field, v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "1"
		}
		return "0"
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case field.JSON:
		return string(v)
	case field.Password:
		return v.Hash
	}
	return string(field.AppendValue(nil, v))
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", "\"\\/\b\f\n\r\t", "\x00\x1f\x7f", "ä€😀", "\xff\xc3", "a\xe2\x82", "\u2028<>&"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		raw := field.AppendString([]byte("x"), s)[1:]
		if err := json.Unmarshal(raw, &got); err != nil || !utf8.Valid(raw) {
			t.Fatalf("AppendString(%q) = %q: %v", s, raw, err)
		}
		marshalled, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var want string
		if err := json.Unmarshal(marshalled, &want); err != nil || got != want {
			t.Fatalf("AppendString(%q) reads as %q; want %q", s, got, want)
		}
		if same := field.AppendStringBytes(nil, []byte(s)); string(same) != string(raw) {
			t.Fatalf("AppendStringBytes(%q) = %q; want %q", s, same, raw)
		}
	})
}

func FuzzAppendNumber(f *testing.F) {
	for _, n := range []float64{0, 1, -1, 0.1, 1e20, 1e21, 1e22, 1e-6, 1e-7, 1e-10, 1 << 53, math.MaxFloat64, math.SmallestNonzeroFloat64} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n float64) {
		want := "0"
		if n != 0 && !math.IsNaN(n) && !math.IsInf(n, 0) {
			raw, err := json.Marshal(n)
			if err != nil {
				t.Fatal(err)
			}
			want = string(raw)
		}
		if got := string(field.AppendNumber([]byte("1e-0"), n)); got != "1e-0"+want {
			t.Fatalf("AppendNumber(%v) = %s; want %s", n, got, want)
		}
	})
}

func FuzzGenerate(f *testing.F) {
	for _, p := range []string{"[a-z0-9]{15}", "a|b", "(?i)x+", ".*", "^a", "(", "(((a{5}){5}){5}){5}", "[^a]", `\pL`, `(?s:.)`, `\Q`} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		got, err := field.Generate(pattern)
		if err != nil {
			return
		}
		re := regexp.MustCompile(pattern) // on its own: an open \Q would quote what is put behind it
		re.Longest()
		if at := re.FindStringIndex(got); at == nil || at[0] != 0 || at[1] != len(got) {
			t.Fatalf("Generate(%q) = %q, which does not match", pattern, got)
		}
	})
}
