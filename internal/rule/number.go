package rule

import (
	"math"
	"strconv"
	"strings"
)

// textOf is a value as SQLite makes text of it. sure is false for reals whose last digits SQLite may
// round another way than we do.
func textOf(v Value) (s string, sure bool) {
	switch v.Type {
	case Int:
		return strconv.FormatInt(v.I, 10), true
	case Real:
		return realText(v.F)
	}
	return v.S, true
}

// realText spells a real with a decimal point, always. Releases of SQLite differ in how many digits they
// show and where exponents begin, so we are sure of what they agree on; beyond it we spell as the newest does.
func realText(f float64) (s string, sure bool) {
	switch {
	case f == 0:
		return "0.0", true
	case math.IsInf(f, 0) || math.IsNaN(f):
		return strings.TrimPrefix(strconv.FormatFloat(f, 'e', -1, 64), "+"), false
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	exp, _ := strconv.Atoi(exponent)
	digits := len(strings.TrimLeft(mantissa, "-"))
	sure = digits <= 16 && (exp < 14 || exp > 17) && exp >= -200 && exp <= 200
	if exp < -4 || exp > 16 {
		return pointed(mantissa) + "e" + exponent, sure
	}
	return pointed(strconv.FormatFloat(f, 'f', -1, 64)), sure
}

func pointed(s string) string {
	if strings.Contains(s, ".") {
		return s
	}
	return s + ".0"
}

// literalText is a number of a filter as ~ looks for it: without a fraction when it has none.
func literalText(v Value) string {
	if v.Type == Real {
		return strconv.FormatFloat(v.F, 'f', -1, 64)
	}
	s, _ := textOf(v)
	return s
}

// toNumber converts text that looks like a number, as NUMERIC affinity does; ok is false for any other
// text. sure is false where the last bit of the conversion may differ.
func toNumber(s string) (v Value, ok, sure bool) {
	s = strings.Trim(s, " \t\n\v\f\r")
	digits, integer, valid := scanNumber(s)
	if !valid {
		return Value{}, false, true
	}
	if integer {
		if i, err := strconv.ParseInt(s, 10, 64); err == nil {
			return IntValue(i), true, true
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || digits > 15 {
		return RealValue(f), true, false
	}
	return RealValue(f), true, f == 0 || math.Abs(f) > 1e-20 && math.Abs(f) < 1e35
}

// scanNumber checks [+-]digits[.digits][e[+-]digits], where one side of the point may be empty.
func scanNumber(s string) (digits int, integer, valid bool) {
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	run := func() int {
		start := i
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		return i - start
	}
	digits, integer = run(), true
	if i < len(s) && s[i] == '.' {
		i++
		integer = false
		digits += run()
	}
	if digits == 0 {
		return 0, false, false
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		integer = false
		if i < len(s) && (s[i] == '-' || s[i] == '+') {
			i++
		}
		if run() == 0 {
			return 0, false, false
		}
	}
	return digits, integer, i == len(s)
}

// order compares an integer and a real without losing digits.
func order(i int64, f float64) int {
	switch {
	case math.IsNaN(f) || f < -9223372036854775808.0:
		return 1
	case f >= 9223372036854775808.0:
		return -1
	}
	whole := int64(f)
	switch {
	case i < whole:
		return -1
	case i > whole:
		return 1
	case float64(whole) < f:
		return -1
	case float64(whole) > f:
		return 1
	}
	return 0
}
