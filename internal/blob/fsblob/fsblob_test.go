package fsblob_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/blob/blobtest"
	"github.com/holdall-dev/holdall/internal/blob/fsblob"
)

func open(t *testing.T, dir string) *fsblob.Bucket {
	t.Helper()
	b, err := fsblob.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func TestExam(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) blob.Bucket { return open(t, filepath.Join(t.TempDir(), "storage")) })
}

// TestLayout compares what is written, of objects of which more is known than an attribute holds, with what a data
// directory of PocketBase holds.
func TestLayout(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := open(t, dir)
	long := strings.Repeat("P", 2000)
	put(t, b, "c/r/p.txt", "hello", blob.About{Type: "text/plain", Name: long})
	put(t, b, "c/r/thumbs_p.txt/1x1_p.txt", "", blob.About{Type: "image/" + long})
	const head = `{"user.cache_control":"","user.content_disposition":"","user.content_encoding":"","user.content_language":"",`
	for name, want := range map[string]string{
		"c/r/p.txt":                        "hello",
		"c/r/p.txt.attrs":                  head + `"user.content_type":"text/plain","user.metadata":{"original-filename":"` + long + `"},"md5":null}` + "\n",
		"c/r/thumbs_p.txt/1x1_p.txt.attrs": head + `"user.content_type":"image/` + long + `","user.metadata":null,"md5":null}` + "\n",
	} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); string(got) != want {
			t.Errorf("%s holds %q, %v; want %q", name, got, err, want)
		}
	}
}

// TestWhatIsKnown reads what a data directory of PocketBase and a copy without attributes hold.
func TestWhatIsKnown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "c", "r", "side"), "%PDF-1.7")
	write(t, filepath.Join(dir, "c", "r", "side.attrs"), `{"user.content_type":"x/y","user.metadata":{"original-filename":"S"},"md5":"PCPPPaOR6jI4nNfg5p15SA=="}`)
	write(t, filepath.Join(dir, "c", "r", "bare"), "%PDF-1.7")
	write(t, filepath.Join(dir, "c", "r", "empty.png"), "")
	b := open(t, dir)
	put(t, b, "c/r/own", "%PDF-1.7", blob.About{Type: "x/y", Name: "O\n"})
	for key, want := range map[string]blob.About{
		"c/r/side":      {Type: "x/y", Name: "S"},
		"c/r/bare":      {Type: "application/pdf"},
		"c/r/empty.png": {Type: "text/plain"},
		"c/r/own":       {Type: "x/y", Name: "O\n"},
	} {
		for range 2 { // read, and remembered
			if got := about(t, b, key); got != want {
				t.Errorf("of %s it is known that %+v, want %+v", key, got, want)
			}
		}
	}
}

// TestSideFileGoes replaces an object that has a side file by one that may do without.
func TestSideFileGoes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	side := filepath.Join(dir, "c", "r", "a.attrs")
	write(t, filepath.Join(dir, "c", "r", "a"), "x")
	write(t, side, `{"user.content_type":"x/y"}`)
	b := open(t, dir)
	about(t, b, "c/r/a")
	put(t, b, "c/r/a", "y", blob.About{Type: "z/z"})
	if got := about(t, b, "c/r/a"); got.Type != "z/z" {
		t.Errorf("of the new one it is known that %+v", got)
	}
	if raw, err := os.ReadFile(side); err == nil && strings.Contains(string(raw), "x/y") {
		t.Errorf("the old side file is there: %s", raw)
	}
}

func put(t *testing.T, b *fsblob.Bucket, key, content string, about blob.About) {
	t.Helper()
	if err := b.Put(t.Context(), key, strings.NewReader(content), about); err != nil {
		t.Fatal(err)
	}
}

func about(t *testing.T, b *fsblob.Bucket, key string) blob.About {
	t.Helper()
	o, err := b.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	return o.About
}

func TestBrokenSideFileIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := open(t, dir)
	write(t, filepath.Join(dir, "c", "r", "a"), "x")
	write(t, filepath.Join(dir, "c", "r", "a.attrs"), "{")
	if _, err := b.Open(t.Context(), "c/r/a"); err == nil || errors.Is(err, blob.ErrNotFound) {
		t.Errorf("open: %v", err)
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(content), 0o600)); err != nil {
		t.Fatal(err)
	}
}

// TestStaysInside follows no link out of the folder.
func TestStaysInside(t *testing.T) {
	t.Parallel()
	outside, dir := t.TempDir(), t.TempDir()
	write(t, filepath.Join(outside, "secret"), "secret")
	if err := os.Symlink(outside, filepath.Join(dir, "c")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	b := open(t, dir)
	for _, key := range []string{"c/secret", "link", "c/../../secret"} {
		if o, err := b.Open(t.Context(), key); err == nil {
			t.Errorf("%s was opened: %d bytes", key, o.Size)
		}
	}
	if err := b.Put(t.Context(), "c/new", strings.NewReader("x"), blob.About{}); err == nil {
		t.Error("a file was written through a link")
	}
	if _, err := os.Stat(filepath.Join(outside, "new")); err == nil {
		t.Error("a file lies outside")
	}
}

// TestLeavesNothingBehind removes empty folders, and what an earlier process was writing.
func TestLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".holdall", "tmp", "half"), "ha")
	b := open(t, dir)
	if err := b.Put(t.Context(), "c/r/a", strings.NewReader("x"), blob.About{Type: "text/plain"}); err != nil {
		t.Fatal(err)
	}
	if err := b.Delete(t.Context(), "c/r/a"); err != nil {
		t.Fatal(err)
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("left: %v, %v", list, err)
	}
	if list, err := os.ReadDir(filepath.Join(dir, ".holdall", "tmp")); err != nil || len(list) != 0 {
		t.Errorf("left: %v, %v", list, err)
	}
}
