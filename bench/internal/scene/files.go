package scene

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"mime/multipart"
	"sync/atomic"

	"github.com/holdall-dev/holdall/bench/internal/load"
	"github.com/holdall-dev/holdall/bench/internal/wire"
)

// Sizes of what the scenarios of files move, and how many thumbs there are to make.
const (
	uploadSize   = 100 << 10
	downloadSize = 1 << 20
	photoWidth   = 1632 // two million pixels
	photoHeight  = 1224
	photos       = 60
	thumbSizes   = 100
)

const boundary = "----holdall-bench-boundary"

// ThumbSize is one of the sizes that the collection of media allows.
func ThumbSize(n int) string { return fmt.Sprintf("%dx%d", 300+n%thumbSizes, 225+n%thumbSizes) }

// media is what is stored of the scenarios of files.
type media struct {
	upload []byte       // a whole body of a form with one file
	large  string       // path of a file to download
	photos []string     // paths of pictures
	asked  atomic.Int64 // how many new thumbs
}

func mediaDefinition() map[string]any {
	sizes := make([]string, thumbSizes)
	for i := range sizes {
		sizes[i] = ThumbSize(i)
	}
	return map[string]any{"name": "media", "type": "base", "listRule": "", "viewRule": "", "createRule": "", "fields": []map[string]any{
		{"name": "title", "type": "text"}, {"name": "file", "type": "file", "maxSelect": 1, "maxSize": 16 << 20, "thumbs": sizes},
	}}
}

// enterMedia uploads what is going to be read.
func (s *Stage) enterMedia(ctx context.Context) (err error) {
	rng := rand.New(rand.NewPCG(5, 6))
	if s.media.large, err = s.put(ctx, "film.bin", noise(rng, downloadSize)); err != nil {
		return err
	}
	photo, err := Photo(photoWidth, photoHeight)
	for range photos {
		path, putErr := s.put(ctx, "photo.jpg", photo)
		s.media.photos, err = append(s.media.photos, path), errors.Join(err, putErr)
	}
	s.media.upload = form("data.bin", noise(rng, uploadSize))
	return err
}

// put stores a file and returns the path that it is served under.
func (s *Stage) put(ctx context.Context, name string, content []byte) (string, error) {
	var made struct{ ID, File string }
	body := wire.Raw{Type: "multipart/form-data; boundary=" + boundary, Text: string(form(name, content))}
	err := wire.Client{Base: s.URL()}.Must(ctx, "POST", "/api/collections/media/records", "", body, &made)
	return "/api/files/media/" + made.ID + "/" + made.File, err
}

// form is a form with a file.
func form(name string, content []byte) []byte {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	err := w.SetBoundary(boundary)
	part, partErr := w.CreateFormFile("file", name)
	if err = errors.Join(err, partErr); err == nil {
		_, err = part.Write(content)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err) // it is memory
	}
	return buf.Bytes()
}

func noise(rng *rand.Rand, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(rng.Uint32())
	}
	return out
}

// Photo is a JPEG with what photographs have: slow changes of light, edges, fine patterns and some noise.
func Photo(w, h int) ([]byte, error) {
	rng := rand.New(rand.NewPCG(7, 8))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(w), float64(y)/float64(h)
			light := 120 + 80*math.Sin(5*u+3*v) + 25*math.Sin(90*u*v+40*u) + 20*(rng.Float64()-0.5)
			if math.Hypot(u-0.6, v-0.4) < 0.2 {
				light = 255 - light
			}
			shade := func(f float64) uint8 { return uint8(min(max(light*f, 0), 255)) }
			m.SetRGBA(x, y, color.RGBA{R: shade(0.7 + 0.5*u), G: shade(1), B: shade(1.2 - 0.6*v), A: 255})
		}
	}
	var out bytes.Buffer
	err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 85})
	return out.Bytes(), err
}

// mediaScenarios are what is measured of files.
var mediaScenarios = []Scenario{
	{"file-download", 8, 1, func(s *Stage, buf []byte, _ int, _ *rand.Rand) []byte { return get(buf, s.media.large, "") }},
	{"file-thumb-new", 2, 1, func(s *Stage, buf []byte, _ int, _ *rand.Rand) []byte {
		n := int(s.media.asked.Add(1)) - 1
		return get(buf, s.media.photos[n/thumbSizes%photos]+"?thumb="+ThumbSize(n), "")
	}},
	{"file-thumb-again", 32, 1, func(s *Stage, buf []byte, _ int, _ *rand.Rand) []byte {
		return get(buf, s.media.photos[0]+"?thumb="+ThumbSize(0), "")
	}},
	{"file-upload", 8, 1, func(s *Stage, buf []byte, _ int, _ *rand.Rand) []byte {
		return load.Form(buf, "/api/collections/media/records", boundary, s.media.upload)
	}},
}
