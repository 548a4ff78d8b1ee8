package field

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/fault"
)

const defaultMaxFile = 5 << 20

// Upload is a file that arrives with a request and is not stored yet.
type Upload struct {
	Name string // as the client calls it
	Size int64  // bytes
	Open func() (io.ReadCloser, error)
}

// File names one or several files of a record; the bytes lie in the file store.
type File struct {
	props
	MaxSize   int64    `json:"maxSize"`   // bytes of each file; 0 is 5 MiB
	MaxSelect int64    `json:"maxSelect"` // up to 1 is a single file
	MimeTypes []string `json:"mimeTypes"`
	Thumbs    []string `json:"thumbs"`
	Protected bool     `json:"protected"`
}

// Type returns "file".
func (f *File) Type() string { return "file" }

// IsMultiple reports whether the field holds a list.
func (f *File) IsMultiple() bool { return f.MaxSelect > 1 }

// Kind returns KindList or KindText.
func (f *File) Kind() Kind { return listKind(f.IsMultiple()) }

// Zero returns an empty list or text.
func (f *File) Zero() any { return oneOrMany(f.IsMultiple(), nil) }

// Clean reads names; a single field keeps the last.
func (f *File) Clean(in any) (any, error) { return oneOrMany(f.IsMultiple(), in), nil }

// Modify knows name+, +name and name-.
func (f *File) Modify(op ModOp, old, in any) (any, bool, error) {
	return modifyList(f.IsMultiple(), op, old, in)
}

// Join puts names after those of an input, as one input.
func (f *File) Join(in any, names []string) any { return slices.Concat(toList(in), names) }

// Files lists the names in v.
func (f *File) Files(v any) []string { return asList(v) }

// MaxBytes is the most that one request may bring for the field.
func (f *File) MaxBytes() int64 {
	each, n := f.MaxFile(), max(f.MaxSelect, 1)
	if each > maxSafe/n {
		return maxSafe
	}
	return each * n
}

// MaxFile is the most bytes that one file may have.
func (f *File) MaxFile() int64 {
	if f.MaxSize > 0 {
		return f.MaxSize
	}
	return defaultMaxFile
}

// Check judges the count.
func (f *File) Check(v any) error {
	list := asList(v)
	if len(list) == 0 {
		return blank(f.Required)
	}
	if most := max(f.MaxSelect, 1); int64(len(list)) > most {
		return fault.Field("validation_too_many_files", fmt.Sprintf("The maximum allowed files is %d.", most)).With("maxSelect", most)
	}
	return nil
}

// maxShownName is how much of a name that is refused is repeated, in bytes.
const maxShownName = 250

// CheckNames refuses names that the record does not have yet and no upload brings.
func (f *File) CheckNames(old, new any, uploaded ...string) error {
	have := slices.Concat(asList(old), uploaded)
	var unknown []string
	for _, name := range asList(new) {
		if !slices.Contains(have, name) {
			unknown = append(unknown, name[:min(len(name), maxShownName)])
		}
	}
	if unknown == nil {
		return nil
	}
	return fault.Field("validation_invalid_file", "Invalid new files: ["+strings.Join(unknown, " ")+"].").With("invalidFiles", unknown)
}

var thumbSize = regexp.MustCompile(`^(\d+)x(\d+)(t|b|f)?$`)

// Sane judges the definition.
func (f *File) Sane(World) error {
	fs := fault.Fields{}
	saneBase(&f.props, fs)
	fs.Add("maxSelect", saneCount(f.MaxSelect, maxSafe))
	fs.Add("maxSize", saneBound(f.MaxSize, 0))
	sub := fault.Fields{}
	for i, t := range f.Thumbs {
		switch {
		case !thumbSize.MatchString(t):
			sub.Add(itoa(i), fault.Match())
		case slices.Contains([]string{"0x0", "0x0t", "0x0b", "0x0f"}, t):
			sub.Add(itoa(i), fault.Field(fault.CodeNotIn, "The size is not allowed."))
		}
	}
	fs.Add("thumbs", sub.Err())
	return fs.Err()
}
