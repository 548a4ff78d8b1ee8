package holdall_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall"
	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/hook"
)

var silent = slog.New(slog.DiscardHandler)

func open(t *testing.T, dir string) *holdall.App {
	t.Helper()
	app, err := holdall.Open(t.Context(), holdall.Options{Dir: dir, RelaxedSync: true, Log: silent})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	})
	return app
}

func TestOpenKeepsOthersOut(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "deep", "data")
	app := open(t, dir)
	if st, err := os.Stat(dir); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("the data directory has mode %v, %v; want 0700", st.Mode(), err)
	}
	if st, err := os.Stat(filepath.Join(dir, "data.db")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the database has mode %v, %v; want 0600", st.Mode(), err)
	}
	_, err := holdall.Open(t.Context(), holdall.Options{Dir: dir, Log: silent})
	if !errors.Is(err, holdall.ErrInUse) || !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) {
		t.Errorf("a second Open gave %v", err)
	}
	if err := app.Close(); err != nil {
		t.Error(err)
	}
	open(t, dir)
}

func TestOpenRefusesWhatIsNoDatabase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "data.db"), []byte(strings.Repeat("not a database at all. ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the lock of a failed Open must not stay
		_, err := holdall.Open(t.Context(), holdall.Options{Dir: dir, Log: silent})
		if err == nil || errors.Is(err, holdall.ErrInUse) || !strings.Contains(err.Error(), "data.db") {
			t.Errorf("Open = %v, want an error that names the file", err)
		}
	}
}

func TestSuperusers(t *testing.T) {
	t.Parallel()
	app, ctx := open(t, t.TempDir()), t.Context()
	has := func(want bool) {
		t.Helper()
		if got, err := app.HasSuperuser(ctx); err != nil || got != want {
			t.Errorf("HasSuperuser = %v, %v; want %v", got, err, want)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	fails := func(kind fault.Kind, err error) {
		t.Helper()
		if !fault.Is(err, kind) {
			t.Errorf("got %v, want a fault of kind %d", err, kind)
		}
	}
	has(false)
	fails(fault.Invalid, app.CreateSuperuser(ctx, "a@example.com", "short"))
	fails(fault.Invalid, app.CreateSuperuser(ctx, "no address", "long enough"))
	fails(fault.NotFound, app.UpdateSuperuser(ctx, "a@example.com", "long enough"))
	has(false)
	must(app.CreateSuperuser(ctx, "a@example.com", "long enough"))
	has(true)
	fails(fault.Invalid, app.CreateSuperuser(ctx, "a@example.com", "long enough"))
	must(app.UpdateSuperuser(ctx, "a@example.com", "another password"))
	fails(fault.Invalid, app.DeleteSuperuser(ctx, "a@example.com"))
	must(app.UpsertSuperuser(ctx, "b@example.com", "long enough"))
	must(app.UpsertSuperuser(ctx, "b@example.com", "long enough too"))
	must(app.DeleteSuperuser(ctx, "a@example.com"))
	fails(fault.NotFound, app.DeleteSuperuser(ctx, "a@example.com"))
	has(true)
}

// serve runs app on a free port until the test ends or stop is called, and says where.
func serve(t *testing.T, app *holdall.App) (addr string, stop func() error) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- app.Serve(ctx, l) }()
	stopped := false
	stop = func() error {
		if stopped {
			return nil
		}
		stopped = true
		cancel()
		return <-ended
	}
	t.Cleanup(func() { _ = stop() })
	return l.Addr().String(), stop
}

// TestServeEndsWhatIsInFlight: a request that is being worked on when the server stops gets its answer.
func TestServeEndsWhatIsInFlight(t *testing.T) {
	t.Parallel()
	app := open(t, t.TempDir())
	inside, proceed := make(chan struct{}), make(chan struct{})
	app.Hooks.Create.Before(func(context.Context, *hook.Write) error {
		close(inside)
		<-proceed
		return nil
	})
	addr, stop := serve(t, app)
	answered := make(chan error, 1)
	go func() {
		body := strings.NewReader(`{"email":"a@example.com","password":"12345678","passwordConfirm":"12345678"}`)
		r, err := http.Post("http://"+addr+"/api/collections/users/records", "application/json", body)
		if err == nil {
			raw, _ := io.ReadAll(r.Body)
			_ = r.Body.Close()
			if r.StatusCode != http.StatusOK {
				err = fmt.Errorf("%s: %s", r.Status, raw)
			}
		}
		answered <- err
	}()
	<-inside
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	for { // no new connections once it is stopping
		c, err := net.Dial("tcp", addr)
		if err != nil {
			break
		}
		_ = c.Close()
	}
	close(proceed)
	if err := <-answered; err != nil {
		t.Errorf("the request in flight: %v", err)
	}
	if err := <-ended; err != nil {
		t.Errorf("Serve = %v, want nil", err)
	}
}

// TestServeLimits speaks to the socket: what no client of ours sends is refused by size.
func TestServeLimits(t *testing.T) {
	t.Parallel()
	addr, _ := serve(t, open(t, t.TempDir()))
	for name, tc := range map[string]struct {
		head, want string
	}{
		"long URL":     {"GET /api/health?x=" + strings.Repeat("y", 17<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n", "413"},
		"long headers": {"GET /api/health HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("y", 40<<10) + "\r\n\r\n", "431"},
		"long body":    {"POST /api/collections/users/auth-with-password HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n", "413"},
	} {
		c, err := net.DialTimeout("tcp", addr, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		_, _ = io.WriteString(c, tc.head)
		line := make([]byte, 12)
		_, _ = io.ReadFull(c, line)
		_ = c.Close()
		if got := string(line); got != "HTTP/1.1 "+tc.want {
			t.Errorf("%s: answered %q, want %s", name, got, tc.want)
		}
	}
}
