package api_test

import (
	"flag"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"
)

// long asks for the whole programme: make auth-proof. What runs without it is the same with fewer repetitions
// and wider bounds, for a machine that does other things meanwhile.
var long = flag.Bool("long", false, "repeat what is left to chance as often as a proof needs")

// asked is a request about an address, the n-th of its kind.
type asked struct {
	path string
	body func(p *post, email string, n int) fields
}

// addressed is every request that takes an address and is open to guests. Signing up tells that an address is taken
// unless it is private, and so does changing one's own (decisions 0009 and 0017).
var addressed = []asked{
	{"request-verification", byAddress},
	{"request-password-reset", byAddress},
	{"request-otp", byAddress},
	{"auth-with-password", func(_ *post, email string, _ int) fields {
		return fields{"identity": email, "password": "wrong password"}
	}},
	{"auth-with-otp", func(p *post, email string, n int) fields {
		if n%5 == 0 {
			p.codes[email] = p.must(200, p.ask("request-otp", "", fields{"email": email}))["otpId"].(string)
		}
		return fields{"otpId": p.codes[email], "password": "00000000x"}
	}},
	{"records", func(_ *post, email string, n int) fields {
		if email != "known@example.com" { // each address is free but once
			email = fmt.Sprintf("never%05d@example.com", n)
		}
		return fields{"email": email, "password": secret, "passwordConfirm": secret}
	}},
}

// newKnown is a post, with private sign-up or without, where one address has an account: known@example.com.
func newKnown(t *testing.T, private bool) *post {
	p := newPost(t)
	p.options(fields{"otp": fields{"enabled": true}, "privateSignUp": fields{"enabled": private}})
	if *long {
		p.passwordsCost(10)
	}
	p.signUp("known")
	return p
}

func byAddress(_ *post, email string, _ int) fields { return fields{"email": email} }

// TestNoTellByTime compares an address that somebody has with one that nobody has: the times of the answers
// cannot be told apart (Mann and Whitney). With -long chance has one in a hundred, medians differ by less than
// two in a hundred, and what looks otherwise must do so twice; hashes cost what they do unless somebody says otherwise.
func TestNoTellByTime(t *testing.T) {
	samples, most, apart := 50, 6.0, math.Inf(1)
	if *long {
		samples, most, apart = 2000, 2.576, 0.02
	}
	for _, a := range addressed {
		t.Run(a.path, func(t *testing.T) {
			z, d := a.compare(t, samples)
			if math.Abs(z) > most || d > apart {
				t.Logf("once more after z = %.2f, medians %.2f%% apart", z, 100*d)
				z, d = a.compare(t, samples)
			}
			t.Logf("%d samples each: z = %.2f, medians %.2f%% apart", samples, z, 100*d)
			if math.Abs(z) > most || d > apart {
				t.Errorf("the times tell: z = %.2f, medians %.2f%% apart", z, 100*d)
			}
		})
	}
}

// compare asks about both addresses in random order and returns by how many standard deviations their times
// differ in rank, and by which part in the median.
func (a asked) compare(t *testing.T, samples int) (z, apart float64) {
	p := newKnown(t, a.path == "records")
	const warm = 20
	var times [2][]float64
	for n := range samples + warm {
		p.ip = fmt.Sprintf("198.51.%d.%d", n/250, n%250)
		p.clock.wait(30 * time.Second) // nothing that was asked before stands in the way for long
		first := rand.IntN(2)
		for _, i := range []int{first, 1 - first} {
			body := a.body(p, []string{"known@example.com", "never@example.com"}[i], n)
			start := time.Now()
			p.ask(a.path, "", body)
			if took := time.Since(start); n >= warm {
				times[i] = append(times[i], took.Seconds())
			}
		}
	}
	x, y := median(times[0]), median(times[1])
	return rankSum(times[0], times[1]), math.Abs(x-y) / y
}

// TestNoTellByAnswer asks more often than anybody may, and lets time pass: statuses, bodies and headers are the
// same for both addresses at every step.
func TestNoTellByAnswer(t *testing.T) {
	t.Parallel()
	for _, a := range addressed {
		t.Run(a.path, func(t *testing.T) {
			t.Parallel()
			p := newKnown(t, a.path == "records")
			for n := range 40 {
				switch n {
				case 15, 25:
					p.clock.wait(100 * time.Second)
				case 30:
					p.clock.wait(time.Hour)
				}
				known, never := a.trace(p, "known@example.com", n), a.trace(p, "never@example.com", n)
				if known != never {
					t.Fatalf("answer %d tells:\n known %s\n never %s", n, known, never)
				}
			}
		})
	}
}

// trace asks and spells all of the answer that is not random: an id is its length, and whether it was there before.
func (a asked) trace(p *post, email string, n int) string {
	s := p.ask(a.path, "", a.body(p, email, n))
	if id, ok := s.body["otpId"].(string); ok {
		s.body["otpId"] = fmt.Sprintf("%d characters, seen %v", len(id), p.codes[email+id] != "")
		p.codes[email+id] = id
	}
	if id, ok := s.body["id"].(string); ok {
		s.body["id"] = fmt.Sprintf("%d characters, seen %v", len(id), p.codes[id] != "")
		p.codes[id] = id
	}
	return fmt.Sprint(s.status, s.body, slices.Sorted(maps.Keys(s.header)), s.header["Retry-After"])
}

// TestNoTellByTwoCodes: tries are counted over all codes of an address, also of one that nobody has.
func TestNoTellByTwoCodes(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	p.options(fields{"otp": fields{"enabled": true}})
	p.signUp("known")
	for _, email := range []string{"known@example.com", "never@example.com"} {
		var got []int
		for range 2 {
			id := p.must(200, p.ask("request-otp", "", fields{"email": email}))["otpId"]
			for range 3 {
				got = append(got, p.ask("auth-with-otp", "", fields{"otpId": id, "password": "x"}).status)
			}
		}
		if want := []int{400, 400, 400, 400, 400, http.StatusTooManyRequests}; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", email, got, want)
		}
	}
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
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
