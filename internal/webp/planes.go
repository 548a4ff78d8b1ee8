package webp

import (
	"image"
	"image/draw"
)

// plane is a picture of one component, in whole macroblocks.
type plane struct {
	pix    []uint8
	stride int
}

func newPlane(w, h int) plane { return plane{make([]uint8, w*h), w} }

// planes are a picture's light, its colours at half the size, and what is seen through, unless nothing is.
type planes struct {
	light, blue, red plane
	alpha            []uint8 // w × h
}

// The weights of red, green and blue, as 65536ths (BT.601): light goes from 16 to 235, colours from 16 to 240.
const (
	lightRed, lightGreen, lightBlue = 299 * lightScale / 255_000, 587 * lightScale / 255_000, 114 * lightScale / 255_000
	blueRed, blueGreen              = 299 * colourScale / (2 * 886 * 255), 587 * colourScale / (2 * 886 * 255)
	redGreen, redBlue               = 587 * colourScale / (2 * 701 * 255), 114 * colourScale / (2 * 701 * 255)
	full                            = blueRed + blueGreen
	lightScale, colourScale         = 219 << 16, 224 << 16
)

// newPlanes takes m apart.
func newPlanes(m image.Image) *planes {
	size := m.Bounds().Size()
	across, down := (size.X+15)/16, (size.Y+15)/16
	p := &planes{light: newPlane(16*across, 16*down), blue: newPlane(8*across, 8*down), red: newPlane(8*across, 8*down)}
	if !isOpaque(m) {
		p.alpha = make([]uint8, size.X*size.Y)
	}
	seen, pair := false, image.NewNRGBA(image.Rect(0, 0, size.X, 2))
	for y := 0; y < size.Y; y += 2 {
		for i := range 2 {
			row := pair.Pix[i*pair.Stride:][:4*size.X]
			readRow(row, m, min(y+i, size.Y-1))
			if p.alpha != nil && y+i < size.Y {
				seen = takeAlpha(p.alpha[(y+i)*size.X:], row) || seen
			}
			p.takeLight(row, y+i)
		}
		p.takeColours(pair.Pix[:4*size.X], pair.Pix[pair.Stride:], y/2)
	}
	if !seen {
		p.alpha = nil
	}
	p.light.repeatLast(size.Y)
	p.blue.repeatLast((size.Y + 1) / 2)
	p.red.repeatLast((size.Y + 1) / 2)
	return p
}

// readRow reads the points of a row, not multiplied by their alpha. Those that are not seen are as the last one seen,
// for an edge costs much.
func readRow(row []uint8, m image.Image, y int) {
	b := m.Bounds()
	switch src := m.(type) {
	case *image.NRGBA:
		copy(row, src.Pix[y*src.Stride:])
	case *image.RGBA:
		copy(row, src.Pix[y*src.Stride:])
		divideAlpha(row)
	default:
		to := image.NRGBA{Pix: row, Stride: len(row), Rect: image.Rect(0, 0, b.Dx(), 1)}
		draw.Draw(&to, to.Rect, m, b.Min.Add(image.Pt(0, y)), draw.Src)
	}
	for i := 4; i < len(row); i += 4 {
		if row[i+3] == 0 {
			copy(row[i:i+3], row[i-4:])
		}
	}
}

func divideAlpha(row []uint8) {
	for i := 0; i < len(row); i += 4 {
		if a := int(row[i+3]); a > 0 && a < 255 {
			for j := range 3 {
				row[i+j] = uint8(min(int(row[i+j])*255/a, 255))
			}
		}
	}
}

// takeAlpha reports whether something is seen through.
func takeAlpha(dst, row []uint8) (seen bool) {
	for x := range len(row) / 4 {
		dst[x] = row[4*x+3]
		seen = seen || dst[x] < 255
	}
	return seen
}

func (p *planes) takeLight(row []uint8, y int) {
	dst := p.light.pix[y*p.light.stride:][:p.light.stride]
	n := len(row) / 4
	for x := range n {
		c := row[4*x : 4*x+3 : 4*x+3]
		dst[x] = uint8((lightRed*int32(c[0]) + lightGreen*int32(c[1]) + lightBlue*int32(c[2]) + 16<<16 + 1<<15) >> 16)
	}
	fill(dst[n:], dst[n-1])
}

// takeColours takes the mean of each four points, of two rows.
func (p *planes) takeColours(top, bottom []uint8, y int) {
	blue, red := p.blue.pix[y*p.blue.stride:][:p.blue.stride], p.red.pix[y*p.red.stride:][:p.red.stride]
	n := (len(top)/4 + 1) / 2
	for x := range n {
		var sum [3]int32
		left, right := 8*x, min(8*x+4, len(top)-4)
		for i := range sum {
			sum[i] = int32(top[left+i]) + int32(top[right+i]) + int32(bottom[left+i]) + int32(bottom[right+i])
		}
		const middle = 128<<18 + 1<<17
		blue[x] = clamp((full*sum[2] - blueRed*sum[0] - blueGreen*sum[1] + middle) >> 18)
		red[x] = clamp((full*sum[0] - redGreen*sum[1] - redBlue*sum[2] + middle) >> 18)
	}
	fill(blue[n:], blue[n-1])
	fill(red[n:], red[n-1])
}

// repeatLast fills what is below the picture with its last row, of rows.
func (p *plane) repeatLast(rows int) {
	last := p.pix[(rows-1)*p.stride:][:p.stride]
	for at := rows * p.stride; at < len(p.pix); at += p.stride {
		copy(p.pix[at:], last)
	}
}
