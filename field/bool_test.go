package field_test

import (
	"encoding/json"
	"testing"
)

func TestBoolClean(t *testing.T) {
	t.Parallel()
	rows := []cleaned{
		{true, true}, {false, false}, {1.0, true}, {0.0, false}, {-0.5, true}, {2, true}, {int64(0), false}, {json.Number("1"), true},
		{nil, false}, {[]any{true}, false}, {map[string]any{"a": 1}, false},
	}
	for _, s := range []string{"1", "t", "T", "TRUE", "true", "True"} {
		rows = append(rows, cleaned{s, true})
	}
	for _, s := range []string{"0", "f", "F", "FALSE", "false", "False", "", "yes", "on", "2", " true", "tRUE"} {
		rows = append(rows, cleaned{s, false})
	}
	testClean(t, define(t, "bool", ""), rows)
}

func TestBoolCheck(t *testing.T) {
	t.Parallel()
	testCheck(t, "bool", []checked{
		{``, false, ""},
		{`"required":true`, false, "validation_required"},
		{`"required":true`, true, ""},
	})
}

func TestBoolColumnAndJSON(t *testing.T) {
	t.Parallel()
	f := define(t, "bool", "")
	for text, want := range map[string]bool{"1": true, "0": false, "true": true, "false": false, "5": true, "": false, "x": false} {
		testColumn(t, f, text, want)
	}
	testJSON(t, true, "true")
	testJSON(t, false, "false")
}
