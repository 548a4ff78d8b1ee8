package realtime

import (
	"strconv"

	"github.com/holdall-dev/holdall/caller"
	"github.com/holdall-dev/holdall/internal/access"
	"github.com/holdall-dev/holdall/internal/read"
	"github.com/holdall-dev/holdall/internal/rule"
	"github.com/holdall-dev/holdall/record"
	"github.com/holdall-dev/holdall/schema"
)

// group is topics for which nothing differs: not whether a change is told of, and not what is told. It holds
// for one catalog.
type group struct {
	key  string
	view string // what the encoding depends on; a part of key

	c     *schema.Collection
	by    *caller.Caller // one of the viewers: it differs from the others in nothing that matters
	want  access.Want
	shape read.Shape
	where *rule.Bound // folded; nil matches all
	timed bool        // where must be asked anew for every change
	given bounded     // where for a record that is not, or no longer, in its table
	self  bool        // a viewer who is the very record sees more of it
	shown bool        // what is shown of a record may be asked of the database

	topics []*topic
	eq     equality // that a record must satisfy, when indexed
	pos    int      // in the set's list, when not
}

// bounded is a question that is made when it is first needed.
type bounded struct {
	q     *rule.Bound
	known bool
	err   error // it cannot be asked
}

// equality is a text column and the value it must have; ord is -1 for none.
type equality struct {
	ord  int
	text string
}

// newGroup makes the group of a topic of a collection; nil when it can match nothing until the catalog or
// the viewer changes.
func (b *Broker) newGroup(t *topic, c *schema.Collection) *group {
	if c.IsView() {
		return nil
	}
	o := parseOptions(t.raw)
	g := &group{c: c, by: t.conn.viewer(b), shape: o.shape(), eq: equality{ord: -1}}
	o.put(g.by)
	g.want = access.Want{Rule: c.Rules.List, Filter: o.query["filter"], Conceal: true}
	if t.record != "" {
		g.want.Rule = c.Rules.View
	}
	var err error
	if g.where, g.timed, err = b.Gate.AskNow(g.by, c, g.want); err != nil || !g.timed && g.where != nil && g.where.Never() {
		return nil // forbidden, malformed, or never true
	}
	b.identify(g, t)
	if g.where != nil && !g.timed {
		if ord, text, ok := g.where.Equality(); ok {
			g.eq = equality{ord, text}
		}
	}
	return g
}

// identify makes the keys: what the answer depends on, and nothing more.
func (b *Broker) identify(g *group, t *topic) {
	g.self = g.c.IsAuth() && !g.by.IsSuper()
	manage := g.c.Auth != nil && g.c.Auth.ManageRule != nil && *g.c.Auth.ManageRule != ""
	g.shown = g.self && manage || g.shape.Expand != ""
	personal := viewerKey(g.by.Auth) + "?" + t.raw
	sight, timed := b.Read.AppendSight(nil, g.by, g.c, g.shape)
	if timed {
		sight = []byte(personal)
	}
	key := appendText(appendText(appendText(nil, string(sight)), g.shape.Fields), g.shape.Expand)
	g.view = string(key)
	if g.timed {
		g.key = string(appendText(append(key, 't'), personal))
		return
	}
	if g.where != nil {
		key = g.where.AppendKey(key)
	}
	g.key = string(key)
}

// appendText is led by the length, so that no text can look like what follows it.
func appendText(dst []byte, s string) []byte {
	return append(append(strconv.AppendInt(append(dst, ' '), int64(len(s)), 10), ':'), s...)
}

// viewerKey names one version of an account.
func viewerKey(auth *record.Record) string {
	if auth == nil {
		return ""
	}
	return auth.Collection().ID + "/" + auth.ID() + "@" + strconv.FormatInt(auth.Seq(), 10)
}

// viewer is the synthetic request of a connection (realtime.md §5).
func (c *Conn) viewer(b *Broker) *caller.Caller {
	by := &caller.Caller{Auth: c.auth, Context: caller.ContextRealtime, Method: "GET", IP: c.ip, Now: b.Now()}
	if c.auth != nil {
		by.Trust = caller.User
		if c.auth.Collection().ID == schema.SuperusersID {
			by.Trust = caller.Superuser
		}
	}
	return by
}

// room is the topics that name one collection, or something that is none. It is grouped for one catalog.
type room struct {
	name    string
	catalog *schema.Catalog
	all     set
	one     map[string]*set // by record
}

// set is topics that hear of the same records.
type set struct {
	groups map[string]*group
	equal  map[equality][]*group
	ords   map[int]int // columns of equal, and how many groups each has
	rest   []*group
	silent group // topics that can match nothing now
	size   int   // topics
}

// add puts a topic into the group that g describes; nil is the silent one.
func (s *set) add(t *topic, g *group, st *counters) {
	s.size++
	if g == nil {
		g = &s.silent
	} else if known := s.groups[g.key]; known != nil {
		g = known
	} else {
		s.insert(g)
		st.groups.Add(1)
	}
	t.group, t.pos = g, len(g.topics)
	g.topics = append(g.topics, t)
}

func (s *set) insert(g *group) {
	if s.groups == nil {
		s.groups = map[string]*group{}
	}
	s.groups[g.key] = g
	if g.eq.ord < 0 {
		g.pos = len(s.rest)
		s.rest = append(s.rest, g)
		return
	}
	if s.equal == nil {
		s.equal, s.ords = map[equality][]*group{}, map[int]int{}
	}
	s.equal[g.eq] = append(s.equal[g.eq], g)
	s.ords[g.eq.ord]++
}

// remove takes a topic out, and its group with the last one.
func (s *set) remove(t *topic, st *counters) {
	s.size--
	g := t.group
	last := len(g.topics) - 1
	g.topics[t.pos] = g.topics[last]
	g.topics[t.pos].pos = t.pos
	g.topics[last] = nil
	g.topics = g.topics[:last]
	t.group = nil
	if last == 0 && g != &s.silent {
		s.erase(g)
		st.groups.Add(-1)
	}
}

func (s *set) erase(g *group) {
	delete(s.groups, g.key)
	if g.eq.ord < 0 {
		last := len(s.rest) - 1
		s.rest[g.pos] = s.rest[last]
		s.rest[g.pos].pos = g.pos
		s.rest[last] = nil
		s.rest = s.rest[:last]
		return
	}
	list := s.equal[g.eq]
	for i := range list {
		if list[i] == g {
			list = append(list[:i:i], list[i+1:]...)
			break
		}
	}
	if s.equal[g.eq] = list; len(list) == 0 {
		delete(s.equal, g.eq)
	}
	if s.ords[g.eq.ord]--; s.ords[g.eq.ord] == 0 {
		delete(s.ords, g.eq.ord)
	}
}

// candidates calls fn for every group that a record may concern: all of them when rec is nil.
func (s *set) candidates(rec *record.Record, fn func(*group)) {
	for _, g := range s.rest {
		fn(g)
	}
	if rec == nil {
		for _, list := range s.equal {
			for _, g := range list {
				fn(g)
			}
		}
		return
	}
	for ord := range s.ords {
		for _, g := range s.equal[equality{ord, rec.Value(ord).S}] {
			fn(g)
		}
	}
}

// each calls fn for every topic.
func (s *set) each(fn func(*topic)) {
	for _, g := range s.groups {
		for _, t := range g.topics {
			fn(t)
		}
	}
	for _, t := range s.silent.topics {
		fn(t)
	}
}
