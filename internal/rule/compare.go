package rule

import (
	"math"
	"strings"
)

// truth is a verdict of SQL's logic, and unsure where only the database knows.
type truth uint8

const (
	no truth = iota
	yes
	null
	unsure
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// not negates; NULL and unsure stay what they are.
func (t truth) not() truth {
	switch t {
	case no:
		return yes
	case yes:
		return no
	}
	return t
}

// datum is a value with the affinity of where it comes from.
type datum struct {
	Value
	aff    Affinity
	unsure bool // only the database knows it
	rough  bool // a distance, whose last digits the database may compute another way
}

// coerce applies SQLite's rules for the two sides of a comparison; ok is false where we cannot be sure.
func coerce(a, b datum) (x, y Value, ok bool) {
	x, y, ok = a.Value, b.Value, true
	switch {
	case a.aff == NumberAffinity && b.aff != NumberAffinity:
		y, ok = numeric(y)
	case b.aff == NumberAffinity && a.aff != NumberAffinity:
		x, ok = numeric(x)
	case a.aff == TextAffinity && b.aff == NoAffinity:
		y, ok = textual(y)
	case b.aff == TextAffinity && a.aff == NoAffinity:
		x, ok = textual(x)
	}
	return x, y, ok
}

func numeric(v Value) (Value, bool) {
	if v.Type != Txt {
		return v, true
	}
	n, isNumber, sure := toNumber(v.S)
	if !isNumber {
		return v, true
	}
	return n, sure
}

func textual(v Value) (Value, bool) {
	if v.Type != Int && v.Type != Real {
		return v, true
	}
	s, sure := textOf(v)
	return TextValue(s), sure
}

// sort compares two values in SQLite's order: NULL, numbers, texts.
func (v Value) sort(w Value) int {
	if a, b := v.rank(), w.rank(); a != b {
		return int(a) - int(b)
	}
	switch {
	case v.Type == Txt:
		return strings.Compare(v.S, w.S)
	case v.Type == Int && w.Type == Int:
		return compareOrdered(v.I, w.I)
	case v.Type == Int:
		return order(v.I, w.F)
	case w.Type == Int:
		return -order(w.I, v.F)
	case v.Type == Real:
		return compareOrdered(v.F, w.F)
	}
	return 0
}

func (v Value) rank() uint8 {
	switch v.Type {
	case Null:
		return 0
	case Txt:
		return 2
	}
	return 1
}

func compareOrdered[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// judge decides one comparison of two values as the SQL of its form would.
func (e *Expr) judge(a, b datum) truth {
	if a.unsure || b.unsure || (a.rough || b.rough) && (e.Op == Like || e.Op == NotLike || near(a, b)) {
		return unsure
	}
	switch e.Op {
	case Eq:
		return e.equal(a, b)
	case Ne:
		return e.differ(a, b)
	case Like, NotLike:
		return e.like(a, b)
	}
	if a.Type == Null || b.Type == Null {
		return null
	}
	x, y, ok := coerce(a, b)
	if !ok {
		return unsure
	}
	c := x.sort(y)
	switch e.Op {
	case Gt:
		return truthOf(c > 0)
	case Ge:
		return truthOf(c >= 0)
	case Lt:
		return truthOf(c < 0)
	}
	return truthOf(c <= 0)
}

// roughness is how far two computations of one distance may be apart, in kilometres.
const roughness = 1e-3

// near reports whether a distance is too close to what it is compared with to trust our own digits.
func near(a, b datum) bool {
	x, isNumber := a.number()
	y, both := b.number()
	return isNumber && both && math.Abs(x-y) < roughness
}

func (e *Expr) equal(a, b datum) truth {
	switch e.Form() {
	case PlainForm:
		a, b = e.filled(a, b)
		if a.Type == Null || b.Type == Null {
			return null
		}
		return same(a, b)
	case ExactForm:
		return same(a, b)
	case EmptyForm:
		return e.isEmpty(a, b)
	}
	return same(coalesce(a), coalesce(b))
}

func (e *Expr) differ(a, b datum) truth {
	switch e.Form() {
	case PlainForm:
		return same(e.filled(a, b)).not()
	case ExactForm:
		return same(a, b).not()
	case EmptyForm:
		return e.isEmpty(a, b).not()
	}
	return same(coalesce(a), coalesce(b)).not()
}

// filled puts an empty text in the place of an Empty constant.
func (e *Expr) filled(a, b datum) (datum, datum) {
	if e.L.Class == Empty {
		a = datum{Value: TextValue("")}
	}
	if e.R.Class == Empty {
		b = datum{Value: TextValue("")}
	}
	return a, b
}

func (e *Expr) isEmpty(a, b datum) truth {
	if e.L.Class == Empty {
		a = b
	}
	return truthOf(a.Type == Null || a.Type == Txt && a.S == "")
}

// same is SQL's IS.
func same(a, b datum) truth {
	x, y, ok := coerce(a, b)
	if !ok {
		return unsure
	}
	return truthOf(x.sort(y) == 0)
}

func coalesce(d datum) datum {
	d.aff = NoAffinity
	if d.Type == Null {
		d.Value = TextValue("")
	}
	return d
}
