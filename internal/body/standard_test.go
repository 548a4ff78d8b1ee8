package body_test

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"testing"

	"github.com/holdall-dev/holdall/internal/body"
)

// checkAgainstStandard holds Parse against encoding/json: whatever Parse accepts must mean the same there,
// and what it refuses must be refused there too, or break one of our own bounds.
func checkAgainstStandard(t *testing.T, raw []byte) {
	got, err := body.Parse(raw)
	var want map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	wantErr := dec.Decode(&want)
	if wantErr == io.EOF {
		wantErr = nil
	}
	switch {
	case err == nil && wantErr != nil:
		t.Errorf("Parse(%q) = %v, the standard library refuses: %v", raw, got, wantErr)
	case err == nil && !reflect.DeepEqual(got, want) && len(got)+len(want) > 0:
		t.Errorf("Parse(%q) = %#v, the standard library reads %#v", raw, got, want)
	case err != nil && wantErr == nil && len(raw) < 100 && !repeats(raw):
		t.Errorf("Parse(%q): %v, the standard library reads %#v", raw, err, want)
	}
}

// repeats reports whether some object of raw may have a key twice, counting its keys before and after.
func repeats(raw []byte) bool {
	var v any
	if json.NewDecoder(bytes.NewReader(raw)).Decode(&v) != nil {
		return true
	}
	// A colon outside of strings stands behind every key.
	colons, inside := 0, false
	dec := json.NewDecoder(bytes.NewReader(raw))
	_ = dec.Decode(&v)
	text := raw[:dec.InputOffset()]
	for i := 0; i < len(text); i++ {
		switch {
		case inside && text[i] == '\\':
			i++
		case text[i] == '"':
			inside = !inside
		case text[i] == ':' && !inside:
			colons++
		}
	}
	return count(v) != colons
}

func count(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		for _, e := range v {
			n += 1 + count(e)
		}
	case []any:
		for _, e := range v {
			n += count(e)
		}
	}
	return n
}
