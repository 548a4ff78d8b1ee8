// Package webp writes pictures as WebP: a key frame of VP8 (RFC 6386) in the chunks of a RIFF file.
package webp

import (
	"errors"
	"fmt"
	"image"
	"io"
)

// MaxSide is the longest side of a WebP, in points.
const MaxSide = 16383

// maxPoints keeps the modes of all macroblocks within the 512 KiB that a frame has for them.
const maxPoints = 1 << 27

// ErrSize says that a picture is empty, or has too long a side.
var ErrSize = errors.New("not a size for a WebP")

// Memory is what writing a picture of w × h takes at the most, in bytes: when it is noise, and noise in its alpha,
// which is kept without loss.
func Memory(w, h int) int64 { return 16<<10 + 16*int64(w+16)*int64(h+16) }

// Encode writes m, with loss, in a quality of 1 to 100. Transparent points stay so.
func Encode(w io.Writer, m image.Image, quality int) error {
	size := m.Bounds().Size()
	if size.X < 1 || size.Y < 1 || size.X > MaxSide || size.Y > MaxSide || size.X*size.Y > maxPoints {
		return ErrSize
	}
	p := newPlanes(m)
	e := newEncoder(p, quality)
	e.run()
	var alpha []byte
	if p.alpha != nil {
		alpha = append([]byte{0}, p.alpha...) // as it is
	}
	if _, err := w.Write(container(e.frame(size.X, size.Y), alpha, size.X, size.Y)); err != nil {
		return fmt.Errorf("write a WebP: %w", err)
	}
	return nil
}

// isOpaque reports whether m is known to have no transparent points.
func isOpaque(m image.Image) bool {
	o, ok := m.(interface{ Opaque() bool })
	return ok && o.Opaque()
}
