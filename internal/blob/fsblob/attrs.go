package fsblob

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

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

// maxKnown is of how many objects it is remembered what their side files say.
const maxKnown = 4096

// known is what the side file of an object says, for as long as the object is the same.
type known struct {
	blob.About
	size     int64
	modified time.Time
}

// about is what the side file of an object says.
func (b *Bucket) about(name string, info fs.FileInfo) (blob.About, error) {
	if k, ok := b.sides.Get(name); ok && k.size == info.Size() && k.modified.Equal(info.ModTime()) {
		return k.About, nil
	}
	about, err := b.readSide(name)
	if err == nil {
		b.sides.Add(name, known{about, info.Size(), info.ModTime()})
	}
	return about, err
}

// readSide reads the side file of an object. An object without one is of the default type.
func (b *Bucket) readSide(name string) (blob.About, error) {
	about := blob.About{Type: blob.DefaultType}
	f, err := b.open(name + sideSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return about, nil
	}
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
