package webp

import (
	"math"
	"math/bits"
)

// coder is the arithmetic coder of RFC 6386, section 7: every bit is written with the probability, in 256ths, that it is
// not set, and takes the less room the more it was expected.
type coder struct {
	out   []byte
	low   uint32 // the lower end of the span, with ready bits before its own eight
	span  uint32 // 128 to 255 between two bits
	ready uint32
}

func newCoder(room int) *coder { return &coder{out: make([]byte, 0, room), span: 255} }

func (c *coder) bit(set bool, prob uint8) {
	split := 1 + (c.span-1)*uint32(prob)>>8
	if set {
		c.low += split
		c.span -= split
	} else {
		c.span = split
	}
	shift := uint32(bits.LeadingZeros8(uint8(c.span)))
	c.span <<= shift
	c.low <<= shift
	if c.ready += shift; c.ready >= 8 {
		c.ship()
	}
}

// ship writes the eight bits that are ready the longest.
func (c *coder) ship() {
	b := c.low >> c.ready
	if b > 255 { // a carry runs through what is written
		for i := len(c.out) - 1; ; i-- {
			if c.out[i]++; c.out[i] != 0 {
				break
			}
		}
	}
	c.out = append(c.out, byte(b))
	c.low &= 1<<c.ready - 1
	c.ready -= 8
}

// number writes the lowest size bits of v, which are as likely set as not.
func (c *coder) number(v uint32, size int) {
	for i := size - 1; i >= 0; i-- {
		c.bit(v>>i&1 != 0, 128)
	}
}

func (c *coder) flag(set bool) { c.bit(set, 128) }

// path is how a leaf of a tree is come to: every node on the way, twice its number, and one more where the bit is set.
type path []uint8

func (c *coder) follow(p path, probs []uint8) {
	for _, step := range p {
		c.bit(step&1 != 0, probs[step>>1])
	}
}

// close is all that was written, to its last bit.
func (c *coder) close() []byte {
	for range 2 {
		c.low <<= 8 - c.ready
		c.ready = 8
		c.ship()
	}
	return c.out
}

// costs is what a bit costs that is not set, by its probability, in 256ths of a bit.
var costs = func() (out [257]int) {
	out[0] = 8 * 256
	for p := 1; p <= 256; p++ {
		out[p] = int(-256*math.Log2(float64(p)/256) + 0.5)
	}
	return out
}()

func cost(set bool, prob uint8) int {
	if set {
		return costs[256-int(prob)]
	}
	return costs[prob]
}

func (p path) cost(probs []uint8) (sum int) {
	for _, step := range p {
		sum += cost(step&1 != 0, probs[step>>1])
	}
	return sum
}
