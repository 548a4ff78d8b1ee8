package webp

// Kinds of blocks, which have probabilities of their own.
const (
	lumaAfterSecond = iota // all but the constant part, which lies in the second-order block
	second
	chroma
	luma
)

// probabilities of the nodes of the tree of a coefficient (section 13.3), by the kind of its block, its band, and what was
// before it: a zero, a one, or more.
type probabilities [4][8][3][11]uint8

var (
	zigzag = [16]uint8{0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15}
	bands  = [16]uint8{0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7}
)

// categories are ranges of large values: where each begins, and the probabilities of the bits of what is beyond.
var categories = [6]struct {
	base  int
	probs []uint8
}{
	{5, []uint8{159}},
	{7, []uint8{165, 145}},
	{11, []uint8{173, 148, 140}},
	{19, []uint8{176, 155, 140, 135}},
	{35, []uint8{180, 157, 141, 134, 130}},
	{67, []uint8{254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}},
}

// maxLevel is the largest value of a coefficient.
const maxLevel = 2047

// place is where a coefficient stands, as its probabilities see it.
type place struct{ kind, band, before uint8 }

// sink is what becomes of the bits of coefficients.
type sink interface {
	node(at place, node uint8, set bool)
	fixed(set bool, prob uint8)
}

// levels of a block, in zigzag.
type levels [16]int16

// last is the index of the last one that is not zero, -1 when all are.
func (l *levels) last() int {
	for i := 15; i >= 0; i-- {
		if l[i] != 0 {
			return i
		}
	}
	return -1
}

// walk sends a block to s, from its first coefficient on. It returns 1 when there is one that is not zero, which is
// what comes before the first one of the blocks right of it and below.
func walk[S sink](s S, kind uint8, before uint8, first int, l *levels) uint8 {
	last, ended := l.last(), true
	for i := first; i < 16; i++ {
		at := place{kind, bands[i], before}
		if i > last {
			s.node(at, 0, false)
			break
		}
		if ended {
			s.node(at, 0, true)
		}
		v := int(l[i])
		s.node(at, 1, v != 0)
		if ended = v != 0; !ended {
			before = 0
			continue
		}
		size := max(v, -v)
		magnitude(s, at, size)
		s.fixed(v < 0, 128)
		before = uint8(min(size, 2))
	}
	if last >= first {
		return 1
	}
	return 0
}

// magnitude sends a value of at least one.
func magnitude[S sink](s S, at place, v int) {
	if s.node(at, 2, v > 1); v == 1 {
		return
	}
	s.node(at, 3, v > 4)
	switch {
	case v <= 4:
		if s.node(at, 4, v > 2); v > 2 {
			s.node(at, 5, v > 3)
		}
		return
	case v <= 10:
		s.node(at, 6, false)
		s.node(at, 7, v > 6)
	case v <= 34:
		s.node(at, 6, true)
		s.node(at, 8, false)
		s.node(at, 9, v > 18)
	default:
		s.node(at, 6, true)
		s.node(at, 8, true)
		s.node(at, 10, v > 66)
	}
	n := 5
	for v < categories[n].base {
		n--
	}
	beyond, probs := v-categories[n].base, categories[n].probs
	for i, prob := range probs {
		s.fixed(beyond>>(len(probs)-1-i)&1 != 0, prob)
	}
}

// tokenCoder writes coefficients.
type tokenCoder struct {
	*coder
	probs *probabilities
}

func (t tokenCoder) node(at place, node uint8, set bool) {
	t.bit(set, t.probs[at.kind][at.band][at.before][node])
}
func (t tokenCoder) fixed(set bool, prob uint8) { t.bit(set, prob) }

// tokenCost adds up what coefficients cost, in 256ths of a bit.
type tokenCost struct {
	probs *probabilities
	sum   int
}

func (t *tokenCost) node(at place, node uint8, set bool) {
	t.sum += cost(set, t.probs[at.kind][at.band][at.before][node])
}
func (t *tokenCost) fixed(set bool, prob uint8) { t.sum += cost(set, prob) }

// tokenCount counts how often nodes go each way.
type tokenCount [4][8][3][11][2]uint32

func (t *tokenCount) node(at place, node uint8, set bool) {
	way := 0
	if set {
		way = 1
	}
	t[at.kind][at.band][at.before][node][way]++
}
func (*tokenCount) fixed(bool, uint8) {}

// write tells the decoder of the probabilities that are worth changing, and returns all.
func (t *tokenCount) write(c *coder) *probabilities {
	probs := defaultProbabilities
	for i := range probs {
		for j := range probs[i] {
			for k := range probs[i][j] {
				for l := range probs[i][j][k] {
					p, change := &probs[i][j][k][l], changeProbabilities[i][j][k][l]
					better, worth := improved(t[i][j][k][l], *p, change)
					if c.bit(worth, change); worth {
						*p = better
						c.number(uint32(better), 8)
					}
				}
			}
		}
	}
	return &probs
}

// improved is the probability for a node that went each way so many times, and whether it pays to tell of it.
func improved(ways [2]uint32, now, change uint8) (uint8, bool) {
	not, set := int(ways[0]), int(ways[1])
	if not+set == 0 {
		return now, false
	}
	better := uint8(min(max((not*256+(not+set)/2)/(not+set), 1), 255))
	before := not*cost(false, now) + set*cost(true, now) + cost(false, change)
	after := not*cost(false, better) + set*cost(true, better) + cost(true, change) + 8*256
	return better, after < before
}
