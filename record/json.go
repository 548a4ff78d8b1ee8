package record

import (
	"strconv"

	"github.com/holdall-dev/holdall/field"
)

// AppendJSON appends the record as v shows it, without "expand": byte for byte what a store appends for
// the same row.
func (r *Record) AppendJSON(dst []byte, v *View) []byte {
	dst = append(dst, '{')
	start := len(dst)
	dst = r.appendKeys(dst, v, v.Head, start)
	return append(r.appendKeys(dst, v, v.Tail, start), '}')
}

// AppendHead and AppendTail append the keys that sort before and after "expand", with commas between them
// and none at the ends. Either may append nothing.
func (r *Record) AppendHead(dst []byte, v *View) []byte {
	return r.appendKeys(dst, v, v.Head, len(dst))
}

// AppendTail is told of with AppendHead.
func (r *Record) AppendTail(dst []byte, v *View) []byte {
	return r.appendKeys(dst, v, v.Tail, len(dst))
}

// appendKeys parts what it appends from what stands behind start.
func (r *Record) appendKeys(dst []byte, v *View, keys []Key, start int) []byte {
	for i := range keys {
		k := &keys[i]
		if by, ok := r.c.ShownBy(k.Ord); ok && v.Hides(r.ID, func() bool { return r.isTrue(by) }) {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(dst, k.Prefix...)
		if k.Ord < 0 {
			dst = append(dst, k.Fixed...)
			continue
		}
		dst = appendValue(dst, k.Kind, r.vals[k.Ord])
	}
	return dst
}

func (r *Record) isTrue(ord int) bool {
	if ord < 0 {
		return false
	}
	v, _ := r.vals[ord].(bool)
	return v
}

// appendValue spares the commonest kinds a type switch.
func appendValue(dst []byte, kind field.Kind, v any) []byte {
	switch kind {
	case field.KindText:
		if s, ok := v.(string); ok {
			return field.AppendString(dst, s)
		}
	case field.KindBool:
		if b, ok := v.(bool); ok {
			return strconv.AppendBool(dst, b)
		}
	}
	return field.AppendValue(dst, v)
}
