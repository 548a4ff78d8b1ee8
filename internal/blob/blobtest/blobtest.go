// Package blobtest is the exam that every blob.Bucket takes.
package blobtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/holdall-dev/holdall/internal/blob"
)

// Open makes an empty bucket for one test.
type Open func(t *testing.T) blob.Bucket

// Run examines the buckets that open makes.
func Run(t *testing.T, open Open) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, blob.Bucket){
		"keeps":        testKeeps,
		"replaces":     testReplaces,
		"reads parts":  testReadsParts,
		"misses":       testMisses,
		"deletes":      testDeletes,
		"lists":        testLists,
		"deletes all":  testDeletesAll,
		"odd keys":     testOddKeys,
		"all or none":  testAllOrNone,
		"many at once": testManyAtOnce,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func put(t *testing.T, b blob.Bucket, key, content string, about blob.About) {
	t.Helper()
	if err := b.Put(t.Context(), key, strings.NewReader(content), about); err != nil {
		t.Fatalf("put %q: %v", key, err)
	}
}

// want fails unless the object has this content.
func want(t *testing.T, b blob.Bucket, key, content string) *blob.Object {
	t.Helper()
	o, err := b.Open(t.Context(), key)
	if err != nil {
		t.Errorf("open %q: %v", key, err)
		return nil
	}
	defer o.Close()
	got, err := io.ReadAll(o.Content)
	if err != nil || string(got) != content || o.Size != int64(len(content)) {
		t.Errorf("%q holds %.40q of size %d, %v; want %.40q", key, got, o.Size, err, content)
	}
	return o
}

func keys(t *testing.T, b blob.Bucket, prefix string) []string {
	t.Helper()
	var list []string
	for e, err := range b.List(t.Context(), prefix) {
		if err != nil {
			t.Fatalf("list %q: %v", prefix, err)
		}
		list = append(list, e.Key)
	}
	slices.Sort(list)
	return list
}

func testKeeps(t *testing.T, b blob.Bucket) {
	for _, c := range []struct {
		key, content string
		about        blob.About
	}{
		{"c/r/a.txt", "content", blob.About{Type: "text/plain; charset=utf-8", Name: "Ä \"File\" (1).txt"}},
		{"c/r/empty", "", blob.About{Type: "text/plain"}},
		{"c/r/thumbs_a.txt/100x100_a.txt", "thumb", blob.About{Type: "image/png"}},
		{"c/plain", "nothing is known of it", blob.About{}},
	} {
		put(t, b, c.key, c.content, c.about)
		o := want(t, b, c.key, c.content)
		if c.about.Type == "" {
			c.about.Type = blob.DefaultType
		}
		if o != nil && (o.About != c.about || o.Modified.IsZero()) {
			t.Errorf("%s: %+v at %v, want %+v", c.key, o.About, o.Modified, c.about)
		}
	}
}

func testReplaces(t *testing.T, b blob.Bucket) {
	put(t, b, "c/r/a", strings.Repeat("long", 1000), blob.About{Type: "text/plain", Name: "a"})
	put(t, b, "c/r/a", "short", blob.About{Type: "image/png"})
	if o := want(t, b, "c/r/a", "short"); o != nil && o.About != (blob.About{Type: "image/png"}) {
		t.Errorf("about = %+v", o.About)
	}
	put(t, b, "c/r/a", "x", blob.About{})
	if o := want(t, b, "c/r/a", "x"); o != nil && o.About != (blob.About{Type: blob.DefaultType}) {
		t.Errorf("about = %+v", o.About)
	}
}

func testReadsParts(t *testing.T, b blob.Bucket) {
	text := rand.Text() + strings.Repeat("0123456789", 100_000)
	put(t, b, "c/r/a", text, blob.About{})
	o, err := b.Open(t.Context(), "c/r/a")
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	for _, c := range []struct {
		at     int64
		whence int
		from   int
	}{{10, io.SeekStart, 10}, {5, io.SeekCurrent, 35}, {-20, io.SeekEnd, len(text) - 20}, {0, io.SeekStart, 0}, {500_000, io.SeekStart, 500_000}} {
		at, err := o.Content.Seek(c.at, c.whence)
		part := make([]byte, 20)
		if err == nil {
			_, err = io.ReadFull(o.Content, part)
		}
		if got, want := string(part), text[c.from:c.from+20]; err != nil || got != want || at != int64(c.from) {
			t.Errorf("seek %d from %d: %q at %d, %v; want %q at %d", c.at, c.whence, got, at, err, want, c.from)
		}
	}
	if at, err := o.Content.Seek(0, io.SeekEnd); err != nil || at != int64(len(text)) {
		t.Errorf("the end is at %d, %v", at, err)
	}
}

func testMisses(t *testing.T, b blob.Bucket) {
	put(t, b, "c/r/a", "x", blob.About{})
	for _, key := range []string{"c/r/b", "c/r", "c", "c/r/a/b", "d/r/a", "c/r/A"} {
		if o, err := b.Open(t.Context(), key); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("open %q: %v, %v", key, o, err)
		}
		if err := b.Delete(t.Context(), key); err != nil && key != "c/r" && key != "c" && key != "c/r/a/b" {
			t.Errorf("delete %q: %v", key, err)
		}
	}
	want(t, b, "c/r/a", "x")
}

func testDeletes(t *testing.T, b blob.Bucket) {
	put(t, b, "c/r/a", "x", blob.About{Type: "text/plain"})
	put(t, b, "c/r/ab", "y", blob.About{Type: "text/plain"})
	for range 2 {
		if err := b.Delete(t.Context(), "c/r/a"); err != nil {
			t.Errorf("delete: %v", err)
		}
		if _, err := b.Open(t.Context(), "c/r/a"); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("a deleted object: %v", err)
		}
	}
	want(t, b, "c/r/ab", "y")
	put(t, b, "c/r/a", "again", blob.About{})
	if o := want(t, b, "c/r/a", "again"); o != nil && o.Type != blob.DefaultType {
		t.Errorf("it is known of a new object that it is %s", o.Type)
	}
}

func testLists(t *testing.T, b blob.Bucket) {
	all := []string{"c/r/a", "c/r/ab", "c/r/thumbs_a/1x1_a", "c/r2/a", "c2/r/a", "top"}
	for _, key := range all {
		put(t, b, key, key, blob.About{Type: "text/plain"})
	}
	for prefix, wanted := range map[string][]string{
		"":              all,
		"c/":            all[:4],
		"c/r/":          all[:3],
		"c/r":           all[:4],
		"c":             all[:5],
		"c/r/a":         all[:2],
		"c/r/thumbs_a/": all[2:3],
		"x/":            nil,
		"c/x/y":         nil,
	} {
		if got := keys(t, b, prefix); !slices.Equal(got, wanted) {
			t.Errorf("list %q = %q, want %q", prefix, got, wanted)
		}
	}
	for e, err := range b.List(t.Context(), "c/r/ab") {
		if err != nil || e.Size != 6 || e.Modified.IsZero() {
			t.Errorf("entry %+v, %v", e, err)
		}
	}
	for range b.List(t.Context(), "") {
		break // a reader may stop early
	}
}

func testDeletesAll(t *testing.T, b blob.Bucket) {
	for i := range 300 {
		put(t, b, fmt.Sprintf("c/r/%d", i), "x", blob.About{})
	}
	put(t, b, "c/r2/a", "x", blob.About{})
	if err := blob.DeleteAll(t.Context(), b, "c/r/"); err != nil {
		t.Fatal(err)
	}
	if got := keys(t, b, ""); !slices.Equal(got, []string{"c/r2/a"}) {
		t.Errorf("left: %q", got)
	}
}

func testOddKeys(t *testing.T, b blob.Bucket) {
	for _, key := range []string{"../a", "c/../../a", "c//a", "/a", "c/r/a\x01b", "c/r/a b+c=d#e*.x", "c/./a", ".", "..", "", "c/a/"} {
		err := b.Put(t.Context(), key, strings.NewReader(key), blob.About{})
		if errors.Is(err, blob.ErrKey) {
			if o, err := b.Open(t.Context(), key); err == nil {
				t.Errorf("an impossible key %q has an object of %d bytes", key, o.Size)
			}
			continue
		}
		if err != nil {
			t.Errorf("put %q: %v", key, err)
			continue
		}
		want(t, b, key, key)
		if got := keys(t, b, ""); !slices.Contains(got, key) {
			t.Errorf("%q is not listed: %q", key, got)
		}
	}
	if err := b.Put(t.Context(), "c/r/a.attrs", strings.NewReader("x"), blob.About{}); err != nil && !errors.Is(err, blob.ErrKey) {
		t.Errorf("a key like a side file: %v", err)
	}
}

// testAllOrNone breaks off writing: what was there before stays.
func testAllOrNone(t *testing.T, b blob.Bucket) {
	broken := errors.New("the source broke")
	before := keys(t, b, "")
	err := b.Put(t.Context(), "c/r/a", io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)), blob.About{Type: "text/plain"})
	if !errors.Is(err, broken) {
		t.Errorf("put from a broken source: %v", err)
	}
	if got := keys(t, b, ""); !slices.Equal(got, before) {
		t.Errorf("left: %q", got)
	}
	put(t, b, "c/r/a", "old", blob.About{Type: "text/plain"})
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(broken)
	if err := b.Put(ctx, "c/r/a", strings.NewReader("new"), blob.About{Type: "image/png"}); err == nil {
		t.Error("put although its time was over")
	}
	if o := want(t, b, "c/r/a", "old"); o != nil && o.Type != "text/plain" {
		t.Errorf("type = %s", o.Type)
	}
}

// testManyAtOnce lets writers and removers share folders.
func testManyAtOnce(t *testing.T, b blob.Bucket) {
	var wg sync.WaitGroup
	content := bytes.Repeat([]byte("0123456789"), 2000)
	for i := range 8 {
		wg.Go(func() {
			for n := range 12 {
				key := fmt.Sprintf("c/%d/a%d", n%2, i)
				if err := b.Put(t.Context(), key, bytes.NewReader(content), blob.About{Type: "text/plain"}); err != nil {
					t.Errorf("put: %v", err)
					return
				}
				want(t, b, key, string(content))
				if err := b.Delete(t.Context(), key); err != nil {
					t.Errorf("delete: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if got := keys(t, b, ""); len(got) != 0 {
		t.Errorf("left: %q", got)
	}
}
