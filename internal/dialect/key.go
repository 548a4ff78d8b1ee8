package dialect

import (
	"fmt"
	"math"

	"github.com/holdall-dev/holdall/internal/rule"
)

// postgresKey is what the functions of the engine make of a value: a digit that tells negative numbers,
// positive numbers and texts apart; of a number the bits of the nearest double, in an order that grows, and
// what an integer has beyond it.
func postgresKey(v rule.Value) string {
	switch v.Type {
	case rule.Int:
		near := float64(v.I)
		return doubleKey(near) + beyond(v.I, near)
	case rule.Real:
		return doubleKey(v.F) + "m"
	}
	return TextKey + v.S
}

func doubleKey(f float64) string {
	if f == 0 {
		f = 0 // of the two zeros the positive one
	}
	if bits := math.Float64bits(f); f < 0 {
		return fmt.Sprintf("0%016x", ^bits)
	} else {
		return fmt.Sprintf("1%016x", bits)
	}
}

// beyond is how far an integer is from the double next to it, in an order that grows.
func beyond(i int64, near float64) string {
	var d int64
	if near >= math.MaxInt64 {
		d = i - math.MaxInt64 - 1
	} else {
		d = i - int64(near)
	}
	switch {
	case d < 0:
		return fmt.Sprintf("a%05d", 10000+d)
	case d > 0:
		return fmt.Sprintf("z%05d", d)
	}
	return "m"
}
