// Package record holds single records in memory and writes them as JSON, for one caller's eyes.
package record

import (
	"slices"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/schema"
)

// Record is one record: canonical values by the ordinal of their field. It is not safe for concurrent change.
type Record struct {
	c    *schema.Collection
	vals []any
	seq  int64
}

// New returns a record of c in which every field has its zero value.
func New(c *schema.Collection) *Record {
	r := &Record{c: c, vals: make([]any, len(c.Fields))}
	for i, f := range c.Fields {
		r.vals[i] = f.Zero()
	}
	return r
}

// Make returns a record over the given canonical values, one per field of c in order; it keeps vals.
func Make(c *schema.Collection, vals []any, seq int64) *Record {
	return &Record{c: c, vals: vals, seq: seq}
}

// Collection is what the record is one of.
func (r *Record) Collection() *schema.Collection { return r.c }

// Seq is the sequence of the record's last change, 0 while it was never written.
func (r *Record) Seq() int64 { return r.seq }

// SetSeq remembers the sequence of the change that wrote the record.
func (r *Record) SetSeq(seq int64) { r.seq = seq }

// ID is the primary key.
func (r *Record) ID() string { s, _ := r.vals[r.c.IDOrd()].(string); return s }

// At returns the canonical value at an ordinal.
func (r *Record) At(ord int) any { return r.vals[ord] }

// SetAt puts a canonical value at an ordinal.
func (r *Record) SetAt(ord int, v any) { r.vals[ord] = v }

// Same reports whether r and other, a record of the same collection, hold the same value at an ordinal.
func (r *Record) Same(other *Record, ord int) bool {
	a, isList := r.vals[ord].([]string)
	b, both := other.vals[ord].([]string)
	if isList || both {
		return isList && both && slices.Equal(a, b)
	}
	return r.vals[ord] == other.vals[ord]
}

// Get returns the canonical value of the named field, or nil when there is no such field.
func (r *Record) Get(name string) any {
	if i := r.c.Ord(name); i >= 0 {
		return r.vals[i]
	}
	return nil
}

// Set cleans v as input for the named field and keeps it. Unknown names are ignored.
func (r *Record) Set(name string, v any) error {
	i := r.c.Ord(name)
	if i < 0 {
		return nil
	}
	clean, err := r.c.Fields[i].Clean(v)
	if err != nil {
		return err
	}
	r.vals[i] = clean
	return nil
}

// String returns the named text value, or "".
func (r *Record) String(name string) string { s, _ := r.Get(name).(string); return s }

// Bool returns the named bool value, or false.
func (r *Record) Bool(name string) bool { b, _ := r.Get(name).(bool); return b }

// Number returns the named number, or 0.
func (r *Record) Number(name string) float64 { f, _ := r.Get(name).(float64); return f }

// Password returns the named password value.
func (r *Record) Password(name string) field.Password { p, _ := r.Get(name).(field.Password); return p }

// Clone returns a copy whose values can be replaced without changing r.
func (r *Record) Clone() *Record {
	vals := make([]any, len(r.vals))
	copy(vals, r.vals)
	return &Record{c: r.c, vals: vals, seq: r.seq}
}
