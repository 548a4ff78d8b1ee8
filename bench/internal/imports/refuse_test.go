package imports_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/bench/internal/server"
)

// TestRefuses shows that what cannot be imported as a whole leaves nothing behind, and says why.
func TestRefuses(t *testing.T) {
	t.Parallel()
	w, p := world(t), holdall(t)
	tests := []struct {
		name, says string
		make       func(t *testing.T, dir string)
	}{
		{"no directory", "no such file", func(*testing.T, string) {}},
		{"an empty directory", "no data.db", func(t *testing.T, dir string) { must(t, os.MkdirAll(dir, 0o700)) }},
		{"a text file", "damaged", func(t *testing.T, dir string) { write(t, dir, []byte("this is not a database, whatever its name is")) }},
		{"a file that was cut off", "damaged", func(t *testing.T, dir string) {
			all := read(t, w.Dir)
			write(t, dir, all[:len(all)/2])
		}},
		{"pages overwritten", "damaged", func(t *testing.T, dir string) {
			all := read(t, w.Dir)
			for i := 5 * 4096; i < 30*4096 && i < len(all); i++ {
				all[i] ^= 0xA5
			}
			write(t, dir, all)
		}},
		{"another product's database", "no table _collections", func(t *testing.T, dir string) {
			database(t, dir, "CREATE TABLE other (id TEXT)")
		}},
		{"an older PocketBase's", "v0.23", func(t *testing.T, dir string) {
			database(t, dir, "CREATE TABLE _admins (id TEXT); CREATE TABLE _collections (id TEXT); CREATE TABLE _params (id TEXT); CREATE TABLE _migrations (file TEXT)")
		}},
		{"one of ours", "Holdall", func(t *testing.T, dir string) {
			_, err := p.Run(context.Background(), "import", "pocketbase", w.Dir, "--dir", dir)
			must(t, err)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			source := filepath.Join(t.TempDir(), "source")
			tt.make(t, source)
			refused(t, p, source, filepath.Join(t.TempDir(), "data"), tt.says)
		})
	}
}

// refused expects the import to fail with words that contain says, and its target's folder to stay empty.
func refused(t *testing.T, p server.Program, source, dir, says string) {
	t.Helper()
	before := tree(t, source)
	out, err := p.Run(context.Background(), "import", "pocketbase", source, "--dir", dir)
	if err == nil {
		t.Fatal("it was imported")
	}
	if !strings.Contains(out, says) {
		t.Errorf("it says %q; want something about %q", out, says)
	}
	left, err := os.ReadDir(filepath.Dir(dir))
	must(t, err)
	for _, e := range left {
		t.Errorf("it left %s behind", e.Name())
	}
	if got := tree(t, source); !equal(got, before) {
		t.Errorf("the source was changed: %s", differing(got, before))
	}
}

// TestKeepsTarget shows that a directory with something in it is not imported into.
func TestKeepsTarget(t *testing.T) {
	t.Parallel()
	w, p, dir := world(t), holdall(t), t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "precious"), []byte("mine"), 0o600))
	if _, err := p.Run(context.Background(), "import", "pocketbase", w.Dir, "--dir", dir); err == nil {
		t.Error("it was imported over what was there")
	}
	if got := tree(t, dir); len(got) != 1 {
		t.Errorf("the folder holds %v; want what was there", got)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir string) []byte {
	t.Helper()
	all, err := os.ReadFile(filepath.Join(dir, "data.db"))
	must(t, err)
	return all
}

func write(t *testing.T, dir string, data []byte) {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "data.db"), data, 0o600))
}

func database(t *testing.T, dir, statements string) {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o700))
	db, err := sql.Open("sqlite", filepath.Join(dir, "data.db"))
	must(t, err)
	_, err = db.Exec(statements)
	must(t, err)
	must(t, db.Close())
}
