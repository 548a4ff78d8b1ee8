package files

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"

	"github.com/holdall-dev/holdall/internal/blob"
	"github.com/holdall-dev/holdall/internal/files/thumb"
)

// Thumbs bounds the making of thumbs. Zero values are the defaults.
type Thumbs struct {
	Workers int           // thumbs that are made at a time; 0 is one for each processor and two more
	Wait    time.Duration // for a turn, before the file itself is served; 0 is a minute
}

const (
	defaultWait = time.Minute
	makeTime    = 10 * time.Second // that making one thumb may take
	keptFails   = 4096             // pictures of which it is remembered that they have no thumb
	heavy       = 16 << 20         // bytes of a picture after which the memory is swept
	alwaysSize  = "100x100"        // is allowed for every field
)

// SuperuserSize is allowed for every field when a superuser asks: the galleries of the dashboard are drawn with it.
const SuperuserSize = "400x400"

// maker makes thumbs, each once at a time and few at once.
type maker struct {
	wait    time.Duration
	workers *semaphore.Weighted
	memory  *semaphore.Weighted // bytes
	flights singleflight.Group
	failed  *lru.Cache[string, struct{}]
}

func newMaker(t Thumbs) *maker {
	if t.Workers <= 0 {
		t.Workers = runtime.GOMAXPROCS(0) + 2
	}
	if t.Wait <= 0 {
		t.Wait = defaultWait
	}
	failed, err := lru.New[string, struct{}](keptFails)
	if err != nil {
		panic(err) // only a size below 1 is refused
	}
	return &maker{
		wait: t.Wait, workers: semaphore.NewWeighted(int64(t.Workers)),
		memory: semaphore.NewWeighted(thumb.MaxMemory), failed: failed,
	}
}

// Wanted says which thumb of a file is wanted, as a client says it. The zero value is the file itself.
type Wanted struct {
	Size    string // of those that the field has, 100x100, or SuperuserSize
	Format  string // "webp", or the file's own
	Quality string // of a WebP, 1 to 100; it is rounded to tens, so that there are few

	Superuser bool // a superuser asks
}

// allowed reports whether a thumb of the size may be made for the field.
func (w Wanted) allowed(sizes []string) bool {
	return w.Size == alwaysSize || w.Superuser && w.Size == SuperuserSize || w.Size != "" && slices.Contains(sizes, w.Size)
}

const (
	formatWebP     = "webp"
	defaultQuality = 80
)

// webp is the quality that a WebP is wanted in, 0 when none is.
func (w Wanted) webp() int {
	if w.Format != formatWebP {
		return 0
	}
	q, err := strconv.Atoi(w.Quality)
	if err != nil {
		return defaultQuality
	}
	return min(max((q+5)/10*10, 10), 100)
}

// prefix begins the names under which such thumbs are kept.
func (w Wanted) prefix() string {
	if q := w.webp(); q > 0 {
		return w.Size + "_webp" + strconv.Itoa(q) + "_"
	}
	return w.Size + "_"
}

// name is what to call such a thumb of a file.
func (w Wanted) name(file string) string {
	if w.webp() > 0 {
		file = strings.TrimSuffix(file, path.Ext(file)) + ".webp"
	}
	return w.Size + "_" + file
}

// free gives memory back. What a large picture left is swept first: the next one finds it free, and the two
// together are never as large as both.
func (m *maker) free(n int64) {
	if n >= heavy {
		runtime.GC()
	}
	m.memory.Release(n)
}

// thumbKey is where the thumb of a file lies; ok is false when it may have none of that size.
func (f *Found) thumbKey(w Wanted) (key string, ok bool) {
	if !w.allowed(f.Field.Thumbs) {
		return "", false
	}
	return f.Place.thumbs(f.Name) + w.prefix() + f.Name, true
}

// keptThumb opens a thumb that was made before, nil when there is none. It fails when the bucket tells nothing: other
// failures are found again where a thumb is made.
func (s *Service) keptThumb(ctx context.Context, f *Found, want Wanted) (*blob.Object, error) {
	key, ok := f.thumbKey(want)
	if !ok {
		return nil, nil
	}
	small, err := s.Bucket().Open(ctx, key)
	if untold(err) {
		return nil, err
	}
	return small, nil
}

// thumb opens a thumb of the file o, nil when there is none to be had.
func (s *Service) thumb(ctx context.Context, f *Found, o *blob.Object, want Wanted) *blob.Object {
	key, ok := f.thumbKey(want)
	size, sound := thumb.ParseSize(want.Size)
	if !ok || !sound || !thumb.Makes(o.Type) {
		return nil
	}
	small, err := s.Bucket().Open(ctx, key)
	if errors.Is(err, blob.ErrNotFound) {
		if small, err = s.shareThumb(ctx, key, f, order{size, want.webp()}); err == nil && small == nil {
			return nil
		}
	}
	if err != nil {
		s.Log.WarnContext(ctx, "a thumb could not be made, its original is served", "file", f.Place.key(f.Name), "size", want.Size, "format", want.Format, "error", err)
		return nil
	}
	return small
}

// order is the thumb that is to be made; webp is its quality, 0 for the picture's own format.
type order struct {
	size thumb.Size
	webp int
}

// look finds out what the making takes.
func (o order) look(src *blob.Object) (*thumb.Picture, error) {
	p, err := thumb.Look(src.Content, src.Type, o.size)
	if err == nil && o.webp > 0 {
		err = p.AsWebP(o.webp)
	}
	return p, err
}

// shareThumb makes a thumb, or waits for somebody else who is making it, and opens it. It goes on when the
// caller leaves, for others may wait.
func (s *Service) shareThumb(ctx context.Context, key string, f *Found, what order) (*blob.Object, error) {
	if s.thumbs.failed.Contains(key) {
		return nil, nil
	}
	flight := s.thumbs.flights.DoChan(key, func() (_ any, err error) {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("panic: %v", v)
				s.thumbs.failed.Add(key, struct{}{})
			}
		}()
		return nil, s.makeThumb(context.WithoutCancel(ctx), key, f, what)
	})
	select {
	case done := <-flight:
		if done.Err != nil {
			return nil, done.Err
		}
		return s.Bucket().Open(ctx, key)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// makeThumb makes and stores a thumb, when it is its turn and there is memory for it.
func (s *Service) makeThumb(ctx context.Context, key string, f *Found, what order) error {
	turn, cancel := context.WithTimeout(ctx, s.thumbs.wait)
	defer cancel()
	if err := s.thumbs.workers.Acquire(turn, 1); err != nil {
		return fmt.Errorf("wait for a turn: %w", err)
	}
	defer s.thumbs.workers.Release(1)
	o, err := s.Bucket().Open(ctx, f.Place.key(f.Name))
	if err != nil {
		return err
	}
	defer o.Close()
	p, err := what.look(o)
	if err != nil {
		s.thumbs.failed.Add(key, struct{}{})
		return err
	}
	if err := s.thumbs.memory.Acquire(turn, p.Memory); err != nil {
		return fmt.Errorf("wait for memory: %w", err)
	}
	defer s.thumbs.free(p.Memory)
	ctx, stop := context.WithTimeout(ctx, makeTime)
	defer stop()
	var out bytes.Buffer
	if err := p.Make(ctx, &out); err != nil {
		s.thumbs.failed.Add(key, struct{}{})
		return err
	}
	return s.storeThumb(ctx, key, f, &out, p.Type)
}

// storeThumb stores a thumb. Its file may have gone meanwhile, with all thumbs that there were; then this one
// goes too.
func (s *Service) storeThumb(ctx context.Context, key string, f *Found, out *bytes.Buffer, kind string) error {
	b := s.Bucket()
	if err := b.Put(ctx, key, out, blob.About{Type: kind}); err != nil {
		return err
	}
	o, err := b.Open(ctx, f.Place.key(f.Name))
	if err != nil {
		return errors.Join(err, b.Delete(context.WithoutCancel(ctx), key))
	}
	return o.Close()
}
