package filestest_test

import (
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/test/built"
	filestest "github.com/holdall-dev/holdall/test/files"
	"github.com/holdall-dev/holdall/test/objectstore"
)

func TestMain(m *testing.M) { os.Exit(built.Run(m)) }

// objects is an object store for one bucket.
func objects(t *testing.T) *filestest.Store {
	t.Helper()
	srv := httptest.NewServer(objectstore.New())
	t.Cleanup(srv.Close)
	return &filestest.Store{Endpoint: srv.URL, Bucket: "files", Region: "eu", Key: "key", Secret: "secret"}
}

// TestLarge moves files that are far larger than what the server may take for them.
func TestLarge(t *testing.T) {
	t.Parallel()
	for where, store := range map[string]*filestest.Store{"disk": nil, "s3": objects(t)} {
		r, err := filestest.Large{Bin: built.Binary(t), Dir: t.TempDir(), Size: 96 << 20, Store: store}.Run(t.Context())
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		t.Logf("%+v", *r)
		if !r.OK() {
			t.Errorf("%s: the server grew by %d MiB for an upload and %d MiB for a download", where, r.UpGrowth>>20, r.DownGrowth>>20)
		}
	}
}

// TestBombs is the short form of what `make files-bombs` throws.
func TestBombs(t *testing.T) {
	r, err := filestest.Bombs{Bin: built.Binary(t), Dir: t.TempDir(), Each: 1}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", *r)
	if !r.OK() || r.Thumbs == 0 || r.Fallbacks == 0 {
		t.Errorf("the server grew by %d MiB for pictures and %d MiB for bodies: %q", r.ThumbGrowth>>20, r.FormGrowth>>20, r.Wrong)
	}
}

// TestTrouble has the object store refuse, lie and stall.
func TestTrouble(t *testing.T) {
	t.Parallel()
	r, err := filestest.Trouble{Bin: built.Binary(t), Dir: t.TempDir(), Stuck: 10, For: 3 * time.Second}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", *r)
	if len(r.Wrong) > 0 || r.Others == 0 {
		t.Errorf("wrong: %q", r.Wrong)
	}
	// Other tests run beside this one: it must not be the whole wait for the store.
	if r.Stalled > r.P99+1000 {
		t.Errorf("while the store stalls the p99 of others is %.1f ms, %.1f before", r.Stalled, r.P99)
	}
}
