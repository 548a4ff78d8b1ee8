package body

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"os"
	"sync"

	"github.com/holdall-dev/holdall/field"
)

// Memory that the files of one request may take: one file, and all of them. What is larger is spooled.
const (
	fileMemory = 256 << 10
	allMemory  = 1 << 20
)

var (
	errParts    = errors.New("the form has too many parts")
	errBoundary = errors.New("the form names no boundary")
)

// readers take much from the network at a time, where a form's own would ask for little.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 64<<10) }}

// readMultipart reads a form whose parts are values or files. A Body that comes with an error still wants
// to be closed.
func readMultipart(src io.Reader, contentType string, h *hold) (Body, error) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil || params["boundary"] == "" {
		return Body{}, unreadable(errors.Join(errBoundary, err))
	}
	b := Body{spool: &spool{}, hold: h}
	in := readers.Get().(*bufio.Reader)
	defer readers.Put(in)
	in.Reset(src)
	defer in.Reset(nil)
	if err := b.parts(multipart.NewReader(in, params["boundary"])); err != nil {
		return b, err
	}
	return b, nil
}

func (b *Body) parts(r *multipart.Reader) error {
	var f form
	for count := 0; ; count++ {
		part, err := r.NextPart()
		if err == io.EOF { //nolint:errorlint // bare: a wrapped one is a form that was cut off
			b.Data, err = f.data()
			return err
		}
		if err != nil {
			return unreadable(err)
		}
		if count == MaxParts {
			return unreadable(errParts)
		}
		if err := b.part(&f, part); err != nil {
			return err
		}
	}
}

func (b *Body) part(f *form, part *multipart.Part) error {
	key, name := part.FormName(), part.FileName()
	if key == "" {
		return nil
	}
	if name == "" {
		text, err := readAll(part, 0, b.hold)
		if err == nil && !f.add(key, string(text)) {
			err = unreadable(errForm)
		}
		return err
	}
	up, err := b.spool.take(part)
	if err != nil {
		return err
	}
	up.Name = name
	if b.Files == nil {
		b.Files = make(map[string][]field.Upload)
	}
	b.Files[key] = append(b.Files[key], up)
	return nil
}

// spool keeps uploads: small ones in memory, the others one behind the other in a single temporary file.
type spool struct {
	file *os.File
	size int64 // bytes in file
	mem  int   // bytes in memory
}

// scratches are where uploads are read to before anybody knows how large they are.
var scratches = sync.Pool{New: func() any { b := make([]byte, fileMemory+1); return &b }}

// take reads an upload to its end.
func (s *spool) take(r io.Reader) (field.Upload, error) {
	buf := scratches.Get().(*[]byte)
	defer scratches.Put(buf)
	room := min(fileMemory, allMemory-s.mem)
	head, ended, err := readTo(r, (*buf)[:room+1])
	switch {
	case err != nil:
		return field.Upload{}, unreadable(err)
	case ended:
		s.mem += len(head)
		return upload(bytes.NewReader(bytes.Clone(head)), 0, int64(len(head))), nil
	}
	return s.toFile(io.MultiReader(bytes.NewReader(head), r))
}

// readTo reads until buf is full, or to the end. A source that was cut off has no end.
func readTo(r io.Reader, buf []byte) (got []byte, ended bool, err error) {
	for n := 0; ; {
		if n == len(buf) {
			return buf, false, nil
		}
		m, err := r.Read(buf[n:])
		n += m
		if err == io.EOF { //nolint:errorlint // bare: a wrapped one is a form that was cut off
			return buf[:n], true, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
}

func (s *spool) toFile(r io.Reader) (field.Upload, error) {
	if s.file == nil {
		f, err := os.CreateTemp("", "holdall-upload-*")
		if err != nil {
			return field.Upload{}, err
		}
		s.file = f
		// Where the system allows it the name goes at once, so that not even a crash leaves the file behind.
		_ = os.Remove(f.Name())
	}
	start := s.size
	n, err := io.Copy(s.file, &source{r: r})
	s.size += n
	if bad, ok := errors.AsType[*sourceError](err); ok {
		return field.Upload{}, unreadable(bad.err)
	}
	return upload(s.file, start, n), err
}

func upload(at io.ReaderAt, start, size int64) field.Upload {
	return field.Upload{Size: size, Open: func() (io.ReadCloser, error) {
		return section{io.NewSectionReader(at, start, size)}, nil
	}}
}

// section is an opened upload; it can be seeked.
type section struct{ *io.SectionReader }

func (section) Close() error { return nil }

// source marks errors of the request, so that they are told from those of our disk.
type source struct{ r io.Reader }

type sourceError struct{ err error }

func (e *sourceError) Error() string { return e.err.Error() }

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = &sourceError{err}
	}
	return n, err
}

func (s *spool) close() error {
	if s == nil || s.file == nil {
		return nil
	}
	err := s.file.Close()
	_ = os.Remove(s.file.Name()) // where it could not be removed while it was open
	s.file = nil
	return err
}
