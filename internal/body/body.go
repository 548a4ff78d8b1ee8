// Package body reads what a request brings: JSON, a form, or a form with files.
package body

import (
	"net/http"

	"github.com/holdall-dev/holdall/field"
)

// Body is what a request brought.
type Body struct {
	// Data holds the values by key as they were sent, modifiers such as "tags+" included: nil, bool,
	// float64, string, []any, map[string]any.
	Data map[string]any
	// Files holds uploaded files by key, modifiers included.
	Files map[string][]field.Upload
}

// Read reads at most limit bytes of r's body (records.md §8). Faults: TooLarge, Invalid.
func Read(r *http.Request, limit int64) (Body, error) { panic("to be built") }

// Close frees temporary files.
func (b Body) Close() error { panic("to be built") }
