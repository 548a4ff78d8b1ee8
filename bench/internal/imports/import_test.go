package imports_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/holdall-dev/holdall/bench/internal/diff"
	"github.com/holdall-dev/holdall/bench/internal/script"
	"github.com/holdall-dev/holdall/bench/internal/server"
	"github.com/holdall-dev/holdall/bench/internal/wire"
)

func TestMain(m *testing.M) {
	code := m.Run()
	server.Forget()
	os.Exit(code)
}

// world is a directory with fields of every type, accounts, files, views and rules.
func world(t *testing.T) *diff.World {
	t.Helper()
	w, err := diff.Make(context.Background(), filepath.Join(t.TempDir(), "pb_data"))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func holdall(t *testing.T) server.Program {
	t.Helper()
	p, err := server.Holdall(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func serve(t *testing.T, p server.Program, dir string, args ...string) wire.Client {
	t.Helper()
	s, err := p.Start(context.Background(), dir, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return wire.Client{Base: s.URL()}
}

// TestImport shows that every row of every table, every file and every request log arrives as it was, and
// that the source is left alone.
func TestImport(t *testing.T) {
	t.Parallel()
	w, p := world(t), holdall(t)
	before := tree(t, w.Dir)
	dir := filepath.Join(t.TempDir(), "data")
	if _, err := p.Run(context.Background(), "import", "pocketbase", w.Dir, "--dir", dir); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, w.Dir); !equal(got, before) {
		t.Errorf("the source was changed: %s", differing(got, before))
	}
	for _, file := range []string{"data.db", "auxiliary.db"} {
		compareTables(t, filepath.Join(w.Dir, file), filepath.Join(dir, file))
	}
	stored := tree(t, filepath.Join(w.Dir, "storage"))
	if len(stored) == 0 {
		t.Error("there is no file to bring along")
	}
	if got := tree(t, filepath.Join(dir, "storage")); !equal(got, stored) {
		t.Errorf("files differ: %s", differing(got, stored))
	}
}

// TestAccounts shows that secrets came along: tokens that PocketBase gave out and passwords that were set there
// are good, for the same records.
func TestAccounts(t *testing.T) {
	t.Parallel()
	w, p := world(t), holdall(t)
	dir := filepath.Join(t.TempDir(), "data")
	if _, err := p.Run(context.Background(), "import", "pocketbase", w.Dir, "--dir", dir); err != nil {
		t.Fatal(err)
	}
	c := serve(t, p, dir)
	for name, collection := range map[string]string{"root": "_superusers", "ann": "users", "bob": "users", "sam": "staff", "sue": "staff"} {
		if err := c.Must(context.Background(), http.MethodPost, "/api/collections/"+collection+"/auth-refresh", w.Tokens[name], nil, nil); err != nil {
			t.Errorf("the old token of %s: %v", name, err)
		}
	}
	for _, who := range [][3]string{{"_superusers", diff.RootEmail, diff.RootPassword}, {"users", "ann@both.example", "ann-pass-1"}, {"staff", "SAM", "sam-pass-1"}} {
		if _, err := c.SignIn(context.Background(), who[0], who[1], who[2]); err != nil {
			t.Errorf("the old password: %v", err)
		}
	}
}

// TestFirstWrites shows that records which were never written since they came are guarded like all others: of
// many at once none overwrites what another did.
func TestFirstWrites(t *testing.T) {
	t.Parallel()
	w, p := world(t), holdall(t)
	dir := filepath.Join(t.TempDir(), "data")
	if _, err := p.Run(context.Background(), "import", "pocketbase", w.Dir, "--dir", dir); err != nil {
		t.Fatal(err)
	}
	c := serve(t, p, dir)
	const writers = 40
	errs := make(chan error, writers)
	for range writers {
		go func() {
			errs <- c.Must(context.Background(), http.MethodPatch, "/api/collections/posts/records/"+script.ID("p2"), "", map[string]any{"n+": 1}, nil)
		}()
	}
	for range writers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	var post struct{ N int }
	if err := c.Must(context.Background(), http.MethodGet, "/api/collections/posts/records/"+script.ID("p2"), "", nil, &post); err != nil {
		t.Fatal(err)
	}
	if post.N != writers {
		t.Errorf("n = %d after %d additions of one", post.N, writers)
	}
}

// TestEncryptedSettings shows that settings encrypted by PocketBase are read with the same key, and that
// without it the server says so instead of starting with others.
func TestEncryptedSettings(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	const key = "BOTH_KEY=0123456789abcdef0123456789abcdef"
	pb, err := server.PocketBase(ctx)
	if err != nil {
		t.Fatal(err)
	}
	source, dir := filepath.Join(t.TempDir(), "pb_data"), filepath.Join(t.TempDir(), "data")
	if _, err := pb.With(key).Run(ctx, "superuser", "upsert", diff.RootEmail, diff.RootPassword, "--dir", source, "--encryptionEnv", "BOTH_KEY"); err != nil {
		t.Fatal(err)
	}
	s, err := pb.With(key).Start(ctx, source, "--encryptionEnv", "BOTH_KEY")
	if err != nil {
		t.Fatal(err)
	}
	c := wire.Client{Base: s.URL()}
	root, err := c.SignIn(ctx, "_superusers", diff.RootEmail, diff.RootPassword)
	if err == nil {
		err = c.Must(ctx, http.MethodPatch, "/api/settings", root, map[string]any{"meta": map[string]any{"appName": "Sealed"}}, nil)
	}
	if err != nil {
		s.Kill()
		t.Fatal(err)
	}
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}

	p := holdall(t)
	if _, err := p.Run(ctx, "import", "pocketbase", source, "--dir", dir); err != nil {
		t.Fatal(err)
	}
	if s, err := p.Start(ctx, dir); err == nil {
		s.Kill()
		t.Error("it starts without the key")
	}
	c = serve(t, p.With(key), dir, "--encryptionEnv", "BOTH_KEY")
	var settings struct{ Meta struct{ AppName string } }
	if err := c.Must(ctx, http.MethodGet, "/api/settings", root, nil, &settings); err != nil {
		t.Fatal(err)
	}
	if settings.Meta.AppName != "Sealed" {
		t.Errorf("the application is called %q; want Sealed", settings.Meta.AppName)
	}
}
