package field_test

import (
	"testing"

	"github.com/holdall-dev/holdall/field"
)

// unlimited marks types whose patterns and parsers use pools, which the race detector empties at will.
const unlimited = 1000

// hot are values as a request brings them and as records hold them: the common case of each type.
var hot = []struct {
	typ, options string
	in           any
	most         float64 // allocations of Clean and Check together; unlimited is for benchmarks alone
}{
	{"text", `"max":200`, "a line of plain text", 0},
	{"text", `"pattern":"^[a-z ]+$"`, "a line of plain text", unlimited},
	{"editor", ``, "<p>a line of text</p>", 0},
	{"number", `"min":-1,"max":100`, 42.5, 0},
	{"bool", ``, true, 0},
	{"date", `"min":"2020-01-01"`, "2024-01-02 03:04:05.678Z", 0},
	{"select", `"values":["a","b"]`, "b", 0},
	{"relation", `"collectionId":"base1"`, "abcdefghijklmno", 0},
	{"select", `"values":["a","b"],"maxSelect":2`, []any{"a", "b"}, 2},
	{"json", ``, `{"a":1,"b":[true]}`, unlimited},
	{"email", ``, "somebody@example.com", unlimited},
	{"url", ``, "https://example.com/path?query=1", unlimited},
	{"geoPoint", ``, map[string]any{"lon": 1.5, "lat": 2.5}, 1},
}

func TestAllocations(t *testing.T) {
	for _, h := range hot {
		f := define(t, h.typ, h.options)
		got := testing.AllocsPerRun(100, func() {
			v, _ := f.Clean(h.in)
			if err := f.Check(v); err != nil {
				t.Fatal(err)
			}
		})
		if got > h.most {
			t.Errorf("%s{%s}: %v allocations; at most %v", h.typ, h.options, got, h.most)
		}
	}
}

func BenchmarkCleanCheck(b *testing.B) {
	for _, h := range hot {
		f := define(b, h.typ, h.options)
		b.Run(h.typ+h.options, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				v, _ := f.Clean(h.in)
				_ = f.Check(v)
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	dst := make([]byte, 0, 1<<10)
	for name, v := range map[string]any{
		"ascii":  "a line of plain text that is neither short nor long",
		"umlaut": "ein Satz über Größe, Maß und schöne Äpfel für jedermann",
		"quoted": `a "line" with "some" quotes` + "\nand a break",
		"int":    42.0, "float": 42.125, "date": "2024-01-02 03:04:05.678Z",
		"list": []string{"abcdefghijklmno", "abcdefghijklmnp"}, "geo": field.Geo{Lon: 23.32, Lat: 42.69},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				dst = field.AppendValue(dst[:0], v)
			}
		})
	}
}

func BenchmarkGenerate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := field.Generate(`[a-zA-Z0-9]{50}`); err != nil {
			b.Fatal(err)
		}
	}
}
