// Package pick keeps the parts of a JSON answer that a client names with ?fields= (records.md §5).
package pick

// Picker is a parsed list of paths; a nil Picker keeps everything.
type Picker struct{}

// Parse reads a list such as "title,expand.author.*,body:excerpt(200,true)". Fault: Invalid.
func Parse(fields string) (*Picker, error) { panic("to be built") }

// Append appends what p keeps of the JSON value raw: of an object its named keys in alphabetical order, of
// an array that of every element.
func (p *Picker) Append(dst, raw []byte) []byte { panic("to be built") }
