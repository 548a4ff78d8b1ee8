// Package storetest is the exam of a store: what the comments of package store promise, said executably.
package storetest

import (
	"testing"

	"github.com/holdall-dev/holdall/internal/store"
)

// Run holds the stores that open makes to all promises. Each call of open must return an empty store of its
// own, which open also closes at the end of the test.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, part := range []struct {
		name string
		run  func(*testing.T, func(*testing.T) store.Store)
	}{
		{"Rows", testRows},
	} {
		t.Run(part.name, func(t *testing.T) {
			t.Parallel()
			part.run(t, open)
		})
	}
}
