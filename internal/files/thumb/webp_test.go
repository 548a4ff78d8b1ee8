package thumb_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/internal/files/thumb"
	"github.com/holdall-dev/holdall/internal/webp"
)

// asWebP makes a thumb that is a WebP, and a PNG of that so that it can be looked at.
func asWebP(t testing.TB, raw []byte, kind, size string) image.Image {
	t.Helper()
	s, ok := thumb.ParseSize(size)
	if !ok {
		t.Fatalf("%s is no size", size)
	}
	p, err := thumb.Look(bytes.NewReader(raw), kind, s)
	if err == nil {
		err = p.AsWebP(90)
	}
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Make(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if p.Type != "image/webp" || !strings.HasPrefix(out.String(), "RIFF") {
		t.Fatalf("it is called %s and begins with %q", p.Type, out.String()[:4])
	}
	m, _, err := made(t, out.Bytes(), p.Type, "10000x10000f")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestWebPOfAll makes WebPs of everything that there are thumbs of.
func TestWebPOfAll(t *testing.T) {
	t.Parallel()
	for size, want := range map[string]image.Point{"100x100": {100, 100}, "0x40": {80, 40}, "70x30f": {60, 30}, "1x1": {1, 1}} {
		for _, kind := range []string{"image/png", "image/jpeg", "image/gif", "image/webp"} {
			m := asWebP(t, encoded(t, kind, corners(400, 200)), kind, size)
			if m.Bounds().Size() != want {
				t.Errorf("%s of %s is %v, want %v", size, kind, m.Bounds(), want)
			}
			if colourful := kind == "image/png" || kind == "image/jpeg"; colourful && size == "0x40" && looks(m) != "red blue 0 2" {
				t.Errorf("%s of %s looks %s", size, kind, looks(m))
			}
		}
	}
}

// TestColoursOfWebP are those that were drawn: white is white, black is black.
func TestColoursOfWebP(t *testing.T) {
	t.Parallel()
	for _, want := range []color.NRGBA{{255, 255, 255, 255}, {0, 0, 0, 255}, {255, 0, 0, 255}, {0, 0, 255, 255}, {128, 128, 128, 255}, {10, 200, 60, 128}} {
		m := image.NewNRGBA(image.Rect(0, 0, 40, 40))
		for i := range 40 * 40 {
			m.SetNRGBA(i%40, i/40, want)
		}
		var raw bytes.Buffer
		if err := webp.Encode(&raw, m, 95); err != nil {
			t.Fatal(err)
		}
		small, _, err := made(t, raw.Bytes(), "image/webp", "20x20")
		if err != nil {
			t.Fatal(err)
		}
		got := color.NRGBAModel.Convert(small.At(10, 10)).(color.NRGBA)
		near := func(a, b uint8) bool { return max(a, b)-min(a, b) <= 4 }
		if !near(got.R, want.R) || !near(got.G, want.G) || !near(got.B, want.B) || got.A != want.A {
			t.Errorf("%v became %v", want, got)
		}
	}
}

// film is an animated WebP of one frame, which lies in the chunks of a still one and is said to have a size, before
// a canvas of 40 × 40.
func film(still []byte, w, h int) []byte {
	at := 12
	if string(still[at:][:4]) == "VP8X" {
		at += 18
	}
	chunk := func(name string, data ...[]byte) []byte {
		all := bytes.Join(data, nil)
		out := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(all)))
		return append(append(out, all...), make([]byte, len(all)%2)...)
	}
	sides := []byte{byte(w - 1), byte((w - 1) >> 8), 0, byte(h - 1), byte((h - 1) >> 8), 0}
	body := slices.Concat([]byte("WEBP"), chunk("VP8X", []byte{0x12, 0, 0, 0, 39, 0, 0, 39, 0, 0}), chunk("ANIM", make([]byte, 6)),
		chunk("ANMF", make([]byte, 6), sides, []byte{100, 0, 0, 0}, still[at:]))
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// TestFilms shows the first frame, and takes no memory for one that is larger than it may be.
func TestFilms(t *testing.T) {
	t.Parallel()
	write := func(m image.Image) []byte {
		var raw bytes.Buffer
		if err := webp.Encode(&raw, m, 90); err != nil {
			t.Fatal(err)
		}
		return raw.Bytes()
	}
	if m, _, err := made(t, film(write(corners(40, 40)), 40, 40), "image/webp", "20x20"); err != nil || looks(m) != "red blue 0 2" {
		t.Errorf("got %v, %v", m, err)
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 40, 40))
	m, _, err := made(t, film(write(clear), 40, 40), "image/webp", "20x20")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, a := m.At(5, 5).RGBA(); a != 0 {
		t.Errorf("alpha is %d", a)
	}
	large := write(corners(3000, 3000))
	for name, raw := range map[string][]byte{
		"a frame larger than the canvas": film(large, 3000, 3000), "a picture larger than its frame": film(large, 40, 40),
		"no frame": film(write(clear), 40, 40)[:44], "half a frame": film(write(corners(40, 40)), 40, 40)[:120],
	} {
		if m, _, err := made(t, raw, "image/webp", "20x20"); err == nil {
			t.Errorf("%s gave a picture of %v", name, sizeOf(m))
		}
	}
}

// TestWebPThatTakesTooMuch is refused before memory is taken for it.
func TestWebPThatTakesTooMuch(t *testing.T) {
	t.Parallel()
	p, err := thumb.Look(bytes.NewReader(encoded(t, "image/png", corners(40, 20))), "image/png", thumb.Size{W: 4000, H: 4000})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.AsWebP(80); !errors.Is(err, thumb.ErrRefused) {
		t.Errorf("got %v", err)
	}
}

// BenchmarkFormats compares what a thumb of a photograph costs in each format, and says how large it is.
func BenchmarkFormats(b *testing.B) {
	raw := encoded(b, "image/jpeg", photo(1600, 1200))
	for _, size := range []thumb.Size{{W: 100, H: 100}, {W: 300, H: 300}, {W: 1000, H: 750}} {
		for _, quality := range []int{0, 50, 80, 90} {
			name := map[int]string{0: "jpeg", 50: "webp50", 80: "webp80", 90: "webp90"}[quality]
			b.Run(name+"/"+map[int]string{100: "100", 300: "300", 1000: "1000"}[size.W], func(b *testing.B) {
				b.ReportAllocs()
				var out bytes.Buffer
				for b.Loop() {
					p, err := thumb.Look(bytes.NewReader(raw), "image/jpeg", size)
					if err == nil && quality > 0 {
						err = p.AsWebP(quality)
					}
					if out.Reset(); err == nil {
						err = p.Make(b.Context(), &out)
					}
					if err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(out.Len()), "bytes")
			})
		}
	}
}
