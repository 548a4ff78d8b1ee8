package migrate

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"runtime/debug"

	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
)

// Sum is what a table holds. Two tables with the same rows, in whatever order they are read, have the same.
type Sum struct {
	Table string
	Rows  int64
	Hash  [4]uint64 // the hashes of all rows, added up
}

// String is the hash in hexadecimal digits.
func (s Sum) String() string {
	var b []byte
	for _, n := range s.Hash {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return hex.EncodeToString(b)
}

func (s *Sum) add(line []byte) {
	h := sha256.Sum256(line)
	for i := range s.Hash {
		s.Hash[i] += binary.LittleEndian.Uint64(h[8*i:])
	}
	s.Rows++
}

// appendLine spells a row, and where it stands, so that no two rows are spelled alike.
func appendLine(dst []byte, l store.Line) []byte {
	dst = binary.AppendVarint(dst, l.Place)
	for _, v := range l.Values {
		dst = append(dst, byte(v.Type))
		switch v.Type {
		case rule.Int:
			dst = binary.AppendVarint(dst, v.I)
		case rule.Real:
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v.F))
		case rule.Txt:
			dst = binary.AppendUvarint(dst, uint64(len(v.S)))
			dst = append(dst, v.S...)
		}
	}
	return dst
}

// sum reads a whole part. told hears of every thousandth row.
func sum(ctx context.Context, from store.Source, p store.Part, told func(done int64)) (s Sum, altered int64, err error) {
	s.Table = p.Name
	var room []byte
	for l, err := range from.Dump(ctx, p, 0) {
		if err != nil {
			return s, 0, err
		}
		room = appendLine(room[:0], l)
		if s.add(room); s.Rows%1000 == 0 {
			told(s.Rows)
		}
		if l.Altered {
			altered++
		}
	}
	return s, altered, nil
}

// compare reads all of both sides and proves that they are the same.
func (r *run) compare(ctx context.Context) error {
	for _, p := range append(r.records(), store.Cursors, store.Params, store.Definitions) {
		if err := r.comparePart(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) comparePart(ctx context.Context, p store.Part) error {
	total, _, err := r.From.Extent(ctx, p)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var want Sum
	var altered int64
	other := make(chan error, 1)
	go func() {
		var err error
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("read table %s: panic: %v\n%s", p.Name, v, debug.Stack())
			}
			other <- err
		}()
		want, altered, err = sum(ctx, r.From, p, func(int64) {})
	}()
	got, _, err := sum(ctx, r.To, p, func(done int64) { r.Progress(Progress{Comparing, p.Name, done, total}) })
	if err != nil {
		cancel() // the other need not go on
	}
	if err := errors.Join(err, <-other); err != nil {
		return err
	}
	r.Progress(Progress{Comparing, p.Name, got.Rows, total})
	return r.note(want, got, altered)
}

// note adds a table to the report, unless it is not what it was.
func (r *run) note(want, got Sum, altered int64) error {
	switch {
	case got.Rows != want.Rows:
		return fmt.Errorf("table %s has %d rows in the source and %d in the target", got.Table, want.Rows, got.Rows)
	case got != want:
		return fmt.Errorf("table %s has %d rows on both sides, and not the same ones", got.Table, got.Rows)
	}
	r.report.Tables = append(r.report.Tables, got)
	r.report.Rows += got.Rows
	r.report.Altered += altered
	return nil
}

// fingerprint tells one state of a database from another: whatever is written changes definitions, settings,
// consumers or the log.
func fingerprint(ctx context.Context, from store.Source) (string, error) {
	h := sha256.New()
	for _, p := range []store.Part{store.Definitions, store.Params, store.Cursors} {
		s, _, err := sum(ctx, from, p, func(int64) {})
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, s.Table, s.Rows, s)
	}
	rows, last, err := from.Extent(ctx, store.Changes)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(h, rows, last)
	return hex.EncodeToString(h.Sum(nil)), nil
}
