package postgres

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/rule"
)

// tail reads the log from somewhere on. Sequences are drawn before they are committed, so that a lower one may
// appear after a higher one: a hole is looked at again until it is filled, or until nobody is left who could
// fill it. DESIGN.md of package store tells why this misses nothing.
type tail struct {
	begun change.Seq // where it began
	hi    change.Seq // the highest sequence seen
	gaps  []gap      // holes below hi, ascending
}

// gap is a range of sequences that were not seen. Whoever drew one of them had a transaction number below the
// horizon.
type gap struct {
	from, to change.Seq
	horizon  int64 // a transaction number
}

// glance is what the log showed at one moment.
type glance struct {
	changes []change.Change
	docs    [][]byte
	xmin    int64 // all transactions with lower numbers have ended
	version int64 // of the tables
	turns   int64 // how often named settings were changed
}

const logColumns = "seq, at, op, collection, record, author, doc"

// lookText sees everything at one moment: it is one statement.
const lookText = `SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, _shape.version,
	coalesce((SELECT seq FROM _cursors WHERE consumer = '` + turned + `'), 0), l.*
	FROM _shape LEFT JOIN LATERAL (
		(SELECT ` + logColumns + ` FROM _changes WHERE seq > $1::bigint ORDER BY seq LIMIT $2::bigint)
		UNION ALL
		SELECT ` + logColumns + ` FROM unnest($3::bigint[], $4::bigint[]) AS g(a, b) JOIN _changes ON seq BETWEEN a AND b
	) AS l ON TRUE ORDER BY l.seq`

// look reads up to limit changes behind hi and whatever appeared in the gaps.
func (t *tail) look(ctx context.Context, c *conn, limit int) (g glance, err error) {
	from, to := t.bounds()
	_, err = c.exec(ctx, lookText, func(row [][]byte) error {
		g.xmin, g.version, g.turns = bigint(row[0]), bigint(row[1]), bigint(row[2])
		if row[3] == nil {
			return nil
		}
		g.changes = append(g.changes, change.Change{
			Seq: bigint(row[3]), At: time.UnixMicro(bigint(row[4])).UTC(), Op: change.Op(asInt2.int(row[5])),
			Collection: string(text(row[6])), ID: string(text(row[7])), By: string(text(row[8])),
		})
		g.docs = append(g.docs, slices.Clone(row[9]))
		return nil
	}, rule.IntValue(t.hi), rule.IntValue(int64(limit)), rule.TextValue(from), rule.TextValue(to))
	return g, err
}

// bounds are the gaps as two arrays.
func (t *tail) bounds() (from, to string) {
	var a, b strings.Builder
	for i, g := range t.gaps {
		if i > 0 {
			a.WriteByte(',')
			b.WriteByte(',')
		}
		a.WriteString(strconv.FormatInt(g.from, 10))
		b.WriteString(strconv.FormatInt(g.to, 10))
	}
	return "{" + a.String() + "}", "{" + b.String() + "}"
}

// take moves the tail past what was seen: it fills and forgets gaps, finds new ones, and says for every change
// how low one has to begin again behind it. Holes up to settled are none: others found out. fresh reports
// whether there are gaps without a horizon.
func (t *tail) take(g *glance, settled change.Seq) (fresh bool) {
	before := t.hi
	for i := range g.changes {
		seq := g.changes[i].Seq
		if seq <= before {
			t.fill(seq)
			continue
		}
		if hole := max(t.hi, settled) + 1; hole < seq {
			t.gaps = append(t.gaps, gap{from: hole, to: seq - 1})
		}
		t.hi = seq
	}
	t.gaps = slices.DeleteFunc(t.gaps, func(x gap) bool { return x.horizon != 0 && x.horizon < g.xmin })
	t.lows(g.changes, before)
	return slices.ContainsFunc(t.gaps, func(x gap) bool { return x.horizon == 0 })
}

// fill takes a sequence out of the gaps.
func (t *tail) fill(seq change.Seq) {
	i := slices.IndexFunc(t.gaps, func(x gap) bool { return x.from <= seq && seq <= x.to })
	if i < 0 {
		return
	}
	x := t.gaps[i]
	var rest []gap
	if x.from < seq {
		rest = append(rest, gap{x.from, seq - 1, x.horizon})
	}
	if seq < x.to {
		rest = append(rest, gap{seq + 1, x.to, x.horizon})
	}
	t.gaps = slices.Replace(t.gaps, i, i+1, rest...)
}

// lows gives every change its Low: below it nothing is missing but what was told before it.
func (t *tail) lows(list []change.Change, before change.Seq) {
	for i := range list {
		low := max(before, list[i].Seq)
		if len(t.gaps) > 0 && t.gaps[0].from <= low {
			low = t.gaps[0].from - 1
		}
		if i+1 < len(list) && list[i+1].Seq <= low {
			low = list[i+1].Seq - 1
		}
		list[i].Low = low
	}
}

// low is how far the tail has read without a gap.
func (t *tail) low() change.Seq {
	if len(t.gaps) > 0 {
		return t.gaps[0].from - 1
	}
	return t.hi
}

// bound gives new gaps their horizon: a transaction number that was drawn after they were seen.
func (t *tail) bound(xid int64) {
	for i := range t.gaps {
		if t.gaps[i].horizon == 0 {
			t.gaps[i].horizon = xid
		}
	}
}
