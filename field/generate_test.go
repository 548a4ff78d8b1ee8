package field_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/field"
)

func TestGenerate(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{
		``, `abc`, `[a-z0-9]{15}`, `[a-zA-Z0-9_]{50}`, `a|b|cd`, `(ab){2}`, `x?`, `x*`, `x+`, `x{3,}`, `x{2,4}`, `x{5}`, `\d{3}-\w+`,
		`.`, `(?i)abc`, `(?P<n>a)b`, `(a|b(c|d))+`, `ü[ä-ö]`, `[^a]`, `a{0}`, `(?s).{3}`, `\x{1F600}`,
	} {
		whole := regexp.MustCompile(`^(?:` + pattern + `)$`)
		for range 50 {
			got, err := field.Generate(pattern)
			if err != nil || !whole.MatchString(got) {
				t.Errorf("Generate(%q) = %q, %v", pattern, got, err)
				break
			}
		}
	}
	for pattern, most := range map[string]int{`a*`: 5, `a+`: 5, `a{3,}`: 5, `a{8,}`: 8} {
		for range 50 {
			if got, _ := field.Generate(pattern); len(got) > most {
				t.Errorf("Generate(%q) = %q, more than %d characters", pattern, got, most)
			}
		}
	}
	for range 50 {
		if got, _ := field.Generate(`.{20}`); !regexp.MustCompile(`^[A-Za-z0-9]{20}$`).MatchString(got) {
			t.Errorf("the dot gave %q", got)
		}
	}
}

func TestGenerateRefuses(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{`^a`, `a$`, `\ba`, `\Ba`, `\Aa`, `a\z`, `(`, `[`, `a{2,1}`, `[^\x00-\x{10FFFF}]`} {
		if got, err := field.Generate(pattern); err == nil {
			t.Errorf("Generate(%q) = %q; want an error", pattern, got)
		}
	}
	deep := strings.Repeat("(", 40) + "a" + strings.Repeat("{5})", 40)
	if _, err := field.Generate(deep); err == nil {
		t.Error("a pattern of 5^40 characters was generated")
	}
}

func TestNewID(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[a-z0-9]{15}$`)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	seen := map[string]bool{}
	last := ""
	for i := range 1000 {
		id := field.NewID(now.Add(time.Duration(i) * 16 * time.Millisecond))
		if !form.MatchString(id) || seen[id] || id <= last {
			t.Fatalf("id %q after %q", id, last)
		}
		seen[id], last = true, id
	}
	for range 1000 {
		id := field.NewID(now)
		if seen[id] {
			t.Fatalf("id %q came twice within one moment", id)
		}
		seen[id] = true
	}
	if id := field.NewID(time.Time{}); !form.MatchString(id) {
		t.Errorf("id before the epoch: %q", id)
	}
}

func TestRandomText(t *testing.T) {
	t.Parallel()
	counts := map[rune]int{}
	for _, c := range field.RandomText(62_000, field.Alphanumeric) {
		counts[c]++
	}
	for _, c := range field.Alphanumeric {
		if n := counts[c]; n < 800 || n > 1200 {
			t.Errorf("%q came %d times in 62000; about 1000 expected", c, n)
		}
	}
	if len(counts) != len(field.Alphanumeric) {
		t.Errorf("%d different characters", len(counts))
	}
}
