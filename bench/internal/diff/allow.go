package diff

import "strings"

// An allowance is a difference that was looked at and is wanted. In its patterns * stands for any text.
type allowance struct {
	step   string // the step's name
	path   string // the place in the answer
	want   string // what PocketBase says there
	got    string // what we say
	reason string
}

// allowances are reviewed: each says why the difference is harmless, or our answer the better one.
var allowances = []allowance{
	{"70-collections*", "body.message", "Failed to delete collection probably due to*", "Failed to delete collection probably due to*",
		"PocketBase lists the referring collections in random order"},
}

func allowed(d Difference) bool {
	for _, a := range allowances {
		if match(a.step, d.Step) && match(a.path, d.Path) && match(a.want, d.Want) && match(a.got, d.Got) {
			return true
		}
	}
	return false
}

// match reports whether s is the pattern with any text for each star.
func match(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	rest, ok := strings.CutPrefix(s, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, parts[len(parts)-1])
}
