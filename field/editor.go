package field

import "github.com/holdall-dev/holdall/fault"

const defaultMaxEditor = 5 << 20

// Editor is HTML as people write it in an editor. It is stored as it comes.
type Editor struct {
	props
	MaxSize     int64 `json:"maxSize"` // bytes; 0 is 5 MiB
	ConvertURLs bool  `json:"convertURLs"`
}

// Type returns "editor".
func (f *Editor) Type() string { return "editor" }

// Kind returns KindText.
func (f *Editor) Kind() Kind { return KindText }

// Zero returns "".
func (f *Editor) Zero() any { return "" }

// Clean keeps text as it is.
func (f *Editor) Clean(in any) (any, error) { return cleanText(in), nil }

// MaxBytes is the largest value in bytes.
func (f *Editor) MaxBytes() int64 {
	if f.MaxSize > 0 {
		return f.MaxSize
	}
	return defaultMaxEditor
}

// Check judges the size.
func (f *Editor) Check(v any) error {
	s, _ := v.(string)
	if s == "" {
		return blank(f.Required)
	}
	if max := f.MaxBytes(); int64(len(s)) > max {
		return fault.Newf(fault.Invalid, "The maximum allowed content size is %d bytes.", max).Coded("validation_content_size_limit").With("maxSize", max)
	}
	return nil
}

// Sane judges the definition.
func (f *Editor) Sane(World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	fs.Add("maxSize", saneBound(f.MaxSize, 0))
	return fs.Err()
}
