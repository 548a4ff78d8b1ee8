// Package pending keeps uploads that arrive in pieces until a record takes them, or nobody does for a day.
// They lie in a folder of this process: each is a file of bytes and a note of what they are for. What was
// acknowledged is on stable storage, and a process that starts finds what an earlier one had.
package pending

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Errors that callers act upon.
var (
	ErrNotFound = errors.New("no such upload")
	ErrFull     = errors.New("too many uploads are pending")
	ErrOffset   = errors.New("the bytes do not begin where the others end")
	ErrBusy     = errors.New("the upload is being written to")
)

// Limits bound what may be pending. Zero values are the defaults.
type Limits struct {
	Uploads  int           // all together; 0 is 1000
	Each     int           // of one account or address; 0 is 50
	Bytes    int64         // announced by all together; 0 is 16 GiB
	Lifetime time.Duration // since the last piece; 0 is a day
}

func (l Limits) withDefaults() Limits {
	if l.Uploads <= 0 {
		l.Uploads = 1000
	}
	if l.Each <= 0 {
		l.Each = 50
	}
	if l.Bytes <= 0 {
		l.Bytes = 16 << 30
	}
	if l.Lifetime <= 0 {
		l.Lifetime = 24 * time.Hour
	}
	return l
}

// Purpose is what an upload is for.
type Purpose struct {
	Owner      string `json:"owner"`      // the account that may go on with it; "" is whoever knows its id
	From       string `json:"from"`       // the account or address that it counts for
	Collection string `json:"collection"` // id
	Field      string `json:"field"`      // name
	Name       string `json:"name"`       // of the file, as the client calls it
	Size       int64  `json:"size"`       // bytes, once it is complete
}

// Upload is one upload as it stands.
type Upload struct {
	Purpose
	ID      string
	Offset  int64     // bytes that are there
	Expires time.Time // unless more comes
}

// Done reports whether all bytes are there.
func (u *Upload) Done() bool { return u.Offset == u.Size }

// Shelf keeps pending uploads. It is safe for concurrent use.
type Shelf struct {
	dir    string
	now    func() time.Time
	limits Limits

	mu    sync.Mutex
	all   map[string]*Upload
	busy  map[string]bool
	bytes int64 // announced
}

const noteSuffix = ".json"

// Open opens the folder, which is made when it is needed.
func Open(dir string, now func() time.Time, l Limits) (*Shelf, error) {
	s := &Shelf{dir: dir, now: now, limits: l.withDefaults(), all: map[string]*Upload{}, busy: map[string]bool{}}
	list, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	for _, d := range list {
		if id, ok := strings.CutSuffix(d.Name(), noteSuffix); ok {
			if err := s.load(id); err != nil {
				return nil, fmt.Errorf("pending upload %s: %w", id, err)
			}
		}
	}
	for _, d := range list { // bytes whose note is gone
		if s.all[strings.TrimSuffix(d.Name(), noteSuffix)] == nil {
			if err := os.Remove(filepath.Join(dir, d.Name())); err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
		}
	}
	return s, nil
}

// load takes an upload of an earlier process over. One that was only begun is none.
func (s *Shelf) load(id string) error {
	raw, err := os.ReadFile(s.path(id) + noteSuffix)
	if err != nil {
		return err
	}
	u := &Upload{ID: id}
	st, err := os.Stat(s.path(id))
	if json.Unmarshal(raw, &u.Purpose) != nil || err != nil || st.Size() > u.Size {
		return nil
	}
	u.Offset, u.Expires = st.Size(), st.ModTime().Add(s.limits.Lifetime)
	s.all[id] = u
	s.bytes += u.Size
	return nil
}

func (s *Shelf) path(id string) string { return filepath.Join(s.dir, id) }

// Create begins an upload. Its id is a secret. It fails with ErrFull.
func (s *Shelf) Create(p Purpose) (Upload, error) {
	u := &Upload{Purpose: p, ID: strings.ToLower(rand.Text()), Expires: s.now().Add(s.limits.Lifetime)}
	if err := s.admit(u); err != nil {
		return Upload{}, err
	}
	if err := s.begin(u); err != nil {
		s.forget(u.ID)
		return Upload{}, errors.Join(err, s.drop(u.ID))
	}
	return *u, nil
}

// admit makes room for an upload.
func (s *Shelf) admit(u *Upload) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	mine := 0
	for _, other := range s.all {
		if other.From == u.From {
			mine++
		}
	}
	if len(s.all) >= s.limits.Uploads || mine >= s.limits.Each || u.Size > s.limits.Bytes-s.bytes {
		return ErrFull
	}
	s.all[u.ID] = u
	s.bytes += u.Size
	return nil
}

func (s *Shelf) begin(u *Upload) error {
	raw, err := json.Marshal(u.Purpose)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	return errors.Join(write(s.path(u.ID), nil), write(s.path(u.ID)+noteSuffix, raw), syncDir(s.dir))
}

// write makes a file that is on stable storage.
func write(path string, raw []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncDir makes the names in a folder durable, where a system can do that.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = f.Sync() // not every system opens folders for that
	return f.Close()
}

// Get returns an upload as it stands. It fails with ErrNotFound.
func (s *Shelf) Get(id string) (Upload, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.all[id]
	if u == nil || s.now().After(u.Expires) {
		return Upload{}, ErrNotFound
	}
	return *u, nil
}

// Reader opens the bytes of an upload.
func (s *Shelf) Reader(id string) (io.ReadCloser, error) {
	if _, err := s.Get(id); err != nil {
		return nil, err
	}
	return os.Open(s.path(id))
}

// Remove ends an upload: a record has it, or nobody wants it. That there is none is no error.
func (s *Shelf) Remove(id string) error {
	if !s.forget(id) {
		return nil
	}
	return s.drop(id)
}

func (s *Shelf) forget(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.all[id]
	if u == nil {
		return false
	}
	s.bytes -= u.Size
	delete(s.all, id)
	return true
}

// drop removes the note first: bytes without a note are swept.
func (s *Shelf) drop(id string) error {
	var errs []error
	for _, path := range []string{s.path(id) + noteSuffix, s.path(id)} {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Sweep removes uploads to which nothing came for their lifetime.
func (s *Shelf) Sweep() error {
	s.mu.Lock()
	var old []string
	for id, u := range s.all {
		if s.now().After(u.Expires) && !s.busy[id] {
			old = append(old, id)
		}
	}
	s.mu.Unlock()
	var errs []error
	for _, id := range old {
		errs = append(errs, s.Remove(id))
	}
	return errors.Join(errs...)
}
