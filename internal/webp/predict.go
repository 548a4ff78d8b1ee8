package webp

// patch is a part of a plane that is worked at, with the row above it, and the column left of it.
type patch [17 * patchStride]uint8

const (
	patchStride = 32
	origin      = patchStride + 8 // of the first point that is not an edge
)

// Modes of predicting a whole macroblock, and that of predicting its blocks one by one.
const (
	fromMean = iota
	fromAbove
	fromLeft
	fromBoth
	inBlocks
)

// What is taken for points outside of the picture.
const (
	outsideAbove = 127
	outsideLeft  = 129
)

// edges takes the points around those of size × size at x, y.
func (p *patch) edges(from *plane, x, y, size int) {
	above, at := p[origin-patchStride-1:][:size+5], y*from.stride+x
	switch {
	case y == 0:
		fill(above, outsideAbove)
	case x+size == from.stride: // what is right of the picture is as its last point
		copy(above[1:], from.pix[at-from.stride:][:size])
		fill(above[size+1:], above[size])
	default:
		copy(above[1:], from.pix[at-from.stride:][:size+4])
	}
	if y > 0 && x > 0 {
		above[0] = from.pix[at-from.stride-1]
	} else if y > 0 {
		above[0] = outsideLeft
	}
	for i := range size {
		left := uint8(outsideLeft)
		if x > 0 {
			left = from.pix[at+i*from.stride-1]
		}
		p[origin+i*patchStride-1] = left
	}
}

// repeatRight writes what is above and right of the patch where its blocks look for it: all those of the last column
// look at the same.
func (p *patch) repeatRight() {
	right := p[origin-patchStride+16:][:4]
	for y := 3; y < 15; y += 4 {
		copy(p[origin+y*patchStride+16:], right)
	}
}

func fill(b []uint8, v uint8) {
	for i := range b {
		b[i] = v
	}
}

// predict fills size × size points. Of what is outside of the picture no mean is taken.
func (p *patch) predict(mode, size int, hasAbove, hasLeft bool) {
	above, corner := p[origin-patchStride:][:size], int(p[origin-patchStride-1])
	mean := uint8(0)
	if mode == fromMean {
		mean = p.mean(size, hasAbove, hasLeft)
	}
	for y := range size {
		row, left := p[origin+y*patchStride:][:size], p[origin+y*patchStride-1]
		switch mode {
		case fromMean:
			fill(row, mean)
		case fromAbove:
			copy(row, above)
		case fromLeft:
			fill(row, left)
		case fromBoth:
			slope := int(left) - corner
			for x, v := range above {
				row[x] = clamp(int(v) + slope)
			}
		}
	}
}

func (p *patch) mean(size int, hasAbove, hasLeft bool) uint8 {
	sum, n := 0, 0
	if hasAbove {
		n += size
		for _, v := range p[origin-patchStride:][:size] {
			sum += int(v)
		}
	}
	if hasLeft {
		n += size
		for y := range size {
			sum += int(p[origin+y*patchStride-1])
		}
	}
	if n == 0 {
		return 128
	}
	return uint8((sum + n/2) / n)
}

func clamp[T int | int32](v T) uint8 { return uint8(min(max(v, 0), 255)) }

// Modes of predicting a block, in the order of the format.
const (
	blockMean = iota
	blockBoth
	blockAbove
	blockLeft
	blockModes = 10
)

// Of a block's edge, which goes from the left's lowest point over the corner to the right: two(i) is the mean of the
// point i and the next one, three(i) that of i and both beside it, i counting twice.
const (
	edgeCorner = 6
	edgePoints = 16
)

// slanted are the modes that look at the edge along a line: where in the means, those of two and then those of three,
// each point of a block has its own (section 12.3).
var slanted = [blockModes][16]uint8{
	blockAbove: {23, 24, 25, 26, 23, 24, 25, 26, 23, 24, 25, 26, 23, 24, 25, 26},
	blockLeft:  {21, 21, 21, 21, 20, 20, 20, 20, 19, 19, 19, 19, 18, 18, 18, 18},
	4:          {24, 25, 26, 27, 25, 26, 27, 28, 26, 27, 28, 29, 27, 28, 29, 30}, // left and down
	5:          {22, 23, 24, 25, 21, 22, 23, 24, 20, 21, 22, 23, 19, 20, 21, 22}, // right and down
	6:          {6, 7, 8, 9, 22, 23, 24, 25, 21, 6, 7, 8, 20, 22, 23, 24},        // right, and more down
	7:          {7, 8, 9, 10, 24, 25, 26, 27, 8, 9, 10, 28, 25, 26, 27, 29},      // left, and more down
	8:          {5, 22, 23, 24, 4, 21, 5, 22, 3, 20, 4, 21, 2, 19, 3, 20},        // down, and more right
	9:          {4, 20, 3, 19, 3, 19, 2, 18, 2, 18, 17, 17, 17, 17, 17, 17},      // up, and more right
}

// means of the edge of the block at o.
func (p *patch) means(o int) (out [2 * edgePoints]uint8) {
	var edge [edgePoints]int
	for y := range 4 {
		edge[edgeCorner-1-y] = int(p[o+y*patchStride-1])
	}
	edge[0], edge[1] = edge[2], edge[2]
	for x, v := range p[o-patchStride-1:][:9] {
		edge[edgeCorner+x] = int(v)
	}
	edge[edgePoints-1] = edge[edgePoints-2]
	for i := 1; i < edgePoints-1; i++ {
		out[i] = uint8((edge[i] + edge[i+1] + 1) >> 1)
		out[edgePoints+i] = uint8((edge[i-1] + 2*edge[i] + edge[i+1] + 2) >> 2)
	}
	return out
}

// predictBlock is what a mode makes of the block at o, of which means are those of the edge.
func (p *patch) predictBlock(mode, o int, means *[2 * edgePoints]uint8, out *[16]uint8) {
	switch mode {
	case blockMean:
		sum := 4
		for i := range 4 {
			sum += int(p[o-patchStride+i]) + int(p[o+i*patchStride-1])
		}
		fill(out[:], uint8(sum>>3))
	case blockBoth:
		corner := int(p[o-patchStride-1])
		for i := range out {
			out[i] = clamp(int(p[o-patchStride+i&3]) + int(p[o+i>>2*patchStride-1]) - corner)
		}
	default:
		for i, at := range slanted[mode] {
			out[i] = means[at&31]
		}
	}
}
