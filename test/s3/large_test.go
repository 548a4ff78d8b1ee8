package s3_test

import (
	"os"
	"strconv"
	"testing"

	"github.com/holdall-dev/holdall/test/built"
	filestest "github.com/holdall-dev/holdall/test/files"
)

// TestLarge moves a large file through a server to the store and back, within the server's memory. $HOLDALL_LARGE
// is its size in MiB.
func TestLarge(t *testing.T) {
	size := int64(64)
	if text := os.Getenv("HOLDALL_LARGE"); text != "" {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		size = n
	}
	c := store.config(t)
	l := filestest.Large{Bin: built.Binary(t), Dir: t.TempDir(), Size: size << 20, Store: &filestest.Store{
		Endpoint: c.Endpoint, Bucket: c.Bucket, Region: c.Region, Key: c.AccessKey, Secret: c.Secret,
	}}
	r, err := l.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", *r)
	if !r.OK() {
		t.Errorf("the server grew by %d MiB for an upload and %d MiB for a download", r.UpGrowth>>20, r.DownGrowth>>20)
	}
}
