package read

import (
	"context"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// table reads records of one collection for one caller and writes them as the caller wants them.
type table struct {
	s     *Service
	rd    store.Reader
	by    *caller.Caller
	c     *schema.Collection
	shape *shape
	seen  audience
	root  *node // what to expand; nil for nothing
}

// table prepares. Fault: Invalid.
func (s *Service) table(rd store.Reader, by *caller.Caller, c *schema.Collection, sh Shape) (*table, error) {
	shape, err := s.shapeOf(by, c, sh.Fields)
	if err != nil {
		return nil, err
	}
	t := &table{s: s, rd: rd, by: by, c: c, shape: shape, seen: s.audience(by, c, shape)}
	if sh.Expand != "" {
		if t.root, err = s.plan(by, c, sh.Expand); err != nil {
			return nil, err
		}
	}
	if !shape.expand {
		t.root = nil
	}
	return t, nil
}

// simple reports whether rows can be written as they come.
func (t *table) simple() bool { return t.root == nil && t.seen.manage == nil }

// read appends the records that q finds, parted by commas, and tells how many there are.
func (t *table) read(ctx context.Context, dst []byte, q store.Query) ([]byte, int, error) {
	if !t.simple() {
		return t.readPage(ctx, dst, q)
	}
	n := 0
	var scratch []byte
	err := t.rd.Select(ctx, q, func(r store.Row) error {
		if n++; n > 1 {
			dst = append(dst, ',')
		}
		if t.shape.pick == nil {
			dst = r.AppendJSON(dst, t.seen.view)
			return nil
		}
		scratch = r.AppendJSON(scratch[:0], t.seen.view)
		dst = t.shape.pick.Append(dst, scratch)
		return nil
	})
	return dst, n, err
}

// show appends one record that is at hand.
func (t *table) show(ctx context.Context, dst []byte, rec *record.Record) ([]byte, error) {
	if t.simple() && t.shape.pick == nil {
		return rec.AppendJSON(dst, t.seen.view), nil
	}
	x := t.expansion()
	x.add(t.root, rec)
	dst, _, err := x.finish(ctx, dst)
	return dst, err
}

// readPage reads the page, then all that it needs to know besides, and writes last.
func (t *table) readPage(ctx context.Context, dst []byte, q store.Query) ([]byte, int, error) {
	x := t.expansion()
	err := t.rd.Select(ctx, q, func(r store.Row) error {
		x.add(t.root, r)
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	return x.finish(ctx, dst)
}

func (t *table) expansion() *expansion {
	if t.root == nil {
		t.root = &node{c: t.c}
	}
	t.root.seen = t.seen
	return &expansion{t: t}
}
