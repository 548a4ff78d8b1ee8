package files_test

import (
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/files"
)

func upload(name, content string) field.Upload {
	return field.Upload{Name: name, Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

func TestNames(t *testing.T) {
	t.Parallel()
	const text = "some text"
	for _, c := range []struct{ given, content, want string }{
		{"My Photo (1).PNG", text, "my_photo_1_R.PNG"},
		{"a.txt", text, "aR_R.txt"},
		{"übergroß ñ.tar.gz", text, "bergro_R.tar.gz"},
		{"noext", text, "noext_R.txt"},
		{".hidden", text, "R_R.hidden"},
		{"x.y.z.tar.gz", text, "x_y_z_R.tar.gz"},
		{"a.b.c", text, "aR_R.b.c"},
		{"UPPERCaseName.JPG", text, "uppercase_name_R.JPG"},
		{"日本語.png", text, "R_R.png"},
		{"trailing.", text, "trailing_R.txt"},
		{"evil.txt", text, "evil_R.txt"},
		{"..", text, "R_R.txt"},
		{"", text, "R_R.txt"},
		{"page", "<html><body></body></html>", "page_R.html"},
		{"photo", "\x89PNG\r\n\x1a\n", "photo_R.png"},
		{"nothing", "\x00\x01\x02", "nothing_R"},
		{"name.$%&", text, "name_R.txt"},
		{"name._-+=#*ä", text, "name_R._-+=#*"},
		{strings.Repeat("n", 400) + ".txt", text, strings.Repeat("n", 100) + "_R.txt"},
		{"name." + strings.Repeat("e", 25), text, "name_R." + strings.Repeat("e", 20)},
		{"hello   World--two2Three", text, "hello_world_two2_three_R.txt"},
	} {
		up, err := files.Take(upload(c.given, c.content))
		if err != nil {
			t.Fatal(err)
		}
		want := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(c.want), "R", "[a-z0-9]{10}") + "$")
		if c.given == "UPPERCaseName.JPG" || c.given == "My Photo (1).PNG" { // names with an R of their own
			want = regexp.MustCompile("^" + strings.Replace(regexp.QuoteMeta(c.want), "_R", "_[a-z0-9]{10}", 1) + "$")
		}
		if !want.MatchString(up.Stored) {
			t.Errorf("%q is stored as %q, want %q", c.given, up.Stored, c.want)
		}
	}
}

func TestNamesAreUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		up, err := files.Take(upload("a.txt", ""))
		if err != nil || seen[up.Stored] {
			t.Fatalf("%q, %v", up.Stored, err)
		}
		seen[up.Stored] = true
	}
}

func FuzzNames(f *testing.F) {
	for _, name := range []string{"", ".", "a.b.c", "../../x", "日本語.png", "A\x00B.\xff", strings.Repeat("x.", 200)} {
		f.Add(name)
	}
	valid := regexp.MustCompile(`^[a-z0-9][a-z0-9_]*_[a-z0-9]{10}(\.[A-Za-z0-9_.*+=#-]+)?$`)
	f.Fuzz(func(t *testing.T, name string) {
		up, err := files.Take(upload(name, ""))
		if err != nil {
			t.Fatal(err)
		}
		if !valid.MatchString(up.Stored) || len(up.Stored) > 150 {
			t.Errorf("%q is stored as %q", name, up.Stored)
		}
	})
}

func TestUnreadableUpload(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	_, err := files.Take(field.Upload{Open: func() (io.ReadCloser, error) { return nil, broken }})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
