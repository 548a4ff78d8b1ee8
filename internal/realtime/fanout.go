package realtime

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/holdall-dev/holdall/field"
	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/internal/store"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// fan is one change on its way out. It is used again for the next.
type fan struct {
	ch      change.Change
	rec     *record.Record // in the present form of its collection; nil for a delete of which nothing is known
	now     time.Time
	mark    string
	encoded map[string][]byte // by view
	hits    []hit
	several bool // a connection has more than one
	patience
}

// hit is an event for one topic.
type hit struct {
	t    *topic
	data []byte
}

// change fans one change out.
func (b *Broker) change(ch change.Change) {
	defer b.guard()
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() { b.seq, b.mark = ch.Seq, markOf(ch) }()
	b.stats.changes.Add(1)
	b.bury()
	b.refresh()
	b.rebind(ch)
	c, ok := b.catalog.ByID(ch.Collection)
	if !ok {
		return
	}
	sets := b.sets(c, ch.ID)
	if len(sets) == 0 {
		return
	}
	rec, skip := b.document(ch, c)
	if skip {
		return
	}
	f := &b.fan
	f.begin(ch, rec, b.Now())
	defer f.end()
	for _, s := range sets {
		s.candidates(rec, func(g *group) { b.consider(f, g) })
	}
	b.deliver(f)
}

func (f *fan) begin(ch change.Change, rec *record.Record, now time.Time) {
	f.ch, f.rec, f.now, f.mark = ch, rec, now, markOf(ch)
	if f.encoded == nil {
		f.encoded = map[string][]byte{}
	}
}

// end lets go of what the next change does not need.
func (f *fan) end() {
	clear(f.encoded)
	clear(f.hits)
	*f = fan{encoded: f.encoded, hits: f.hits[:0]}
}

// document is the record that a change is judged by and tells of, in the present form of its collection. skip
// says that a later change tells better. It is nil for a delete whose record is not known any more.
func (b *Broker) document(ch change.Change, c *schema.Collection) (rec *record.Record, skip bool) {
	if ch.Op == change.Delete {
		return reformed(ch.Old, c), false
	}
	if ch.New != nil && ch.New.Collection() == c {
		return ch.New, false
	}
	rec = b.account(b.ctx, c, ch.ID)
	return rec, rec == nil || rec.Seq() != ch.Seq
}

// reformed is a record that is no more in a later form of its collection. Fields keep their values when they
// keep id and type.
func reformed(rec *record.Record, c *schema.Collection) *record.Record {
	if rec == nil || rec.Collection() == c {
		return rec
	}
	out, was := record.New(c), rec.Collection()
	for i, f := range c.Fields {
		for j, g := range was.Fields {
			if f.Base().ID == g.Base().ID && f.Kind() == g.Kind() {
				out.SetAt(i, rec.At(j))
			}
		}
	}
	out.SetSeq(rec.Seq())
	return out
}

// consider notes the events of a group.
func (b *Broker) consider(f *fan, g *group) {
	data, err := b.event(f, g)
	switch {
	case err != nil:
		if !errors.Is(err, errUnknown) {
			b.Log.Error("realtime cannot judge a change", "collection", g.c.Name, "record", f.ch.ID, "error", err)
		}
		for _, t := range g.topics {
			b.cut(t.conn)
		}
		return
	case data == nil:
		return
	}
	for _, t := range g.topics {
		own := data
		if g.self && t.conn.is(f.ch.Collection, f.ch.ID) {
			own = b.encode(f, g, t)
		}
		f.several = f.several || t.conn.seen == f.ch.Seq
		t.conn.seen = f.ch.Seq
		f.hits = append(f.hits, hit{t, own})
	}
}

// is reports whether the connection belongs to an account.
func (c *Conn) is(collection, id string) bool {
	return c.auth != nil && c.auth.ID() == id && c.auth.Collection().ID == collection
}

// errUnknown is about a delete whose record nobody knows any more: who may hear of it cannot be told.
var errUnknown = errors.New("the deleted record is not known any more")

// event is what a group is told of a change; nil when it is not.
func (b *Broker) event(f *fan, g *group) ([]byte, error) {
	if f.rec == nil {
		if g.where != nil || g.timed {
			return nil, errUnknown
		}
		return stub(g.c, f.ch.ID), nil
	}
	ok, err := b.judge(f, g)
	if !ok || err != nil {
		return nil, err
	}
	if data := f.encoded[g.view]; data != nil {
		return data, nil
	}
	data := b.encode(f, g, nil)
	f.encoded[g.view] = data
	return data, nil
}

// stub tells of a delete all that is known.
func stub(c *schema.Collection, id string) []byte {
	data := field.AppendString([]byte(`{"record":{"collectionId":`), c.ID)
	data = field.AppendString(append(data, `,"collectionName":`...), c.Name)
	data = field.AppendString(append(data, `,"id":`...), id)
	return append(data, `},"action":"delete"}`...)
}

// judge reports whether the viewers of a group may hear of the change: in memory when the rule looks at
// nothing but the record, else the database is asked.
func (b *Broker) judge(f *fan, g *group) (bool, error) {
	where := g.where
	if g.timed {
		var err error
		g.by.Now = f.now
		if where, _, err = b.Gate.AskNow(g.by, g.c, g.want); err != nil {
			return false, nil
		}
	}
	if where == nil {
		return true, nil
	}
	switch where.Eval(f.rec) {
	case rule.Yes:
		return true, nil
	case rule.No:
		return false, nil
	}
	return b.ask(f, g, where)
}

// ask lets the database judge the record as the change left it. A rule that leads back to the record from
// others can be asked about stored records only: then a change that was overtaken is not told of, the later
// one is.
func (b *Broker) ask(f *fan, g *group, where *rule.Bound) (found bool, err error) {
	q := store.Query{From: g.c, Where: where, Limit: 1}
	if given, ok := b.given(g); ok {
		q.Given, q.Where = f.rec, given
	} else if q.IDs = []string{f.ch.ID}; f.ch.Op == change.Delete {
		return false, nil
	}
	if q.Where == nil {
		return true, nil
	}
	err = b.Store.Select(b.ctx, q, func(r store.Row) error {
		found = q.Given != nil || r.Seq() == f.ch.Seq
		return nil
	})
	return found, err
}

// given is the question of a group for a record that is not in its table.
func (b *Broker) given(g *group) (*rule.Bound, bool) {
	if !g.given.known || g.timed {
		want := g.want
		want.Given = true
		g.given.q, g.given.err = b.Gate.Ask(g.by, g.c, want)
		g.given.known = true
	}
	return g.given.q, g.given.err == nil
}

// encode writes the event's data as the group sees it, or as the given member does (realtime.md §6).
func (b *Broker) encode(f *fan, g *group, member *topic) []byte {
	by := *g.by
	by.Now = f.now
	if member != nil {
		by.Auth = member.conn.auth
	}
	shape := g.shape
	const head = `{"record":`
	data, err := b.Read.Show(b.ctx, []byte(head), b.Store, &by, f.rec, shape)
	if err != nil { // a bad choice of fields shows all of them; a bad expand nothing
		shape.Fields = ""
		if data, err = b.Read.Show(b.ctx, []byte(head), b.Store, &by, f.rec, shape); err != nil {
			data, err = b.Read.Show(b.ctx, []byte(head), b.Store, &by, f.rec, read.Shape{Fields: g.shape.Fields})
		}
	}
	if err != nil {
		data, _ = b.Read.Show(b.ctx, []byte(head), b.Store, &by, f.rec, read.Shape{})
	}
	data = append(data, `,"action":"`...)
	data = append(append(data, f.ch.Op.String()...), `"}`...)
	if bytes.IndexByte(data, '\n') >= 0 {
		var flat bytes.Buffer
		if json.Compact(&flat, data) == nil {
			data = flat.Bytes()
		}
	}
	return data
}

// deliver queues the events, for each connection in the order of its topics.
func (b *Broker) deliver(f *fan) {
	if f.several {
		slices.SortStableFunc(f.hits, func(x, y hit) int {
			return cmp.Or(cmp.Compare(x.t.conn.id, y.t.conn.id), cmp.Compare(x.t.at, y.t.at))
		})
	}
	now := f.now.Unix()
	var e *event // shared for as long as it is the same
	for i, h := range f.hits {
		mark := f.mark
		if f.several && i+1 < len(f.hits) && f.hits[i+1].t.conn == h.t.conn {
			mark = partial(mark)
		}
		if e == nil || !e.is(h.t.name, h.data, mark) {
			e = &event{name: h.t.name, data: h.data, mark: mark}
		}
		for !h.t.conn.push(e, now) {
			if !h.t.conn.relieve(&f.patience) {
				b.cut(h.t.conn)
				break
			}
		}
	}
}

// relieve tries to make room in a full queue.
func (c *Conn) relieve(p *patience) bool {
	c.mu.Lock()
	out := c.out
	c.mu.Unlock()
	return out != nil && out.relieve(p)
}

// cut ends a stream that cannot be told everything: official clients connect anew and ask again, others
// learn that there is a gap.
func (b *Broker) cut(c *Conn) {
	b.stats.slow.Add(1)
	if !c.cursor {
		c.Close()
		return
	}
	names := make([]string, len(c.topics))
	for i, t := range c.topics {
		names[i] = t.name
	}
	gap := gap(b.mark, names)
	c.mu.Lock()
	if c.state == ended || c.ending {
		c.mu.Unlock()
		return
	}
	c.drop()
	c.queue, c.bytes, c.ending = append(c.queue, gap), gap.size(), true
	b.stats.queued.Add(int64(gap.size()))
	tell := c.state == idle
	if tell {
		c.state = ready
	}
	out := c.out
	c.mu.Unlock()
	if tell {
		out.ready()
	}
}

// gap tells that changes of some topics were missed; mark is where to go on from after asking for their
// records anew.
func gap(mark string, topics []string) *event {
	data := field.AppendString([]byte(`{"cursor":`), mark)
	data = append(data, `,"topics":[`...)
	for i, name := range topics {
		if i > 0 {
			data = append(data, ',')
		}
		data = field.AppendString(data, name)
	}
	return &event{name: "HD_GAP", data: append(data, "]}"...), mark: mark}
}
