package write

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/body"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/phone"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// fill puts the input on a new record or on a copy of the stored one (fields.md §4).
func fill(_ context.Context, w *work) error {
	if w.New = record.New(w.c); w.Old != nil {
		w.New = w.Old.Clone()
	}
	for _, key := range shortFirst(w.in) {
		ord, op, plain, ok := resolve(w.c, key)
		if ok && w.mayNot(ord) {
			continue
		}
		in, sent, err := w.input(key, ord)
		switch {
		case err != nil:
			return err
		case !sent: // a file for what is no file field
		case ok && plain:
			w.set(ord, in)
		case ok && w.modify(ord, op, in):
		default:
			w.unknown = append(w.unknown, key)
		}
	}
	return nil
}

// shortFirst lists the keys so that "n" comes before "n+": a modifier works on what was set.
func shortFirst(in body.Body) []string {
	keys := make([]string, 0, len(in.Data)+len(in.Files))
	for k := range in.Data {
		keys = append(keys, k)
	}
	for k := range in.Files {
		if _, both := in.Data[k]; !both {
			keys = append(keys, k)
		}
	}
	slices.SortFunc(keys, func(a, b string) int {
		if d := len(a) - len(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return keys
}

// resolve finds the field that a key speaks of and what is asked of it.
func resolve(c *schema.Collection, key string) (ord int, op field.ModOp, plain, ok bool) {
	if ord = c.Ord(key); ord >= 0 {
		return ord, 0, true, true
	}
	name, op, ok := cutModifier(key)
	if ord = c.Ord(name); !ok || ord < 0 {
		return 0, 0, false, false
	}
	_, ok = c.Fields[ord].(field.Modifier)
	return ord, op, false, ok
}

func cutModifier(key string) (name string, op field.ModOp, ok bool) {
	if name, ok = strings.CutSuffix(key, ":autogenerate"); ok {
		return name, field.Autogenerate, true
	}
	if name, ok = strings.CutSuffix(key, "+"); ok {
		return name, field.Append, true
	}
	if name, ok = strings.CutSuffix(key, "-"); ok {
		return name, field.Remove, true
	}
	name, ok = strings.CutPrefix(key, "+")
	return name, field.Prepend, ok
}

// mayNot reports whether the caller's value of a hidden field is dropped. The password of an account is
// hidden from everybody and still set by everybody.
func (w *work) mayNot(ord int) bool {
	b := w.c.Fields[ord].Base()
	return b.Hidden && !w.By.IsSuper() && !(w.c.IsAuth() && b.Name == "password")
}

func (w *work) set(ord int, in any) {
	w.touched = append(w.touched, ord)
	f := w.c.Fields[ord]
	if _, ok := f.(*field.Autodate); ok {
		return // nobody but Holdall writes it
	}
	v, err := f.Clean(in)
	if ord == w.c.PhoneOrd() {
		v = normalPhone(v)
	}
	w.keep(ord, v, err)
}

// normalPhone is the canonical form of a phone number; what is none stays for the field to refuse.
func normalPhone(v any) any {
	if s, ok := v.(string); ok && s != "" {
		if number, ok := phone.Normal(s); ok {
			return number
		}
	}
	return v
}

func (w *work) modify(ord int, op field.ModOp, in any) bool {
	v, ok, err := w.c.Fields[ord].(field.Modifier).Modify(op, w.New.At(ord), in)
	if ok {
		w.touched = append(w.touched, ord)
		w.keep(ord, v, err)
	}
	return ok
}

func (w *work) keep(ord int, v any, err error) {
	if err != nil {
		w.fault(ord, err)
		return
	}
	w.New.SetAt(ord, v)
}

// fault remembers what is wrong with a field's input until the fields are checked.
func (w *work) fault(ord int, err error) {
	if w.faults == nil {
		w.faults = fault.Fields{}
	}
	w.faults.Add(w.c.Fields[ord].Base().Name, err)
}

// submitted is the input as rules see it: values of fields normalised under their plain names, what no
// field knows as it came.
func (w *work) submitted() map[string]any {
	if w.body != nil || w.op == change.Delete {
		return w.body
	}
	w.body = make(map[string]any, len(w.touched)+len(w.unknown))
	for _, key := range w.unknown {
		w.body[key] = w.in.Data[key]
	}
	for _, ord := range w.touched {
		w.body[w.c.Fields[ord].Base().Name] = plain(w.withUploads(ord))
	}
	return w.body
}

// plain is a canonical value as JSON would hold it. JSON and points keep the order of their keys: rules
// compare their text with what is stored.
func plain(v any) any {
	switch v := v.(type) {
	case field.Geo:
		return json.RawMessage(field.AppendGeo(nil, v))
	case field.Password:
		return v.Plain
	case field.JSON:
		if v == "" {
			return nil // never set
		}
		return json.RawMessage(v)
	}
	return v
}

// generate gives the values that the input left to Holdall: an id, generated texts, dates.
func generate(_ context.Context, w *work) error {
	op := field.OnUpdate
	if w.op == change.Create {
		op = field.OnCreate
	}
	now := w.s.now()
	for i, f := range w.c.Fields {
		filler, ok := f.(field.Filler)
		if !ok {
			continue
		}
		v, ok := filler.Fill(op, now, w.New.At(i))
		if !ok {
			continue
		}
		w.New.SetAt(i, v)
		if i == w.c.IDOrd() {
			w.keepID()
		}
	}
	return nil
}

// keepID has a record that is made once more keep the id that was generated first: its files lie there.
func (w *work) keepID() {
	if w.memo.id == "" {
		w.memo.id = w.New.ID()
	}
	w.made = w.memo.id
	w.New.SetAt(w.c.IDOrd(), w.memo.id)
}
