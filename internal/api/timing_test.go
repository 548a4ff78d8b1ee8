package api_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"
)

// TestNoTell compares an address that somebody has with one that nobody has: same status, same body, and times
// that cannot be told apart.
func TestNoTell(t *testing.T) {
	p := newPost(t)
	p.options(fields{"otp": fields{"enabled": true}})
	p.signUp("known")
	cases := []struct {
		path string
		body func(email string, n int) fields
	}{
		{"request-verification", func(email string, _ int) fields { return fields{"email": email} }},
		{"request-password-reset", func(email string, _ int) fields { return fields{"email": email} }},
		{"auth-with-password", func(email string, _ int) fields { return fields{"identity": email, "password": "wrong password"} }},
	}
	for _, tc := range cases {
		var times [2][]float64
		for n := range 120 {
			for i, email := range []string{"known@example.com", "never@example.com"} {
				p.ip = fmt.Sprintf("198.51.100.%d", n)
				start := time.Now()
				got := p.ask(tc.path, "", tc.body(email, n))
				took := time.Since(start)
				if n >= 20 { // the first ones warm up
					times[i] = append(times[i], took.Seconds())
				}
				if other := p.ask(tc.path, "", tc.body("other@example.com", n)); got.status != other.status || !maps.EqualFunc(got.body, other.body, func(a, b any) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
					t.Fatalf("%s for %s: %v, for another %v", tc.path, email, got, other)
				}
			}
		}
		z := rankSum(times[0], times[1])
		t.Logf("%s: z = %.1f", tc.path, z)
		if math.Abs(z) > 6 {
			t.Errorf("%s: the times tell (z = %.1f)", tc.path, z)
		}
	}
}

// rankSum is by how many standard deviations the ranks of a among all differ from chance (Mann and Whitney).
func rankSum(a, b []float64) float64 {
	all := slices.Concat(a, b)
	slices.Sort(all)
	sum := 0.0
	for _, v := range a {
		at, _ := slices.BinarySearch(all, v)
		sum += float64(at + 1)
	}
	n, m := float64(len(a)), float64(len(b))
	return (sum - n*(n+m+1)/2) / math.Sqrt(n*m*(n+m+1)/12)
}
