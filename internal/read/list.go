package read

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/schema"
)

// ListQuery is what a client asks of a list. Page and PerPage are as sent, 0 when absent.
type ListQuery struct {
	Page, PerPage  int
	SkipTotal      bool
	Filter, Sort   string
	Expand, Fields string
}

// List appends the JSON envelope of one page (records.md §3). On an error dst comes back as it was given.
// Faults: Forbidden for a nil list rule and for names that only superusers may use, Invalid for a bad
// filter, sort, expand or choice of fields.
func (s *Service) List(ctx context.Context, dst []byte, by *caller.Caller, c *schema.Collection, q ListQuery) ([]byte, error) {
	out, err := s.list(ctx, dst, by, c, q)
	if err != nil {
		return dst, fmt.Errorf("list %s: %w", c.Name, err)
	}
	return out, nil
}

func (s *Service) list(ctx context.Context, dst []byte, by *caller.Caller, c *schema.Collection, q ListQuery) ([]byte, error) {
	where, err := s.gate.Ask(by, c, access.Want{Rule: c.Rules.List, Filter: q.Filter, Sort: q.Sort})
	if err != nil {
		return nil, err
	}
	t, err := s.table(s.st, by, c, Shape{Expand: q.Expand, Fields: q.Fields})
	if err != nil {
		return nil, err
	}
	p := pageOf(q)
	dst = append(dst, `{"items":[`...)
	n := 0
	if where == nil || !where.Never() {
		if dst, n, err = p.rows(ctx, dst, t, where); err != nil {
			return nil, err
		}
	}
	total, err := p.total(ctx, s.st, c, where, n)
	if err != nil {
		return nil, err
	}
	return p.close(dst, total), nil
}

// page is which part of the answer is wanted.
type page struct {
	number, size int
	skipTotal    bool
}

func pageOf(q ListQuery) page {
	p := page{number: max(q.Page, 1), size: q.PerPage, skipTotal: q.SkipTotal}
	if p.size <= 0 {
		p.size = DefaultPerPage
	}
	p.size = min(p.size, MaxPerPage)
	return p
}

// offset is how many records stand before the page; ok is false for a page no table can have.
func (p page) offset() (n int, ok bool) {
	return (p.number - 1) * p.size, p.number < math.MaxInt/MaxPerPage
}

// rows appends the records of the page, parted by commas, and tells how many there are.
func (p page) rows(ctx context.Context, dst []byte, t *table, where *rule.Bound) ([]byte, int, error) {
	offset, ok := p.offset()
	if !ok {
		return dst, 0, nil
	}
	return t.read(ctx, dst, store.Query{From: t.c, Where: where, Limit: p.size, Offset: offset})
}

// total counts, when the page itself does not tell. Page and total are two moments, as the wire allows.
func (p page) total(ctx context.Context, rd store.Reader, c *schema.Collection, where *rule.Bound, n int) (int64, error) {
	offset, ok := p.offset()
	switch {
	case p.skipTotal:
		return -1, nil
	case where != nil && where.Never():
		return 0, nil
	case ok && n < p.size && (n > 0 || offset == 0):
		return int64(offset + n), nil
	}
	return rd.Count(ctx, store.Query{From: c, Where: where})
}

// close appends what follows the items.
func (p page) close(dst []byte, total int64) []byte {
	pages := total
	if total > 0 {
		pages = (total + int64(p.size) - 1) / int64(p.size)
	}
	dst = strconv.AppendInt(append(dst, `],"page":`...), int64(p.number), 10)
	dst = strconv.AppendInt(append(dst, `,"perPage":`...), int64(p.size), 10)
	dst = strconv.AppendInt(append(dst, `,"totalItems":`...), total, 10)
	return append(strconv.AppendInt(append(dst, `,"totalPages":`...), pages, 10), '}')
}
