package field_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
)

// define makes a field from its type and more options, such as `"min":1`.
func define(t testing.TB, typ, options string) field.Field {
	t.Helper()
	if options != "" {
		options = "," + options
	}
	f, err := field.Decode([]byte(`{"type":"` + typ + `","id":"f1","name":"f"` + options + `}`))
	if err != nil {
		t.Fatalf("decode %s with %s: %v", typ, options, err)
	}
	return f
}

// input and what Clean makes of it.
type cleaned struct{ in, want any }

func testClean(t *testing.T, f field.Field, rows []cleaned) {
	t.Helper()
	for _, r := range rows {
		got, err := f.Clean(r.in)
		if err != nil || !reflect.DeepEqual(got, r.want) {
			t.Errorf("%s: Clean(%#v) = %#v, %v; want %#v", f.Type(), r.in, got, err, r.want)
		}
	}
}

// a clean value and the code that Check gives, "" for a value that is allowed.
type checked struct {
	options string
	value   any
	want    string
}

func testCheck(t *testing.T, typ string, rows []checked) {
	t.Helper()
	for _, r := range rows {
		f := define(t, typ, r.options)
		if got := code(f.Check(r.value)); got != r.want {
			t.Errorf("%s{%s}: Check(%#v) = %q; want %q", typ, r.options, r.value, got, r.want)
		}
	}
}

// options and the codes by option that Sane gives, such as "max: code, min: code".
type judged struct{ options, want string }

func testSane(t *testing.T, typ string, w field.World, rows []judged) {
	t.Helper()
	for _, r := range rows {
		f := define(t, typ, r.options)
		if got := codes(f.Sane(w)); got != r.want {
			t.Errorf("%s{%s}: Sane = %q; want %q", typ, r.options, got, r.want)
		}
	}
}

func testParam(t *testing.T, err error, name string, want any) {
	t.Helper()
	e, ok := fault.Of(err)
	if !ok {
		t.Fatalf("no fault in %v", err)
	}
	if got := e.Params[name]; !reflect.DeepEqual(got, want) {
		t.Errorf("%s: parameter %s = %#v; want %#v", e.Code, name, got, want)
	}
}

func testJSON(t *testing.T, v any, want string) {
	t.Helper()
	if got := string(field.AppendValue(nil, v)); got != want {
		t.Errorf("AppendValue(%#v) = %s; want %s", v, got, want)
	}
}

func testColumn(t *testing.T, f field.Field, text string, want any) {
	t.Helper()
	if got := field.FromColumn(f, []byte(text)); !reflect.DeepEqual(got, want) {
		t.Errorf("%s: FromColumn(%q) = %#v; want %#v", f.Type(), text, got, want)
	}
}

// code is the code of the fault in err, "" for none.
func code(err error) string {
	if err == nil {
		return ""
	}
	e, ok := fault.Of(err)
	if !ok {
		return "no fault: " + err.Error()
	}
	if e.Kind != fault.Invalid {
		return fmt.Sprintf("kind %d", e.Kind)
	}
	return e.Code
}

// codes are the codes of the faults by field in err, in order of the names.
func codes(err error) string {
	if err == nil {
		return ""
	}
	e, ok := fault.Of(err)
	if !ok {
		return "no fault: " + err.Error()
	}
	return fieldCodes("", e.Fields)
}

func fieldCodes(prefix string, fields fault.Fields) (s string) {
	for _, name := range sortedNames(fields) {
		e := fields[name]
		if len(e.Fields) > 0 {
			s = join(s, fieldCodes(prefix+name+".", e.Fields))
			continue
		}
		s = join(s, prefix+name+": "+e.Code)
	}
	return s
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

// world is the surroundings of a definition under judgement.
type world struct {
	old    field.Field
	inView bool
}

func (w world) Old() field.Field { return w.old }
func (w world) InView() bool     { return w.inView }
func (w world) Collection(id string) (isView, ok bool) {
	return id == "view1", id == "view1" || id == "base1" || id == "base2"
}
