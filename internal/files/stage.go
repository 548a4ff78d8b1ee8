package files

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/holdall-dev/holdall/internal/blob"
)

// notesPrefix begins the keys of the notes of what is about to be stored.
const notesPrefix = ".holdall/staged/"

// settleTime bounds how long the end of an upload may take, whatever became of its request.
const settleTime = 30 * time.Second

// restTime bounds how long the end of a process may take for the sake of notes.
const restTime = 3 * time.Second

// note says what is about to be stored.
type note struct {
	Collection string   `json:"collection"` // id
	Record     string   `json:"record"`     // id
	Names      []string `json:"names"`
	Node       string   `json:"node"`
}

func (n *note) place() Place { return Place{n.Collection, n.Record} }

// Staged is uploads whose bytes are stored and whose row is not written yet. It ends with Keep or Drop; or
// with neither, when nobody knows whether the row was written: the next process finds out.
type Staged struct {
	s   *Service
	key string // of the note
	note
}

// Stage stores the uploads as files of the record at p. They are on stable storage when it returns; after an
// error there is nothing to end; what a bucket that is down has of it goes when old notes are looked at.
func (s *Service) Stage(ctx context.Context, p Place, ups []*Upload) (_ *Staged, err error) {
	st := &Staged{s: s, key: s.notes.take(s.Now()), note: note{Collection: p.Collection, Record: p.Record, Node: s.Node}}
	for _, up := range ups {
		st.Names = append(st.Names, up.Stored)
	}
	defer func() {
		switch {
		case errors.Is(err, blob.ErrDown):
			s.notes.leave(st.key) // whoever does not answer now would keep the caller waiting once more
		case err != nil:
			st.Drop(ctx)
		}
	}()
	if err := st.write(ctx); err != nil {
		return nil, fmt.Errorf("note an upload to %s/%s: %w", p.Collection, p.Record, err)
	}
	for _, up := range ups {
		if err := s.store(ctx, p, up); err != nil {
			return nil, fmt.Errorf("store an upload to %s/%s: %w", p.Collection, p.Record, err)
		}
	}
	return st, nil
}

func (st *Staged) write(ctx context.Context) error {
	raw, err := json.Marshal(&st.note)
	if err != nil {
		return err
	}
	return st.s.Bucket().Put(ctx, st.key, bytes.NewReader(padded(raw)), blob.About{})
}

func (s *Service) store(ctx context.Context, p Place, up *Upload) error {
	r, err := up.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	return s.Bucket().Put(ctx, p.key(up.Stored), r, blob.About{Type: up.kind.String(), Name: up.original()})
}

// Place is where the files lie.
func (st *Staged) Place() Place { return st.place() }

// Keep ends the staging: the row is written.
func (st *Staged) Keep(ctx context.Context) {
	if _, ok := st.s.Bucket().(blob.Rewriter); ok && st.s.notes.spare(st.key, st.s.Now()) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	st.s.forgetNote(ctx, st.key)
}

// Drop ends the staging: the row will not be written. What cannot be removed now is later.
func (st *Staged) Drop(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	defer st.s.notes.leave(st.key)
	if err := st.s.undo(ctx, st.key, &st.note, nil); err != nil {
		st.s.Log.WarnContext(ctx, "an upload that came to nothing is removed later", "error", err)
	}
}

// undo removes what a note speaks of and no row names, and then the note.
func (s *Service) undo(ctx context.Context, key string, n *note, named map[string]bool) error {
	for _, name := range n.Names {
		if named[name] {
			continue
		}
		if err := s.remove(ctx, n.place(), name); err != nil {
			return err
		}
	}
	return s.Bucket().Delete(ctx, key)
}

// forgetNote removes a note that has no meaning any more.
func (s *Service) forgetNote(ctx context.Context, key string) {
	defer s.notes.leave(key)
	if err := s.Bucket().Delete(ctx, key); err != nil {
		s.Log.WarnContext(ctx, "a note of an upload stays until it is looked at again", "error", err)
	}
}

// Rest removes the notes of uploads that have come to their end, which are kept for others to write over. Those
// that it cannot remove in a moment stay.
func (s *Service) Rest(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, restTime)
	defer cancel()
	s.dropSpares(ctx, 0)
}

func (s *Service) dropSpares(ctx context.Context, life time.Duration) {
	for _, key := range s.notes.old(s.Now(), life) {
		s.forgetNote(ctx, key)
	}
}

// eachNote calls fn for every note that means something.
func (s *Service) eachNote(ctx context.Context, fn func(key string, age time.Duration, n *note) error) error {
	for entry, err := range s.Bucket().List(ctx, notesPrefix) {
		if err != nil {
			return err
		}
		if s.notes.saysNothing(entry.Key) {
			continue
		}
		n, err := s.readNote(ctx, entry.Key)
		if errors.Is(err, blob.ErrNotFound) {
			continue // it came to its end meanwhile
		}
		if err != nil {
			return err
		}
		if err := fn(entry.Key, s.Now().Sub(entry.Modified), n); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) readNote(ctx context.Context, key string) (*note, error) {
	o, err := s.Bucket().Open(ctx, key)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(o.Content)
	if err = errors.Join(err, o.Close()); err != nil {
		return nil, err
	}
	n := new(note)
	if err := json.Unmarshal(raw, n); err != nil {
		return &note{Node: s.Node}, nil // it was cut off when it was written: nothing that it speaks of is there
	}
	return n, nil
}
