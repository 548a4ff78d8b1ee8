package thumb

// coarse are the waves of a block that a shrunk picture shows, four by four, and a place for all others.
type coarse [17]int32

// place is where in coarse the waves of a block lie, in the order in which they are stored: along diagonals.
var place = func() (at [64]byte) {
	x, y, up := 0, 0, true
	for k := range at {
		at[k] = 16
		if x < 4 && y < 4 {
			at[k] = byte(4*y + x)
		}
		switch {
		case up && x == 7:
			y, up = y+1, false
		case up && y == 0:
			x, up = x+1, false
		case up:
			x, y = x+1, y-1
		case y == 7:
			x, up = x+1, true
		case x == 0:
			y, up = y+1, true
		default:
			x, y = x-1, y+1
		}
	}
	return at
}()

// draw makes side × side points of the waves.
func (w *coarse) draw(dst []byte, stride, side int) {
	switch side {
	case 4:
		w.four(dst, stride)
	case 2:
		a, b, c, d := w[0], w[1], w[4], w[5]
		dst[0], dst[1] = light(a+b+c+d, 3), light(a-b+c-d, 3)
		dst[stride], dst[stride+1] = light(a+b-c-d, 3), light(a-b-c+d, 3)
	default:
		dst[0] = light(w[0], 3)
	}
}

// Half the cosines of an eighth and of three eighths of half a circle, and half of that of a quarter: what a
// wave of the block adds to a point when four of eight are left. In parts of 4096.
const (
	cos1 = 1892
	cos2 = 1448
	cos3 = 784
)

// four is the inverse cosine transform of four by four waves.
func (w *coarse) four(dst []byte, stride int) {
	var rows [16]int32
	for x := range 4 {
		rows[x], rows[4+x], rows[8+x], rows[12+x] = wave4(w[x], w[4+x], w[8+x], w[12+x], 9)
	}
	for y := range 4 {
		r, out := rows[4*y:4*y+4], dst[y*stride:y*stride+4]
		a, b, c, d := wave4(r[0], r[1], r[2], r[3], 0)
		out[0], out[1], out[2], out[3] = light(a, 15), light(b, 15), light(c, 15), light(d, 15)
	}
}

func wave4(a, b, c, d int32, drop int) (p, q, r, s int32) {
	half := int32(1) << drop >> 1
	even0, even1 := (a+c)*cos2+half, (a-c)*cos2+half
	odd0, odd1 := b*cos1+d*cos3, b*cos3-d*cos1
	return (even0 + odd0) >> drop, (even1 + odd1) >> drop, (even1 - odd1) >> drop, (even0 - odd0) >> drop
}

// light is a value with drop bits behind its point as a byte, where 0 is middle gray.
func light(v int32, drop int) byte {
	return byte(min(max((v+(1<<drop>>1))>>drop+128, 0), 255))
}
