package realtime

import "slices"

// Push sends data as an event of a topic to one connection and takes the topic off it, so that a second Push
// finds none (realtime.md §9). It reports whether the event was sent: not when there is no such connection, or
// it has no such topic, or ip is not where it came from, which spends the topic all the same. "" is any ip.
func (b *Broker) Push(clientID, name string, data []byte, ip string) bool {
	c := b.reg.find(clientID)
	if c == nil || !b.spend(c, name) || ip != "" && c.ip != ip {
		return false
	}
	return c.push(&event{name: name, data: data}, b.Now().Unix())
}

// spend takes a topic off a connection; false when it has none of that name.
func (b *Broker) spend(c *Conn, name string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(c.topics, func(t *topic) bool { return t.name == name })
	if i < 0 || c.gone {
		return false
	}
	b.leave(c.topics[i])
	c.topics = slices.Delete(slices.Clone(c.topics), i, i+1)
	return true
}
