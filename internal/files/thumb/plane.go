package thumb

import (
	"image"
	"image/draw"
	"math"
)

// scaleYCbCr scales what is seen of a picture as cameras make them to w × h. Light and colours lie in planes of their
// own, so most of the work is on a byte for each point, and the colours, of which there are fewer points, cost
// less.
func scaleYCbCr(src *image.YCbCr, x, y window, w, h int) *image.RGBA {
	small := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio444)
	size := src.Rect.Size()
	whole := plane{src.Y, src.YStride, size.X, size.Y, x, y}
	whole.scale(small.Y, w, h)
	everyX, everyY := sparse(src.SubsampleRatio)
	fewer := plane{nil, src.CStride, (size.X + everyX - 1) / everyX, (size.Y + everyY - 1) / everyY, x.times(1, everyX), y.times(1, everyY)}
	for _, c := range []struct{ from, to []byte }{{src.Cb, small.Cb}, {src.Cr, small.Cr}} {
		fewer.pix = c.from
		fewer.scale(c.to, w, h)
	}
	out := image.NewRGBA(small.Rect)
	draw.Draw(out, out.Rect, small, image.Point{}, draw.Src)
	return out
}

// sparse is how many points share a colour, across and down.
func sparse(r image.YCbCrSubsampleRatio) (x, y int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}

// plane is one channel of a picture, a byte for each point, and the window through which it is looked at.
type plane struct {
	pix    []byte
	stride int
	w, h   int
	x, y   window
}

// window is a stretch of a side, in points.
type window struct{ at, span float64 }

// times is the window in other points, of which a make b of the old ones.
func (v window) times(a, b int) window {
	by := float64(a) / float64(b)
	return window{v.at * by, v.span * by}
}

// scale writes what the window shows as w × h points to dst. A plane that is far too large is halved first,
// which is cheap and keeps all of it in the result.
func (p plane) scale(dst []byte, w, h int) {
	for p.x.span >= 4*float64(w) && p.y.span >= 4*float64(h) {
		p = p.halved()
	}
	across, down := mixes(p.x, w, p.w), mixes(p.y, h, p.h)
	top, end := down[0].at, down[h-1].at+len(down[h-1].weights)
	rows := make([]byte, w*(end-top))
	for y := top; y < end; y++ {
		mixRow(rows[(y-top)*w:][:w], p.pix[y*p.stride:][:p.w], across)
	}
	sums := make([]int32, w)
	for y, m := range down {
		m.at -= top
		mixRows(dst[y*w:][:w], rows, sums, m)
	}
}

// halved is the plane with the mean of four points for each.
func (p plane) halved() plane {
	half := plane{stride: (p.w + 1) / 2, w: (p.w + 1) / 2, h: (p.h + 1) / 2, x: p.x.times(1, 2), y: p.y.times(1, 2)}
	half.pix = make([]byte, half.w*half.h)
	for y := range half.h {
		a, b := p.pix[2*y*p.stride:][:p.w], p.pix[min(2*y+1, p.h-1)*p.stride:][:p.w]
		out := half.pix[y*half.w:][:half.w]
		for x := range p.w / 2 {
			a, b := a[2*x:2*x+2], b[2*x:2*x+2]
			out[x] = byte((uint(a[0]) + uint(a[1]) + uint(b[0]) + uint(b[1]) + 2) >> 2)
		}
		if p.w%2 == 1 {
			out[half.w-1] = byte((uint(a[p.w-1]) + uint(b[p.w-1]) + 1) >> 1)
		}
	}
	return half
}

// mix is how a point comes from neighbours in a row or a column.
type mix struct {
	at      int     // the first of them
	weights []int32 // of these, together one
}

// one is the sum of all weights of a mix.
const (
	oneBits = 14
	one     = 1 << oneBits
)

// mixes are those of n points that a window over a side of size points shows. Weights fall off in straight
// lines from the middle of each point, as wide as it is.
func mixes(v window, n, size int) []mix {
	step := v.span / float64(n)
	reach := max(1, step)
	all, kept := make([]mix, n), make([]int32, 0, n*(int(2*reach)+2))
	for i := range all {
		mid := v.at + (float64(i)+0.5)*step - 0.5
		from, to := max(0, int(math.Ceil(mid-reach))), min(size-1, int(math.Floor(mid+reach)))
		from, to = min(from, size-1), max(to, 0)
		sum := 0.0
		weight := func(j int) float64 { return max(0, 1-math.Abs(float64(j)-mid)/reach) }
		for j := from; j <= to; j++ {
			sum += weight(j)
		}
		at, left := len(kept), int32(one)
		for j := from; j <= to; j++ {
			part := int32(math.Round(one * weight(j) / sum))
			kept, left = append(kept, part), left-part
		}
		kept[at+(to-from)/2] += left
		all[i] = mix{from, kept[at:len(kept):len(kept)]}
	}
	return all
}

func mixRow(dst, src []byte, across []mix) {
	for x, m := range across {
		sum, from := int32(one/2), src[m.at:][:len(m.weights)]
		for i, weight := range m.weights {
			sum += weight * int32(from[i])
		}
		dst[x] = byte(sum >> oneBits)
	}
}

func mixRows(dst, rows []byte, sums []int32, down mix) {
	sums = sums[:len(dst)]
	for x := range sums {
		sums[x] = one / 2
	}
	for i, weight := range down.weights {
		for x, v := range rows[(down.at+i)*len(dst):][:len(dst)] {
			sums[x] += weight * int32(v)
		}
	}
	for x := range dst {
		dst[x] = byte(sums[x] >> oneBits)
	}
}
