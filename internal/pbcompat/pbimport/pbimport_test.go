package pbimport_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/internal/pbcompat/pbimport"
)

const (
	// A hash that PocketBase made, and its password.
	peerHash     = "$2a$10$foVi/D5BBth/.9GFJeS3pORi9w.hFFqSWd2Xw.bSZW03JWOYsPjuC"
	peerPassword = "correct horse battery"
	migration    = "INSERT INTO _migrations VALUES ('1640988000_init.go', 1), ('1717233559_v0.23_migrate4.go', 2);"
)

// source makes a data directory as PocketBase lays it out: collections as both of us keep them, none of what
// is Holdall's alone, and what only PocketBase has.
func source(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pb_data")
	app, err := holdall.Open(t.Context(), holdall.Options{Dir: dir, RelaxedSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := app.CreateSuperuser(t.Context(), "root@example.com", "a long password"); err != nil {
		t.Fatal(err)
	}
	token := field(t, call(t, app, "", "POST", "/api/collections/_superusers/auth-with-password", `{"identity":"root@example.com","password":"a long password"}`), "token")
	call(t, app, token, "POST", "/api/collections", `{"name":"notes","type":"base","listRule":"","fields":[{"type":"text","name":"title"},{"type":"number","name":"stars"}]}`)
	if err := app.Close(); err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(filepath.Join(dir, "holdall.lock"))
	exec(t, filepath.Join(dir, "data.db"), foreign(t, filepath.Join(dir, "data.db"))+`
		DROP TABLE _changes; DROP TABLE _cursors;
		CREATE TABLE _migrations (file VARCHAR(255) PRIMARY KEY NOT NULL, applied INTEGER NOT NULL);`+migration+`
		CREATE INDEX idx_unlisted ON notes (stars);
		INSERT INTO notes (id, title, stars) VALUES ('note00000000001', 'One', 1), ('note00000000002', 'Zwei ü', 2.5);
		INSERT INTO users (id, email, password, tokenKey, verified, created, updated) VALUES
			('user00000000001', 'ann@example.com', '`+peerHash+`', 'a token key of fifty letters or nearly as many as it', 1, '2024-01-02 03:04:05.678Z', '2024-01-02 03:04:05.678Z');`)
	exec(t, filepath.Join(dir, "auxiliary.db"), `CREATE TABLE _logs (id TEXT PRIMARY KEY, level INTEGER, message TEXT, data JSON, created TEXT);
		INSERT INTO _logs VALUES ('a', 0, 'GET /', '{}', '2024-01-02 03:04:05.678Z');`)
	write(t, filepath.Join(dir, "storage", "_pb_users_auth_", "user00000000001", "face.png"), "bytes of a picture")
	write(t, filepath.Join(dir, "storage", "_pb_users_auth_", "user00000000001", "face.png.attrs"), "{}")
	return dir
}

// foreign is the SQL that takes our own column off every record table.
func foreign(t *testing.T, path string) string {
	t.Helper()
	c, err := sqlite3.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	stmt, _, err := c.Prepare("SELECT name FROM _collections")
	if err != nil {
		t.Fatal(err)
	}
	defer stmt.Close()
	var sql strings.Builder
	for stmt.Step() {
		fmt.Fprintf(&sql, "ALTER TABLE %q DROP COLUMN \"@seq\";", stmt.ColumnText(0))
	}
	return sql.String()
}

func exec(t *testing.T, path, sql string) {
	t.Helper()
	c, err := sqlite3.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.Exec(sql), c.Close()); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func call(t *testing.T, app *holdall.App, token, method, target, body string) []byte {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", token)
	w := httptest.NewRecorder()
	app.Handler().ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
	}
	return w.Body.Bytes()
}

// field cuts a text value out of an answer.
func field(t *testing.T, answer []byte, name string) string {
	t.Helper()
	_, rest, ok := bytes.Cut(answer, []byte(`"`+name+`":"`))
	value, _, _ := bytes.Cut(rest, []byte(`"`))
	if !ok {
		t.Fatalf("no %s in %s", name, answer)
	}
	return string(value)
}

// fingerprint is a hash of every file below dir.
func fingerprint(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	sums := map[string][32]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		sums[rel] = sha256.Sum256(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

func TestImport(t *testing.T) {
	t.Parallel()
	src, dst := source(t), filepath.Join(t.TempDir(), "data")
	before := fingerprint(t, src)
	var steps []string
	report, err := pbimport.Import(t.Context(), pbimport.Options{Source: src, Target: dst, Progress: func(s pbimport.Step) {
		steps = append(steps, fmt.Sprintf("%s %s %d", s.What, s.Name, s.Count))
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"table notes 2", "table users 1", "table _superusers 1", "files  2", "logs  1"} {
		if !strings.Contains(strings.Join(steps, "\n"), want) {
			t.Errorf("steps %q lack %q", steps, want)
		}
	}
	if report.Files != 2 || !report.Logs || report.Rows < 4 {
		t.Errorf("the report says %+v", report)
	}
	after := fingerprint(t, src)
	for name, sum := range before {
		if after[name] != sum {
			t.Errorf("%s of the source has changed", name)
		}
	}
	if len(after) != len(before) {
		t.Errorf("the source has %d files, had %d", len(after), len(before))
	}
	if got := fingerprint(t, dst)["storage/_pb_users_auth_/user00000000001/face.png"]; got != sha256.Sum256([]byte("bytes of a picture")) {
		t.Error("the uploaded file was not copied as it is")
	}
	checkServed(t, dst)
}

// checkServed opens an imported directory and looks at it as its clients would.
func checkServed(t *testing.T, dir string) {
	t.Helper()
	app, err := holdall.Open(t.Context(), holdall.Options{Dir: dir, RelaxedSync: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	list := string(call(t, app, "", "GET", "/api/collections/notes/records?fields=id,title,stars", ""))
	if want := `{"items":[{"id":"note00000000001","stars":1,"title":"One"},{"id":"note00000000002","stars":2.5,"title":"Zwei ü"}],"page":1,"perPage":30,"totalItems":2,"totalPages":1}`; list != want {
		t.Errorf("got  %s\nwant %s", list, want)
	}
	ann := call(t, app, "", "POST", "/api/collections/users/auth-with-password", `{"identity":"ann@example.com","password":"`+peerPassword+`"}`)
	if got := field(t, ann, "created"); got != "2024-01-02 03:04:05.678Z" {
		t.Errorf("created = %q", got)
	}
	root := field(t, call(t, app, "", "POST", "/api/collections/_superusers/auth-with-password", `{"identity":"root@example.com","password":"a long password"}`), "token")
	if notes := call(t, app, root, "GET", "/api/collections/notes", ""); !bytes.Contains(notes, []byte("idx_unlisted")) {
		t.Errorf("an index that the collection did not list is not listed now: %s", notes)
	}
	call(t, app, root, "PATCH", "/api/collections/notes", `{"createRule":"","updateRule":""}`)
	call(t, app, "", "PATCH", "/api/collections/notes/records/note00000000001", `{"stars+":1}`)
	call(t, app, "", "POST", "/api/collections/notes/records", `{"title":"new"}`)
}

// TestImportReadsTheLog: what the source has not yet moved from its write-ahead log is part of it.
func TestImportReadsTheLog(t *testing.T) {
	t.Parallel()
	src, dst := source(t), filepath.Join(t.TempDir(), "data")
	c, err := sqlite3.Open(filepath.Join(src, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Exec("PRAGMA journal_mode=WAL; INSERT INTO notes (id, title) VALUES ('note00000000003', 'in the log')"); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(filepath.Join(src, "data.db-wal")); err != nil || st.Size() == 0 {
		t.Fatalf("the test has no log to read: %v", err)
	}
	report, err := pbimport.Import(t.Context(), pbimport.Options{Source: src, Target: dst})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range report.Tables {
		if table.Name == "notes" && table.Rows != 3 {
			t.Errorf("notes has %d rows, want 3", table.Rows)
		}
	}
}

// TestImportRefuses: a refused import says why and leaves nothing behind.
func TestImportRefuses(t *testing.T) {
	t.Parallel()
	sql := func(text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) { exec(t, filepath.Join(dir, "data.db"), text) }
	}
	for name, tc := range map[string]struct {
		spoil func(t *testing.T, src string)
		want  string
	}{
		"no database":     {func(t *testing.T, dir string) { _ = os.Remove(filepath.Join(dir, "data.db")) }, "holds no data.db"},
		"junk":            {func(t *testing.T, dir string) { write(t, filepath.Join(dir, "data.db"), strings.Repeat("x", 9000)) }, "does not begin like an SQLite file"},
		"damaged":         {func(t *testing.T, dir string) { spoilPages(t, filepath.Join(dir, "data.db")) }, "damaged"},
		"before v0.23":    {sql("CREATE TABLE _admins (id TEXT)"), "before v0.23"},
		"never upgraded":  {sql("DELETE FROM _migrations"), "never upgraded"},
		"another product": {sql("DROP TABLE _superusers"), "no table _superusers"},
		"one of ours":     {sql("CREATE TABLE _changes (seq INTEGER)"), "of Holdall already"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src, home := source(t), t.TempDir()
			tc.spoil(t, src)
			_, err := pbimport.Import(t.Context(), pbimport.Options{Source: src, Target: filepath.Join(home, "data")})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Import = %v, want an error with %q", err, tc.want)
			}
			if left, _ := os.ReadDir(home); len(left) > 0 {
				t.Errorf("a refused import left %v", left)
			}
		})
	}
}

func TestImportRefusesATargetInUse(t *testing.T) {
	t.Parallel()
	dst := t.TempDir()
	write(t, filepath.Join(dst, "precious.txt"), "mine")
	_, err := pbimport.Import(t.Context(), pbimport.Options{Source: source(t), Target: dst})
	if err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("Import = %v", err)
	}
	if raw, err := os.ReadFile(filepath.Join(dst, "precious.txt")); err != nil || string(raw) != "mine" {
		t.Errorf("what was there is %q, %v", raw, err)
	}
}

// spoilPages writes nonsense into the middle of a file.
func spoilPages(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 8192; i < len(raw); i++ {
		raw[i] ^= 0x5a
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}
