package webp_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"io"
	"math"
	"runtime"
	"sync"
	"testing"

	decoder "golang.org/x/image/webp"

	"github.com/holdall-dev/holdall/internal/webp"
)

// scene is a picture of soft colours, whose alpha fades from left to right when it is told to.
func scene(w, h int, fades bool) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	wave := func(v, period float64) uint8 { return uint8(128 + 100*math.Sin(v/period)) }
	for y := range h {
		for x := range w {
			c := color.NRGBA{wave(float64(x), 23), wave(float64(y), 31), wave(float64(x+y), 41), 255}
			if fades {
				c.A = uint8(255 * x / w)
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func encoded(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := webp.Encode(&buf, m, quality); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// far is how far the light of two pictures is apart, on the average. Light in a WebP goes from 16 to 235.
func far(t testing.TB, m *image.NRGBA, raw []byte) float64 {
	t.Helper()
	got, err := decoder.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if got.Bounds().Size() != m.Rect.Size() {
		t.Fatalf("%v came back of %v", got.Bounds(), m.Rect)
	}
	var planes *image.YCbCr
	switch got := got.(type) {
	case *image.YCbCr:
		planes = got
	case *image.NYCbCrA:
		planes = &got.YCbCr
	}
	sum := 0.0
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			c := m.NRGBAAt(x, y)
			light := 16 + (65.738*float64(c.R)+129.057*float64(c.G)+25.064*float64(c.B))/256
			sum += math.Abs(light - float64(planes.Y[planes.YOffset(x, y)]))
		}
	}
	return sum / float64(m.Rect.Dx()*m.Rect.Dy())
}

// TestEncode reads what was written with another decoder than the encoder's own.
func TestEncode(t *testing.T) {
	t.Parallel()
	for _, size := range []image.Point{{1, 1}, {17, 3}, {100, 75}, {333, 200}} {
		m := scene(size.X, size.Y, false)
		last := 0
		for _, tc := range []struct {
			quality int
			within  float64
		}{{10, 12}, {50, 4}, {80, 2}, {100, 1.5}} {
			raw := encoded(t, m, tc.quality)
			if d := far(t, m, raw); d > tc.within {
				t.Errorf("%v in quality %d is %.2f off", size, tc.quality, d)
			}
			if len(raw) < last {
				t.Errorf("%v in quality %d is %d bytes, and %d in a lower one", size, tc.quality, len(raw), last)
			}
			last = len(raw)
		}
	}
}

func TestAlphaIsKept(t *testing.T) {
	t.Parallel()
	m := scene(64, 48, true)
	got, err := decoder.Decode(bytes.NewReader(encoded(t, m, 80)))
	if err != nil {
		t.Fatal(err)
	}
	for x := range 64 {
		if want, got := m.NRGBAAt(x, 20).A, color.NRGBAModel.Convert(got.At(x, 20)).(color.NRGBA).A; got != want {
			t.Errorf("at %d: alpha is %d, want %d", x, got, want)
		}
	}
}

// TestPartsOfPictures starts where the part does, and knows other kinds of pictures.
func TestPartsOfPictures(t *testing.T) {
	t.Parallel()
	m := scene(64, 64, false)
	whole := encoded(t, m.SubImage(image.Rect(20, 10, 52, 42)), 80)
	copied := image.NewRGBA64(image.Rect(0, 0, 32, 32))
	for y := range 32 {
		for x := range 32 {
			copied.Set(x, y, m.At(20+x, 10+y))
		}
	}
	if !bytes.Equal(whole, encoded(t, copied, 80)) {
		t.Error("a part of a picture is not what it is as a picture of its own")
	}
}

func TestSizesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, r := range []image.Rectangle{{}, image.Rect(0, 0, webp.MaxSide+1, 1), image.Rect(0, 0, 0, 5)} {
		if err := webp.Encode(io.Discard, image.NewGray(r), 80); !errors.Is(err, webp.ErrSize) {
			t.Errorf("%v: %v", r, err)
		}
	}
}

// TestMemory holds the estimate against what the hardest picture takes.
func TestMemory(t *testing.T) { //nolint:paralleltest // it looks at what the process allocates
	for _, size := range []image.Point{{20, 20}, {100, 100}, {400, 300}, {700, 700}} {
		noise := image.NewNRGBA(image.Rectangle{Max: size})
		for i, seed := 0, uint32(1); i < len(noise.Pix); i++ {
			seed = seed*1664525 + 1013904223
			noise.Pix[i] = byte(seed >> 24)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := webp.Encode(io.Discard, noise, 100); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		took, most := int64(after.TotalAlloc-before.TotalAlloc), webp.Memory(size.X, size.Y)
		if took > 5*most/2 || took < most/2 { // under the race detector what grows is counted twice
			t.Errorf("%v took %d bytes, the estimate is %d", size, took, most)
		}
	}
}

// TestManyAtOnce writes the same in every goroutine.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	m := scene(80, 60, true)
	want := encoded(t, m, 70)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if !bytes.Equal(encoded(t, m, 70), want) {
				t.Error("another file came of the same picture")
			}
		})
	}
	wg.Wait()
}

func BenchmarkEncode(b *testing.B) {
	m := scene(300, 300, false)
	b.ReportAllocs()
	for b.Loop() {
		encoded(b, m, 80)
	}
}
