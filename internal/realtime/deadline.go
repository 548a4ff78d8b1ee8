package realtime

import "time"

// deadline is when a write that begins now must be done. Sockets know the system's clock alone.
func (b *Broker) deadline() time.Time { return time.Now().Add(b.Times.Write) }

// watch is what the crew measures its work and its rest by, both of them fractions of the real second.
func watch() time.Time { return time.Now() }
