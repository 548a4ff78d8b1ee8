package postgres

import (
	"encoding/json"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// maxDocument is how large a record may be to be kept in the log.
const maxDocument = 256 << 10

// document is what the log keeps of a record for other processes, as JSON: what is stored by id of the field,
// without passwords. Of a deleted record it is the last there was, NULL when it is too large.
func document(m *store.Mutation) rule.Value {
	r := m.Rec
	if m.Op == change.Delete && m.Old != nil {
		r = m.Old
	}
	c := r.Collection()
	dst := make([]byte, 0, 256)
	dst = append(dst, '{')
	for i, f := range c.Fields {
		v := r.Value(i)
		if f.Kind() == field.KindPassword || v.Type == rule.Null {
			continue
		}
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = field.AppendStringBytes(dst, []byte(f.Base().ID))
		dst = append(dst, ':')
		if v.Type == rule.Txt {
			dst = field.AppendStringBytes(dst, []byte(v.S))
		} else {
			dst = appendParam(dst, &v)
		}
		if len(dst) > maxDocument {
			return rule.Value{}
		}
	}
	return rule.TextValue(string(append(dst, '}')))
}

// documented reads a record back, for the collection as it is now; nil when it cannot be.
func documented(c *schema.Collection, doc []byte, seq change.Seq) *record.Record {
	var values map[string]json.RawMessage
	if doc == nil || json.Unmarshal(doc, &values) != nil {
		return nil
	}
	vals := make([]any, len(c.Fields))
	for i, f := range c.Fields {
		raw, ok := values[f.Base().ID]
		if !ok {
			vals[i] = f.Zero()
			continue
		}
		if len(raw) > 0 && raw[0] == '"' {
			var s string
			if json.Unmarshal(raw, &s) != nil {
				return nil
			}
			raw = json.RawMessage(s)
		}
		vals[i] = field.FromColumn(f, raw)
	}
	return record.Make(c, vals, seq)
}
