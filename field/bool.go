package field

import "github.com/holdall-dev/holdall/fault"

// Bool is true or false. Required means that it must be true.
type Bool struct{ props }

// Type returns "bool".
func (f *Bool) Type() string { return "bool" }

// Kind returns KindBool.
func (f *Bool) Kind() Kind { return KindBool }

// Zero returns false.
func (f *Bool) Zero() any { return false }

// Clean reads what people write for true; everything else is false.
func (f *Bool) Clean(in any) (any, error) { return toBool(in), nil }

// Check demands true of a required field.
func (f *Bool) Check(v any) error {
	if b, _ := v.(bool); f.Required && !b {
		return fault.Required()
	}
	return nil
}

// Sane judges the definition.
func (f *Bool) Sane(World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	return fs.Err()
}
