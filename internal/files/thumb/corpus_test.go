package thumb_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/image/draw"
)

// corpus are small pictures of every make: red on the left, blue on the right, dark above and bright below.
func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/corpus/*")
	if err != nil || len(names) < 30 {
		t.Fatalf("%d pictures, %v", len(names), err)
	}
	all := map[string][]byte{}
	for _, name := range names {
		if all[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func kindOf(name string) string {
	return "image/" + strings.Replace(strings.TrimPrefix(filepath.Ext(name), "."), "jpg", "jpeg", 1)
}

// colourless are those of the corpus that show no red and no blue.
var colourless = []string{"gray", "bits"}

// TestCorpus makes thumbs of all of them, far smaller than they are and larger.
func TestCorpus(t *testing.T) {
	t.Parallel()
	for name, raw := range corpus(t) {
		for _, size := range []string{"9x5", "20x10", "40x20", "100x100", "300x200", "0x3", "7x0", "16x4b", "30x30f"} {
			m, _, err := made(t, raw, kindOf(name), size)
			if err != nil {
				t.Errorf("%s of %s: %v", size, name, err)
				continue
			}
			got := looks(m)
			switch gray := strings.HasPrefix(name, colourless[0]) || strings.HasPrefix(name, colourless[1]); {
			case size == "16x4b" || gray:
			case !strings.HasPrefix(got, "red blue 0 ") && !strings.HasPrefix(got, "red blue 1 "):
				t.Errorf("%s of %s looks %s", size, name, got)
			}
		}
	}
}

// TestCutCorpus cuts every picture everywhere: the result is a thumb or an error, and takes little memory.
func TestCutCorpus(t *testing.T) { //nolint:paralleltest // it measures what the process allocates
	for name, raw := range corpus(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		tries := 0
		for at := 0; at < len(raw); at += 1 + len(raw)/40 {
			_, _, _ = made(t, raw[:at], kindOf(name), "20x10")
			turned := bytes.Clone(raw)
			turned[at] ^= 0x55
			if name != "animated.gif" { // its head could ask for a lot, and be allowed to
				_, _, _ = made(t, turned, kindOf(name), "20x10")
			}
			tries++
		}
		runtime.ReadMemStats(&after)
		if took := (after.TotalAlloc - before.TotalAlloc) >> 20 / uint64(tries); took > 8 {
			t.Errorf("%s took %d MiB each", name, took)
		}
	}
}

// photo is a picture with what photographs have: slow changes of light, edges, fine patterns and some noise.
func photo(w, h int) *image.RGBA {
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
	return m
}

// lanczos is the kernel that others are measured by.
var lanczos = &draw.Kernel{Support: 3, At: func(x float64) float64 {
	if x == 0 {
		return 1
	}
	x *= math.Pi
	return 3 * math.Sin(x) * math.Sin(x/3) / (x * x)
}}

// noiseOf is how much a picture differs from another, in decibels: more is less.
func noiseOf(a, b image.Image) float64 {
	sum, n := 0.0, 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			for _, d := range []float64{float64(r1) - float64(r2), float64(g1) - float64(g2), float64(b1) - float64(b2)} {
				sum += d / 257 * d / 257
				n++
			}
		}
	}
	return 10 * math.Log10(255*255*float64(n)/max(sum, 1e-9))
}

// TestQuality compares thumbs with those of a far costlier kernel: they are about as near to it as those of
// the general scaler on all the points, at every ratio of the sizes.
func TestQuality(t *testing.T) {
	t.Parallel()
	var raw bytes.Buffer
	if err := jpeg.Encode(&raw, photo(816, 612), &jpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	whole, err := jpeg.Decode(bytes.NewReader(raw.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []string{"40x30", "80x60", "100x75", "152x114", "200x150", "300x225", "600x450"} {
		got, _, err := made(t, raw.Bytes(), "image/jpeg", size)
		if err != nil {
			t.Fatal(err)
		}
		best, plain := image.NewRGBA(got.Bounds()), image.NewRGBA(got.Bounds())
		lanczos.Scale(best, best.Rect, whole, whole.Bounds(), draw.Src, nil)
		draw.BiLinear.Scale(plain, plain.Rect, whole, whole.Bounds(), draw.Src, nil)
		var again bytes.Buffer
		if err := jpeg.Encode(&again, plain, &jpeg.Options{Quality: 95}); err != nil {
			t.Fatal(err)
		}
		theirs, err := jpeg.Decode(&again)
		if err != nil {
			t.Fatal(err)
		}
		ours, others := noiseOf(got, best), noiseOf(theirs, best)
		t.Logf("%s: %.1f dB, %.1f dB with the general scaler", size, ours, others)
		if ours < others-1 {
			t.Errorf("%s: %.1f dB, want about %.1f", size, ours, others)
		}
	}
}
