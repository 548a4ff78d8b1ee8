package pending

import (
	"context"
	"errors"
	"io"
	"os"
)

// Append adds what r brings, up to the size that was announced, and returns the upload as it then stands.
// What arrived before an error stays. It fails with ErrNotFound, with ErrOffset when at is not where the
// upload ends, with ErrBusy while somebody else adds to it.
func (s *Shelf) Append(ctx context.Context, id string, at int64, r io.Reader) (Upload, error) {
	u, err := s.enter(id, at)
	if err != nil {
		return u, err
	}
	n, err := s.write(ctx, &u, r)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.busy, id)
	u.Offset += n
	u.Expires = s.now().Add(s.limits.Lifetime)
	if known := s.all[id]; known != nil {
		known.Offset, known.Expires = u.Offset, u.Expires
	}
	return u, err
}

// enter takes an upload for one writer.
func (s *Shelf) enter(id string, at int64) (Upload, error) {
	u, err := s.Get(id)
	if err != nil {
		return u, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy[id] {
		return u, ErrBusy
	}
	if known := s.all[id]; known == nil {
		return u, ErrNotFound
	} else if u = *known; u.Offset != at {
		return u, ErrOffset
	}
	s.busy[id] = true
	return u, nil
}

// write returns how many bytes are on stable storage.
func (s *Shelf) write(ctx context.Context, u *Upload, r io.Reader) (n int64, err error) {
	f, err := os.OpenFile(s.path(u.ID), os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Seek(u.Offset, io.SeekStart); err != nil {
		return 0, err
	}
	n, err = io.Copy(f, io.LimitReader(reader{ctx, r}, u.Size-u.Offset))
	if err := f.Sync(); err != nil {
		return 0, errors.Join(err, f.Truncate(u.Offset))
	}
	return n, err
}

// reader ends with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
