package files

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
)

// Upload is a file that came with a request, under the name that it will have.
type Upload struct {
	field.Upload
	Stored string // the name to keep it by
	kind   *mimetype.MIME
}

// Take looks at the beginning of an upload and gives it its name.
func Take(up field.Upload) (*Upload, error) {
	r, err := up.Open()
	if err != nil {
		return nil, fmt.Errorf("open an upload: %w", err)
	}
	kind, err := mimetype.DetectReader(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("read an upload: %w", err)
	}
	return &Upload{Upload: up, Stored: storedName(up.Name, kind.Extension), kind: kind}, nil
}

// Shown is the upload as rules see it.
func (u *Upload) Shown() map[string]any {
	return map[string]any{"name": u.Stored, "originalName": u.original(), "size": float64(u.Size)}
}

func (u *Upload) original() string {
	if len(u.Name) <= maxOriginal {
		return u.Name
	}
	return strings.ToValidUTF8(u.Name[:maxOriginal], "")
}

// Check judges the upload by what its field asks for (files.md §2.1).
func (u *Upload) Check(f *field.File) error {
	if most := f.MaxFile(); u.Size > most {
		return fault.Field("validation_file_size_limit",
			fmt.Sprintf("Failed to upload %s - the maximum allowed file size is %d bytes.", u.original(), most)).
			With("file", u.original()).With("maxSize", most)
	}
	if len(f.MimeTypes) > 0 && !slices.ContainsFunc(f.MimeTypes, u.kind.Is) {
		return fault.Field("validation_invalid_mime_type",
			fmt.Sprintf("%q mime type must be one of: %s.", u.Stored, strings.Join(f.MimeTypes, ", ")))
	}
	return nil
}
