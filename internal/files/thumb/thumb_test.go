package thumb_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"runtime"
	"testing"

	"github.com/holdall-dev/holdall/internal/files/thumb"
)

func TestParseSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]thumb.Size{
		"100x50": {W: 100, H: 50}, "0x50t": {H: 50, How: thumb.Top}, "5x0b": {W: 5, How: thumb.Bottom}, "70x30f": {W: 70, H: 30, How: thumb.Fit},
		"007x1": {W: 7, H: 1}, "10000x10000": {W: 10000, H: 10000},
	} {
		if got, ok := thumb.ParseSize(text); !ok || got != want {
			t.Errorf("%s: %+v, %v; want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "x", "1x", "x1", "0x0", "0x0f", "1x1c", "1x1tt", "-1x1", "1X1", "1x1 ", "10001x1", "1x99999999999999999999", "+1x1", "1x1x1"} {
		if got, ok := thumb.ParseSize(text); ok {
			t.Errorf("%q is no size, got %+v", text, got)
		}
	}
}

// corners is a picture whose left is red, right blue, top dark and bottom bright.
func corners(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{A: 255, G: uint8(y * 255 / h)}
			if x < w/2 {
				c.R = 255
			} else {
				c.B = 255
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func encoded(t testing.TB, kind string, m image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	var err error
	switch kind {
	case "image/png":
		err = png.Encode(&buf, m)
	case "image/jpeg":
		err = jpeg.Encode(&buf, m, nil)
	case "image/gif":
		frame := image.NewPaletted(m.Bounds(), []color.Color{color.Black, color.White})
		err = gif.EncodeAll(&buf, &gif.GIF{Image: []*image.Paletted{frame, frame, frame}, Delay: []int{1, 1, 1}})
	case "image/webp":
		buf.Write(webpPixels)
	}
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// webpPixels is a lossless picture of 400 × 200 transparent pixels.
var webpPixels = func() []byte {
	// A VP8L stream: signature, 14 bits of width-1, 14 of height-1, alpha, version; no transform, no cache, no
	// meta codes; five codes of one symbol each, so that a pixel takes no bits.
	var b bits
	b.put(0x2f, 8)
	b.put(399, 14)
	b.put(199, 14)
	b.put(1, 1)
	b.put(0, 3)
	b.put(0, 3) // no transform, no colour cache, no meta codes
	for range 5 {
		b.put(1, 1) // a simple code
		b.put(0, 1) // of one symbol
		b.put(0, 1) // of one bit
		b.put(0, 1) // which is 0
	}
	data := b.bytes()
	if len(data)%2 == 1 {
		data = append(data, 0)
	}
	out := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8L"), 0, 0, 0, 0)
	binary.LittleEndian.PutUint32(out[16:], uint32(len(data)))
	out = append(out, data...)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}()

type bits struct {
	out []byte
	n   int
}

func (b *bits) put(v, n int) {
	for i := range n {
		if b.n%8 == 0 {
			b.out = append(b.out, 0)
		}
		b.out[b.n/8] |= byte(v>>i&1) << (b.n % 8)
		b.n++
	}
}

func (b *bits) bytes() []byte { return b.out }

func made(t testing.TB, raw []byte, kind, size string) (image.Image, string, error) {
	t.Helper()
	s, ok := thumb.ParseSize(size)
	if !ok {
		t.Fatalf("%s is no size", size)
	}
	p, err := thumb.Look(bytes.NewReader(raw), kind, s)
	if err != nil {
		return nil, "", err
	}
	var out bytes.Buffer
	if err := p.Make(t.Context(), &out); err != nil {
		return nil, "", err
	}
	m, format, err := image.Decode(&out)
	if err == nil && "image/"+format != p.Type {
		t.Errorf("a thumb of %s is %s and called %s", kind, format, p.Type)
	}
	return m, format, err
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for size, want := range map[string]image.Point{
		"100x100": {100, 100}, "0x40": {80, 40}, "60x0": {60, 30}, "70x30t": {70, 30}, "70x30b": {70, 30}, "70x30f": {60, 30},
		"30x70f": {30, 15}, "500x500f": {400, 200}, "500x500": {500, 500}, "0x300": {600, 300}, "1x1": {1, 1}, "1x1f": {1, 1}, "0x1": {2, 1},
	} {
		for kind, format := range map[string]string{"image/png": "png", "image/jpeg": "jpeg", "image/jpg": "jpeg", "image/gif": "gif", "image/webp": "png"} {
			source := kind
			if kind == "image/jpg" {
				source = "image/jpeg"
			}
			m, got, err := made(t, encoded(t, source, corners(400, 200)), kind, size)
			if err != nil || got != format || m.Bounds().Size() != want {
				t.Errorf("%s of %s: %s of %v, %v; want %s of %v", size, kind, got, sizeOf(m), err, format, want)
			}
		}
	}
}

func sizeOf(m image.Image) image.Point {
	if m == nil {
		return image.Point{}
	}
	return m.Bounds().Size()
}

// looks describes a picture by what is left and right, and by how bright its top and bottom are.
func looks(m image.Image) string {
	b := m.Bounds()
	at := func(x, y int) color.NRGBA {
		return color.NRGBAModel.Convert(m.At(b.Min.X+x*(b.Dx()-1)/100, b.Min.Y+y*(b.Dy()-1)/100)).(color.NRGBA)
	}
	side := func(c color.NRGBA) string {
		if c.R > c.B {
			return "red"
		}
		return "blue"
	}
	return fmt.Sprintf("%s %s %d %d", side(at(5, 50)), side(at(95, 50)), at(50, 1).G/100, at(50, 99).G/100)
}

func TestCropsKeepTheirSide(t *testing.T) {
	t.Parallel()
	raw := encoded(t, "image/png", corners(100, 400))
	for size, want := range map[string]string{
		"50x50": "red blue 0 1", "50x50t": "red blue 0 0", "50x50b": "red blue 1 2", "50x200f": "red blue 0 2", "0x10": "red blue 0 2",
	} {
		m, _, err := made(t, raw, "image/png", size)
		if err != nil {
			t.Fatal(err)
		}
		if got := looks(m); got != want {
			t.Errorf("%s: %s, want %s", size, got, want)
		}
	}
}

// exif puts an orientation into a JPEG.
func exif(raw []byte, order binary.AppendByteOrder, turn uint16) []byte {
	mark := "MM"
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		mark = "II"
	}
	seg := append([]byte("Exif\x00\x00"), mark...)
	seg = order.AppendUint32(order.AppendUint16(seg, 42), 8)
	seg = order.AppendUint16(seg, 2)
	seg = append(order.AppendUint32(order.AppendUint16(order.AppendUint16(seg, 0x010F), 2), 1), "A\x00\x00\x00"...)
	seg = append(order.AppendUint16(order.AppendUint32(order.AppendUint16(order.AppendUint16(seg, 0x0112), 3), 1), turn), 0, 0)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(seg)+2))...)
	return append(append(out, seg...), raw[2:]...)
}

// TestOrientation turns a picture in each way that cameras know, so that it looks the same again.
func TestOrientation(t *testing.T) {
	t.Parallel()
	upright := corners(80, 160)
	for turn := uint16(1); turn <= 8; turn++ {
		raw := exif(encoded(t, "image/jpeg", lying(upright, turn)), binary.BigEndian, turn)
		if turn%2 == 0 {
			raw = exif(encoded(t, "image/jpeg", lying(upright, turn)), binary.LittleEndian, turn)
		}
		for size, want := range map[string]string{"0x80": "red blue 0 2", "40x40t": "red blue 0 1", "40x40b": "red blue 1 2"} {
			m, _, err := made(t, raw, "image/jpeg", size)
			if err != nil {
				t.Fatal(err)
			}
			if got := looks(m); got != want || m.Bounds().Dx() != 40 {
				t.Errorf("turn %d, %s: %s, %v wide; want %s", turn, size, got, m.Bounds().Dx(), want)
			}
		}
	}
	for _, turn := range []uint16{0, 9, 60000} {
		if m, _, err := made(t, exif(encoded(t, "image/jpeg", upright), binary.BigEndian, turn), "image/jpeg", "0x80"); err != nil || looks(m) != "red blue 0 2" {
			t.Errorf("turn %d: %v, %v", turn, m, err)
		}
	}
}

// lying is the picture as a camera stores it, of which turn says how to turn it back.
func lying(m *image.NRGBA, turn uint16) image.Image {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if turn >= 5 {
		out = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			to := map[uint16]image.Point{
				1: {x, y}, 2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y},
				5: {y, x}, 6: {y, w - 1 - x}, 7: {h - 1 - y, w - 1 - x}, 8: {h - 1 - y, x},
			}[turn]
			out.Set(to.X, to.Y, m.At(x, y))
		}
	}
	return out
}

// pngSaying is a PNG that says it has a size, in the given colour type and depth, and has the rows it is given.
func pngSaying(w, h uint32, depth, kind, interlace byte, rows []byte) []byte {
	var out bytes.Buffer
	out.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(name string, data []byte) {
		_ = binary.Write(&out, binary.BigEndian, uint32(len(data)))
		body := append([]byte(name), data...)
		out.Write(body)
		_ = binary.Write(&out, binary.BigEndian, crc32.ChecksumIEEE(body))
	}
	chunk("IHDR", append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h), depth, kind, 0, 0, interlace))
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(rows)
	_ = z.Close()
	chunk("IDAT", packed.Bytes())
	chunk("IEND", nil)
	return out.Bytes()
}

// hostile are pictures that are broken, or lie about themselves, by what is wrong with them.
func hostile(t testing.TB) map[string]struct {
	kind string
	raw  []byte
} {
	type file = struct {
		kind string
		raw  []byte
	}
	p, j, g := encoded(t, "image/png", corners(40, 20)), encoded(t, "image/jpeg", corners(40, 20)), encoded(t, "image/gif", corners(40, 20))
	largeJPEG := bytes.Clone(j)
	at := bytes.Index(largeJPEG, []byte{0xFF, 0xC0})
	copy(largeJPEG[at+5:], []byte{0xFF, 0xFF, 0xFF, 0xFF})
	progressive := bytes.Clone(j)
	progressive[at+1] = 0xC2
	copy(progressive[at+5:], []byte{0x1B, 0x58, 0x1B, 0x58}) // 7000 × 7000
	largeGIF := bytes.Clone(g)
	copy(largeGIF[6:], []byte{0xFF, 0xFF, 0xFF, 0xFF})
	largeWebP := bytes.Clone(webpPixels)
	largeWebP[21], largeWebP[22], largeWebP[23], largeWebP[24] = 0xFF, 0xFF, 0xFF, 0x1F
	return map[string]file{
		"nothing":                    {"image/png", nil},
		"text":                       {"image/jpeg", []byte("text")},
		"png that is a jpeg":         {"image/png", j},
		"half a png":                 {"image/png", p[:len(p)/2]},
		"half a jpeg":                {"image/jpeg", j[:len(j)/2]},
		"the head of a jpeg":         {"image/jpeg", j[:20]},
		"half a gif":                 {"image/gif", g[:len(g)/3]},
		"half a webp":                {"image/webp", webpPixels[:26]},
		"png of 20k x 20k":           {"image/png", pngSaying(20000, 20000, 8, 6, 0, make([]byte, 1000))},
		"png of 2^31":                {"image/png", pngSaying(1<<31-1, 1<<31-1, 8, 6, 0, nil)},
		"png without width":          {"image/png", pngSaying(0, 1, 8, 6, 0, nil)},
		"png of 16 bits":             {"image/png", pngSaying(7000, 7000, 16, 6, 0, make([]byte, 1000))},
		"interlaced png":             {"image/png", pngSaying(7000, 7000, 8, 6, 1, make([]byte, 1000))},
		"png whose rows are missing": {"image/png", pngSaying(3000, 3000, 8, 6, 0, make([]byte, 1000))},
		"jpeg of 65535 x 65535":      {"image/jpeg", largeJPEG},
		"progressive jpeg":           {"image/jpeg", progressive},
		"gif of 65535 x 65535":       {"image/gif", largeGIF},
		"webp of 16384 x 16384":      {"image/webp", largeWebP},
		"no picture":                 {"image/svg+xml", []byte("<svg/>")},
	}
}

// TestHostilePictures refuses what is broken, and what is too large before memory is taken for it.
func TestHostilePictures(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	for name, f := range hostile(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m, _, err := made(t, f.raw, f.kind, "100x100")
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s gave a picture of %v", name, sizeOf(m))
		}
		if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 64 {
			t.Errorf("%s took %d MiB", name, took)
		}
	}
	for _, name := range []string{"png of 20k x 20k", "png of 16 bits", "progressive jpeg", "gif of 65535 x 65535", "jpeg of 65535 x 65535", "no picture", "webp of 16384 x 16384"} {
		f := hostile(t)[name]
		if _, _, err := made(t, f.raw, f.kind, "100x100"); !errors.Is(err, thumb.ErrRefused) {
			t.Errorf("%s: %v, want it to be refused", name, err)
		}
	}
}

func TestMakeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	p, err := thumb.Look(bytes.NewReader(encoded(t, "image/png", corners(40, 20))), "image/png", thumb.Size{W: 10, H: 10})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Make(ctx, io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestTransparentStaysTransparent keeps the alpha of pictures that have some.
func TestTransparentStaysTransparent(t *testing.T) {
	t.Parallel()
	m, _, err := made(t, encoded(t, "image/png", image.NewNRGBA(image.Rect(0, 0, 40, 20))), "image/png", "10x10")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, a := m.At(5, 5).RGBA(); a != 0 {
		t.Errorf("alpha = %d", a)
	}
}

// FuzzThumb makes thumbs of anything.
func FuzzThumb(f *testing.F) {
	for _, h := range hostile(f) {
		f.Add(h.raw, h.kind)
	}
	small, err := base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(small, "image/webp")
	for _, kind := range []string{"image/png", "image/jpeg", "image/gif", "image/webp"} {
		f.Add(encoded(f, kind, corners(9, 7)), kind)
	}
	f.Add(exif(encoded(f, "image/jpeg", corners(9, 7)), binary.LittleEndian, 6), "image/jpeg")
	for name, raw := range corpus(f) {
		f.Add(raw, kindOf(name))
	}
	f.Fuzz(func(t *testing.T, raw []byte, kind string) {
		for _, size := range []thumb.Size{{W: 2, H: 1}, {W: 8, H: 5}, {H: 7}, {W: 9, H: 9, How: thumb.Fit}} {
			p, err := thumb.Look(bytes.NewReader(raw), kind, size)
			if err != nil {
				return
			}
			if p.Memory > 16<<20 {
				return // right, and slow
			}
			if p.Make(t.Context(), io.Discard) != nil {
				continue
			}
			if err := p.AsWebP(len(raw)%100 + 1); err != nil {
				t.Fatal(err)
			}
			if err := p.Make(t.Context(), io.Discard); err != nil {
				t.Errorf("a thumb that can be made is no WebP: %v", err)
			}
		}
	})
}

func BenchmarkThumb(b *testing.B) {
	raw := encoded(b, "image/jpeg", corners(4000, 3000))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := made(b, raw, "image/jpeg", "200x200"); err != nil {
			b.Fatal(err)
		}
	}
}
