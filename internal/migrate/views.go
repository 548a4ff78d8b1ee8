package migrate

import (
	"regexp"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/schema"
)

// viewsLast brings collections in an order in which they can be made: a view after those that it may read. A
// view can be changed to read one that was made after it.
func viewsLast(list []*schema.Collection) []*schema.Collection {
	var made, wait []*schema.Collection
	for _, c := range list {
		if c.IsView() {
			wait = append(wait, c)
		} else {
			made = append(made, c)
		}
	}
	for len(wait) > 0 {
		at := slices.IndexFunc(wait, func(c *schema.Collection) bool { return !mentions(c, wait) })
		at = max(at, 0) // names in a circle are words of another meaning
		made = append(made, wait[at])
		wait = slices.Delete(wait, at, at+1)
	}
	return made
}

var word = regexp.MustCompile(`[\p{L}\p{N}_]+`)

// mentions reports whether the query of a view names another one of list.
func mentions(view *schema.Collection, list []*schema.Collection) bool {
	words := word.FindAllString(view.ViewQuery, -1)
	return slices.ContainsFunc(list, func(other *schema.Collection) bool {
		return other != view && slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, other.Name) })
	})
}
