package thumb

import (
	"encoding/binary"
	"errors"
	"image"
	"io"
)

var (
	// errUnusual says that a JPEG is of a kind that the general decoder has to read.
	errUnusual = errors.New("not a JPEG as most cameras make them")
	errBroken  = errors.New("the JPEG is broken")
)

// shrunk decodes a JPEG to an eighth, a quarter or half of its size: for each of its blocks of 8 × 8 points,
// side × side come out (side is 1, 2 or 4), made of the coarse waves of the block. The fine ones, of which a
// thumb shows nothing, are skipped. It reads baseline pictures with three channels of light and colour, and
// fails with errUnusual for all others.
func shrunk(src io.Reader, side int) (*image.YCbCr, error) {
	d := &jpegDecoder{bits: bits{src: src, buf: make([]byte, 0, 32<<10)}, side: side}
	if err := d.segments(); err != nil {
		return nil, err
	}
	if err := d.scan(); err != nil {
		return nil, err
	}
	return d.out, nil
}

type jpegDecoder struct {
	bits
	side     int // of what comes of a block
	w, h     int
	chans    [3]channel
	quants   [4][64]int32
	hasQuant [4]bool
	huffs    [2][4]huffman // for the first value of a block, and for the others
	restart  int           // blocks of blocks between marks; 0 is none
	out      *image.YCbCr
}

// channel is light, or one of the colours.
type channel struct {
	id         byte
	h, v       int // blocks of it that belong together
	quant      *[64]int32
	first, all *huffman
	last       int32 // first value of the block before
	pix        []byte
	stride     int
}

// segments reads what stands before the picture itself.
func (d *jpegDecoder) segments() error {
	if mark, err := d.mark(); err != nil || mark != 0xD8 {
		return errors.Join(errBroken, err)
	}
	for {
		mark, err := d.mark()
		if err != nil {
			return err
		}
		raw, err := d.segment()
		if err != nil {
			return err
		}
		switch {
		case mark == 0xDB:
			err = d.quant(raw)
		case mark == 0xC4:
			err = d.huffman(raw)
		case mark == 0xC0 || mark == 0xC1:
			err = d.frame(raw)
		case mark > 0xC1 && mark <= 0xCF && mark != 0xC8 && mark != 0xCC:
			return errUnusual
		case mark == 0xDD && len(raw) == 2:
			d.restart = int(binary.BigEndian.Uint16(raw))
		case mark == 0xEE && len(raw) >= 12 && string(raw[:5]) == "Adobe" && raw[11] != 1:
			return errUnusual // other colours
		case mark == 0xDA:
			return d.begin(raw)
		case mark == 0xD9:
			return errBroken
		}
		if err != nil {
			return err
		}
	}
}

func (d *jpegDecoder) quant(raw []byte) error {
	for len(raw) > 0 {
		wide, to := int(raw[0]>>4), raw[0]&15
		size := 64 << wide
		if wide > 1 || to > 3 || len(raw) <= size {
			return errBroken
		}
		for i := range 64 {
			if wide == 0 {
				d.quants[to][i] = int32(raw[1+i])
			} else {
				d.quants[to][i] = int32(binary.BigEndian.Uint16(raw[1+2*i:]))
			}
		}
		d.hasQuant[to] = true
		raw = raw[1+size:]
	}
	return nil
}

func (d *jpegDecoder) huffman(raw []byte) error {
	for len(raw) > 0 {
		kind, to := raw[0]>>4, raw[0]&15
		if kind > 1 || to > 3 {
			return errBroken
		}
		used, err := d.huffs[kind][to].read(raw[1:])
		if err != nil {
			return err
		}
		raw = raw[1+used:]
	}
	return nil
}

// frame reads the size of the picture and its channels.
func (d *jpegDecoder) frame(raw []byte) error {
	if d.w > 0 || len(raw) < 6 {
		return errBroken
	}
	d.h, d.w = int(binary.BigEndian.Uint16(raw[1:])), int(binary.BigEndian.Uint16(raw[3:]))
	if raw[0] != 8 || raw[5] != 3 || len(raw) != 15 || d.w == 0 || d.h == 0 {
		return errUnusual
	}
	for i := range d.chans {
		c, from := &d.chans[i], raw[6+3*i:]
		c.id, c.h, c.v = from[0], int(from[1]>>4), int(from[1]&15)
		if from[2] > 3 {
			return errBroken
		}
		c.quant = &d.quants[from[2]]
		if i > 0 && (c.h != 1 || c.v != 1) {
			return errUnusual
		}
	}
	if string([]byte{d.chans[0].id, d.chans[1].id, d.chans[2].id}) == "RGB" {
		return errUnusual
	}
	return d.make()
}

// ratios by how many blocks of light belong to one of each colour, across and down.
var ratios = map[[2]int]image.YCbCrSubsampleRatio{
	{1, 1}: image.YCbCrSubsampleRatio444, {2, 1}: image.YCbCrSubsampleRatio422, {1, 2}: image.YCbCrSubsampleRatio440,
	{2, 2}: image.YCbCrSubsampleRatio420, {4, 1}: image.YCbCrSubsampleRatio411, {4, 2}: image.YCbCrSubsampleRatio410,
}

// groups is how many groups of blocks there are across and down.
func (d *jpegDecoder) groups() (x, y int) {
	light := &d.chans[0]
	return (d.w + 8*light.h - 1) / (8 * light.h), (d.h + 8*light.v - 1) / (8 * light.v)
}

// make takes the memory of the picture.
func (d *jpegDecoder) make() error {
	light := &d.chans[0]
	ratio, ok := ratios[[2]int{light.h, light.v}]
	if !ok {
		return errUnusual
	}
	across, down := d.groups()
	for i := range d.chans {
		c := &d.chans[i]
		c.stride = across * c.h * d.side
		c.pix = make([]byte, c.stride*down*c.v*d.side)
	}
	d.out = &image.YCbCr{
		Y: light.pix, Cb: d.chans[1].pix, Cr: d.chans[2].pix, YStride: light.stride, CStride: d.chans[1].stride, SubsampleRatio: ratio,
		Rect: image.Rect(0, 0, (d.w*d.side+7)/8, (d.h*d.side+7)/8),
	}
	return nil
}

// begin reads which tables the channels use.
func (d *jpegDecoder) begin(raw []byte) error {
	if d.out == nil {
		return errBroken
	}
	if len(raw) != 10 || raw[0] != 3 {
		return errUnusual // the channels come one after the other
	}
	for i := range d.chans {
		c, first, all := &d.chans[i], raw[2+2*i]>>4, raw[2+2*i]&15
		if raw[1+2*i] != c.id || first > 3 || all > 3 {
			return errUnusual
		}
		c.first, c.all = &d.huffs[0][first], &d.huffs[1][all]
		if !c.first.ok || !c.all.ok {
			return errBroken
		}
	}
	return nil
}

// scan reads the picture.
func (d *jpegDecoder) scan() error {
	across, down := d.groups()
	n := 0
	for y := range down {
		for x := range across {
			if d.restart > 0 && n > 0 && n%d.restart == 0 {
				if err := d.again(byte(n/d.restart-1) % 8); err != nil {
					return err
				}
			}
			n++
			for i := range d.chans {
				if err := d.group(&d.chans[i], x, y); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// again expects the mark after which everything begins anew.
func (d *jpegDecoder) again(n byte) error {
	mark, err := d.resume()
	if err != nil || mark != 0xD0+n {
		return errors.Join(errBroken, err)
	}
	for i := range d.chans {
		d.chans[i].last = 0
	}
	return nil
}

// group reads the blocks of a channel that belong together.
func (d *jpegDecoder) group(c *channel, x, y int) error {
	for v := range c.v {
		for h := range c.h {
			var waves coarse
			if err := d.block(c, &waves); err != nil {
				return err
			}
			at := (y*c.v+v)*d.side*c.stride + (x*c.h+h)*d.side
			waves.draw(c.pix[at:], c.stride, d.side)
		}
	}
	return nil
}

// block reads one block and keeps its coarse waves.
func (d *jpegDecoder) block(c *channel, waves *coarse) error {
	size, err := d.symbol(c.first)
	if err != nil || size > 15 {
		return errors.Join(errBroken, err)
	}
	c.last += d.value(size)
	waves[0] = c.last * c.quant[0]
	for k := 1; k < 64; k++ {
		s, err := d.symbol(c.all)
		if err != nil {
			return err
		}
		skip, size := int(s>>4), s&15
		if size == 0 {
			if skip != 15 {
				break
			}
			k += skip
			continue
		}
		if k += skip; k > 63 {
			return errBroken
		}
		waves[place[k]] = d.value(size) * c.quant[k]
	}
	if d.short() {
		return io.ErrUnexpectedEOF
	}
	return nil
}
