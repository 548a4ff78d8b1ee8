package field

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	mathrand "math/rand/v2"
	"regexp/syntax"
	"strings"
	"time"
)

// epoch is where the time part of generated ids begins to count.
var epoch = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

const base36 = "0123456789abcdefghijklmnopqrstuvwxyz"

// NewID makes an id of 15 characters [a-z0-9] that sorts by time: 7 characters count 16 ms steps since
// 2025, enough until 2064, and 8 are random (41 bits in each step). Ordered ids keep inserts at one end
// of the index, which about doubles the rate of writing against random ones.
func NewID(now time.Time) string {
	var id [15]byte
	steps := uint64(max(now.Sub(epoch).Milliseconds(), 0) / 16)
	for i := 6; i >= 0; i-- {
		id[i] = base36[steps%36]
		steps /= 36
	}
	fillRandom(id[7:], base36)
	return string(id[:])
}

// fillRandom fills dst with evenly chosen characters of the alphabet, which has at most 256.
func fillRandom(dst []byte, alphabet string) {
	limit := byte(256/len(alphabet)*len(alphabet) - 1)
	var raw [64]byte
	for n := 0; n < len(dst); {
		rand.Read(raw[:])
		for _, b := range raw {
			if b <= limit && n < len(dst) {
				dst[n] = alphabet[int(b)%len(alphabet)]
				n++
			}
		}
	}
}

// RandomText returns n random characters of the alphabet, for secrets and names.
func RandomText(n int, alphabet string) string {
	b := make([]byte, n)
	fillRandom(b, alphabet)
	return string(b)
}

// Alphanumeric is the alphabet of generated secrets.
const Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

const (
	maxRepeat    = 5       // bounds open repeats such as * and +
	maxGenerated = 1 << 16 // characters and repeats; nested repeats grow fast
)

var (
	errNotGenerable = errors.New("anchors, word boundaries and empty classes cannot be generated")
	errTooLong      = errors.New("the generated text would be too long")
)

// Generate makes a text that matches a pattern of literals, classes, groups, alternation and repeats.
func Generate(pattern string) (string, error) {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", err
	}
	g := generator{left: maxGenerated}
	if err := g.add(re); err != nil {
		return "", err
	}
	return g.text.String(), nil
}

type generator struct {
	text strings.Builder
	left int // steps before the pattern is given up
}

func (g *generator) add(re *syntax.Regexp) error {
	if g.left -= max(len(re.Rune), 1); g.left < 0 {
		return errTooLong
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			g.text.WriteRune(r)
		}
	case syntax.OpCharClass:
		if len(re.Rune) == 0 {
			return errNotGenerable
		}
		g.text.WriteRune(pickRune(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		g.text.WriteByte(Alphanumeric[below(len(Alphanumeric))])
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			if err := g.add(sub); err != nil {
				return err
			}
		}
	case syntax.OpAlternate:
		return g.add(re.Sub[below(len(re.Sub))])
	case syntax.OpStar:
		return g.repeat(re.Sub[0], 0, maxRepeat)
	case syntax.OpPlus:
		return g.repeat(re.Sub[0], 1, maxRepeat)
	case syntax.OpQuest:
		return g.repeat(re.Sub[0], 0, 1)
	case syntax.OpRepeat:
		most := re.Max
		if most < 0 {
			most = max(re.Min, maxRepeat)
		}
		return g.repeat(re.Sub[0], re.Min, most)
	case syntax.OpEmptyMatch:
	default:
		return errNotGenerable
	}
	return nil
}

func (g *generator) repeat(re *syntax.Regexp, least, most int) error {
	for range least + below(most-least+1) {
		if err := g.add(re); err != nil {
			return err
		}
	}
	return nil
}

// pickRune chooses evenly among the runes of a class, given as pairs of bounds.
func pickRune(pairs []rune) rune {
	total := 0
	for i := 0; i < len(pairs); i += 2 {
		total += int(pairs[i+1]-pairs[i]) + 1
	}
	n := below(total)
	for i := 0; i < len(pairs); i += 2 {
		size := int(pairs[i+1]-pairs[i]) + 1
		if n < size {
			return pairs[i] + rune(n)
		}
		n -= size
	}
	return 0
}

// below returns an even random number in [0, n), 0 for n < 1.
func below(n int) int {
	if n < 2 {
		return 0
	}
	return mathrand.New(systemSource{}).IntN(n)
}

// systemSource draws from the system's source of randomness, which never fails.
type systemSource struct{}

// Uint64 returns 64 random bits.
func (systemSource) Uint64() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.LittleEndian.Uint64(b[:])
}
