package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/store/postgres/pgtest"
)

// TestMain lets the test binary be the program, so that exit codes and signals are the real ones.
func TestMain(m *testing.M) {
	if os.Getenv("HOLDALL_MAIN") != "" {
		main()
		return
	}
	pgtest.Main(m)
}

func command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), "HOLDALL_MAIN=1")
	cmd.Dir = dir
	return cmd
}

// run returns what a finished command said and its exit code.
func run(t *testing.T, dir string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := command(t.Context(), dir, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// TestWrongUse: whatever is wrong is one line on stderr that says what to do, and exit code 1.
func TestWrongUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	if err := os.Mkdir(filepath.Join(dir, "broken"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"broken/data.db": strings.Repeat("junk ", 2000), "file": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct{ args, want string }{
		{"serve --http " + busy.Addr().String(), "already in use"},
		{"serve --http nowhere", "cannot listen on nowhere"},
		{"serve --dir broken --http 127.0.0.1:0", "broken/data.db"},
		{"serve --dir file --http 127.0.0.1:0", "make the data directory"},
		{"serve --colour", "unknown flag: --colour"},
		{"serve now", "unknown command"},
		{"dance", "unknown command"},
		{"superuser create a@example.com", "superuser create EMAIL PASSWORD"},
		{"superuser create a@example.com short", "password: Must be at least 8 character(s)."},
		{"superuser create nobody longenough", "email: Must be a valid email address."},
		{"superuser update a@example.com longenough --dir nothing", "nothing is not a data directory"},
		{"superuser ips --dir nothing", "nothing is not a data directory"},
		{"import pocketbase nothing --dir fresh", "nothing"},
		{"files move", "required flag(s) \"to\""},
		{"files move --to s3 --dir nothing", "nothing is not a data directory"},
		{"files move --to s3", "the settings name no object store"},
		{"import pocketbase", "import pocketbase PB_DATA"},
		{"rules test --dir nothing", "nothing is not a data directory"},
		{"rules test gone", "collection: Must be a valid value."},
	} {
		stdout, stderr, code := run(t, dir, strings.Fields(tc.args)...)
		if code != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, "Error: ") || !strings.Contains(stderr, tc.want) {
			t.Errorf("holdall %s: code %d, stdout %q, stderr %q; want one line with %q", tc.args, code, stdout, stderr, tc.want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "nothing")); err == nil {
		t.Error("updating a superuser made a data directory")
	}
}

func TestVersionAndHelp(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"version"}, {"--version"}, {"--help"}, {"serve", "--help"}, {}} {
		if stdout, stderr, code := run(t, t.TempDir(), args...); code != 0 || stdout == "" || stderr != "" {
			t.Errorf("holdall %v: code %d, stdout %q, stderr %q", args, code, stdout, stderr)
		}
	}
}

// TestServe is an operator's first day: start, be told what to do, make a superuser, sign in, stop.
func TestServe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	addr, said, stop := start(t, dir)
	if !strings.Contains(said, "superuser create EMAIL PASSWORD") || !strings.Contains(said, "http://"+addr+"/_/") {
		t.Errorf("the first start says %q", said)
	}
	link := regexp.MustCompile(`http://\S+/_/#/setup/[A-Za-z0-9]{43}`).FindString(said)
	file := filepath.Join(dir, "data", "setup-link")
	if kept, err := os.ReadFile(file); err != nil || link == "" || strings.TrimSpace(string(kept)) != link {
		t.Errorf("the link is %q in the output and %q in the file, %v", link, kept, err)
	}
	if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the link's file has mode %v, %v; want 0600", st, err)
	}
	_, stderr, code := run(t, dir, "superuser", "create", "me@example.com", "long enough")
	if code != 1 || !strings.Contains(stderr, "stop it first") {
		t.Errorf("superuser beside a server: code %d, %q", code, stderr)
	}
	if _, stderr, code := run(t, dir, "serve", "--http", "127.0.0.1:0"); code != 1 || !strings.Contains(stderr, "in use by another Holdall process") {
		t.Errorf("a second server: code %d, %q", code, stderr)
	}
	stop(syscall.SIGINT)
	if _, err := os.Stat(file); err == nil {
		t.Error("the link's file outlives the server")
	}
	for _, args := range []string{"create me@example.com long-enough", "update me@example.com longer-than-that", "upsert you@example.com long-enough", "delete you@example.com", "delete nobody@example.com", "ips 192.0.2.0/24", "ips"} {
		if stdout, stderr, code := run(t, dir, append([]string{"superuser"}, strings.Fields(args)...)...); code != 0 || stderr != "" || stdout == "" {
			t.Errorf("superuser %s: code %d, %q, %q", args, code, stdout, stderr)
		}
	}
	addr, said, stop = start(t, dir)
	if strings.Contains(said, "superuser create") || strings.Contains(said, "setup") {
		t.Errorf("a later start says %q", said)
	}
	r, err := http.Post("http://"+addr+"/api/collections/_superusers/auth-with-password", "application/json", strings.NewReader(`{"identity":"me@example.com","password":"longer-than-that"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var session struct{ Token string }
	if err := json.NewDecoder(r.Body).Decode(&session); err != nil || session.Token == "" {
		t.Errorf("sign-in: %s, %v", r.Status, err)
	}
	stop(syscall.SIGTERM)
	if left, _ := filepath.Glob(filepath.Join(dir, "data", "data.db-*")); len(left) > 0 {
		t.Errorf("a clean stop left %v", left)
	}
}

// start serves dir/data on a free port and returns its address, what it said, and how to end it with a signal.
func start(t *testing.T, dir string, env ...string) (addr, said string, stop func(os.Signal)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	cmd := command(ctx, dir, "serve", "--http", "127.0.0.1:0")
	cmd.Env = append(cmd.Env, env...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said += lines.Text() + "\n"
		if rest, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "API"); ok {
			addr = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(rest), "http://"), "/api/")
		}
		if strings.HasPrefix(lines.Text(), "Ready") {
			break
		}
	}
	if addr == "" {
		t.Fatalf("serve said %q, %q", said, errs.String())
	}
	return addr, said, func(sig os.Signal) {
		t.Helper()
		if err := cmd.Process.Signal(sig); err != nil {
			t.Error(err)
		}
		for lines.Scan() {
		}
		if err := cmd.Wait(); err != nil && sig != os.Kill {
			t.Errorf("after %v: %v, %q", sig, err, errs.String())
		}
	}
}

// TestVariables are numbers, or serving ends with a sentence.
func TestVariables(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"HOLDALL_THUMBS_MAX_WORKERS", "PB_THUMBS_MAX_WAIT", "PB_ID_TOKEN_LEEWAY"} {
		cmd := command(t.Context(), t.TempDir(), "serve", "--http", "127.0.0.1:0")
		cmd.Env = append(cmd.Environ(), name+"=many")
		out, err := cmd.CombinedOutput()
		if want := name + ` must be a whole number, not "many"`; err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v, %s", name, err, out)
		}
	}
}
