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
	groups  []*group          // that it may concern
	answers map[*group]answer // of those for which the database was asked
	passes  int
	hits    []hit
	several bool // a connection has more than one
	told    []*plain
	patience
}

// hit is an event for one topic.
type hit struct {
	t    *topic
	data []byte
}

// answer is what a group is told, and why it cannot be.
type answer struct {
	data []byte
	err  error
}

// question is a group for which the database must be asked, and whose eyes its events are shown to.
type question struct {
	g    *group
	auth *record.Record
}

// change fans one change out.
func (b *Broker) change(ch change.Change) {
	defer b.guard()
	defer b.pass(ch) // after a panic too
	b.stats.changes.Add(1)
	b.hub.Changed(ch)
	f := &b.fan
	defer f.end()
	for {
		open := b.tell(f, ch)
		if len(open) == 0 {
			return
		}
		for _, q := range open {
			data, err := b.event(f, q.g, q.auth)
			f.answers[q.g] = answer{data, err}
		}
	}
}

// maxPasses is after how many the database is asked even with b.mu held: groups may come faster than answers.
const maxPasses = 4

// tell queues the events of a change, unless it returns questions: then it is to be called again once they are
// answered. Nothing is told before, so that whoever joins meanwhile is told as well.
func (b *Broker) tell(f *fan, ch change.Change) (open []question) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() {
		if len(open) == 0 {
			b.seq, b.mark = ch.Seq, markOf(ch)
		}
	}()
	b.bury()
	b.refresh()
	b.rebind(ch)
	c, ok := b.catalog.ByID(ch.Collection)
	if !ok {
		return nil
	}
	sets := b.sets(c, ch.ID)
	if len(sets) == 0 {
		return nil
	}
	if f.passes == 0 || f.rec != nil && f.rec.Collection() != c {
		rec, skip := b.document(ch, c)
		if skip {
			return nil
		}
		f.begin(ch, rec, b.Now())
	}
	f.groups = f.groups[:0]
	for _, s := range sets {
		s.candidates(f.rec, func(g *group) { f.groups = append(f.groups, g) })
	}
	if f.passes++; f.passes < maxPasses {
		if open = f.open(); len(open) > 0 {
			return open
		}
	}
	for _, g := range f.groups {
		b.consider(f, g)
	}
	b.deliver(f)
	return nil
}

// pass notes that a change is behind us.
func (b *Broker) pass(ch change.Change) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seq < ch.Seq {
		b.seq, b.mark = ch.Seq, markOf(ch)
	}
}

func (f *fan) begin(ch change.Change, rec *record.Record, now time.Time) {
	if f.encoded == nil {
		f.encoded, f.answers = map[string][]byte{}, map[*group]answer{}
	}
	clear(f.encoded) // it may begin anew
	clear(f.answers)
	f.ch, f.rec, f.now, f.mark = ch, rec, now, markOf(ch)
}

// end lets go of what the next change does not need.
func (f *fan) end() {
	clear(f.encoded)
	clear(f.answers)
	clear(f.groups)
	clear(f.hits)
	clear(f.told)
	*f = fan{encoded: f.encoded, answers: f.answers, groups: f.groups[:0], hits: f.hits[:0], told: f.told[:0]}
}

// open lists the groups that only the database can answer for, and has not.
func (f *fan) open() (list []question) {
	for _, g := range f.groups {
		if _, known := f.answers[g]; !known && f.far(g) {
			list = append(list, question{g, g.eyes(f.ch)})
		}
	}
	return list
}

// far reports whether a group's event needs more than the record at hand.
func (f *fan) far(g *group) bool {
	switch {
	case f.rec == nil:
		return false
	case g.timed:
		return true
	case g.where != nil:
		if v := g.where.Eval(f.rec); v != rule.Yes {
			return v == rule.Ask
		}
	}
	return g.shown && f.encoded[g.view] == nil
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
	a, known := f.answers[g]
	if !known {
		a.data, a.err = b.event(f, g, g.eyes(f.ch))
	}
	switch {
	case a.err != nil:
		if !errors.Is(a.err, errUnknown) {
			b.Log.Error("realtime cannot judge a change", "collection", g.c.Name, "record", f.ch.ID, "error", a.err)
		}
		for _, t := range g.topics {
			b.cut(t.conn)
		}
		return
	case a.data == nil:
		return
	}
	for _, t := range g.topics {
		own := a.data
		if g.self && is(t.conn.auth, f.ch) {
			own = b.encode(f, g, t.conn.auth)
		}
		f.several = f.several || t.conn.seen == f.ch.Seq
		t.conn.seen = f.ch.Seq
		f.hits = append(f.hits, hit{t, own})
	}
}

// is reports whether a change is about an account.
func is(auth *record.Record, ch change.Change) bool {
	return auth != nil && auth.ID() == ch.ID && auth.Collection().ID == ch.Collection
}

// eyes are those of a member who is not the very record that changed, which would see more of it than the
// others may. A group of nobody else has its own.
func (g *group) eyes(ch change.Change) *record.Record {
	if g.self && is(g.by.Auth, ch) {
		for _, t := range g.topics {
			if !is(t.conn.auth, ch) {
				return t.conn.auth
			}
		}
	}
	return g.by.Auth
}

// errUnknown is about a delete whose record nobody knows any more: who may hear of it cannot be told.
var errUnknown = errors.New("the deleted record is not known any more")

// event is what a group is told of a change, shown to auth; nil when it is not.
func (b *Broker) event(f *fan, g *group, auth *record.Record) ([]byte, error) {
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
	data := b.encode(f, g, auth)
	if !g.self || !is(auth, f.ch) {
		f.encoded[g.view] = data
	}
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
	var known bool
	if q.Also, known = together(f.ch, f.rec, q.Where, b.Catalog()); !known {
		return false, nil
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

// encode writes the event's data as a member of the group sees it (realtime.md §6).
func (b *Broker) encode(f *fan, g *group, auth *record.Record) []byte {
	by := *g.by
	by.Now, by.Auth = f.now, auth
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
	defer func() { b.crew.add(f.told...) }()
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
		out, ok := h.t.conn.enqueue(e, now)
		for ; !ok; out, ok = h.t.conn.enqueue(e, now) {
			if !h.t.conn.relieve(&f.patience) {
				b.cut(h.t.conn)
				break
			}
		}
		if p, many := out.(*plain); many {
			f.told = append(f.told, p)
		} else if out != nil {
			out.ready()
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
