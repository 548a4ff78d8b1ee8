package webp

// macroblock is what is written of 16 × 16 points.
type macroblock struct {
	mode   uint8                // of its light
	colour uint8                // mode of its colours
	blocks [16]uint8            // modes of the blocks of its light, or the ones that its mode stands for
	levels [secondAt + 1]levels // of the light, of both colours from colourAt on, and the second-order block
}

const (
	colourAt = 16
	secondAt = 24
)

// inBlocksOf is the mode of blocks that a mode of macroblocks stands for, to the macroblocks beside it.
var inBlocksOf = [inBlocks]uint8{blockMean, blockAbove, blockLeft, blockBoth}

// The trees of modes (sections 8.1 and 11.2 to 11.4), of macroblocks in the order of the modes here.
var (
	lightPaths  = [5]path{{1, 2, 4}, {1, 2, 5}, {1, 3, 6}, {1, 3, 7}, {0}}
	lightProbs  = []uint8{145, 156, 163, 128}
	colourPaths = [4]path{{0}, {1, 2}, {1, 3, 4}, {1, 3, 5}}
	colourProbs = []uint8{142, 114, 183}
	blockPaths  = [blockModes]path{
		{0}, {1, 2}, {1, 3, 4}, {1, 3, 5, 6, 8}, {1, 3, 5, 7, 12}, {1, 3, 5, 6, 9, 10}, {1, 3, 5, 6, 9, 11},
		{1, 3, 5, 7, 13, 14}, {1, 3, 5, 7, 13, 15, 16}, {1, 3, 5, 7, 13, 15, 17},
	}
)

// empty reports that all coefficients are zero.
func (m *macroblock) empty() bool {
	for i := range m.levels {
		if m.levels[i].last() >= 0 {
			return false
		}
	}
	return true
}

// around is whether the blocks on one side of a macroblock had coefficients: four of light, two of each colour, and
// the second-order block.
type around [9]uint8

// skipped is what comes after a macroblock without coefficients. One that has no second-order block leaves what was.
func (a *around) skipped(mode uint8) {
	second := a[8]
	if *a = (around{}); mode == inBlocks {
		a[8] = second
	}
}

// sendTokens sends all coefficients of a macroblock.
func sendTokens[S sink](s S, m *macroblock, above, left *around) {
	kind, first := uint8(luma), 0
	if m.mode != inBlocks {
		v := walk(s, second, above[8]+left[8], 0, &m.levels[secondAt])
		above[8], left[8], kind, first = v, v, lumaAfterSecond, 1
	}
	sendLight(s, m, kind, first, above, left)
	for c := range 2 {
		for i := range 4 {
			a, l := &above[4+2*c+i&1], &left[4+2*c+i>>1]
			v := walk(s, chroma, *a+*l, 0, &m.levels[colourAt+4*c+i])
			*a, *l = v, v
		}
	}
}

func sendLight[S sink](s S, m *macroblock, kind uint8, first int, above, left *around) {
	for i := range 16 {
		a, l := &above[i&3], &left[i>>2]
		v := walk(s, kind, *a+*l, first, &m.levels[i])
		*a, *l = v, v
	}
}

// sendFrame sends the coefficients of a whole frame.
func sendFrame[S sink](s S, all []macroblock, across int) {
	above := make([]around, across)
	var left around
	for i := range all {
		x := i % across
		if x == 0 {
			left = around{}
		}
		if all[i].empty() {
			above[x].skipped(all[i].mode)
			left.skipped(all[i].mode)
			continue
		}
		sendTokens(s, &all[i], &above[x], &left)
	}
}

// frame writes a key frame (section 9): its head, the modes, and the coefficients.
func (e *encoder) frame(w, h int) []byte {
	var count tokenCount
	sendFrame(&count, e.all, e.across)
	c := newCoder(256 + 8*len(e.all))
	c.number(0, 2) // colours as ever, and points that may have to be clamped
	c.flag(false)  // no segments
	c.flag(false)  // the normal filter
	c.number(uint32(e.filter), 6)
	c.number(0, 3) // its sharpness
	c.flag(false)  // the same filter for all
	c.number(0, 2) // one partition
	c.number(uint32(e.index), 7)
	c.number(0, 5) // the same index for all
	c.flag(false)  // no frame comes after this one
	probs := count.write(c)
	e.modes(c)
	first := c.close()

	t := tokenCoder{newCoder(64 * len(e.all)), probs}
	sendFrame(t, e.all, e.across)
	rest := t.close()

	tag := uint32(len(first))<<5 | 1<<4 // a key frame that is shown
	head := []byte{byte(tag), byte(tag >> 8), byte(tag >> 16), 0x9d, 0x01, 0x2a, byte(w), byte(w >> 8), byte(h), byte(h >> 8)}
	return append(append(head, first...), rest...)
}

// modes writes how each macroblock is predicted, and whether there is more of it.
func (e *encoder) modes(c *coder) {
	empty := 0
	for i := range e.all {
		if e.all[i].empty() {
			empty++
		}
	}
	c.flag(true) // it is told which ones are empty
	prob := uint8(min(max((len(e.all)-empty)*256/len(e.all), 1), 255))
	c.number(uint32(prob), 8)
	for i := range e.all {
		m := &e.all[i]
		c.bit(m.empty(), prob)
		c.follow(lightPaths[m.mode], lightProbs)
		if m.mode == inBlocks {
			for at, mode := range m.blocks {
				c.follow(blockPaths[mode], e.blockProbs(i, m, at))
			}
		}
		c.follow(colourPaths[m.colour], colourProbs)
	}
}

// blockProbs are the probabilities of the mode of a block of m, which is the macroblock i, by the ones beside it.
func (e *encoder) blockProbs(i int, m *macroblock, at int) []uint8 {
	above, left := uint8(blockMean), uint8(blockMean)
	if at >= 4 {
		above = m.blocks[at-4]
	} else if i >= e.across {
		above = e.all[i-e.across].blocks[at+12]
	}
	if at&3 > 0 {
		left = m.blocks[at-1]
	} else if i%e.across > 0 {
		left = e.all[i-1].blocks[at+3]
	}
	return blockModeProbabilities[above][left][:]
}
