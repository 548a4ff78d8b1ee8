package files_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/blob/fsblob"
	"github.com/holdall-dev/holdall/internal/files"
)

// gate is a bucket that keeps one file's thumbs waiting.
type gate struct {
	blob.Bucket
	name  string
	waits chan struct{}
	open  chan struct{}
}

func (g *gate) Put(ctx context.Context, key string, r io.Reader, about blob.About) error {
	if strings.Contains(key, "thumbs_"+g.name) {
		g.waits <- struct{}{}
		<-g.open
	}
	return g.Bucket.Put(ctx, key, r, about)
}

func drawn(t *testing.T, w, h int) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewNRGBA(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// keep puts a picture into the bucket and returns it as a record would name it.
func keep(t *testing.T, b blob.Bucket, name string) *files.Found {
	t.Helper()
	f := &files.Found{Name: name, Place: files.Place{Collection: "c", Record: "r"}, Field: &field.File{}}
	if err := b.Put(t.Context(), "c/r/"+name, bytes.NewReader(drawn(t, 300, 200)), blob.About{Type: "image/png"}); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestThumbsWaitForTheirTurn lets one thumb be made at a time, and serves a picture whose turn does not come.
func TestThumbsWaitForTheirTurn(t *testing.T) {
	t.Parallel()
	local, err := fsblob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	g := &gate{Bucket: local, name: "first.png", waits: make(chan struct{}, 1), open: make(chan struct{})}
	s := files.New(files.Needs{
		Bucket: func() blob.Bucket { return g }, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Thumbs: files.Thumbs{Workers: 1, Wait: 20 * time.Millisecond},
	})
	first, second := keep(t, local, "first.png"), keep(t, local, "second.png")
	served := func(f *files.Found) string {
		o, name, err := s.Open(t.Context(), f, files.Wanted{Size: "100x100"})
		if err != nil {
			t.Error(err)
			return ""
		}
		defer o.Close()
		return name
	}
	done := make(chan string, 1)
	go func() { done <- served(first) }()
	<-g.waits
	if got := served(second); got != "second.png" {
		t.Errorf("while it is not its turn: %s", got)
	}
	close(g.open)
	if got := <-done; got != "100x100_first.png" {
		t.Errorf("whose turn it was: %s", got)
	}
	if got := served(second); got != "100x100_second.png" {
		t.Errorf("when its turn has come: %s", got)
	}
}
