package webp_test

import (
	"bytes"
	"image"
	"testing"

	decoder "golang.org/x/image/webp"

	"github.com/holdall-dev/holdall/internal/webp"
)

// TestDecodersAgree looks for a point that a decoder sees otherwise than the encoder, which predicts from it.
func TestDecodersAgree(t *testing.T) {
	t.Parallel()
	for _, size := range []image.Point{{1, 1}, {16, 16}, {17, 3}, {15, 50}, {100, 75}, {333, 200}} {
		for name, m := range map[string]image.Image{"scene": scene(size.X, size.Y, false), "noise": noise(size.X, size.Y)} {
			for _, quality := range []int{1, 20, 50, 80, 100} {
				file, light, blue, red, stride := webp.Seen(m, quality)
				got, err := decoder.Decode(bytes.NewReader(file))
				if err != nil {
					t.Fatalf("%s of %v in quality %d: %v", name, size, quality, err)
				}
				p := got.(*image.YCbCr)
				for y := range size.Y {
					for x := range size.X {
						c, half := p.COffset(x, y), y/2*stride/2+x/2
						want := [3]byte{light[y*stride+x], blue[half], red[half]}
						if got := [3]byte{p.Y[p.YOffset(x, y)], p.Cb[c], p.Cr[c]}; got != want {
							t.Fatalf("%s of %v in quality %d at %d,%d: %v, not %v", name, size, quality, x, y, got, want)
						}
					}
				}
			}
		}
	}
}

// noise is a picture that nothing can be foretold of.
func noise(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i, seed := 0, uint32(1); i < len(m.Pix); i++ {
		seed = seed*1664525 + 1013904223
		m.Pix[i] = byte(seed >> 24)
	}
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	return m
}
