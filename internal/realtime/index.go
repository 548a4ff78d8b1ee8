package realtime

import "github.com/holdall-dev/holdall/schema"

// The index leads from a collection to the topics that name it. b.mu is held in all that stands here.

// join puts a topic into the index.
func (b *Broker) join(t *topic) {
	r := b.rooms[t.room]
	if r == nil {
		r = &room{name: t.room, catalog: b.catalog, one: map[string]*set{}}
		b.rooms[t.room] = r
	}
	b.current(r)
	b.put(r, t)
	b.stats.topics.Add(1)
}

func (b *Broker) put(r *room, t *topic) {
	s := &r.all
	if t.record != "" {
		if s = r.one[t.record]; s == nil {
			s = new(set)
			r.one[t.record] = s
		}
	}
	var g *group
	if c := named(b.catalog, r.name); c != nil {
		g = b.newGroup(t, c)
	}
	s.add(t, g, &b.stats)
}

// named is the collection with exactly that id or name.
func named(cat *schema.Catalog, name string) *schema.Collection {
	if c, ok := cat.Find(name); ok && (c.ID == name || c.Name == name) {
		return c
	}
	return nil
}

// leave takes a topic out of the index.
func (b *Broker) leave(t *topic) {
	if t.group == nil {
		return
	}
	r := b.rooms[t.room]
	s := &r.all
	if t.record != "" {
		s = r.one[t.record]
	}
	s.remove(t, &b.stats)
	b.stats.topics.Add(-1)
	if t.record != "" && s.size == 0 {
		delete(r.one, t.record)
	}
	if r.all.size == 0 && len(r.one) == 0 {
		delete(b.rooms, t.room)
	}
}

func (b *Broker) leaveAll(c *Conn) {
	for _, t := range c.topics {
		b.leave(t)
	}
}

func (b *Broker) joinAll(c *Conn) {
	if c.resume != nil || c.gone {
		return // the replay does it when it has caught up
	}
	for _, t := range c.topics {
		b.join(t)
	}
}

// current groups a room anew when the catalog has changed since.
func (b *Broker) current(r *room) {
	if r.catalog == b.catalog {
		return
	}
	r.catalog = b.catalog
	var list []*topic
	note := func(t *topic) { list = append(list, t) }
	r.all.each(note)
	b.stats.groups.Add(-int64(len(r.all.groups)))
	for _, s := range r.one {
		s.each(note)
		b.stats.groups.Add(-int64(len(s.groups)))
	}
	r.all, r.one = set{}, map[string]*set{}
	for _, t := range list {
		b.put(r, t)
	}
}

// sets are those whose topics may hear of a record.
func (b *Broker) sets(c *schema.Collection, id string) (list []*set) {
	for _, name := range [...]string{c.ID, c.Name} {
		r := b.rooms[name]
		if r == nil || name == c.Name && c.ID == c.Name && len(list) > 0 {
			continue
		}
		b.current(r)
		if r.all.size > 0 {
			list = append(list, &r.all)
		}
		if s := r.one[id]; s != nil {
			list = append(list, s)
		}
	}
	return list
}
