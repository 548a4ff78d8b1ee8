package thumb

import (
	"bytes"
	"encoding/binary"
	"image"
)

// turn is how a picture has to be turned to stand upright, by the number that cameras write: 1 is as it is.
type turn int

// sideways reports whether width and height change places.
func (t turn) sideways() bool { return t >= 5 }

// source is where in a picture of w × h the point (x, y) of the upright one comes from.
func (t turn) source(x, y, w, h int) (int, int) {
	switch t {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}

// rect is the part of a picture of w × h that a part of the upright one comes from.
func (t turn) rect(r image.Rectangle, w, h int) image.Rectangle {
	x0, y0 := t.source(r.Min.X, r.Min.Y, w, h)
	x1, y1 := t.source(r.Max.X-1, r.Max.Y-1, w, h)
	return image.Rect(min(x0, x1), min(y0, y1), max(x0, x1)+1, max(y0, y1)+1)
}

// upright turns a picture.
func (t turn) upright(src *image.RGBA) *image.RGBA {
	if t <= 1 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if t.sideways() {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range dst.Rect.Dy() {
		for x := range dst.Rect.Dx() {
			sx, sy := t.source(x, y, w, h)
			copy(dst.Pix[dst.PixOffset(x, y):][:4], src.Pix[src.PixOffset(sx, sy):][:4])
		}
	}
	return dst
}

// Segments of a JPEG that matter here.
const (
	markSOF2 = 0xC2
	markSOS  = 0xDA
	markEOI  = 0xD9
	markAPP1 = 0xE1
)

// scanJPEG looks through the segments before the picture itself.
func scanJPEG(raw []byte) (t turn, progressive bool) {
	t = 1
	for at := 2; at+4 <= len(raw) && raw[at] == 0xFF; {
		mark := raw[at+1]
		if mark == 0xFF { // filling
			at++
			continue
		}
		if mark == markSOS || mark == markEOI {
			break
		}
		size := int(binary.BigEndian.Uint16(raw[at+2:]))
		end := min(at+2+max(size, 2), len(raw))
		switch {
		case mark == markSOF2:
			progressive = true
		case mark == markAPP1 && t == 1:
			t = exifTurn(raw[at+4 : max(end, at+4)])
		}
		at = end
	}
	return t, progressive
}

// exifTurn reads the orientation that a camera noted, 1 when there is none.
func exifTurn(seg []byte) turn {
	tiff, ok := bytes.CutPrefix(seg, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	const entry, orientation = 12, 0x0112
	for n, list := int(order.Uint16(tiff[at:])), tiff[at+2:]; n > 0 && len(list) >= entry; n, list = n-1, list[entry:] {
		if order.Uint16(list) != orientation {
			continue
		}
		if v := order.Uint16(list[8:]); v >= 1 && v <= 8 {
			return turn(v)
		}
		break
	}
	return 1
}
