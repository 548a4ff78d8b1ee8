package fsblob_test

import (
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/internal/blob"
)

// TestFoldersLast: whoever puts an object into a folder that another made, and has not flushed, flushes its name; once
// is enough, until the folder goes.
func TestFoldersLast(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := open(t, dir)
	loose := func(when string, want int) {
		t.Helper()
		if got, err := b.Loose("posts/one"); got != want || err != nil {
			t.Errorf("%s: %d folders, %v; want %d", when, got, err, want)
		}
	}
	loose("made", 2)
	loose("there, by whom is not known", 2)
	put := func(key string) {
		t.Helper()
		if err := b.Put(t.Context(), key, strings.NewReader("x"), blob.About{}); err != nil {
			t.Fatal(err)
		}
	}
	put("posts/one/a.txt")
	loose("flushed", 0)
	if err := b.Delete(t.Context(), "posts/one/a.txt"); err != nil {
		t.Fatal(err)
	}
	loose("made again", 2)
	put("posts/two/b.txt")
	loose("with what lies above flushed", 1)
	b = open(t, dir)
	loose("in another process", 2)
	put("posts/one/c.txt")
	loose("flushed by it", 0)
}
