package thumb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// Limits of a source.
const (
	MaxPixels = 50_000_000
	MaxMemory = 256 << 20 // bytes that its decoding may take
)

// ErrRefused says that a picture is too large, or that there are no thumbs of its kind.
var ErrRefused = errors.New("no thumb of such a picture")

// format is how pictures of one kind are read and thumbs of them written.
type format struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	encode func(io.Writer, image.Image) error
	out    string // media type of the thumb
}

// formats by media type.
var formats = map[string]format{
	"image/png":  {png.DecodeConfig, png.Decode, encodePNG, "image/png"},
	"image/jpeg": {jpeg.DecodeConfig, jpeg.Decode, encodeJPEG, "image/jpeg"},
	"image/jpg":  {jpeg.DecodeConfig, jpeg.Decode, encodeJPEG, "image/jpeg"},
	"image/gif":  {gif.DecodeConfig, gif.Decode, encodeGIF, "image/gif"},
	"image/webp": {webp.DecodeConfig, decodeWebP, encodePNG, "image/png"},
}

func encodePNG(w io.Writer, m image.Image) error { return png.Encode(w, m) }

func encodeJPEG(w io.Writer, m image.Image) error {
	return jpeg.Encode(w, m, &jpeg.Options{Quality: 95})
}

func encodeGIF(w io.Writer, m image.Image) error {
	return gif.Encode(w, m, &gif.Options{NumColors: 256})
}

// Makes reports whether there are thumbs of pictures of a media type.
func Makes(mediaType string) bool { return formats[mediaType].decode != nil }

// Picture is a source that was looked at and not decoded yet.
type Picture struct {
	Memory int64  // bytes that Make will take, roughly
	Type   string // media type of the thumb

	format format
	size   Size
	turn   turn
	w, h   int // of the source as it is stored
	src    io.ReadSeeker
	webp   int // quality of a thumb that is written as WebP, 0 for the format's own
}

// head is how much of a file is searched for what it says of itself, in bytes.
const head = 256 << 10

// Look reads what the picture in src says of itself. Errors: ErrRefused, those of src and of the format.
func Look(src io.ReadSeeker, mediaType string, size Size) (*Picture, error) {
	f, ok := formats[mediaType]
	if !ok {
		return nil, ErrRefused
	}
	conf, err := f.config(bufio.NewReader(src))
	if err != nil {
		return nil, fmt.Errorf("read the head of a picture: %w", err)
	}
	p := &Picture{Type: f.out, format: f, size: size, turn: 1, w: conf.Width, h: conf.Height, src: src}
	if p.w <= 0 || p.h <= 0 || int64(p.w)*int64(p.h) > MaxPixels {
		return nil, ErrRefused
	}
	progressive := false
	if f.out == "image/jpeg" {
		if p.turn, progressive, err = p.scan(); err != nil {
			return nil, err
		}
	}
	p.Memory = p.memory(conf.ColorModel, progressive)
	if p.Memory > MaxMemory {
		return nil, fmt.Errorf("%w: it would take %d MiB", ErrRefused, p.Memory>>20)
	}
	return p, nil
}

func (p *Picture) scan() (turn, bool, error) {
	if _, err := p.src.Seek(0, io.SeekStart); err != nil {
		return 1, false, err
	}
	raw, err := io.ReadAll(io.LimitReader(p.src, head))
	if err != nil {
		return 1, false, err
	}
	t, progressive := scanJPEG(raw)
	return t, progressive, nil
}

// memory is what decoding and scaling take: a picture of the source's kind, sometimes another one while it is
// put together, the columns that are scaled already, and the thumb.
func (p *Picture) memory(m color.Model, progressive bool) int64 {
	pixels := int64(p.w) * int64(p.h)
	each := int64(4)
	switch {
	case m == color.RGBA64Model, m == color.NRGBA64Model:
		each = 8
	case m == color.GrayModel:
		each = 1
	case m == color.Gray16Model:
		each = 2
	case m == color.YCbCrModel:
		each = 3
	}
	switch {
	case progressive:
		each *= 5 // coefficients of four bytes
	case p.Type == "image/png":
		each += each / 2 // interlaced ones come in passes
	}
	outW, outH, part := p.plan()
	return pixels*each + p.columns(outW, part) + 8*int64(outW)*int64(outH)
}

// columns is the memory of the good scaler between its two passes, in bytes.
func (p *Picture) columns(outW int, part image.Rectangle) int64 {
	return 32 * int64(outW) * int64(part.Dy())
}

// plan is the thumb's size and the part that it shows, both as the source is stored.
func (p *Picture) plan() (outW, outH int, part image.Rectangle) {
	w, h := p.w, p.h
	if p.turn.sideways() {
		w, h = h, w
	}
	outW, outH, part = p.size.plan(w, h)
	if p.turn.sideways() {
		outW, outH = outH, outW
	}
	return outW, outH, p.turn.rect(part, p.w, p.h)
}

// Make decodes the picture and writes the thumb to w. It gives up when ctx ends.
func (p *Picture) Make(ctx context.Context, w io.Writer) error {
	dst, err := p.small(ctx)
	if err != nil {
		return fmt.Errorf("decode a picture: %w", err)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	dst = p.turn.upright(dst)
	if p.webp > 0 {
		return encodeWebP(w, dst, p.webp)
	}
	return p.format.encode(w, dst)
}

// small is the thumb as the source lies.
func (p *Picture) small(ctx context.Context) (*image.RGBA, error) {
	outW, outH, part := p.plan()
	if side := p.shrinks(outW, outH, part); side > 0 {
		src, err := shrunk(p.from(ctx), side)
		if err == nil {
			x, y := window{float64(part.Min.X), float64(part.Dx())}, window{float64(part.Min.Y), float64(part.Dy())}
			return scaleYCbCr(src, x.times(side, 8), y.times(side, 8), outW, outH), nil
		}
		if !errors.Is(err, errUnusual) {
			return nil, err
		}
	}
	src, err := p.format.decode(bufio.NewReader(p.from(ctx)))
	if err != nil {
		return nil, err
	}
	p.w, p.h = src.Bounds().Dx(), src.Bounds().Dy() // the first picture of several may be smaller than all
	outW, outH, part = p.plan()
	return scale(src, part, outW, outH), nil
}

// shrinks is the side of what is left of each block of a JPEG so that it is still twice as large as the thumb,
// 0 when it has to be decoded as it is.
func (p *Picture) shrinks(outW, outH int, part image.Rectangle) int {
	most := min(part.Dx()/outW, part.Dy()/outH)
	switch {
	case p.format.out != "image/jpeg" || most < 4:
		return 0
	case most < 8:
		return 4
	case most < 16:
		return 2
	}
	return 1
}

// from is the source from its beginning.
func (p *Picture) from(ctx context.Context) io.Reader {
	if _, err := p.src.Seek(0, io.SeekStart); err != nil {
		return failing{err}
	}
	return &reader{ctx, p.src}
}

// failing is a source that cannot be read.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// scale makes a picture of w × h of a part of src, which is counted from its first point.
func scale(src image.Image, part image.Rectangle, w, h int) *image.RGBA {
	if src, ok := src.(*image.YCbCr); ok {
		return scaleYCbCr(src, window{float64(part.Min.X), float64(part.Dx())}, window{float64(part.Min.Y), float64(part.Dy())}, w, h)
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(dst, dst.Rect, src, part.Add(src.Bounds().Min), draw.Src, nil)
	return dst
}

// reader fails when ctx ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r *reader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(p)
}
