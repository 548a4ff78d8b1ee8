package field_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
)

func sortedNames(fields fault.Fields) []string { return slices.Sorted(maps.Keys(fields)) }

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"":                       "name: validation_required",
		"a":                      "",
		"_":                      "",
		"9lives":                 "",
		"TRUE":                   "",
		"Expand":                 "",
		"via_":                   "",
		strings.Repeat("a", 100): "",
		strings.Repeat("a", 101): "name: validation_length_out_of_range",
		strings.Repeat("ä", 101): "name: validation_length_out_of_range",
		"a b":                    "name: validation_match_invalid",
		"a\n":                    "name: validation_match_invalid",
		"ä":                      "name: validation_match_invalid",
		"a-b":                    "name: validation_match_invalid",
		"null":                   "name: validation_not_in_invalid",
		"true":                   "name: validation_not_in_invalid",
		"false":                  "name: validation_not_in_invalid",
		"_rowid_":                "name: validation_not_in_invalid",
		"collectionId":           "name: validation_not_in_invalid",
		"collectionName":         "name: validation_not_in_invalid",
		"expand":                 "name: validation_not_in_invalid",
		"a_via_b":                "name: validation_found_via",
		"a_VIA_b":                "name: validation_found_via",
	} {
		f, _ := field.New("bool")
		f.Base().ID, f.Base().Name = "b1", name
		if got := codes(f.Sane(world{})); got != want {
			t.Errorf("name %q: %q; want %q", name, got, want)
		}
	}
}

func TestCommonOptions(t *testing.T) {
	t.Parallel()
	for _, typ := range field.Types {
		f := typ.New()
		prepareRequiredOptions(f)
		b := f.Base()
		b.ID, b.Name = "f1", "f"
		if got := codes(f.Sane(world{})); got != "" {
			t.Errorf("%s with its defaults: %s", typ.Name, got)
		}
		b.ID, b.Help = strings.Repeat("ä", 101), strings.Repeat("ä", 301)
		want := "help: validation_length_out_of_range, id: validation_length_out_of_range"
		if typ.Name == "autodate" {
			want = "id: validation_length_out_of_range"
		}
		if got := codes(f.Sane(world{})); got != want {
			t.Errorf("%s: %q; want %q", typ.Name, got, want)
		}
		b.ID, b.Help = "", strings.Repeat("ä", 300)
		if got := codes(f.Sane(world{})); got != "id: validation_required" {
			t.Errorf("%s without id: %q", typ.Name, got)
		}
	}
}

func prepareRequiredOptions(f field.Field) {
	switch f := f.(type) {
	case *field.Autodate:
		f.OnCreate = true
	case *field.Select:
		f.Values = []string{"a"}
	case *field.Relation:
		f.CollectionID = "base1"
	}
}

func TestDomainLists(t *testing.T) {
	t.Parallel()
	for _, typ := range []string{"email", "url"} {
		testSane(t, typ, world{}, []judged{
			{`"onlyDomains":["example.com","a.b-c.org"]`, ""},
			{`"exceptDomains":["example.com"]`, ""},
			{`"exceptDomains":["a.com"],"onlyDomains":["b.com"]`, "exceptDomains: validation_empty, onlyDomains: validation_empty"},
			{`"onlyDomains":["example.com","no domain","localhost"]`, "onlyDomains.1: validation_is_domain, onlyDomains.2: validation_is_domain"},
			{`"exceptDomains":[""]`, "exceptDomains.0: validation_is_domain"},
		})
	}
}

func TestEncode(t *testing.T) {
	t.Parallel()
	for typ, want := range map[string]string{
		"text":     `{"autogeneratePattern":"","help":"","hidden":false,"id":"f1","max":0,"min":0,"name":"f","pattern":"","presentable":false,"primaryKey":false,"required":false,"system":false,"type":"text"}`,
		"editor":   `{"convertURLs":false,"help":"","hidden":false,"id":"f1","maxSize":0,"name":"f","presentable":false,"required":false,"system":false,"type":"editor"}`,
		"number":   `{"help":"","hidden":false,"id":"f1","max":null,"min":null,"name":"f","onlyInt":false,"presentable":false,"required":false,"system":false,"type":"number"}`,
		"bool":     `{"help":"","hidden":false,"id":"f1","name":"f","presentable":false,"required":false,"system":false,"type":"bool"}`,
		"email":    `{"exceptDomains":[],"help":"","hidden":false,"id":"f1","name":"f","onlyDomains":[],"presentable":false,"required":false,"system":false,"type":"email"}`,
		"url":      `{"exceptDomains":[],"help":"","hidden":false,"id":"f1","name":"f","onlyDomains":[],"presentable":false,"required":false,"system":false,"type":"url"}`,
		"date":     `{"help":"","hidden":false,"id":"f1","max":"","min":"","name":"f","presentable":false,"required":false,"system":false,"type":"date"}`,
		"autodate": `{"hidden":false,"id":"f1","name":"f","onCreate":false,"onUpdate":false,"presentable":false,"system":false,"type":"autodate"}`,
		"select":   `{"help":"","hidden":false,"id":"f1","maxSelect":0,"name":"f","presentable":false,"required":false,"system":false,"type":"select","values":[]}`,
		"file":     `{"help":"","hidden":false,"id":"f1","maxSelect":0,"maxSize":0,"mimeTypes":[],"name":"f","presentable":false,"protected":false,"required":false,"system":false,"thumbs":[],"type":"file"}`,
		"relation": `{"cascadeDelete":false,"collectionId":"","help":"","hidden":false,"id":"f1","maxSelect":0,"minSelect":0,"name":"f","presentable":false,"required":false,"system":false,"type":"relation"}`,
		"json":     `{"help":"","hidden":false,"id":"f1","maxSize":0,"name":"f","presentable":false,"required":false,"system":false,"type":"json"}`,
		"geoPoint": `{"help":"","hidden":false,"id":"f1","name":"f","presentable":false,"required":false,"system":false,"type":"geoPoint"}`,
		"password": `{"cost":0,"help":"","hidden":false,"id":"f1","max":0,"min":0,"name":"f","pattern":"","presentable":false,"required":false,"system":false,"type":"password"}`,
	} {
		got, err := field.Encode(define(t, typ, ""))
		if err != nil || string(got) != want {
			t.Errorf("Encode(%s) = %s, %v\nwant %s", typ, got, err, want)
		}
	}
}

func TestDecodeKeepsEveryOption(t *testing.T) {
	t.Parallel()
	for _, typ := range field.Types {
		raw, err := field.Encode(define(t, typ.Name, ""))
		if err != nil {
			t.Fatal(err)
		}
		var options map[string]any
		if err := json.Unmarshal(raw, &options); err != nil {
			t.Fatal(err)
		}
		fillOptions(options)
		want, _ := json.Marshal(options)
		f, err := field.Decode(want)
		if err != nil {
			t.Fatalf("decode %s: %v", want, err)
		}
		for _, f := range []field.Field{f, field.Clone(f)} {
			if got, err := field.Encode(f); err != nil || string(got) != string(want) {
				t.Errorf("%s: got %s, %v\nwant %s", typ.Name, got, err, want)
			}
		}
	}
}

// fillOptions gives every option a value that differs from its default.
func fillOptions(options map[string]any) {
	date := options["type"] == "date"
	for name, v := range options {
		switch v.(type) {
		case bool:
			options[name] = true
		case float64:
			options[name] = 4.0
		case []any:
			options[name] = []any{"a", "b"}
		case nil:
			options[name] = 1.5
		case string:
			switch {
			case name == "type":
			case date && (name == "min" || name == "max"):
				options[name] = "2024-01-02 03:04:05.678Z"
			default:
				options[name] = "x"
			}
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{``, `[]`, `{}`, `{"type":"uuid"}`, `{"type":"Text"}`, `{"type":"text","min":"x"}`, `{"type":"number","min":[]}`} {
		if f, err := field.Decode([]byte(raw)); err == nil {
			t.Errorf("Decode(%s) = %v; want an error", raw, f)
		}
	}
	if _, err := field.Decode([]byte(`{"type":"bool","name":"f","values":["ignored"]}`)); err != nil {
		t.Errorf("an unknown option: %v", err)
	}
}

func TestDefaultID(t *testing.T) {
	t.Parallel()
	for want, in := range map[string][2]string{
		"text3208210256":     {"text", "id"},
		"autodate2990389176": {"autodate", "created"},
		"email3885137012":    {"email", "email"},
	} {
		if got := field.DefaultID(in[0], in[1]); got != want {
			t.Errorf("DefaultID(%q, %q) = %q; want %q", in[0], in[1], got, want)
		}
	}
}
