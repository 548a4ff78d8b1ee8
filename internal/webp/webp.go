// Package webp writes pictures as WebP. It is libwebp's own encoder, translated to Go: nothing is loaded or compiled
// when the program runs, and a program that writes no WebP pays nothing but the size of it.
package webp

import (
	"errors"
	"fmt"
	"image"
	"image/draw"
	"io"

	"github.com/holdall-dev/holdall/internal/webp/libwebp"
)

// MaxSide is the longest side of a WebP, in points.
const MaxSide = 16383

// method is how hard the encoder tries, 0 to 6. Files get a tenth smaller up to 2, and hardly beyond, while the work
// doubles and doubles again.
const method = 2

// The encoder's memory comes in pages, of bytes, and is bound when it is compiled.
const (
	page     = 64 << 10
	maxPages = 256 << 20 / page
)

// ErrSize says that a picture is empty, or has too long a side.
var ErrSize = errors.New("not a size for a WebP")

// Memory is what writing a picture of w × h takes at the most, in bytes: when it is noise, and noise in its alpha,
// which is kept without loss.
func Memory(w, h int) int64 { return memory(w, h, false) }

func memory(w, h int, opaque bool) int64 {
	if opaque {
		return 3*page + 14*int64(w)*int64(h)
	}
	return 20*page + 40*int64(w)*int64(h)
}

// Encode writes m, with loss, in a quality of 1 to 100. Transparent points stay so.
func Encode(w io.Writer, m image.Image, quality int) error {
	size := m.Bounds().Size()
	if size.X < 1 || size.Y < 1 || size.X > MaxSide || size.Y > MaxSide {
		return ErrSize
	}
	enc := libwebp.New()
	enc.Grow(memory(size.X, size.Y, isOpaque(m))/page, maxPages) // at once, and not step by step
	enc.X_initialize()
	at := enc.Xalloc(int32(4 * size.X * size.Y))
	if at == 0 {
		return errors.New("encode a WebP: there is no memory for it")
	}
	fill((*enc.Slice())[at:][:4*size.X*size.Y], m)
	if code := enc.Xencode(at, int32(size.X), int32(size.Y), int32(quality), method); code != 0 {
		return fmt.Errorf("encode a WebP: the encoder gave up: %d", code)
	}
	_, err := w.Write((*enc.Slice())[enc.Xdata():][:enc.Xsize()])
	return err
}

// fill writes the points of m, of four bytes each, not multiplied by their alpha.
func fill(dst []byte, m image.Image) {
	size := m.Bounds().Size()
	src, plain := m.(*image.RGBA)
	if plain = plain && src.Opaque(); !plain {
		points := image.NRGBA{Pix: dst, Stride: 4 * size.X, Rect: image.Rectangle{Max: size}}
		draw.Draw(&points, points.Rect, m, m.Bounds().Min, draw.Src)
		return
	}
	for y := range size.Y {
		copy(dst[4*size.X*y:][:4*size.X], src.Pix[y*src.Stride:])
	}
}

// isOpaque reports whether m is known to have no transparent points.
func isOpaque(m image.Image) bool {
	o, ok := m.(interface{ Opaque() bool })
	return ok && o.Opaque()
}
