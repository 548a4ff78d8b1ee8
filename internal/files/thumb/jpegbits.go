package thumb

import (
	"errors"
	"io"
)

// bits reads a JPEG byte by byte between its marks, and bit by bit within the picture.
type bits struct {
	src io.Reader
	buf []byte
	at  int // in buf

	acc  uint64 // the next bits, the first of them on top
	n    int    // how many there are, with those that were made up
	fake int    // made up, because a mark or the end of the file came
	last byte   // the mark that ended the bits, 0 before one came
}

// more reads the next part of the file.
func (b *bits) more() error {
	n, err := io.ReadAtLeast(b.src, b.buf[:cap(b.buf)], 1)
	b.buf, b.at = b.buf[:n], 0
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (b *bits) byte() (byte, error) {
	if b.at == len(b.buf) {
		if err := b.more(); err != nil {
			return 0, err
		}
	}
	b.at++
	return b.buf[b.at-1], nil
}

// mark reads up to the next mark.
func (b *bits) mark() (byte, error) {
	for {
		v, err := b.byte()
		for err == nil && v == 0xFF {
			if v, err = b.byte(); v != 0xFF && v != 0 {
				return v, err
			}
		}
		if err != nil {
			return 0, err
		}
	}
}

// segment reads what belongs to a mark.
func (b *bits) segment() ([]byte, error) {
	high, err := b.byte()
	if err != nil {
		return nil, err
	}
	low, err := b.byte()
	size := int(high)<<8 | int(low)
	if err != nil || size < 2 {
		return nil, errors.Join(errBroken, err)
	}
	raw := make([]byte, size-2)
	for i := 0; i < len(raw); {
		if b.at == len(b.buf) {
			if err := b.more(); err != nil {
				return nil, err
			}
		}
		n := copy(raw[i:], b.buf[b.at:])
		i, b.at = i+n, b.at+n
	}
	return raw, nil
}

// fill has at least 32 bits at hand; where the picture has ended they are made up.
func (b *bits) fill() error {
	for b.n <= 56 {
		v := byte(0)
		if b.last == 0 {
			var err error
			if v, err = b.byte(); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				return err
			}
			if err == nil && v == 0xFF {
				v, err = b.afterFF()
			}
			if err != nil {
				b.last = 0xD9
			}
		}
		if b.last != 0 {
			v, b.fake = 0, b.fake+8
		}
		b.acc |= uint64(v) << (56 - b.n)
		b.n += 8
	}
	return nil
}

// afterFF tells a value from a mark.
func (b *bits) afterFF() (byte, error) {
	for {
		v, err := b.byte()
		switch {
		case err != nil:
			return 0, err
		case v == 0:
			return 0xFF, nil
		case v != 0xFF:
			b.last = v
			return 0, nil
		}
	}
}

// short reports whether bits were used that are not there.
func (b *bits) short() bool { return b.fake > b.n }

// resume drops the bits that are left, and returns the mark that ends them.
func (b *bits) resume() (mark byte, err error) {
	mark = b.last
	if mark == 0 {
		mark, err = b.mark()
	}
	b.acc, b.n, b.fake, b.last = 0, 0, 0, 0
	return mark, err
}

// value is a number of size bits, at most 15.
func (b *bits) value(size byte) int32 {
	if size == 0 {
		return 0
	}
	v := int32(b.acc >> (64 - size))
	b.acc <<= size
	b.n -= int(size)
	if v < 1<<(size-1) {
		v += -1<<size + 1
	}
	return v
}

// fastBits is the length of the codes that are looked up at once.
const fastBits = 9

// huffman is a code in which frequent symbols are short.
type huffman struct {
	ok      bool
	fast    [1 << fastBits]uint16 // length and symbol by the next bits; 0: the code is longer
	symbols [256]byte
	most    [17]int32 // the last code of each length, -1: there is none
	offset  [17]int32 // from a code to the place of its symbol
}

// read takes a code from a segment and returns how long it is there.
func (h *huffman) read(raw []byte) (int, error) {
	if len(raw) < 16 {
		return 0, errBroken
	}
	*h = huffman{ok: true}
	code, n := int32(0), 0
	for size := 1; size <= 16; size++ {
		count := int(raw[size-1])
		if n+count > 256 || len(raw) < 16+n+count || int(code)+count > 1<<size {
			return 0, errBroken
		}
		h.most[size], h.offset[size] = code+int32(count)-1, int32(n)-code
		if count == 0 {
			h.most[size] = -1
		}
		for range count {
			h.symbols[n] = raw[16+n]
			h.quick(code, size, raw[16+n])
			code, n = code+1, n+1
		}
		code <<= 1
	}
	return 16 + n, nil
}

// quick enters a code into the table of short ones.
func (h *huffman) quick(code int32, size int, symbol byte) {
	if size > fastBits {
		return
	}
	left := fastBits - size
	for i := range 1 << left {
		h.fast[int(code)<<left|i] = uint16(size)<<8 | uint16(symbol)
	}
}

// symbol reads the next symbol; the bits of a value that follows it are at hand then.
func (b *bits) symbol(h *huffman) (byte, error) {
	if b.n < 32 {
		if err := b.fill(); err != nil {
			return 0, err
		}
	}
	if e := h.fast[b.acc>>(64-fastBits)]; e != 0 {
		b.acc <<= e >> 8
		b.n -= int(e >> 8)
		return byte(e), nil
	}
	for size := fastBits + 1; size <= 16; size++ {
		if code := int32(b.acc >> (64 - size)); code <= h.most[size] {
			b.acc <<= size
			b.n -= size
			return h.symbols[(code+h.offset[size])&255], nil
		}
	}
	return 0, errBroken
}
