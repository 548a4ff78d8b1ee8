package field_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/holdall-dev/holdall/field"
)

func TestNumberClean(t *testing.T) {
	t.Parallel()
	testClean(t, define(t, "number", ""), []cleaned{
		{1.5, 1.5}, {7, 7.0}, {int64(7), 7.0}, {uint32(7), 7.0}, {float32(0.5), 0.5}, {json.Number("7"), 7.0},
		{json.Number("9007199254740993"), 9007199254740992.0}, {json.Number("1e400"), 0.0},
		{"1e3", 1000.0}, {"007", 7.0}, {"1_000", 1000.0}, {"-1.5", -1.5}, {"+5", 5.0}, {".5", 0.5},
		{true, 1.0}, {false, 0.0},
		{"abc", 0.0}, {"0x10", 0.0}, {"0x1p4", 0.0}, {" 5", 0.0}, {"5 ", 0.0}, {"1e400", 0.0}, {"", 0.0}, {"1,5", 0.0},
		{"1__0", 0.0}, {"_1", 0.0}, {"0b1", 0.0}, {"5px", 0.0},
		{nil, 0.0}, {[]any{1.0}, 0.0}, {map[string]any{}, 0.0},
	})
	f := define(t, "number", "")
	for _, in := range []any{math.Copysign(0, -1), "-0", json.Number("-0")} {
		if got, _ := f.Clean(in); math.Signbit(got.(float64)) {
			t.Errorf("Clean(%#v) keeps the sign of zero", in)
		}
	}
}

func TestNumberCheck(t *testing.T) {
	t.Parallel()
	testCheck(t, "number", []checked{
		{``, 0.0, ""},
		{`"required":true`, 0.0, "validation_required"},
		{`"required":true`, 0.1, ""},
		{``, math.Inf(1), "validation_not_a_number"},
		{``, math.Inf(-1), "validation_not_a_number"},
		{``, math.NaN(), "validation_not_a_number"},
		{`"onlyInt":true`, 1.5, "validation_only_int_constraint"},
		{`"onlyInt":true`, -2.0, ""},
		{`"min":1`, 0.0, ""},
		{`"max":-1`, 0.0, ""},
		{`"min":1`, 1.0, ""},
		{`"min":1`, 0.9, "validation_min_number_constraint"},
		{`"max":2`, 2.0, ""},
		{`"max":2`, 2.1, "validation_max_number_constraint"},
		{`"min":0`, -1.0, "validation_min_number_constraint"},
		{`"max":0`, 1.0, "validation_max_number_constraint"},
	})
	testParam(t, define(t, "number", `"min":1`).Check(0.5), "min", 1.0)
	testParam(t, define(t, "number", `"max":1`).Check(1.5), "max", 1.0)
	f := define(t, "number", "")
	for _, text := range []string{"Infinity", "inf", "-inf", "NaN"} {
		v, _ := f.Clean(text)
		if got := code(f.Check(v)); got != "validation_not_a_number" {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestNumberSane(t *testing.T) {
	t.Parallel()
	testSane(t, "number", world{}, []judged{
		{`"min":1,"max":1`, ""},
		{`"min":1.5,"max":2.5`, ""},
		{`"onlyInt":true,"min":1,"max":2`, ""},
		{`"onlyInt":true,"min":1.5,"max":2.5`, "max: validation_only_int_constraint, min: validation_only_int_constraint"},
		{`"min":2,"max":1`, "max: validation_min_number_constraint"},
		{`"min":2,"max":0`, "max: validation_min_number_constraint"},
		{`"min":-2,"max":null`, ""},
	})
}

func TestNumberModify(t *testing.T) {
	t.Parallel()
	f := define(t, "number", "").(field.Modifier)
	for _, r := range []struct {
		op       field.ModOp
		old, in  any
		want     any
		wantKnow bool
	}{
		{field.Append, 10.0, 5.0, 15.0, true},
		{field.Append, 10.0, "5", 15.0, true},
		{field.Append, 10.0, "x", 10.0, true},
		{field.Remove, 10.0, 2.5, 7.5, true},
		{field.Append, nil, 2.0, 2.0, true},
		{field.Prepend, 10.0, 5.0, nil, false},
		{field.Autogenerate, 10.0, 5.0, nil, false},
	} {
		v, ok, err := f.Modify(r.op, r.old, r.in)
		if v != r.want || ok != r.wantKnow || err != nil {
			t.Errorf("Modify(%d, %v, %v) = %v, %v, %v; want %v, %v", r.op, r.old, r.in, v, ok, err, r.want, r.wantKnow)
		}
	}
}

func TestNumberColumnAndJSON(t *testing.T) {
	t.Parallel()
	f := define(t, "number", "")
	for text, want := range map[string]float64{
		"5": 5, "0.1": 0.1, "1.0e+20": 1e20, "": 0, "abc": 0, "Inf": 0, "-Inf": 0, "NaN": 0, "9223372036854775807": 9223372036854775807,
	} {
		testColumn(t, f, text, want)
	}
	for want, v := range map[string]float64{
		"0": 0, "1": 1, "-1.5": -1.5, "0.1": 0.1, "9007199254740992": 9007199254740992,
		"100000000000000000000": 1e20, "1e+21": 1e21, "1e+300": 1e300, "0.000001": 1e-6, "1e-7": 1e-7, "1.5e-10": 1.5e-10,
		"-1e+21": -1e21, "0.30000000000000004": 0.30000000000000004,
	} {
		testJSON(t, v, want)
	}
	testJSON(t, math.Copysign(0, -1), "0")
	testJSON(t, math.NaN(), "0")
	testJSON(t, math.Inf(1), "0")
}
