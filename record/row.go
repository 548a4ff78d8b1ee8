package record

import (
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/rule"
)

// Value is the value at an ordinal as a database would hold it, for the rule language.
func (r *Record) Value(ord int) rule.Value { return Stored(r.vals[ord]) }

// Stored is a canonical value as a database holds it.
func Stored(v any) rule.Value {
	switch v := v.(type) {
	case string:
		return rule.TextValue(v)
	case float64:
		return rule.NumberValue(v)
	case bool:
		return rule.BoolValue(v)
	case []string:
		return rule.TextValue(string(field.AppendList(nil, v)))
	case field.JSON:
		return storedJSON(v)
	case field.Geo:
		return rule.TextValue(string(field.AppendGeo(nil, v)))
	case field.Password:
		return rule.TextValue(v.Hash)
	}
	return rule.Value{}
}

// storedJSON is NULL for an unset value; everything else stays JSON text. (SQLite's NUMERIC affinity turns
// a bare number into a number; the language reads JSON columns through their path and sees no difference.)
func storedJSON(v field.JSON) rule.Value {
	if v == "" {
		return rule.Value{}
	}
	return rule.TextValue(string(v))
}
