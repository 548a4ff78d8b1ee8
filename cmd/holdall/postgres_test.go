package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

// node is a running server and who asks it.
type node struct {
	t     *testing.T
	addr  string
	token string
}

// call sends JSON and decodes the answer into out, which may be nil.
func (n *node) call(method, path, body string, out any) (status int) {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), method, "http://"+n.addr+path, strings.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", n.token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	if out != nil && json.Unmarshal(raw, out) != nil {
		n.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, raw)
	}
	return res.StatusCode
}

// soon asks again until the status is the one, and says how long that took.
func (n *node) soon(path string, status int) time.Duration {
	n.t.Helper()
	begun := time.Now()
	for n.call("GET", path, "", nil) != status {
		if time.Since(begun) > 10*time.Second {
			n.t.Fatalf("%s never answers with %d", path, status)
		}
	}
	return time.Since(begun)
}

// TestPostgres: two servers that start at once on one empty database are one: accounts, collections, rules,
// settings and records of one are there on the other, and the command line reaches them too.
func TestPostgres(t *testing.T) {
	t.Parallel()
	db := "HOLDALL_DB=" + pgtest.DSN(t)
	nodes, stops := make([]*node, 2), make([]func(os.Signal), 2)
	var wg sync.WaitGroup
	for i := range nodes {
		dir := t.TempDir()
		wg.Go(func() {
			addr, said, stop := start(t, dir, db)
			stops[i] = stop
			if !strings.Contains(said, "postgres") || strings.Contains(said, "password") {
				t.Errorf("it does not say where the data lies: %s", said)
			}
			nodes[i] = &node{t: t, addr: addr}
		})
	}
	wg.Wait()
	defer func() {
		for _, stop := range stops {
			if stop != nil {
				stop(os.Interrupt)
			}
		}
	}()
	if t.Failed() {
		return
	}
	cmd := command(t.Context(), t.TempDir(), "superuser", "create", "me@example.com", "long-enough")
	cmd.Env = append(cmd.Env, db)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	a, b := nodes[0], nodes[1]
	var session struct{ Token string }
	if got := a.call("POST", "/api/collections/_superusers/auth-with-password", `{"identity":"me@example.com","password":"long-enough"}`, &session); got != 200 {
		t.Fatalf("sign-in: %d", got)
	}
	a.token, b.token = session.Token, session.Token
	if got := a.call("POST", "/api/collections", `{"name":"notes","type":"base","listRule":"","viewRule":"","fields":[{"name":"title","type":"text"}]}`, nil); got != 200 {
		t.Fatalf("create a collection: %d", got)
	}
	if took := b.soon("/api/collections/notes/records", 200); took > time.Second {
		t.Errorf("a collection took %v to be in force on the other node", took)
	}
	var rec struct{ ID, Title string }
	b.call("POST", "/api/collections/notes/records", `{"title":"from b"}`, &rec)
	if got := a.call("GET", "/api/collections/notes/records/"+rec.ID, "", &rec); got != 200 || rec.Title != "from b" {
		t.Errorf("the other's record: %d %+v", got, rec)
	}
	if got := b.call("PATCH", "/api/collections/notes", `{"listRule":null}`, nil); got != 200 {
		t.Errorf("change a rule: %d", got)
	}
	guest := &node{t: t, addr: a.addr}
	if took := guest.soon("/api/collections/notes/records", 403); took > time.Second {
		t.Errorf("a rule took %v to be in force on the other node", took)
	}
	settingsFollow(t, a, b)
}

func settingsFollow(t *testing.T, a, b *node) {
	t.Helper()
	if got := a.call("PATCH", "/api/settings", `{"meta":{"appName":"Shared"}}`, nil); got != 200 {
		t.Fatalf("change settings: %d", got)
	}
	for begun := time.Now(); ; {
		var s struct{ Meta struct{ AppName string } }
		b.call("GET", "/api/settings", "", &s)
		if s.Meta.AppName == "Shared" {
			return
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Fatalf("settings were not in force on the other node after %v", took)
		}
	}
}

// TestDatabaseAway: a database that never answers is waited for, with a message, and then given up.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	for dsn, want := range map[string]string{
		"postgres://nobody@127.0.0.1:1/none?sslmode=disable": "did not answer in",
		"postgres://:::": "the address of the database is wrong",
	} {
		cmd := command(t.Context(), t.TempDir(), "serve", "--http", "127.0.0.1:0", "--db", dsn, "--db-wait", "1s")
		var errs bytes.Buffer
		cmd.Stderr = &errs
		if err := cmd.Run(); err == nil || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: %v, %s; want %q", dsn, err, errs.String(), want)
		}
	}
}
