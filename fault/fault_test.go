package fault_test

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/holdall-dev/holdall/fault"
)

func TestOfFindsAFaultInsideWrappedErrors(t *testing.T) {
	t.Parallel()
	want := fault.New(fault.NotFound, "Gone.")
	err := fmt.Errorf("view posts/p1: %w", errors.Join(io.EOF, want))
	if got, ok := fault.Of(err); !ok || got != want {
		t.Errorf("Of = %v, %v", got, ok)
	}
	if !fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		t.Error("Is does not tell the kind")
	}
	if got, ok := fault.Of(io.EOF); ok {
		t.Errorf("a fault in a plain error: %v", got)
	}
	if fault.Is(nil, fault.Internal) || fault.Is(io.EOF, fault.Internal) {
		t.Error("no fault is no internal fault either")
	}
}

func TestCauseIsKeptAndFound(t *testing.T) {
	t.Parallel()
	plain := fault.Newf(fault.Unavailable, "Try again in %d seconds.", 3)
	caused := plain.Because(io.ErrUnexpectedEOF)
	if !errors.Is(caused, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
	if errors.Unwrap(plain) != nil {
		t.Error("Because changed the fault it was called on")
	}
	if got := caused.Error(); got != "Try again in 3 seconds.: unexpected EOF" {
		t.Errorf("Error = %q", got)
	}
}

func TestWithAndCodedCopy(t *testing.T) {
	t.Parallel()
	one := fault.Field("code", "Words.").With("min", 1)
	two := one.With("max", 2).Coded("other")
	if want := map[string]any{"min": 1}; !reflect.DeepEqual(one.Params, want) || one.Code != "code" {
		t.Errorf("the first fault became %#v", one)
	}
	if want := map[string]any{"min": 1, "max": 2}; !reflect.DeepEqual(two.Params, want) || two.Code != "other" {
		t.Errorf("the copy is %#v", two)
	}
}

func TestFieldsGatherTheFirstFaultOfAName(t *testing.T) {
	t.Parallel()
	fs := fault.Fields{}
	fs.Add("a", nil)
	if err := fs.Err(); err != nil || fs.Error() != nil {
		t.Fatalf("no faults gather to %v", err)
	}
	fs.Add("a", fmt.Errorf("check: %w", fault.Required()))
	fs.Add("a", fault.NotUnique())
	fs.Add("b", io.EOF)
	fs.Add("c", fault.Required().On("0"))
	e, ok := fault.Of(fs.Err())
	if !ok || e.Kind != fault.Invalid {
		t.Fatalf("gathered: %v", e)
	}
	if e.Fields["a"].Code != fault.CodeRequired {
		t.Errorf("a: %v", e.Fields["a"])
	}
	if b := e.Fields["b"]; b.Code != fault.CodeInvalidValue || !errors.Is(b, io.EOF) || strings.Contains(b.Msg, "EOF") {
		t.Errorf("b: an error of ours must become words that say nothing of it: %v", b)
	}
	if c := e.Fields["c"]; c.Fields["0"].Code != fault.CodeRequired {
		t.Errorf("c: %v", c)
	}
	want := " [a validation_required: Cannot be blank.] [b validation_invalid_value: Invalid value.: EOF]" +
		" [c  [0 validation_required: Cannot be blank.]]"
	if got := e.Error(); got != want {
		t.Errorf("Error = %q\nwant    %q", got, want)
	}
}

func TestReadyMadeFaults(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]*fault.Error{
		"validation_required":                        fault.Required(),
		"validation_not_unique":                      fault.NotUnique(),
		"validation_values_mismatch":                 fault.Mismatch(),
		"validation_match_invalid":                   fault.Match(),
		"validation_in_invalid":                      fault.NotIn(),
		"validation_length_out_of_range":             fault.LengthRange(1, 2),
		"validation_min_greater_equal_than_required": fault.AtLeast(1),
		"validation_max_less_equal_than_required":    fault.AtMost(2),
	} {
		if e.Code != want || e.Kind != fault.Invalid || !strings.HasSuffix(e.Msg, ".") {
			t.Errorf("%q: %#v", want, e)
		}
	}
	for name, got := range map[string]map[string]any{
		"min": fault.LengthRange(1, 2).Params, "max": fault.LengthRange(1, 2).Params,
		"threshold": fault.AtLeast(1).Params,
	} {
		if _, ok := got[name]; !ok {
			t.Errorf("no parameter %s in %v", name, got)
		}
	}
}
