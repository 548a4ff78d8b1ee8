package thumb

import (
	"bytes"
	"encoding/binary"
	"io"
)

// The container of a WebP: chunks of a name, a size and so many bytes, padded to even.
const (
	riffHead   = 12 // RIFF, size, WEBP
	chunkHead  = 8
	canvasSize = 10 // of the chunk VP8X: flags, and the canvas
	frameHead  = 16 // of the chunk ANMF: where the frame is, how large, and for how long

	isAnimated = 1 << 1
	hasAlpha   = 1 << 4
)

// still is the WebP in r, of which nothing moves: of one that does it is the first frame. What is no WebP is returned
// as it is.
func still(r io.Reader) io.Reader {
	head := make([]byte, riffHead+chunkHead+canvasSize)
	n, err := io.ReadFull(r, head)
	same := io.MultiReader(bytes.NewReader(head[:n]), r)
	if err != nil || string(head[riffHead:][:4]) != "VP8X" || head[riffHead+chunkHead]&isAnimated == 0 {
		return same
	}
	canvas := head[riffHead+chunkHead+4:]
	for {
		var chunk [chunkHead]byte
		if _, err := io.ReadFull(r, chunk[:]); err != nil {
			return failing{err}
		}
		size := int64(binary.LittleEndian.Uint32(chunk[4:]))
		if string(chunk[:4]) == "ANMF" {
			return frame(r, size, canvas)
		}
		if _, err := io.CopyN(io.Discard, r, size+size%2); err != nil {
			return failing{err}
		}
	}
}

// frame is a WebP of the frame that comes next, of size bytes. It says how large the frame is, so that the decoder
// refuses one that is not; no side may be longer than the canvas, which was looked at before.
func frame(r io.Reader, size int64, canvas []byte) io.Reader {
	var head [frameHead + 4]byte // and the name of the frame's first chunk
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return failing{err}
	}
	sides := head[6:12]
	if size < frameHead+4 || side24(sides) > side24(canvas) || side24(sides[3:]) > side24(canvas[3:]) {
		return failing{ErrRefused}
	}
	var out bytes.Buffer
	out.WriteString("RIFF")
	rest := size - frameHead
	_ = binary.Write(&out, binary.LittleEndian, uint32(4+chunkHead+canvasSize+rest+rest%2)) // never fails
	out.WriteString("WEBPVP8X\x0a\x00\x00\x00")
	flags := byte(0)
	if string(head[frameHead:]) == "ALPH" {
		flags = hasAlpha
	}
	out.Write([]byte{flags, 0, 0, 0})
	out.Write(sides)
	out.Write(head[frameHead:])
	return io.MultiReader(&out, io.LimitReader(r, rest+rest%2-4))
}

// side24 is a side, less one, of three bytes.
func side24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }
