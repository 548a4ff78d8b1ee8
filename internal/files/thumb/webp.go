package thumb

import (
	"fmt"
	"image"
	"io"

	decoder "golang.org/x/image/webp"

	"github.com/holdall-dev/holdall/internal/webp"
)

// AsWebP has the thumb written as WebP, in a quality of 1 to 100. It fails with ErrRefused when that would take too
// much memory.
func (p *Picture) AsWebP(quality int) error {
	w, h, _ := p.plan()
	p.Memory += webp.Memory(w, h)
	if p.Memory > MaxMemory {
		return fmt.Errorf("%w: it would take %d MiB", ErrRefused, p.Memory>>20)
	}
	p.Type, p.webp = "image/webp", quality
	return nil
}

func encodeWebP(w io.Writer, m image.Image, quality int) error { return webp.Encode(w, m, quality) }

// decodeWebP reads a WebP, the first frame of an animated one. Its planes do not use all values there are, as those of a JPEG do: light goes from 16 to 235
// and colours from 16 to 240. The decoder leaves that to whoever looks at the points, who takes them for a JPEG's
// and sees a pale picture.
func decodeWebP(r io.Reader) (image.Image, error) {
	m, err := decoder.Decode(still(r))
	switch m := m.(type) {
	case *image.YCbCr:
		spread(m)
	case *image.NYCbCrA:
		spread(&m.YCbCr)
	}
	return m, err
}

func spread(m *image.YCbCr) {
	light, colour := line(16, 0, 255./219), line(128, 128, 255./224)
	for i, v := range m.Y {
		m.Y[i] = light[v]
	}
	for _, plane := range [][]byte{m.Cb, m.Cr} {
		for i, v := range plane {
			plane[i] = colour[v]
		}
	}
}

// line is what becomes of every value: from becomes to, and others lie beside it, so many times as far.
func line(from, to, times float64) (out [256]byte) {
	for v := range out {
		out[v] = byte(min(max(to+(float64(v)-from)*times+0.5, 0), 255))
	}
	return out
}
