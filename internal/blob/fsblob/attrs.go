package fsblob

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"github.com/holdall-dev/holdall/internal/blob"
)

const (
	sideSuffix = ".attrs"
	nameKey    = "original-filename"
	maxSide    = 64 << 10 // bytes of a side file
)

// side is the content of a side file; every key is there, whether it says something or not.
type side struct {
	CacheControl string            `json:"user.cache_control"`
	Disposition  string            `json:"user.content_disposition"`
	Encoding     string            `json:"user.content_encoding"`
	Language     string            `json:"user.content_language"`
	Type         string            `json:"user.content_type"`
	Metadata     map[string]string `json:"user.metadata"`
	MD5          *string           `json:"md5"` // of PocketBase's files; nobody asks for it, and it costs more than the write
}

// sideText is for file systems without attributes.
func sideText(about blob.About) []byte {
	s := side{Type: about.Type}
	if about.Name != "" {
		s.Metadata = map[string]string{nameKey: about.Name}
	}
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // texts alone
	}
	return append(raw, '\n')
}

// maxKnown is of how many objects it is remembered what is known of them.
const maxKnown = 4096

// known is what is known of an object, for as long as the object is the same.
type known struct {
	blob.About
	size     int64
	modified time.Time
}

// about is what is known of an object: by its attribute, by its side file, or at least by its content.
func (b *Bucket) about(name string, f *os.File, info fs.FileInfo) (blob.About, error) {
	if k, ok := b.known.Get(name); ok && k.size == info.Size() && k.modified.Equal(info.ModTime()) {
		return k.About, nil
	}
	about, ok := attribute(f)
	if !ok {
		var err error
		if about, err = b.readSide(name); errors.Is(err, fs.ErrNotExist) {
			about, err = look(f)
		}
		if err != nil {
			return about, err
		}
	}
	b.known.Add(name, known{about, info.Size(), info.ModTime()})
	return about, nil
}

// look judges an object by its content, as uploads are judged.
func look(f *os.File) (blob.About, error) {
	kind, err := mimetype.DetectReader(io.NewSectionReader(f, 0, math.MaxInt64))
	if err != nil {
		return blob.About{}, fmt.Errorf("tell its type: %w", err)
	}
	return blob.About{Type: kind.String()}, nil
}

// attrText is what the attribute of an object says. Most are so short that they lie within the inode of the file.
func attrText(about blob.About) []byte { return []byte(about.Type + "\n" + about.Name) }

func attrAbout(text string) (blob.About, bool) {
	kind, name, ok := strings.Cut(text, "\n")
	return blob.About{Type: kind, Name: name}, ok
}

// readSide reads the side file of an object.
func (b *Bucket) readSide(name string) (blob.About, error) {
	about := blob.About{Type: blob.DefaultType}
	f, err := b.open(name + sideSuffix)
	if err != nil {
		return about, err
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxSide))
	if err = errors.Join(err, f.Close()); err != nil {
		return about, err
	}
	var s side
	if err := json.Unmarshal(raw, &s); err != nil {
		return about, fmt.Errorf("read its side file: %w", err)
	}
	if s.Type != "" {
		about.Type = s.Type
	}
	about.Name = s.Metadata[nameKey]
	return about, nil
}
