package read

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/holdall-dev/holdall/fault"
	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
)

// expansion gathers a page and what it points to. A related record is fetched and encoded once per
// relation, however many records point to it.
type expansion struct {
	t     *table
	buf   []byte     // the encoded parts of all items
	ids   []string   // all ids of relations; items hold parts of it
	refs  [][]string // all lists of ids, likewise
	count int        // items of relations
	spent int        // their bytes in buf
}

// source is a row of the database or a record in memory.
type source interface {
	rule.Row
	ID() string
	AppendHead(dst []byte, v *record.View) []byte
	AppendTail(dst []byte, v *record.View) []byte
}

// item is one record on its way out.
type item struct {
	id         string
	head, tail span       // in expansion.buf, without the braces
	open       span       // head with the address, when a rule must still be asked
	refs       [][]string // ids of related records, one list per kid of the node
	done       span       // in the output, once written
}

type span struct{ from, to int }

func (s span) empty() bool { return s.from == s.to }

// add encodes one record for n and notes what it points to.
func (x *expansion) add(n *node, src source) {
	it := item{head: x.head(src, n.seen.view)}
	if n.named() {
		it.id = src.ID()
	}
	from := len(x.buf)
	x.buf = src.AppendTail(x.buf, n.seen.view)
	it.tail = span{from, len(x.buf)}
	if n.seen.manage != nil {
		switch n.seen.manage.Eval(src) {
		case rule.Yes:
			it.head = x.head(src, n.seen.open)
		case rule.Ask:
			it.open = x.head(src, n.seen.open)
		}
	}
	from = len(x.refs)
	for _, k := range n.kids {
		x.refs = append(x.refs, x.related(k, src))
	}
	it.refs = x.refs[from:]
	n.items = append(n.items, it)
}

// named reports whether the items' own ids will be asked for.
func (n *node) named() bool {
	return n.seen.manage != nil || slices.ContainsFunc(n.kids, func(k *node) bool { return k.back })
}

// related lists the ids that a record holds for a plain relation.
func (x *expansion) related(kid *node, src source) []string {
	if kid.back {
		return nil
	}
	from := len(x.ids)
	x.ids = appendIDs(x.ids, src.Value(kid.ord).S, kid.many)
	return x.ids[from:]
}

func (x *expansion) head(src source, v *record.View) span {
	from := len(x.buf)
	x.buf = src.AppendHead(x.buf, v)
	return span{from, len(x.buf)}
}

// appendIDs reads the stored value of a relation.
func appendIDs(ids []string, stored string, many bool) []string {
	switch {
	case stored == "" || stored == "[]":
		return ids
	case stored[0] != '[':
		return append(ids, stored)
	case many:
		return appendList(ids, stored)
	}
	list := appendList(nil, stored) // it became a single relation; the last one counts
	return append(ids, list[max(len(list)-1, 0):]...)
}

// appendList reads a compact JSON array of texts; ids have no characters that need escapes.
func appendList(ids []string, stored string) []string {
	inner, ok := strings.CutPrefix(stored, `["`)
	if ok {
		inner, ok = strings.CutSuffix(inner, `"]`)
	}
	if !ok || strings.Contains(inner, `\`) {
		return append(ids, field.ListColumn([]byte(stored))...)
	}
	for id := range strings.SplitSeq(inner, `","`) {
		ids = append(ids, id)
	}
	return ids
}

// finish fetches all that was asked for and writes the page.
func (x *expansion) finish(ctx context.Context, dst []byte) ([]byte, int, error) {
	root := x.t.root
	if err := x.settle(ctx, root); err != nil {
		return nil, 0, err
	}
	if err := x.fill(ctx, root); err != nil {
		return nil, 0, err
	}
	dst, err := x.write(dst)
	return dst, len(root.items), err
}

// fill fetches the relations of n, and theirs.
func (x *expansion) fill(ctx context.Context, n *node) error {
	for i, kid := range n.kids {
		if err := x.fetch(ctx, n, i); err != nil {
			return fmt.Errorf("expand %s: %w", kid.key, err)
		}
		if err := x.settle(ctx, kid); err != nil {
			return fmt.Errorf("expand %s: %w", kid.key, err)
		}
		if err := x.fill(ctx, kid); err != nil {
			return err
		}
	}
	return nil
}

// fetch reads the records of one relation for all items of its parent with a single query.
func (x *expansion) fetch(ctx context.Context, parent *node, at int) error {
	kid := parent.kids[at]
	if kid.where != nil && kid.where.Never() {
		return nil
	}
	if kid.back {
		return x.fetchBack(ctx, kid, parent)
	}
	var ids []string
	kid.byID = make(map[string]int32)
	for i := range parent.items {
		for _, id := range parent.items[i].refs[at] {
			if _, known := kid.byID[id]; !known {
				kid.byID[id] = missing
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if len(ids) > MaxExpanded {
		return tooMuch()
	}
	q := store.Query{From: kid.c, IDs: ids, Where: kid.where}
	return x.t.rd.Select(ctx, q, func(r store.Row) error {
		kid.byID[r.ID()] = int32(len(kid.items))
		return x.addRelated(kid, r)
	})
}

// missing marks an id that no visible record has.
const missing = -1

var errFull = errors.New("every record has all it may hold")

// fetchBack reads the records that point to the items of the parent.
func (x *expansion) fetchBack(ctx context.Context, kid, parent *node) error {
	kid.held = make(map[string][]int32, len(parent.items))
	ids := make([]string, 0, len(parent.items))
	for i := range parent.items {
		id := parent.items[i].id
		if _, known := kid.held[id]; !known {
			kid.held[id] = nil
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	full := 0
	var targets []string
	q := store.Query{From: kid.c, By: &store.By{Ord: kid.ord, Values: ids}, Where: kid.where}
	if len(ids) == 1 {
		q.Limit = MaxBack
	}
	err := x.t.rd.Select(ctx, q, func(r store.Row) error {
		targets = appendIDs(targets[:0], r.Value(kid.ord).S, true)
		taken, filled := kid.take(targets)
		if !taken {
			return nil
		}
		if err := x.addRelated(kid, r); err != nil {
			return err
		}
		if full += filled; full == len(ids) {
			return errFull
		}
		return nil
	})
	if errors.Is(err, errFull) {
		return nil
	}
	return err
}

// take gives the next item to the records it points to. It tells whether any of them still had room, and
// how many have none any more.
func (n *node) take(targets []string) (taken bool, filled int) {
	next := int32(len(n.items))
	for _, id := range targets {
		list, wanted := n.held[id]
		if !wanted || len(list) == MaxBack || len(list) > 0 && list[len(list)-1] == next {
			continue
		}
		n.held[id] = append(list, next)
		taken = true
		if len(list)+1 == MaxBack {
			filled++
		}
	}
	return taken, filled
}

// addRelated is add within the budget.
func (x *expansion) addRelated(n *node, src source) error {
	if x.count++; x.count > MaxExpanded {
		return tooMuch()
	}
	before := len(x.buf)
	x.add(n, src)
	if x.spent += len(x.buf) - before; x.spent > MaxExpandBytes {
		return tooMuch()
	}
	return nil
}

func tooMuch() error {
	return fault.New(fault.Invalid, "").Because(fmt.Errorf("expand brings more than %d records or %d bytes", MaxExpanded, MaxExpandBytes))
}

// settle asks the database about the addresses that could not be decided in memory.
func (x *expansion) settle(ctx context.Context, n *node) error {
	var ids []string
	for i := range n.items {
		if !n.items[i].open.empty() {
			ids = append(ids, n.items[i].id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	managed := make(map[string]bool, len(ids))
	q := store.Query{From: n.c, IDs: ids, Where: n.seen.manage}
	err := x.t.rd.Select(ctx, q, func(r store.Row) error { managed[r.ID()] = true; return nil })
	for i := range n.items {
		if it := &n.items[i]; !it.open.empty() && managed[it.id] {
			it.head = it.open
		}
	}
	return err
}

// write appends the page, picked when the client chose fields.
func (x *expansion) write(dst []byte) ([]byte, error) {
	root, p := x.t.root, x.t.shape.pick
	w := writer{buf: x.buf, dst: dst}
	if p != nil {
		w.dst = make([]byte, 0, 2*len(x.buf))
	}
	for i := range root.items {
		if i > 0 && p == nil {
			w.dst = append(w.dst, ',')
		}
		w.root(root, &root.items[i])
		if w.over() {
			return nil, tooMuch()
		}
	}
	if p == nil {
		return w.dst, nil
	}
	for i := range root.items {
		if i > 0 {
			dst = append(dst, ',')
		}
		done := root.items[i].done
		dst = p.Append(dst, w.dst[done.from:done.to])
	}
	return dst, nil
}
