package loadtest

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/ncruces/go-sqlite3"
)

// entry is a line of the log.
type entry struct {
	seq    int64
	action string
	id     string
}

// readLog reads the log past the server.
func readLog(ctx context.Context, dir string) (log []entry, err error) {
	c, err := sqlite3.OpenFlags("file:"+filepath.Join(dir, "data.db")+"?mode=ro", sqlite3.OPEN_READONLY|sqlite3.OPEN_URI)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	defer c.SetInterrupt(c.SetInterrupt(ctx))
	stmt, _, err := c.Prepare("SELECT seq, op, record FROM _changes ORDER BY seq")
	if err != nil {
		return nil, err
	}
	defer stmt.Close()
	for stmt.Step() {
		op := stmt.ColumnInt(1)
		if op < 1 || op > 3 {
			continue // not about a record
		}
		log = append(log, entry{stmt.ColumnInt64(0), [...]string{"", "create", "update", "delete"}[op], stmt.ColumnText(2)})
	}
	return log, stmt.Err()
}

// judge compares what each subscriber was told with the log.
func (o *order) judge(r *OrderResult, log []entry, subs []*subscriber) {
	bySeq := make(map[int64]entry, len(log))
	for _, e := range log {
		bySeq[e.seq] = e
		if _, ok := o.meta.Load(e.id); ok {
			r.Changes++
		}
	}
	born := make(map[string]int64, len(log))
	for _, e := range log {
		if e.action == "create" {
			born[e.id] = e.seq
		}
	}
	for i, s := range subs {
		r.Deliveries += len(s.got)
		r.Gaps += len(s.gaps)
		o.judgeEvents(r, i, s, bySeq, born)
		o.judgeMissing(r, i, s, log, born)
	}
}

// judgeEvents looks at every event that came: is it of the log, allowed, and in its place?
func (o *order) judgeEvents(r *OrderResult, i int, s *subscriber, log map[int64]entry, born map[string]int64) {
	last, stream := s.began, 0
	versions := map[string]int{}
	for _, d := range s.got {
		e := log[d.seq]
		m, known := o.meta.Load(d.id)
		switch {
		case !known || e.id != d.id || e.action != d.action && !s.news(d, e, born[d.id]) || !s.allows(m.(meta), s.account):
			r.Forbidden++
			r.complain("subscriber %d: %+v, the log has %+v of %+v", i, d, e, m)
		case d.seq <= last && d.stream == stream:
			r.Disorder++
			r.complain("subscriber %d: %+v after %d", i, d, last)
		case d.seq <= last:
			r.Duplicates++
		case d.action != "delete" && d.n <= versions[d.id]:
			r.Disorder++
			r.complain("subscriber %d: %+v tells of version %d again", i, d, d.n)
		}
		last, stream = max(last, d.seq), d.stream
		versions[d.id] = max(d.n, versions[d.id])
	}
}

// news reports whether an update may be told as the record's creation: to who was away when it was created, and
// resumed when only its later form was known any more.
func (s *subscriber) news(d delivery, e entry, born int64) bool {
	return d.action == "create" && e.action == "update" && born > s.began && s.away(born, d.seq)
}

// away reports whether the subscriber resumed between what it heard last before a change and what it heard from another on.
func (s *subscriber) away(from, to int64) bool {
	before, next := 0, -1
	for _, d := range s.got {
		if d.seq < from {
			before = d.stream
		}
		if d.seq >= to && next < 0 {
			next = d.stream
		}
	}
	return next > before
}

// judgeMissing looks at every line of the log that the subscriber should have been told of. One that was
// overtaken may be left out on resumption: the record's next is as good. So may all of a record that came and went
// while the subscriber was away.
func (o *order) judgeMissing(r *OrderResult, i int, s *subscriber, log []entry, born map[string]int64) {
	gone := map[string]int64{}
	for _, e := range log {
		if e.action == "delete" {
			gone[e.id] = e.seq
		}
	}
	got, latest := make(map[int64]bool, len(s.got)), map[string]int64{}
	for _, d := range s.got {
		got[d.seq] = true
		latest[d.id] = max(latest[d.id], d.seq)
	}
	for _, e := range log {
		m, known := o.meta.Load(e.id)
		if !known || e.seq <= s.began || got[e.seq] || !s.allows(m.(meta), s.account) || s.excused(e.seq) {
			continue
		}
		cameAndWent := latest[e.id] == 0 && gone[e.id] > 0 && born[e.id] > s.began && s.away(born[e.id], gone[e.id])
		if latest[e.id] > e.seq || cameAndWent {
			r.Overtaken++
			continue
		}
		r.Missing++
		r.complain("subscriber %d never heard of %+v of %+v", i, e, m)
	}
}

func (s *subscriber) excused(seq int64) bool {
	for _, g := range s.gaps {
		if seq > g.after && seq <= g.upTo {
			return true
		}
	}
	return false
}
