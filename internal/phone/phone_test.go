package phone_test

import (
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/internal/phone"
)

func TestNormal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"+491711234567":               "+491711234567",
		"+49 171 1234567":             "+491711234567",
		" +49 (0)171 123-45.67 ":      "+491711234567",
		"0049 171/1234567":            "+491711234567",
		"+1 (201) 555-0123":           "+12015550123",
		"+39 06 1234 5678":            "+390612345678", // the zero is part of Italian numbers
		"+44 7911 123456":             "+447911123456",
		"+55 11 96123-4567":           "+5511961234567",
		"+7 701 123 45 67":            "+77011234567",
		"+81 90\u20111234\u20115678":  "+819012345678",
		"+1 555 0100":                 "+15550100", // canonical, though there is no such number
		"+999 12345678":               "+99912345678",
		"":                            "",
		"0171 1234567":                "", // of which country?
		"171":                         "",
		"+":                           "",
		"+0 171 1234567":              "",
		"+49":                         "",
		"+1234567890123456":           "",
		"ann@example.com":             "",
		"+49 171 1234567; drop":       "",
		"+" + strings.Repeat("1", 50): "",
	} {
		got, ok := phone.Normal(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("Normal(%q) = %q, %v; want %q", in, got, ok, want)
		}
		if again, ok2 := phone.Normal(got); ok && (again != got || !ok2) {
			t.Errorf("Normal(%q) = %q, and that is %q", in, got, again)
		}
	}
}

func TestRegionAndReach(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		number, region string
		reachable      bool
	}{
		{"+491711234567", "DE", true},
		{"+493012345678", "DE", false}, // a landline
		{"+491901234567", "DE", false},
		{"+12015550123", "US", true},
		{"+14165550123", "CA", true},
		{"+18765550123", "JM", true}, // one calling code, other prices
		{"+18095550123", "DO", true},
		{"+19005550123", "US", false}, // premium
		{"+18005550123", "US", false}, // toll-free
		{"+77011234567", "KZ", true},
		{"+79161234567", "RU", true},
		{"+447400123456", "GB", true},
		{"+447781123456", "GG", true},
		{"+881612345678", "", false}, // satellite
		{"+882131234567", "", false},
		{"+87012345678", "", false},
		{"+15550100", "", false}, // nobody's
		{"+99912345678", "", false},
		{"", "", false},
	} {
		if got := phone.Region(tc.number); got != tc.region {
			t.Errorf("Region(%s) = %q, want %q", tc.number, got, tc.region)
		}
		if got := phone.Reachable(tc.number); got != tc.reachable {
			t.Errorf("Reachable(%s) = %v", tc.number, got)
		}
	}
	for region, want := range map[string]bool{"DE": true, "AT": true, "de": false, "": false, "001": false, "XX": false} {
		if got := phone.Known(region); got != want {
			t.Errorf("Known(%q) = %v", region, got)
		}
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"+491711234567": "+49•••67", "+1": "•••", "": "•••"} {
		if got := phone.Masked(in); got != want {
			t.Errorf("Masked(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzNormal(f *testing.F) {
	for _, s := range []string{"+49 171 1234567", "0049", "+1 (201) 555-0123 x5", "+٤٩١٧١١٢٣٤٥٦٧", "tel:+1-201-555-0123"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := phone.Normal(s)
		if !ok {
			return
		}
		if again, ok := phone.Normal(got); !ok || again != got {
			t.Errorf("Normal(%q) = %q, and that is %q, %v", s, got, again, ok)
		}
		phone.Region(got)
		phone.Reachable(got)
	})
}
