// Package thumb makes small pictures of large ones. It looks at what a picture says of itself before it
// decodes it, and refuses what would take too much memory.
package thumb

import (
	"image"
	"math"
	"strconv"
	"strings"
)

// How says what becomes of a picture whose shape is not the wanted one.
type How byte

// The ways; the letters are those of a size's name.
const (
	Center How = 0   // it is cropped around the centre
	Top    How = 't' // the crop keeps the top
	Bottom How = 'b' // the crop keeps the bottom
	Fit    How = 'f' // it keeps its shape and is never enlarged
)

// Size is a wanted size. One of the sides may be 0; it then follows from the other.
type Size struct {
	W, H int // pixels
	How  How
}

// maxSide is the longest side of a thumb, in pixels.
const maxSide = 10_000

// ParseSize reads forms such as 100x100, 100x100t, 100x100b, 100x100f, 0x100 and 100x0.
func ParseSize(text string) (s Size, ok bool) {
	w, h, ok := strings.Cut(text, "x")
	if !ok || h == "" {
		return Size{}, false
	}
	switch how := How(h[len(h)-1]); how {
	case Top, Bottom, Fit:
		s.How, h = how, h[:len(h)-1]
	}
	if s.W, ok = side(w); !ok {
		return Size{}, false
	}
	s.H, ok = side(h)
	return s, ok && s.W+s.H > 0
}

func side(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 16)
	return int(n), err == nil && n <= maxSide
}

// plan is the size that comes out for a source of w × h, and the part of the source that it shows. A thumb
// that is as large as the source shows it as it is.
func (s Size) plan(w, h int) (outW, outH int, part image.Rectangle) {
	whole := image.Rect(0, 0, w, h)
	switch {
	case s.W == 0:
		return scaled(s.H, w, h), s.H, whole
	case s.H == 0:
		return s.W, scaled(s.W, h, w), whole
	case s.How != Fit:
		return s.W, s.H, s.crop(w, h)
	case w <= s.W && h <= s.H:
		return w, h, whole
	case w*s.H > h*s.W: // wider than wanted
		return s.W, max(1, s.W*h/w), whole
	}
	return max(1, s.H*w/h), s.H, whole
}

// scaled is side × a / b, rounded, at least one and at most [maxSide].
func scaled(side, a, b int) int {
	return int(min(max(1, math.Floor(float64(side)*float64(a)/float64(b)+0.5)), maxSide))
}

// crop is the largest part of the source that has the wanted shape.
func (s Size) crop(w, h int) image.Rectangle {
	partW, partH := w, max(1, w*s.H/s.W)
	if partH > h {
		partW, partH = min(w, max(1, h*s.W/s.H)), h
	}
	x, y := (w-partW)/2, (h-partH)/2
	switch s.How {
	case Top:
		y = 0
	case Bottom:
		y = h - partH
	}
	return image.Rect(x, y, x+partW, y+partH)
}
