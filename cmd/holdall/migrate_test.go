package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/holdall-dev/holdall/internal/store/postgres"
	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

// furnish serves the directory data of home, makes a superuser and a collection with records, and returns a token and the cursor of a stream that
// missed the last one.
func furnish(t *testing.T, home string, records int) (token, cursor string) {
	t.Helper()
	if _, stderr, code := run(t, home, "superuser", "create", "me@example.com", "long-enough"); code != 0 {
		t.Fatal(stderr)
	}
	addr, _, stop := start(t, home)
	defer stop(os.Interrupt)
	n := &node{t: t, addr: addr}
	var session struct{ Token string }
	n.call("POST", "/api/collections/_superusers/auth-with-password", `{"identity":"me@example.com","password":"long-enough"}`, &session)
	n.token = session.Token
	if got := n.call("POST", "/api/collections", `{"name":"notes","type":"base","listRule":"","fields":[{"name":"title","type":"text"}],"indexes":["CREATE INDEX i ON notes (title)"]}`, nil); got != 200 {
		t.Fatalf("create a collection: %d", got)
	}
	for i := range records {
		n.call("POST", "/api/collections/notes/records", fmt.Sprintf(`{"title":"note %d"}`, i), nil)
	}
	cursor = connected(t, n, "").Cursor
	n.call("POST", "/api/collections/notes/records", `{"title":"missed"}`, nil)
	return session.Token, cursor
}

// feed is an open event stream.
type feed struct {
	*bufio.Scanner
	ClientID, Cursor string
}

// connected opens a stream that goes on from a cursor.
func connected(t *testing.T, n *node, cursor string) *feed {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+n.addr+"/api/realtime?cursor="+cursor, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	s := &feed{Scanner: bufio.NewScanner(res.Body)}
	if name, data := s.event(); name != "PB_CONNECT" || json.Unmarshal([]byte(data), s) != nil || s.Cursor == "" {
		t.Fatalf("the stream begins with %s %s", name, data)
	}
	return s
}

// event is the next event that has data.
func (s *feed) event() (name, data string) {
	for s.Scan() {
		switch key, value, _ := strings.Cut(s.Text(), ":"); {
		case key == "event":
			name = value
		case key == "data":
			data = value
		case s.Text() == "" && data != "":
			return strings.TrimSpace(name), data
		}
	}
	return "", ""
}

// caughtUp: a stream that goes on from a cursor of before the move is told what it missed, without a gap.
func caughtUp(t *testing.T, n *node, cursor string) {
	t.Helper()
	s := connected(t, n, cursor)
	if got := n.call("POST", "/api/realtime", fmt.Sprintf(`{"clientId":%q,"subscriptions":["notes/*"]}`, s.ClientID), nil); got != 204 {
		t.Fatalf("subscribe: %d", got)
	}
	if name, data := s.event(); name != "notes/*" || !strings.Contains(data, "missed") {
		t.Errorf("a stream from before the move is told %s %s", name, data)
	}
}

// notes is what a server says of the records, to somebody who signed in before the move.
func notes(t *testing.T, dir, token, cursor string, env ...string) string {
	t.Helper()
	addr, _, stop := start(t, dir, env...)
	defer stop(os.Interrupt)
	n := &node{t: t, addr: addr, token: token}
	var page struct {
		TotalItems int
		Items      []map[string]any
	}
	if got := n.call("GET", "/api/collections/notes/records?perPage=500", "", &page); got != 200 || page.TotalItems == 0 {
		t.Errorf("list: %d, %d records", got, page.TotalItems)
	}
	var me map[string]any
	if got := n.call("GET", "/api/collections/_superusers/records", "", &me); got != 200 {
		t.Errorf("a token from before the move: %d", got)
	}
	caughtUp(t, n, cursor)
	return fmt.Sprint(page, me)
}

// TestMigrate: a move that is killed in the middle is not served, goes on, and ends with the same answers, there
// and back again.
func TestMigrate(t *testing.T) {
	t.Parallel()
	home, back, dsn := t.TempDir(), t.TempDir(), pgtest.DSN(t)
	token, cursor := furnish(t, home, 25)
	want := notes(t, home, token, cursor)
	if st, err := postgres.Open(t.Context(), postgres.Options{DSN: dsn}); err != nil || st.Close() != nil {
		t.Fatalf("prepare the database: %v", err)
	}
	stuck := hold(t, dsn, "LOCK TABLE _changes IN EXCLUSIVE MODE")
	halted(t, home, os.Kill, "migrate", "to", dsn)
	stuck()
	if _, stderr, code := run(t, home, "serve", "--db", dsn, "--http", "127.0.0.1:0"); code != 1 || !strings.Contains(stderr, "was not finished") {
		t.Errorf("a half-done move is served: %s", stderr)
	}
	stdout, stderr, code := run(t, home, "migrate", "to", dsn)
	if code != 0 || !strings.Contains(stdout, "are equal") || !strings.Contains(stdout, "same    notes") {
		t.Fatalf("migrate to postgres: %d\n%s\n%s", code, stdout, stderr)
	}
	if got := notes(t, home, token, cursor, "HOLDALL_DB="+dsn); got != want {
		t.Errorf("PostgreSQL says %s\nwant %s", got, want)
	}
	stuck = hold(t, dsn, "LOCK TABLE notes")
	if said := halted(t, back, os.Interrupt, "migrate", "to", "sqlite", "--db", dsn); !strings.Contains(said, "run the same command again") {
		t.Errorf("an interrupted move says %q", said)
	}
	stuck()
	if stdout, stderr, code := run(t, back, "migrate", "to", "sqlite", "--db", dsn); code != 0 {
		t.Fatalf("migrate to sqlite: %d\n%s\n%s", code, stdout, stderr)
	}
	if got := notes(t, back, token, cursor); got != want {
		t.Errorf("back on SQLite: %s\nwant %s", got, want)
	}
	refusals(t, home, filepath.Join(back, "data"), dsn)
}

// hold takes a lock, before which a move has to stop, and returns what lets go of it.
func hold(t *testing.T, dsn, lock string) (release func()) {
	t.Helper()
	c, err := pgconn.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"BEGIN", lock} {
		if _, err := c.Exec(t.Context(), sql).ReadAll(); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if err := c.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// halted ends a move that has begun to copy, and returns its last words.
func halted(t *testing.T, home string, sig os.Signal, args ...string) string {
	t.Helper()
	cmd := command(t.Context(), home, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.Contains(line, "copy") {
		t.Fatalf("%v says %q, %v", args, line, err)
	}
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Errorf("%v was ended and succeeded", args)
	}
	return errs.String()
}

// refusals: what cannot be moved is said in one line, and nothing happens to it. Both ends hold data by now.
func refusals(t *testing.T, home, back, dsn string) {
	t.Helper()
	_, _, stop := start(t, home, "HOLDALL_DB="+dsn)
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"migrate", "to", dsn, "--dir", "data"}, "stop it first"},
		{[]string{"migrate", "to", dsn, "--dir", back}, "other Holdall process(es) use postgres"},
		{[]string{"migrate", "to", "sqlite", "--db", dsn, "--dir", "new"}, "other Holdall process(es) use postgres"},
		{[]string{"migrate", "to", dsn, "--dir", "nothing"}, "nothing is not a data directory"},
		{[]string{"migrate", "to", "sqlite", "--db", pgtest.DSN(t), "--dir", "new"}, "there is no Holdall in postgres"},
		{[]string{"migrate", "to", "sqlite", "--dir", "new"}, "--db postgres://"},
		{[]string{"migrate", "to", "mysql://x", "--dir", back}, "name a database as postgres://"},
		{[]string{"migrate", "to", "postgres://:::", "--dir", back}, "the address of the database is wrong"},
		{[]string{"migrate", "to", "postgres://a@127.0.0.1:1/b?sslmode=disable", "--dir", back, "--db-wait", "300ms"}, "did not answer in"},
		{[]string{"migrate", "to", dsn, "--db", dsn}, "--db names the source"},
		{[]string{"migrate", "to"}, "migrate to postgres://"},
	} {
		_, stderr, code := run(t, home, tc.args...)
		if code != 1 || !strings.Contains(stderr, tc.want) {
			t.Errorf("holdall %v: %d, %s; want %q", tc.args, code, stderr, tc.want)
		}
	}
	stop(os.Interrupt)
	if _, stderr, code := run(t, home, "migrate", "to", dsn, "--dir", back); code != 1 || !strings.Contains(stderr, "it holds data already") {
		t.Errorf("a full database: %d, %s", code, stderr)
	}
	if _, stderr, code := run(t, home, "migrate", "to", "sqlite", "--db", dsn, "--dir", back); code != 1 || !strings.Contains(stderr, "it holds data already") {
		t.Errorf("a full directory: %d, %s", code, stderr)
	}
}
