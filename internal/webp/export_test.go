package webp

import (
	"bytes"
	"image"
)

// Seen is what m is written as, with its edges left alone, and the light and colours that the encoder believes a decoder sees.
func Seen(m image.Image, quality int) (file []byte, light, blue, red []byte, stride int) {
	size := m.Bounds().Size()
	e := newEncoder(newPlanes(m), quality)
	e.filter = 0
	e.run()
	file = bytes.Clone(container(e.frame(size.X, size.Y), nil, size.X, size.Y))
	return file, e.light.pix, e.blue.pix, e.red.pix, e.light.stride
}
