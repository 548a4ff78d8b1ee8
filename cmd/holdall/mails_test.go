package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/mail/mailtest"
)

// client talks to a running server.
type client struct {
	*testing.T
	addr, token string
}

// do returns the answer, which must have the status, and how long it took.
func (c *client) do(status int, method, path string, body any) (answer map[string]any, took time.Duration) {
	c.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		c.Fatal(err)
	}
	req, err := http.NewRequestWithContext(c.Context(), method, "http://"+c.addr+path, bytes.NewReader(raw))
	if err != nil {
		c.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", c.token)
	began := time.Now()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	took = time.Since(began)
	if res.StatusCode != status {
		c.Fatalf("%s %s: %s, want %d", method, path, res.Status, status)
	}
	if status == http.StatusOK {
		err = json.NewDecoder(res.Body).Decode(&answer)
	}
	if err != nil {
		c.Fatal(err)
	}
	return answer, took
}

func (c *client) signIn(email, password string) {
	c.Helper()
	answer, _ := c.do(200, "POST", "/api/collections/_superusers/auth-with-password", map[string]any{"identity": email, "password": password})
	c.token = answer["token"].(string)
}

// TestMailsOutliveServers: while the mail server is down requests are answered at once; the program is killed and
// started again; and when the mail server is back every mail arrives, once, over TLS, with a link that works.
func TestMailsOutliveServers(t *testing.T) {
	t.Parallel()
	const accounts = 12
	dir, cert := t.TempDir(), mailtest.NewCertificate(t)
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), cert.PEM, 0o600); err != nil {
		t.Fatal(err)
	}
	trust := "SSL_CERT_FILE=" + filepath.Join(dir, "ca.pem")
	if _, stderr, code := run(t, dir, "superuser", "create", "me@example.com", "long enough"); code != 0 {
		t.Fatal(stderr)
	}
	port := freePort(t)
	addr, _, stop := start(t, dir, trust)
	c := &client{T: t, addr: addr}
	c.signIn("me@example.com", "long enough")
	c.do(200, "PATCH", "/api/settings", map[string]any{
		"smtp": map[string]any{"enabled": true, "host": "127.0.0.1", "port": port, "tls": true}, "meta": map[string]any{"appURL": "https://app.example"},
	})
	ask := func(action string, n int) {
		t.Helper()
		if _, took := c.do(204, "POST", "/api/collections/users/"+action, map[string]any{"email": fmt.Sprintf("u%d@example.com", n)}); took > 2*time.Second {
			t.Errorf("%s took %v without a mail server", action, took)
		}
	}
	for n := range accounts {
		email := fmt.Sprintf("u%d@example.com", n)
		c.do(200, "POST", "/api/collections/users/records", map[string]any{"email": email, "password": "long enough", "passwordConfirm": "long enough"})
		ask("request-verification", n)
	}
	stop(os.Kill)
	c.addr, _, stop = start(t, dir, trust)
	for n := range accounts {
		ask("request-password-reset", n)
	}
	mails := mailtest.Start(t, mailtest.Options{TLS: true, Port: port, Certificate: cert})
	links := arrived(t, mails.Wait(t, 2*accounts))
	for n := range accounts {
		email := fmt.Sprintf("u%d@example.com", n)
		c.do(204, "POST", "/api/collections/users/confirm-verification", map[string]any{"token": links[email+" confirm-verification"]})
		c.do(204, "POST", "/api/collections/users/confirm-password-reset", map[string]any{
			"token": links[email+" confirm-password-reset"], "password": "another one", "passwordConfirm": "another one",
		})
	}
	stop(syscall.SIGTERM)
	if got := len(mails.Mails()); got != 2*accounts {
		t.Errorf("%d mails came, want %d", got, 2*accounts)
	}
}

var mailedLink = regexp.MustCompile(`https://app\.example/_/#/auth/(confirm-[a-z-]+)/([\w.-]+)`)

// arrived are the tokens of mails by recipient and page, each of which must be there once.
func arrived(t *testing.T, mails []mailtest.Mail) map[string]string {
	t.Helper()
	links := map[string]string{}
	for _, m := range mails {
		found := mailedLink.FindStringSubmatch(m.Text)
		if found == nil || !m.Encrypted || len(m.To) != 1 {
			t.Fatalf("a mail to %v, encrypted %v:\n%s", m.To, m.Encrypted, m.Text)
		}
		key := m.To[0] + " " + found[1]
		if links[key] != "" {
			t.Errorf("%s came twice", key)
		}
		links[key] = found[2]
		if strings.Count(found[2], ".") != 2 {
			t.Errorf("%s has no token: %s", key, found[2])
		}
	}
	return links
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
