package webp

import "math"

// encoder makes a frame. The planes become what a decoder will see of them, before it smooths the edges of blocks.
type encoder struct {
	*planes
	across int
	all    []macroblock
	above  []around
	left   around

	quantisers
	index  int // of the steps, 0 the finest to 127
	filter int // how much edges are smoothed, 0 to 63
	weight int // of a bit, against the square of what is lost
	bits   tokenCost
}

// maxInBlocks is how many macroblocks there may be for their blocks to have modes: the modes of all lie in a partition of
// at most 512 KiB.
const maxInBlocks = 40_000

func newEncoder(p *planes, quality int) *encoder {
	index := stepIndex(min(max(quality, 1), 100))
	across, down := p.light.stride/16, len(p.light.pix)/p.light.stride/16
	step := int(acSteps[index])
	return &encoder{
		planes: p, across: across, all: make([]macroblock, across*down), above: make([]around, across),
		quantisers: newQuantisers(index), index: index, filter: filterLevel(step), weight: step * step / 32,
		bits: tokenCost{probs: &defaultProbabilities},
	}
}

// stepIndex makes files of a quality about as large as other encoders do.
func stepIndex(quality int) int { return min(100-quality, 4+(100-quality)*18/25) }

// filterLevel grows with the steps, as the edges of blocks do. In photographs a half of a step has up to 0.2 dB more than
// this third; it is less, so as to leave textures alone.
func filterLevel(step int) int { return min(step/3, 63) }

// run decides for all macroblocks.
func (e *encoder) run() {
	for i := range e.all {
		x := i % e.across
		if x == 0 {
			e.left = around{}
		}
		m := &e.all[i]
		e.lights(i, m)
		e.colours(i, m)
		if m.empty() {
			e.above[x].skipped(m.mode)
			e.left.skipped(m.mode)
		} else {
			sendTokens(nowhere{}, m, &e.above[x], &e.left)
		}
	}
}

// nowhere is for what walks leave behind, the contexts.
type nowhere struct{}

func (nowhere) node(place, uint8, bool) {}
func (nowhere) fixed(bool, uint8)       {}

// attempt is a way of writing the light of a macroblock.
type attempt struct {
	macroblock
	patch
	score int // of what is lost, and of bits: the lower the better
}

// lights writes the light of a macroblock in the cheaper way.
func (e *encoder) lights(i int, m *macroblock) {
	x, y := i%e.across*16, i/e.across*16
	var whole, parts attempt
	whole.edges(&e.light, x, y, 16)
	parts.patch = whole.patch
	e.whole(&whole, x, y)
	best := &whole
	if len(e.all) <= maxInBlocks && e.parts(&parts, i, x, y, whole.score) {
		best = &parts
	}
	*m = best.macroblock
	best.write(&e.light, x, y, 16)
}

// whole predicts a macroblock as one.
func (e *encoder) whole(a *attempt, x, y int) {
	mode := e.bestMode([]*patch{&a.patch}, []*plane{&e.light}, x, y, 16)
	a.mode = uint8(mode)
	fill(a.blocks[:], inBlocksOf[mode])
	var coefs [16]block
	var constants block
	for b := range coefs {
		coefs[b] = e.light.without(&a.patch, x, y, b&3*4, b>>2*4)
		coefs[b].forward()
		constants[b] = coefs[b][0]
	}
	constants.secondForward()
	e.second.divide(&constants, 0, &a.levels[secondAt])
	constants.secondInverse()
	for b := range coefs {
		e.luma.divide(&coefs[b], 1, &a.levels[b])
		coefs[b][0] = constants[b]
		a.add(&coefs[b], origin+b>>2*4*patchStride+b&3*4)
	}
	above, left := e.above[x/16], e.left
	e.bits.sum = lightPaths[mode].cost(lightProbs)
	walk(&e.bits, second, above[8]+left[8], 0, &a.levels[secondAt])
	sendLight(&e.bits, &a.macroblock, lumaAfterSecond, 1, &above, &left)
	a.score = e.score(e.light.lost(&a.patch, x, y, 0, 0, 16), e.bits.sum)
}

// score of so much that is lost, and so many 256ths of a bit.
func (e *encoder) score(lost, bits int) int { return lost<<8 + e.weight*bits }

// parts predicts each block of a macroblock. It reports whether that comes below a score.
func (e *encoder) parts(a *attempt, i, x, y, below int) bool {
	a.mode = inBlocks
	a.repeatRight()
	above, left := e.above[x/16], e.left
	a.score = e.score(0, lightPaths[inBlocks].cost(lightProbs))
	for b := range 16 {
		bx, by := b&3*4, b>>2*4
		probs := e.blockProbs(i, &a.macroblock, b)
		a.blocks[b] = e.bestBlock(&a.patch, x, y, bx, by, probs)
		e.bits.sum = blockPaths[a.blocks[b]].cost(probs)
		coefs := e.light.without(&a.patch, x, y, bx, by)
		coefs.forward()
		e.luma.divide(&coefs, 0, &a.levels[b])
		a.add(&coefs, origin+by*patchStride+bx)
		v := walk(&e.bits, luma, above[b&3]+left[b>>2], 0, &a.levels[b])
		above[b&3], left[b>>2] = v, v
		if a.score += e.score(e.light.lost(&a.patch, x, y, bx, by, 4), e.bits.sum); a.score >= below {
			return false
		}
	}
	return true
}

// bestBlock predicts the block at bx, by of a macroblock in the mode that comes nearest.
func (e *encoder) bestBlock(p *patch, x, y, bx, by int, probs []uint8) uint8 {
	o := origin + by*patchStride + bx
	means := p.means(o)
	best, least := 0, math.MaxInt
	var points, nearest [16]uint8
	for mode := range blockModes {
		p.predictBlock(mode, o, &means, &points)
		score := e.score(e.light.apart(&points, x+bx, y+by), blockPaths[mode].cost(probs))
		if score < least {
			best, least, nearest = mode, score, points
		}
	}
	for i := range 4 {
		copy(p[o+i*patchStride:][:4], nearest[4*i:])
	}
	return uint8(best)
}

// bestMode predicts size × size points, of one plane or of both colours, in the mode that comes nearest.
func (e *encoder) bestMode(patches []*patch, from []*plane, x, y, size int) int {
	best, least := 0, math.MaxInt
	for mode := range inBlocks {
		lost := 0
		for i, p := range patches {
			p.predict(mode, size, y > 0, x > 0)
			lost += from[i].lost(p, x, y, 0, 0, size)
		}
		if lost < least {
			best, least = mode, lost
		}
	}
	for _, p := range patches {
		p.predict(best, size, y > 0, x > 0)
	}
	return best
}

// colours writes the colours of a macroblock.
func (e *encoder) colours(i int, m *macroblock) {
	x, y := i%e.across*8, i/e.across*8
	var blue, red patch
	blue.edges(&e.blue, x, y, 8)
	red.edges(&e.red, x, y, 8)
	patches, from := []*patch{&blue, &red}, []*plane{&e.blue, &e.red}
	m.colour = uint8(e.bestMode(patches, from, x, y, 8))
	for c, p := range patches {
		for b := range 4 {
			bx, by := b&1*4, b>>1*4
			coefs := from[c].without(p, x, y, bx, by)
			coefs.forward()
			e.chroma.divide(&coefs, 0, &m.levels[colourAt+4*c+b])
			p.add(&coefs, origin+by*patchStride+bx)
		}
		p.write(from[c], x, y, 8)
	}
}

// without is what the patch at x, y lacks in its block at bx, by.
func (p *plane) without(from *patch, x, y, bx, by int) (out block) {
	for i := range 4 {
		row, had := p.pix[(y+by+i)*p.stride+x+bx:][:4], from[origin+(by+i)*patchStride+bx:][:4]
		for j := range 4 {
			out[4*i+j] = int32(row[j]) - int32(had[j])
		}
	}
	return out
}

// add adds the block of coefficients to the points at o.
func (p *patch) add(b *block, o int) {
	b.inverse()
	for i := range 4 {
		row := p[o+i*patchStride:][:4]
		for j := range row {
			row[j] = clamp(int32(row[j]) + b[4*i+j])
		}
	}
}

func (p *patch) write(to *plane, x, y, size int) {
	for i := range size {
		copy(to.pix[(y+i)*to.stride+x:][:size], p[origin+i*patchStride:])
	}
}

// lost is the square of how far a part of the patch at x, y is from the plane.
func (p *plane) lost(from *patch, x, y, bx, by, size int) (sum int) {
	for i := range size {
		row, had := p.pix[(y+by+i)*p.stride+x+bx:][:size], from[origin+(by+i)*patchStride+bx:][:size]
		for j, v := range row {
			d := int(v) - int(had[j])
			sum += d * d
		}
	}
	return sum
}

// apart is the square of how far points are from the block at x, y.
func (p *plane) apart(points *[16]uint8, x, y int) (sum int) {
	for i := range 4 {
		row := p.pix[(y+i)*p.stride+x:][:4]
		for j, v := range row {
			d := int(v) - int(points[4*i+j])
			sum += d * d
		}
	}
	return sum
}
