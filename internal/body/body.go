// Package body reads what a request brings: JSON, a form, or a form with files. Everything it keeps is
// bounded, whatever the client sends: bytes, depth, keys, parts, and the memory that files may take.
package body

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
)

// Bounds of what one request may bring, besides its bytes.
const (
	MaxDepth  = 64        // nested arrays and objects of JSON
	MaxKeys   = 200_000   // keys of all JSON objects together, those of all requests of a batch; values of a form
	MaxValues = 1_000_000 // JSON values of any kind together
	MaxParts  = 200       // parts of a multipart form
)

// payloadKey is the form key whose text is JSON.
const payloadKey = "@jsonPayload"

// Body is what a request brought.
type Body struct {
	// Data holds the values by key as they were sent, modifiers such as "tags+" included: nil, bool,
	// float64, string, []any, map[string]any.
	Data map[string]any
	// Files holds uploaded files by key, modifiers included. They can be opened until Close.
	Files map[string][]field.Upload

	spool *spool
	hold  *hold
}

// Close frees temporary files and memory. It may be called on a Body that was made by hand, and more than once.
func (b Body) Close() error {
	b.hold.release()
	return b.spool.close()
}

// Read reads at most limit bytes of r's body (records.md §8) into a part of m; nil bounds that of nobody else. Faults:
// TooLarge, Invalid, Unavailable. After an error there is nothing to close.
func Read(r *http.Request, limit int64, m *Memory) (Body, error) {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return Body{}, nil
	}
	if r.ContentLength > limit {
		return Body{}, tooLarge()
	}
	src := &limited{r: r.Body, left: limit}
	h := &hold{m: m, ctx: r.Context()}
	b, err := read(r, src, h)
	b.hold = h
	switch {
	case err == nil:
		return b, nil
	case src.over:
		err = tooLarge()
	}
	b.Data = nil // it is swept with the rest
	return Body{}, errors.Join(err, b.Close())
}

// read chooses by the content type.
func read(r *http.Request, src *limited, h *hold) (Body, error) {
	kind := r.Header.Get("Content-Type")
	switch {
	case hasPrefix(kind, "application/json"):
		raw, err := readAll(src, r.ContentLength, h)
		if err != nil {
			return Body{}, err
		}
		data, err := Parse(raw)
		return Body{Data: data}, err
	case hasPrefix(kind, "application/x-www-form-urlencoded"):
		raw, err := readAll(src, r.ContentLength, h)
		if err != nil {
			return Body{}, err
		}
		data, err := parseForm(string(raw))
		return Body{Data: data}, err
	case hasPrefix(kind, "multipart/form-data"):
		return readMultipart(src, kind, h)
	}
	return Body{}, refuseOther(src)
}

// refuseOther accepts the absence of a body, whatever type it claims to have.
func refuseOther(src *limited) error {
	var one [1]byte
	if n, err := io.ReadFull(src, one[:]); n == 0 && errors.Is(err, io.EOF) {
		return nil
	}
	return fault.New(fault.Invalid, "Unsupported Content-Type.")
}

func hasPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// readAll reads to the end. size is what the client announced, and is believed up to a modest amount only:
// memory grows with what really arrives, while h has a place for all of it.
func readAll(r io.Reader, size int64, h *hold) ([]byte, error) {
	if err := h.take(max(size, 0)); err != nil {
		return nil, err
	}
	left := size // of what h knows of
	buf := make([]byte, 0, min(max(size, 511), modest)+1)
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			return nil, unreadable(err)
		}
		if left -= int64(n); left < 0 {
			if err := h.take(-left); err != nil {
				return nil, err
			}
			left = 0
		}
		if len(buf) == cap(buf) {
			buf = slices.Grow(buf, max(512, min(len(buf), int(size)+1-len(buf))))
		}
	}
}

// limited is a reader that fails once more than left bytes were asked for and were there.
type limited struct {
	r    io.Reader
	left int64
	over bool
}

func (l *limited) Read(p []byte) (int, error) {
	if l.over {
		return 0, tooLarge()
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if int64(n) > l.left {
		l.over = true
		return int(l.left), tooLarge()
	}
	l.left -= int64(n)
	return n, err
}

// merge puts the keys of JSON text over those that are there.
func merge(data map[string]any, text string) error {
	more, err := Parse([]byte(text))
	if err != nil {
		return err
	}
	maps.Copy(data, more)
	return nil
}

func tooLarge() error { return fault.New(fault.TooLarge, "") }

func unreadable(err error) error { return fault.New(fault.Invalid, "").Because(err) }
