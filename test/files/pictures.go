package filestest

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"io"
)

// picture is one that is made to hurt.
type picture struct {
	name string
	raw  []byte
}

// hurtful are small files that say they are large pictures. Some are; of others the rest is missing.
func hurtful() []picture {
	list := []picture{
		{"png-20k.png", pngOf(20_000, 20_000, 8, 6, 0, 20_000)},
		{"png-7k-whole.png", pngOf(7_000, 7_000, 8, 6, 0, 7_000)},
		{"png-6k-whole.png", pngOf(6_000, 6_000, 8, 6, 0, 6_000)},
		{"png-gray-7k.png", pngOf(7_000, 7_000, 8, 0, 0, 7_000)},
		{"png-16bit-4k.png", pngOf(4_000, 4_000, 16, 6, 0, 4_000)},
		{"png-interlaced-5k.png", pngOf(5_000, 5_000, 8, 6, 1, 0)},
		{"png-missing-rows.png", pngOf(6_000, 6_000, 8, 6, 0, 3)},
		{"jpeg-4k.jpg", encoded(func(w io.Writer) error {
			return jpeg.Encode(w, blank{image.Rect(0, 0, 4_000, 4_000), color.RGBA{200, 100, 50, 255}}, &jpeg.Options{Quality: 1})
		})},
		{"gif-10k-frames.gif", encoded(film)},
	}
	small := encoded(func(w io.Writer) error {
		return jpeg.Encode(w, blank{image.Rect(0, 0, 64, 64), color.White}, nil)
	})
	sof := bytes.Index(small, []byte{0xFF, 0xC0})
	lying := bytes.Clone(small)
	binary.BigEndian.PutUint32(lying[sof+5:], 6_900<<16|6_900)
	progressive := bytes.Clone(small)
	progressive[sof+1] = 0xC2
	binary.BigEndian.PutUint32(progressive[sof+5:], 4_000<<16|4_000)
	large := encoded(func(w io.Writer) error {
		return gif.Encode(w, blank{image.Rect(0, 0, 3_000, 3_000), color.White}, &gif.Options{NumColors: 2})
	})
	webp := []byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/\x57\xdb\xd5\x06\x10\x88\x88\xfe\x07\x00\x00")
	return append(list, picture{"jpeg-lying.jpg", lying}, picture{"jpeg-progressive.jpg", progressive}, picture{"gif-3k.gif", large},
		picture{"webp-7k.webp", webp}, picture{"png-cut.png", list[2].raw[:200]}, picture{"jpeg-cut.jpg", list[7].raw[:2000]})
}

func encoded(write func(io.Writer) error) []byte {
	var out bytes.Buffer
	if err := write(&out); err != nil {
		panic(err) // it is memory
	}
	return out.Bytes()
}

// blank is a picture of one colour that takes no memory.
type blank struct {
	rect image.Rectangle
	c    color.Color
}

func (b blank) ColorModel() color.Model { return color.RGBAModel }
func (b blank) Bounds() image.Rectangle { return b.rect }
func (b blank) At(int, int) color.Color { return b.c }

// film has ten thousand pictures.
func film(w io.Writer) error {
	frame := image.NewPaletted(image.Rect(0, 0, 64, 64), color.Palette{color.Black, color.White})
	g := &gif.GIF{}
	for range 10_000 {
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, 1)
	}
	return gif.EncodeAll(w, g)
}

// pngOf is a PNG that says it is w × h points of a depth and kind, and has so many empty rows.
func pngOf(w, h uint32, depth, kind, interlace byte, rows int) []byte {
	var out, packed bytes.Buffer
	out.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(name string, data []byte) {
		body := append([]byte(name), data...)
		out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(data))))
		out.Write(body)
		out.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)))
	}
	chunk("IHDR", append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h), depth, kind, 0, 0, interlace))
	z, _ := zlib.NewWriterLevel(&packed, zlib.BestSpeed)
	row := make([]byte, 1+int(w)*int(depth)/8*map[byte]int{0: 1, 2: 3, 6: 4}[kind])
	for range rows {
		_, _ = z.Write(row)
	}
	_ = z.Close()
	chunk("IDAT", packed.Bytes())
	chunk("IEND", nil)
	return out.Bytes()
}
