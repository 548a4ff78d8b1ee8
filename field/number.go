package field

import (
	"math"

	"github.com/holdall-dev/holdall/fault"
)

// Number is a float64, or with OnlyInt a whole number.
type Number struct {
	props
	Min     *float64 `json:"min"`
	Max     *float64 `json:"max"`
	OnlyInt bool     `json:"onlyInt"`
}

// Type returns "number".
func (f *Number) Type() string { return "number" }

// Kind returns KindNumber.
func (f *Number) Kind() Kind { return KindNumber }

// Zero returns 0.
func (f *Number) Zero() any { return 0.0 }

// Clean reads numbers and numeric text; everything else is 0.
func (f *Number) Clean(in any) (any, error) {
	if n, ok := in.(float64); ok && n != 0 {
		return in, nil // as it came, without boxing it again
	}
	return toNumber(in), nil
}

// Check judges bounds; 0 passes them all unless the field is required.
func (f *Number) Check(v any) error {
	n, _ := v.(float64)
	switch {
	case math.IsNaN(n) || math.IsInf(n, 0):
		return fault.Field("validation_not_a_number", "The submitted number is not properly formatted.")
	case n == 0:
		if f.Required {
			return fault.Required()
		}
		return nil
	case f.OnlyInt && !isInteger(n):
		return onlyInt()
	case f.Min != nil && n < *f.Min:
		return fault.Newf(fault.Invalid, "Must be larger than or equal to %v.", *f.Min).Coded("validation_min_number_constraint").With("min", *f.Min)
	case f.Max != nil && n > *f.Max:
		return fault.Newf(fault.Invalid, "Must be less than or equal to %v.", *f.Max).Coded("validation_max_number_constraint").With("max", *f.Max)
	}
	return nil
}

func onlyInt() *fault.Error {
	return fault.Field("validation_only_int_constraint", "Decimal numbers are not allowed.")
}

// Modify knows name+ and name-, which add to and subtract from the stored number.
func (f *Number) Modify(op ModOp, old, in any) (any, bool, error) {
	have, _ := old.(float64)
	switch op {
	case Append:
		return have + toNumber(in), true, nil
	case Remove:
		return have - toNumber(in), true, nil
	}
	return nil, false, nil
}

// Sane judges the definition.
func (f *Number) Sane(World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	if f.OnlyInt && f.Min != nil && !isInteger(*f.Min) {
		fs.Add("min", onlyInt())
	}
	if f.OnlyInt && f.Max != nil && !isInteger(*f.Max) {
		fs.Add("max", onlyInt())
	}
	if f.Min != nil && f.Max != nil && *f.Max < *f.Min {
		fs.Add("max", fault.Newf(fault.Invalid, "Must be larger than or equal to %v.", *f.Min).Coded("validation_min_number_constraint").With("min", *f.Min))
	}
	return fs.Err()
}
