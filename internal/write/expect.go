package write

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/record"
)

// expectKey is the key of an update's input that names the values which the caller has seen.
const expectKey = "@expect"

// Changed is the error of an update that expected values which the record does not have any more. The fault is a
// Conflict that names their fields.
type Changed struct {
	Now   *record.Record // as it is stored
	fault *fault.Error
}

// Error says which fields have changed.
func (e *Changed) Error() string { return e.fault.Error() }

// Unwrap returns the fault.
func (e *Changed) Unwrap() error { return e.fault }

// expect refuses the update when a field does not have the value that a superuser has seen in it. It is asked of the
// version that the commit replaces, so nobody can come between. From others the key means nothing: an answer would
// tell them of values that they may not read.
func expect(_ context.Context, w *work) error {
	raw, sent := w.in.Data[expectKey]
	if !sent || !w.By.IsSuper() {
		return nil
	}
	seen, ok := raw.(map[string]any)
	if !ok {
		return w.failed(fault.Fields{expectKey: fault.Field(fault.CodeInvalidValue, "It must be an object of fields and their values.")})
	}
	bad, moved := fault.Fields{}, fault.Fields{}
	for name, value := range seen {
		ord := w.c.Ord(name)
		if ord < 0 || isPassword(w.c.Fields[ord]) {
			bad.Add(name, fault.Field(fault.CodeInvalidValue, "This is no field that can be compared."))
			continue
		}
		if !sameValue(w.c.Fields[ord], w.Old.At(ord), value) {
			moved.Add(name, fault.Field("validation_changed", "The value was changed meanwhile."))
		}
	}
	switch {
	case len(bad) > 0:
		return w.failed(fault.Fields{expectKey: bad.Error()})
	case len(moved) > 0:
		f := &fault.Error{Kind: fault.Conflict, Msg: "The record was changed meanwhile.", Fields: moved}
		return &Changed{Now: w.Old, fault: f}
	}
	return nil
}

func isPassword(f field.Field) bool {
	_, ok := f.(*field.PasswordField)
	return ok
}

// sameValue reports whether a value that was sent is the stored one: as an answer shows that, or as it would be stored.
func sameValue(f field.Field, stored, sent any) bool {
	shown := field.AppendValue(nil, stored)
	if raw, err := json.Marshal(sent); err == nil && sameJSON(shown, raw) {
		return true
	}
	v, err := f.Clean(sent)
	return err == nil && bytes.Equal(shown, field.AppendValue(nil, v))
}

// sameJSON compares what two texts mean, whatever the order of their keys.
func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}
