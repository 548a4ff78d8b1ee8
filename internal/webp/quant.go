package webp

// quantiser divides the coefficients of one kind of block by steps: one for the constant part, one for all others.
type quantiser struct {
	step, inverse, bias [2]int32 // inverse as 65536ths
}

// Where a value is rounded up, as 256ths of a step: coefficients cost more the larger they are, and what falls short
// of a half is hardly seen.
const (
	roundConstant = 128
	roundOther    = 104
)

func newQuantiser(constant, other int32) (q quantiser) {
	q.step = [2]int32{constant, other}
	for i, round := range [2]int32{roundConstant, roundOther} {
		q.inverse[i] = 1<<16/q.step[i] + 1
		q.bias[i] = q.step[i] * round / 256
	}
	return q
}

// divide quantises b from its coefficient first on, and makes of b what a decoder will.
func (q *quantiser) divide(b *block, first int, out *levels) {
	for i := first; i < 16; i++ {
		at, kind := zigzag[i], min(i, 1)
		v := b[at]
		size := int32(int64(max(v, -v)+q.bias[kind]) * int64(q.inverse[kind]) >> 16)
		size = min(size, maxLevel)
		if v < 0 {
			size = -size
		}
		out[i] = int16(size)
		b[at] = size * q.step[kind]
	}
}

// quantisers of a frame (section 14.1).
type quantisers struct{ luma, second, chroma quantiser }

func newQuantisers(index int) quantisers {
	constant, other := dcSteps[index], acSteps[index]
	return quantisers{
		luma:   newQuantiser(constant, other),
		second: newQuantiser(2*constant, max(other*155/100, 8)),
		chroma: newQuantiser(min(constant, 132), other),
	}
}
