package s3_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/blob/blobtest"
	"github.com/holdall-dev/holdall/internal/blob/s3blob"
	"github.com/holdall-dev/holdall/internal/files"
	"github.com/holdall-dev/holdall/internal/netguard"
	"github.com/holdall-dev/holdall/internal/settings"
	"github.com/holdall-dev/holdall/test/built"
)

// gateway is a running object store. Its buckets are the folders of root.
type gateway struct {
	endpoint, root string
	n              atomic.Int64
}

var store *gateway

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "holdall-s3-*")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	bin := os.Getenv("OBJECT_STORE_BIN")
	if bin == "" {
		bin, err = build(dir)
	}
	if err != nil {
		return 0, err
	}
	store = &gateway{root: filepath.Join(dir, "root")}
	if err := os.Mkdir(store.root, 0o700); err != nil {
		return 0, err
	}
	stop, err := store.start(bin)
	if err != nil {
		return 0, err
	}
	defer stop()
	return built.Run(m), nil
}

// build builds the store and returns where its binary is.
func build(dir string) (bin string, err error) {
	bin = filepath.Join(dir, "versitygw")
	if out, err := exec.Command("go", "build", "-o", bin, "github.com/versity/versitygw/cmd/versitygw").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the store: %w\n%s", err, out)
	}
	return bin, nil
}

// start runs the store on a free port and waits until it answers.
func (g *gateway) start(bin string) (stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	l.Close()
	g.endpoint = "http://" + addr
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, bin, "--access", "key", "--secret", "secret", "--region", "eu", "--port", addr, "posix", g.root)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, err
	}
	stop = func() {
		cancel()
		_ = cmd.Wait()
	}
	for deadline := time.Now().Add(30 * time.Second); ; {
		res, err := http.Get(g.endpoint)
		if err == nil {
			res.Body.Close()
			return stop, nil
		}
		if time.Now().After(deadline) {
			stop()
			return nil, fmt.Errorf("the store does not answer: %w\n%s", err, out.Bytes())
		}
	}
}

// config makes a new bucket.
func (g *gateway) config(t *testing.T) s3blob.Config {
	t.Helper()
	name := fmt.Sprintf("bucket-%d", g.n.Add(1))
	if err := os.Mkdir(filepath.Join(g.root, name), 0o700); err != nil {
		t.Fatal(err)
	}
	return s3blob.Config{Endpoint: g.endpoint, Region: "eu", Bucket: name, AccessKey: "key", Secret: "secret", PathStyle: true}
}

func open(t *testing.T, c s3blob.Config) *s3blob.Bucket {
	t.Helper()
	b, err := s3blob.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestExam(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Bucket { return open(t, store.config(t)) })
}

// TestFoldersComeAndGo puts and deletes in one folder from many sides. The store makes a folder for the first object in
// it and removes it after the last, and refuses an object with a conflict when both happen at once.
func TestFoldersComeAndGo(t *testing.T) {
	t.Parallel()
	b := open(t, store.config(t))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 40 {
				key := fmt.Sprintf("notes/staged/%d-%d", i, n)
				if err := b.Put(t.Context(), key, strings.NewReader("x"), blob.About{}); err != nil {
					t.Errorf("put %s: %v", key, err)
				}
				if err := b.Delete(t.Context(), key); err != nil {
					t.Errorf("delete %s: %v", key, err)
				}
			}
		})
	}
	wg.Wait()
}

// TestParts sends objects around the size of a part, and far above it.
func TestParts(t *testing.T) {
	t.Parallel()
	b := open(t, store.config(t))
	for _, size := range []int{0, 1, 6<<20 - 1, 6 << 20, 6<<20 + 1, 40 << 20} {
		data := make([]byte, size)
		_, _ = rand.Read(data)
		about := blob.About{Type: "video/mp4", Name: "Ä \"b\" %.mp4"}
		if err := b.Put(t.Context(), "c/r/a", io.MultiReader(bytes.NewReader(data)), about); err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		o, err := b.Open(t.Context(), "c/r/a")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(o.Content)
		if err != nil || !bytes.Equal(got, data) || o.About != about || o.Size != int64(size) {
			t.Errorf("%d bytes: %d of %d came back, %v, %+v", size, len(got), o.Size, err, o.About)
		}
		o.Close()
	}
}

// TestManyObjects lists more than a page holds.
func TestManyObjects(t *testing.T) {
	t.Parallel()
	b := open(t, store.config(t))
	const n = 1100
	for i := range n {
		if err := b.Put(t.Context(), fmt.Sprintf("c/r/%d", i), strings.NewReader("x"), blob.About{}); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for e, err := range b.List(t.Context(), "c/") {
		if err != nil {
			t.Fatal(err)
		}
		seen[e.Key] = true
	}
	if len(seen) != n {
		t.Errorf("%d of %d are listed", len(seen), n)
	}
	if err := blob.DeleteAll(t.Context(), b, "c/"); err != nil {
		t.Fatal(err)
	}
	for e := range b.List(t.Context(), "") {
		t.Errorf("left: %s", e.Key)
	}
}

// TestWrongKeys is told apart from a store that is down.
func TestWrongKeys(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*s3blob.Config){
		"secret": func(c *s3blob.Config) { c.Secret = "wrong" },
		"key":    func(c *s3blob.Config) { c.AccessKey = "nobody" },
	} {
		c := store.config(t)
		change(&c)
		if err := open(t, c).Put(t.Context(), "a", strings.NewReader("x"), blob.About{}); err == nil || errors.Is(err, blob.ErrDown) || errors.Is(err, blob.ErrNotFound) {
			t.Errorf("a wrong %s: %v", name, err)
		}
	}
}

// TestSign reads an object as a stranger would, by an address that says what it is; another key's is refused.
func TestSign(t *testing.T) {
	t.Parallel()
	b := open(t, store.config(t))
	if err := b.Put(t.Context(), "c/r/a b.svg", strings.NewReader("<svg/>"), blob.About{Type: "text/xml"}); err != nil {
		t.Fatal(err)
	}
	as := blob.Sent{Type: "image/svg+xml", Disposition: `attachment; filename="a b.svg"`, CacheControl: "private, no-store"}
	address, err := b.Sign(t.Context(), "c/r/a b.svg", as, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	get := func(address string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Range", "bytes=1-3")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { res.Body.Close() })
		return res
	}
	res := get(address)
	raw, err := io.ReadAll(res.Body)
	got := blob.Sent{Type: res.Header.Get("Content-Type"), Disposition: res.Header.Get("Content-Disposition"), CacheControl: res.Header.Get("Cache-Control")}
	if res.StatusCode != http.StatusPartialContent || string(raw) != "svg" || err != nil || got != as {
		t.Errorf("%d %q, %v, %+v", res.StatusCode, raw, err, got)
	}
	for _, wrong := range []string{strings.Replace(address, "/a%20b", "/a%20c", 1), strings.Replace(address, "attachment", "inline", 1)} {
		if res := get(wrong); wrong == address || res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", wrong, res.StatusCode)
		}
	}
}

// TestProbe is what the endpoint that tests settings does.
func TestProbe(t *testing.T) {
	t.Parallel()
	c := store.config(t)
	out, err := netguard.New(netguard.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := files.OpenS3(settings.S3{Endpoint: c.Endpoint, Region: c.Region, Bucket: c.Bucket, AccessKey: c.AccessKey, Secret: c.Secret, ForcePathStyle: true, AllowPrivate: true}, out)
	if err != nil {
		t.Fatal(err)
	}
	if err := files.Probe(t.Context(), b); err != nil {
		t.Error(err)
	}
	for e := range b.List(t.Context(), "") {
		t.Errorf("left: %s", e.Key)
	}
}
