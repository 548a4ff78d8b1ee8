package realtime

import (
	"context"
	"slices"
	"time"

	"github.com/holdall-dev/holdall/internal/change"
	"github.com/holdall-dev/holdall/schema"
)

// Bounds of what a connection that comes back is told of what it missed; beyond them it learns of a gap.
const (
	maxReplays    = 16 // that run at once
	maxReplayed   = 10_000
	maxReplayTime = 5 * time.Second
	replayBatch   = 64
)

// resume is a connection's way from where it was to now. b.mu guards it; its topics are not in the index.
type resume struct {
	at      change.Seq // everything up to it was told
	mark    string     // the cursor that the client brought, while at is not known; else ""
	running bool
}

// goOn lets a connection catch up, or puts it where it belongs when there is nothing to catch up with. b.mu
// is held.
func (b *Broker) goOn(c *Conn) {
	if r := c.resume; r.mark == "" && r.at == b.seq {
		c.resume = nil
	} else if !r.running {
		r.running = true
		b.spawn(func() { b.replay(c) })
	}
}

// replay tells a connection what it missed and then puts its topics into the index, at a moment when nothing
// lies between.
func (b *Broker) replay(c *Conn) {
	select {
	case b.replays <- struct{}{}:
		defer func() { <-b.replays }()
	case <-b.ctx.Done():
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, maxReplayTime)
	defer cancel()
	p := &player{b: b, c: c, created: map[string]bool{}}
	c.expectRoom()
	whole, err := p.play(ctx)
	if err != nil && b.ctx.Err() == nil && ctx.Err() == nil {
		b.Log.Error("realtime cannot replay the log", "error", err)
	}
	p.goLive(whole && err == nil)
}

// player is one replay.
type player struct {
	b *Broker
	c *Conn
	f fan
	n int // changes so far

	catalog *schema.Catalog // what the groups were made for
	topics  []*topic
	auth    any
	groups  []*group

	created map[string]bool // records whose creation was passed over: a later change tells of them
	told    []string        // topics of which the client knows that they missed something
	gaps    []string        // topics that miss everything from here on
}

// play tells what there is to tell; whole is false when that is not everything.
func (p *player) play(ctx context.Context) (whole bool, err error) {
	if mark := p.mark(); mark != "" {
		at, ok, err := p.b.place(ctx, mark)
		if !ok || err != nil {
			return false, err
		}
		p.move(at)
	}
	for {
		at, to, caughtUp := p.look()
		if caughtUp {
			return true, nil
		}
		list, err := p.b.Store.Log().Read(ctx, at, int(min(to-at, replayBatch)))
		if err != nil {
			return false, err
		}
		if p.n += len(list); p.n > maxReplayed || len(list) == 0 {
			return false, nil
		}
		for _, ch := range list {
			if !p.tell(ctx, ch) {
				return false, ctx.Err()
			}
		}
		p.move(list[len(list)-1].Seq)
	}
}

func (p *player) mark() string {
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	return p.c.resume.mark
}

func (p *player) move(at change.Seq) {
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	p.c.resume.at, p.c.resume.mark = at, ""
}

// look finds out what is still to be told, and makes the groups anew when what they depend on has changed.
// Once there is nothing it puts the topics into the index, under the lock that says so.
func (p *player) look() (at, to change.Seq, caughtUp bool) {
	b, c := p.b, p.c
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bury()
	b.refresh()
	at, to = c.resume.at, b.seq
	if c.gone || at >= to {
		p.live()
		return at, to, true
	}
	if p.groups == nil || p.catalog != b.catalog || !same(p.topics, c.topics) || p.auth != any(c.auth) {
		p.regroup()
	}
	return at, to, false
}

func same(a, b []*topic) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// regroup makes a group for each topic; b.mu is held.
func (p *player) regroup() {
	b, c := p.b, p.c
	p.catalog, p.topics, p.auth = b.catalog, c.topics, c.auth
	p.groups = make([]*group, len(c.topics))
	for i, t := range c.topics {
		if col := named(b.catalog, t.room); col != nil {
			p.groups[i] = b.newGroup(t, col)
		}
	}
}

// tell tells of one change; false when the connection takes no more.
func (p *player) tell(ctx context.Context, ch change.Change) bool {
	col, ok := p.catalog.ByID(ch.Collection)
	if !ok {
		return true
	}
	var hits []hit
	var missed []string
	var begun, skip bool
	for i, g := range p.groups {
		if g == nil || g.c != col || p.topics[i].record != "" && p.topics[i].record != ch.ID {
			continue
		}
		if !begun {
			if begun, skip = true, p.begin(ch, col); skip {
				break
			}
		}
		data, err := p.b.event(&p.f, g, g.by.Auth)
		if name := p.topics[i].name; err != nil && !slices.Contains(p.told, name) {
			missed = append(missed, name)
		} else if data != nil {
			hits = append(hits, hit{p.topics[i], data})
		}
	}
	if begun {
		p.f.end()
	}
	p.told = append(p.told, missed...)
	return p.push(ctx, ch, hits, missed)
}

// begin finds the record that the change is about; skip says that there is nothing to tell of it here.
func (p *player) begin(ch change.Change, col *schema.Collection) (skip bool) {
	rec, skip := p.b.document(ch, col)
	key := ch.Collection + "/" + ch.ID
	switch {
	case skip && ch.Op == change.Create:
		p.created[key] = true
	case rec == nil && p.created[key]: // came and went: the client knows nothing of it
		delete(p.created, key)
		skip = true
	case !skip && p.created[key]:
		delete(p.created, key)
		if ch.Op == change.Update {
			ch.Op = change.Create
		}
	}
	p.f.begin(ch, rec, p.b.Now())
	return skip
}

// push queues the events of one change, waiting for the client to take what is queued already. That topics
// missed the change comes first: a client that is cut has no cursor behind a gap of which it does not know.
func (p *player) push(ctx context.Context, ch change.Change, hits []hit, missed []string) bool {
	mark, now := markOf(ch), p.b.Now().Unix()
	var events []*event
	if len(missed) > 0 {
		slices.Sort(missed)
		at := mark
		if len(hits) > 0 {
			at = partial(mark)
		}
		events = append(events, gap(at, missed))
	}
	for _, h := range hits {
		events = append(events, &event{name: h.t.name, data: h.data})
	}
	for i, e := range events {
		if e.mark = mark; i+1 < len(events) {
			e.mark = partial(mark)
		}
		for !p.c.push(e, now) {
			select {
			case <-p.c.room:
			case <-ctx.Done():
				return false
			}
		}
	}
	return !p.c.isEnded()
}

// goLive ends the replay; when it did not tell everything, with a gap.
func (p *player) goLive(whole bool) {
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	c := p.c
	if !whole && c.resume != nil {
		for _, t := range c.topics {
			p.gaps = append(p.gaps, t.name)
		}
		p.live()
	}
}

// live tells of gaps and puts the topics into the index; b.mu is held.
func (p *player) live() {
	b, c := p.b, p.c
	c.resume = nil
	slices.Sort(p.gaps)
	if len(p.gaps) > 0 && !c.push(gap(b.mark, p.gaps), b.Now().Unix()) {
		b.cut(c)
	}
	b.joinAll(c)
}

// expectRoom lets wrote tell of every write.
func (c *Conn) expectRoom() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.room == nil {
		c.room = make(chan struct{}, 1)
	}
}

func (c *Conn) isEnded() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state == ended
}
