package field

import (
	"slices"

	"github.com/holdall-dev/holdall/fault"
)

// Relation points to one or several records of a collection.
type Relation struct {
	props
	CollectionID  string `json:"collectionId"`
	CascadeDelete bool   `json:"cascadeDelete"` // this record goes with the last one it points to
	MinSelect     int64  `json:"minSelect"`
	MaxSelect     int64  `json:"maxSelect"` // up to 1 is a single value
}

// Type returns "relation".
func (f *Relation) Type() string { return "relation" }

// IsMultiple reports whether the field holds a list.
func (f *Relation) IsMultiple() bool { return f.MaxSelect > 1 }

// Kind returns KindList or KindText.
func (f *Relation) Kind() Kind { return listKind(f.IsMultiple()) }

// Zero returns an empty list or text.
func (f *Relation) Zero() any { return oneOrMany(f.IsMultiple(), nil) }

// Clean reads one id or many as unique ids; a single field keeps the last.
func (f *Relation) Clean(in any) (any, error) { return oneOrMany(f.IsMultiple(), in), nil }

// Modify knows name+, +name and name-.
func (f *Relation) Modify(op ModOp, old, in any) (any, bool, error) {
	return modifyList(f.IsMultiple(), op, old, in)
}

// Target is the id of the collection pointed to.
func (f *Relation) Target() string { return f.CollectionID }

// Refs lists the ids in v.
func (f *Relation) Refs(v any) []string { return asList(v) }

// Cascades reports whether the record goes with the last one it points to.
func (f *Relation) Cascades() bool { return f.CascadeDelete }

// Without returns v with one id taken out.
func (f *Relation) Without(v any, id string) any {
	list := slices.DeleteFunc(slices.Clone(asList(v)), func(s string) bool { return s == id })
	return oneOrMany(f.IsMultiple(), list)
}

// Check judges the count. Whether the records exist is proved by the write path.
func (f *Relation) Check(v any) error {
	list := asList(v)
	n := int64(len(list))
	if n == 0 {
		return blank(f.Required)
	}
	if f.IsMultiple() && n < f.MinSelect {
		return fault.Newf(fault.Invalid, "Select at least %d.", f.MinSelect).Coded("validation_not_enough_values").With("minSelect", f.MinSelect)
	}
	if most := max(f.MaxSelect, 1); n > most {
		return tooMany("validation_too_many_values", most)
	}
	return nil
}

// Sane judges the definition against the collection it points to.
func (f *Relation) Sane(w World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	fs.Add("collectionId", f.saneTarget(w))
	if f.MinSelect < 0 {
		fs.Add("minSelect", fault.AtLeast(0))
	}
	switch {
	case f.MinSelect > 0 && f.MaxSelect == 0:
		fs.Add("maxSelect", fault.Required())
	case f.MinSelect > 0 && f.MaxSelect < f.MinSelect:
		fs.Add("maxSelect", fault.AtLeast(f.MinSelect))
	default:
		fs.Add("maxSelect", saneCount(f.MaxSelect, maxSafe))
	}
	return fs.Err()
}

func (f *Relation) saneTarget(w World) error {
	if f.CollectionID == "" {
		return fault.Required()
	}
	if old, ok := w.Old().(*Relation); ok && old.CollectionID != f.CollectionID {
		return fault.Field("validation_field_relation_change", "The relation collection cannot be changed.")
	}
	isView, ok := w.Collection(f.CollectionID)
	switch {
	case !ok:
		return fault.Field("validation_field_relation_missing_collection", "The relation collection doesn't exist.")
	case isView && !w.InView():
		return fault.Field("validation_relation_field_non_view_base_collection", "Only view collections can point to a view.")
	}
	return nil
}
