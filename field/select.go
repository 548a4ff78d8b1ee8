package field

import (
	"slices"

	"github.com/holdall-dev/holdall/fault"
)

// Select is one or several of a fixed list of texts.
type Select struct {
	props
	Values    []string `json:"values"`
	MaxSelect int64    `json:"maxSelect"` // up to 1 is a single value
}

// Type returns "select".
func (f *Select) Type() string { return "select" }

// IsMultiple reports whether the field holds a list.
func (f *Select) IsMultiple() bool { return f.MaxSelect > 1 }

// Kind returns KindList or KindText.
func (f *Select) Kind() Kind { return listKind(f.IsMultiple()) }

// Zero returns an empty list or text.
func (f *Select) Zero() any { return oneOrMany(f.IsMultiple(), nil) }

// Clean reads one value or many as unique texts; a single field keeps the last.
func (f *Select) Clean(in any) (any, error) { return oneOrMany(f.IsMultiple(), in), nil }

// Modify knows name+, +name and name-.
func (f *Select) Modify(op ModOp, old, in any) (any, bool, error) {
	return modifyList(f.IsMultiple(), op, old, in)
}

// Check judges count and membership.
func (f *Select) Check(v any) error {
	list := asList(v)
	if len(list) == 0 {
		return blank(f.Required)
	}
	if most := max(f.MaxSelect, 1); int64(len(list)) > most {
		return tooMany("validation_too_many_values", most)
	}
	for _, s := range list {
		if !slices.Contains(f.Values, s) {
			return fault.Newf(fault.Invalid, "Invalid value %s.", s).Coded(fault.CodeInvalidValue).With("value", s)
		}
	}
	return nil
}

// Sane judges the definition.
func (f *Select) Sane(World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	if len(f.Values) == 0 {
		fs.Add("values", fault.Required())
	}
	most := int64(len(f.Values))
	if most == 0 {
		most = 1
	}
	fs.Add("maxSelect", saneCount(f.MaxSelect, most))
	return fs.Err()
}

func listKind(multiple bool) Kind {
	if multiple {
		return KindList
	}
	return KindText
}

func tooMany(code string, most int64) *fault.Error {
	return fault.Newf(fault.Invalid, "Select no more than %d.", most).Coded(code).With("maxSelect", most)
}

// saneCount judges a number of values: from 0 to most.
func saneCount(v, most int64) error {
	if v < 0 {
		return fault.AtLeast(0)
	}
	return saneRange(v, 0, most)
}
