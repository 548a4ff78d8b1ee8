package diff

import "path"

// An allowance is a difference that was looked at and is wanted.
type allowance struct {
	step   string // pattern on the step's name, "*" for all
	path   string // pattern on the place, as of path.Match; "/" in neither
	want   string // what PocketBase says there, "" for anything
	reason string
}

// allowances are reviewed: each says why our answer is the better one.
var allowances = []allowance{}

func allowed(d Difference) bool {
	for _, a := range allowances {
		if match(a.step, d.Step) && match(a.path, d.Path) && (a.want == "" || a.want == d.Want) {
			return true
		}
	}
	return false
}

func match(pattern, s string) bool {
	ok, err := path.Match(pattern, s)
	return err == nil && ok
}
