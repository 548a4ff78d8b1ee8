package webp

import "encoding/binary"

// container puts a frame and its alpha, if it has any, into the chunks of a file.
func container(frame, alpha []byte, w, h int) []byte {
	size := 12 + chunkSize(frame)
	if alpha != nil {
		size += chunkSize(make([]byte, 10)) + chunkSize(alpha)
	}
	out := append(make([]byte, 0, size), "RIFF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(size-8))
	out = append(out, "WEBP"...)
	if alpha != nil {
		w, h := w-1, h-1
		out = chunk(out, "VP8X", []byte{1 << 4, 0, 0, 0, byte(w), byte(w >> 8), 0, byte(h), byte(h >> 8), 0})
		out = chunk(out, "ALPH", alpha)
	}
	return chunk(out, "VP8 ", frame)
}

func chunkSize(data []byte) int { return 8 + len(data) + len(data)&1 }

// chunk appends a name, a size, and so many bytes, padded to even.
func chunk(out []byte, name string, data []byte) []byte {
	out = binary.LittleEndian.AppendUint32(append(out, name...), uint32(len(data)))
	if out = append(out, data...); len(data)&1 != 0 {
		out = append(out, 0)
	}
	return out
}
