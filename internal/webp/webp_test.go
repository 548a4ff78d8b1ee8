package webp_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
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

// picture is like a photograph: soft, with edges, textures and some noise.
func picture(w, h int) *image.NRGBA {
	m, grain := scene(w, h, false), noise(w, h)
	for i, v := range m.Pix {
		x, y := i/4%w, i/4/w
		light := int(v) + int(grain.Pix[i])/16 - 8
		if (x/13+y/9)%3 == 0 {
			light = light*2/3 + 20*((x+y)&1)
		}
		if m.Pix[i] = uint8(min(max(light, 0), 255)); i&3 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

// flat is a drawing: few colours, and sharp edges.
func flat(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	colours := []color.NRGBA{{255, 255, 255, 255}, {20, 30, 90, 255}, {250, 200, 40, 255}}
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, colours[(x*x+y*y*2)/3000%3])
		}
	}
	return m
}

// signal is how far the light of what was written is above what is wrong with it, in dB.
func signal(t testing.TB, m *image.NRGBA, raw []byte) float64 {
	t.Helper()
	got, err := decoder.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	planes, sum := got.(*image.YCbCr), 0.0
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			c := m.NRGBAAt(x, y)
			off := 16 + (65.738*float64(c.R)+129.057*float64(c.G)+25.064*float64(c.B))/256 - float64(planes.Y[planes.YOffset(x, y)])
			sum += off * off
		}
	}
	return 10 * math.Log10(219*219*float64(m.Rect.Dx()*m.Rect.Dy())/sum)
}

// TestCloseness holds pictures of three kinds to what they are, and their files to a size.
func TestCloseness(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		m       *image.NRGBA
		quality int
		floor   float64 // dB
		most    int     // bytes
	}{
		{"picture", picture(300, 200), 20, 30.5, 4800}, {"picture", picture(300, 200), 50, 33, 7400}, {"picture", picture(300, 200), 80, 37, 13500},
		{"scene", scene(300, 200, false), 20, 44, 1000}, {"scene", scene(300, 200, false), 50, 45.5, 1300}, {"scene", scene(300, 200, false), 80, 46, 1900},
		{"flat", flat(300, 200), 20, 27.5, 17000}, {"flat", flat(300, 200), 50, 31, 22500}, {"flat", flat(300, 200), 80, 37, 32000},
		{"noise", noise(300, 200), 20, 25.5, 27000}, {"noise", noise(300, 200), 80, 35.5, 48000},
	} {
		raw := encoded(t, tc.m, tc.quality)
		if got := signal(t, tc.m, raw); got < tc.floor || len(raw) > tc.most {
			t.Errorf("%s in quality %d: %.1f dB in %d bytes, want %.1f in %d", tc.name, tc.quality, got, len(raw), tc.floor, tc.most)
		}
	}
}

// TestBetterIsLarger goes through the qualities.
func TestBetterIsLarger(t *testing.T) {
	t.Parallel()
	m, last := picture(120, 90), 0
	for quality := 1; quality <= 100; quality += 3 {
		if n := len(encoded(t, m, quality)); n < last {
			t.Errorf("%d bytes in quality %d, %d in the one below", n, quality, last)
		} else {
			last = n
		}
	}
}

// TestSizes writes those that end within a macroblock, and the longest.
func TestSizes(t *testing.T) {
	t.Parallel()
	sizes := []image.Point{{webp.MaxSide, 1}, {1, webp.MaxSide}, {webp.MaxSide, 17}}
	for w := 1; w < 36; w++ {
		sizes = append(sizes, image.Pt(w, 36-w), image.Pt(w, w))
	}
	for _, size := range sizes {
		for _, fades := range []bool{false, true} {
			m := scene(size.X, size.Y, fades)
			if d := far(t, m, encoded(t, m, 80)); d > 3 {
				t.Errorf("%v is %.2f off", size, d)
			}
		}
	}
}

// FuzzEncode writes small pictures of any points, which come back in their size and with their alpha.
func FuzzEncode(f *testing.F) {
	f.Add(uint8(17), uint8(80), []byte("some points of a picture, few of them"))
	f.Add(uint8(1), uint8(100), bytes.Repeat([]byte{0, 255, 0, 255, 255, 0, 255, 255}, 700))
	f.Add(uint8(40), uint8(1), bytes.Repeat([]byte{9, 200, 77, 0}, 2000))
	f.Fuzz(func(t *testing.T, width, quality uint8, points []byte) {
		w := int(width%64) + 1
		h := min(len(points)/4/w, 64)
		if h == 0 {
			return
		}
		m := &image.NRGBA{Pix: points, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
		got, err := decoder.Decode(bytes.NewReader(encoded(t, m, int(quality))))
		if err != nil || got.Bounds() != m.Rect {
			t.Fatalf("%v came back as %v, %v", m.Rect, got, err)
		}
		for y := range h {
			for x := range w {
				if want, got := m.NRGBAAt(x, y).A, color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA).A; want != got {
					t.Fatalf("at %d,%d: alpha is %d, want %d", x, y, got, want)
				}
			}
		}
	})
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

// BenchmarkEncode writes thumbs of common sizes, and says how large they are, beside a JPEG's.
func BenchmarkEncode(b *testing.B) {
	for _, side := range []int{100, 300, 1000} {
		m := image.NewRGBA(image.Rect(0, 0, side, side))
		draw.Draw(m, m.Rect, picture(side, side), image.Point{}, draw.Src)
		run := func(format string, write func(io.Writer) error) {
			b.Run(fmt.Sprintf("%s/%d", format, side), func(b *testing.B) {
				b.ReportAllocs()
				var out bytes.Buffer
				for b.Loop() {
					out.Reset()
					if err := write(&out); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(out.Len()), "bytes")
			})
		}
		run("webp", func(w io.Writer) error { return webp.Encode(w, m, 80) })
		run("jpeg", func(w io.Writer) error { return jpeg.Encode(w, m, &jpeg.Options{Quality: 80}) })
	}
}
