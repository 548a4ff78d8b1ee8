package webp

// block is 4 × 4 points or their coefficients, row by row.
type block [16]int32

// The turns of the transform, as 65536ths: √2·sin(π/8), and √2·cos(π/8) less one.
const (
	sine   = 35468
	cosine = 20091
)

// forward is the discrete cosine transform, that which inverse undoes.
func (b *block) forward() {
	const s, c = 2217, 5352 // √2·sin(π/8) and √2·cos(π/8), as 4096ths
	for i := 0; i < 16; i += 4 {
		x := b[i : i+4 : i+4]
		outer, inner := x[0]+x[3], x[1]+x[2]
		across, near := x[0]-x[3], x[1]-x[2]
		x[0], x[2] = (outer+inner)<<2, (outer-inner)<<2
		x[1], x[3] = (near*s+across*c)>>10, (across*s-near*c)>>10
	}
	for i := range 4 {
		outer, inner := b[i]+b[12+i], b[4+i]+b[8+i]
		across, near := b[i]-b[12+i], b[4+i]-b[8+i]
		b[i], b[8+i] = (outer+inner+4)>>3, (outer-inner+4)>>3
		b[4+i], b[12+i] = (near*s+across*c+1<<14)>>15, (across*s-near*c+1<<14)>>15
	}
}

// inverse is what a decoder does, to the bit (section 14.4).
func (b *block) inverse() {
	for i := range 4 {
		b[i], b[4+i], b[8+i], b[12+i] = turned(b[i], b[4+i], b[8+i], b[12+i])
	}
	for i := 0; i < 16; i += 4 {
		x := b[i : i+4 : i+4]
		p, q, r, s := turned(x[0], x[1], x[2], x[3])
		x[0], x[1], x[2], x[3] = (p+4)>>3, (q+4)>>3, (r+4)>>3, (s+4)>>3
	}
}

func turned(x0, x1, x2, x3 int32) (p, q, r, s int32) {
	a, b := x0+x2, x0-x2
	c := (x1*sine)>>16 - (x3 + (x3*cosine)>>16)
	d := x1 + (x1*cosine)>>16 + (x3*sine)>>16
	return a + d, b + c, b - c, a - d
}

// secondForward is the Walsh-Hadamard transform of the constant parts of sixteen blocks.
func (b *block) secondForward() {
	b.hadamard()
	for i, v := range b {
		b[i] = (v + 1) >> 1
	}
}

// secondInverse is what a decoder does (section 14.3).
func (b *block) secondInverse() {
	b.hadamard()
	for i, v := range b {
		b[i] = (v + 3) >> 3
	}
}

func (b *block) hadamard() {
	for i := range 4 {
		b[i], b[4+i], b[8+i], b[12+i] = crossed(b[i], b[4+i], b[8+i], b[12+i])
	}
	for i := 0; i < 16; i += 4 {
		b[i], b[i+1], b[i+2], b[i+3] = crossed(b[i], b[i+1], b[i+2], b[i+3])
	}
}

func crossed(x0, x1, x2, x3 int32) (p, q, r, s int32) {
	a, b, c, d := x0+x3, x1+x2, x1-x2, x0-x3
	return a + b, c + d, a - b, d - c
}
